"""Mail into our own Maildir store: what arrives, what is refused, what is tagged or held back."""

import smtplib
import unittest

import messages
import testbed
from gateway import EXAMPLE, STORE, Gateway, swaks
from smtp_client import Client, deliver

# Each domain shows one thing.
DOMAINS = EXAMPLE + """
[domain.aliases]
team = ["alice", "bob"]
all = ["team", "admin", "alice"]
[[domain]]
name = "catchall.test"
administrator = "boss"
catch_all = "rest"
mailboxes = ["boss", "rest"]
subject_tag = "[SPAM] "
[[domain]]
name = "held.test"
administrator = "boss"
mailboxes = ["boss"]
spam = "quarantine"
virus = "quarantine"
[[domain]]
name = "strict.test"
administrator = "boss"
mailboxes = ["boss"]
spam = "reject"
"""


class MaildirDelivery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(STORE, DOMAINS)

    def deliver(self, recipients, message, **options):
        return deliver(self.gateway.port, recipients, message, **options)

    def only_new(self, mailbox, send):
        """What send() added to the mailbox, one message."""
        before = self.gateway.stored(mailbox)
        reply = send()
        self.assertEqual(250, reply.code, reply)
        added = self.gateway.stored(mailbox)[len(before):]
        self.assertEqual(1, len(added))
        return added[0]

    def assert_passed(self, mailbox, message):
        """Delivered with our fields on top, and behind them every byte as it was sent."""
        stored = self.only_new(mailbox, lambda: self.deliver(mailbox, message))
        self.assertTrue(stored.endswith(message), stored)
        return stored[:-len(message)]

    def test_fields_are_added_and_every_byte_is_kept(self):
        body = b".\r\n..\r\n.x\r\n\r\n\r\n8-bit \xe4\xff\x00 \t \r\n" + b"y" * 990 + b"\r\n\tlast\r\n"
        top = self.assert_passed("alice@example.test", messages.text(body)).decode()
        fields = [line.partition(":")[0] for line in top.split("\r\n") if line and line[0] not in " \t"]
        self.assertEqual("Return-Path", fields[0])
        self.assertEqual({"Return-Path", "Received", "X-Spam-Status"}, set(fields))
        self.assertIn("Return-Path: <sender@example.com>\r\n", top)
        self.assertRegex(top, r"Received: from client\.example\.com \(\[127\.0\.0\.1\]\)\s+by mx\.example\.test with ESMTP")
        self.assertRegex(top, r"X-Spam-Status: No, score=-?[\d.]+ required=5\.0\s+tests=")

    def test_long_lines_and_headers_alone_are_kept(self):
        self.assert_passed("alice@example.test", messages.text(b"z" * 100000 + b"\r\n"))
        self.assert_passed("alice@example.test", messages.text(b""))
        self.assert_passed("alice@example.test", b"Subject: no body and no empty line\r\n")
        self.assert_passed("alice@example.test", b"\r\nno header\r\n")

    def test_null_sender_has_an_empty_return_path(self):
        message = messages.text(name="null")
        stored = self.only_new("bob@example.test", lambda: self.deliver("bob@example.test", message, sender=""))
        self.assertTrue(stored.startswith(b"Return-Path: <>\r\n"))

    def test_a_forged_spam_status_is_taken_out(self):
        message = messages.text(name="forged", fields=b"X-Spam-Status: No, score=-99\r\nX-Other: kept\r\n")
        stored = self.only_new("bob@example.test", lambda: self.deliver("bob@example.test", message))
        self.assertNotIn(b"-99", stored)
        self.assertIn(b"X-Other: kept\r\n", stored)
        self.assertEqual(1, stored.count(b"X-Spam-Status:"))

    def test_an_alias_reaches_each_mailbox_once(self):
        before = {box: len(self.gateway.stored(box)) for box in ("alice@example.test", "bob@example.test")}
        recipients = ["team@example.test", "all@example.test", "alice@example.test", "ALICE@Example.Test"]
        reply = self.deliver(recipients, messages.text(name="alias"))
        self.assertEqual(250, reply.code, reply)
        for box, count in before.items():
            self.assertEqual(count + 1, len(self.gateway.stored(box)), box)

    def test_names_that_go_elsewhere(self):
        rows = {
            "postmaster@example.test": "admin@example.test",
            "Nobody@example.test": "admin@example.test",
            "postmaster": "admin@example.test",
            "alice+lists@example.test": "alice@example.test",
            '"bob"@example.test': "bob@example.test",
            "@relay.example.com:bob@example.test": "bob@example.test",
            "who.ever@catchall.test": "rest@catchall.test",
            "boss@catchall.test": "boss@catchall.test",
            "postmaster@catchall.test": "boss@catchall.test",
        }
        for recipient, mailbox in rows.items():
            with self.subTest(recipient):
                message = messages.text(name="elsewhere", body=recipient.encode() + b"\r\n")
                stored = self.only_new(mailbox, lambda: self.deliver(recipient, message))
                self.assertTrue(stored.endswith(message))

    def test_strangers_are_refused_at_rcpt(self):
        rows = {
            "unknown@example.test": "550 5.1.1",
            "alice@elsewhere.example": "554 5.7.1",
            "alice%elsewhere.example@example.test": "550 5.1.1",
            "elsewhere.example!alice@example.test": "550 5.1.1",
        }
        with Client("127.0.0.1", self.gateway.port) as client:
            client.ehlo()
            client.command("MAIL FROM:<sender@example.com>")
            for recipient, expected in rows.items():
                with self.subTest(recipient):
                    self.assertTrue(str(client.command(f"RCPT TO:<{recipient}>")).startswith(expected))
            self.assertEqual(250, client.command("RCPT TO:<alice@example.test>").code)

    def test_eicar_is_refused_in_every_wrapping(self):
        before = self.gateway.stored("alice@example.test")
        for wrap in messages.WRAPPINGS:
            with self.subTest(wrap.__name__):
                reply = self.deliver("alice@example.test", wrap(messages.EICAR))
                self.assertTrue(str(reply).startswith("554 5.7.1"), reply)
                self.assertIn("Eicar-Test", reply.text)
        self.assertEqual(before, self.gateway.stored("alice@example.test"))

    def test_one_letter_off_is_delivered(self):
        for wrap in messages.WRAPPINGS:
            with self.subTest(wrap.__name__):
                self.assert_passed("alice@example.test", wrap(messages.EICAR_ONE_LETTER_OFF))

    def test_gtube_is_tagged(self):
        message = messages.text(messages.GTUBE + b"\r\n", "gtube")
        top = self.assert_passed("alice@example.test", message)
        self.assertRegex(top, rb"X-Spam-Status: Yes, score=1\d\d\d\.\d required=5\.0\s+tests=\S*GTUBE")

    def test_the_subject_is_tagged_where_the_plan_says_so(self):
        message = messages.text(messages.GTUBE + b"\r\n", "tagged")
        stored = self.only_new("rest@catchall.test", lambda: self.deliver("any@catchall.test", message))
        self.assertTrue(stored.endswith(message.replace(b"Subject: ", b"Subject: [SPAM] ")), stored)

    def test_quarantine_keeps_spam_and_virus(self):
        for message in (messages.text(messages.GTUBE + b"\r\n", "held-spam"), messages.plain(messages.EICAR)):
            before = self.gateway.quarantined()
            reply = self.deliver("boss@held.test", message)
            self.assertEqual(250, reply.code, reply)
            added = self.gateway.quarantined()[len(before):]
            self.assertEqual(1, len(added))
            self.assertTrue(added[0].endswith(message))
            self.assertIn(b"X-Sekisho-Quarantine: boss@held.test\r\n", added[0])
        self.assertEqual([], self.gateway.stored("boss@held.test"))

    def test_spam_is_refused_where_the_plan_says_so(self):
        reply = self.deliver("boss@strict.test", messages.text(messages.GTUBE + b"\r\n", "refused-spam"))
        self.assertTrue(str(reply).startswith("554 5.7.1"), reply)
        self.assertEqual([], self.gateway.stored("boss@strict.test"))

    def test_recipients_with_different_fates_are_asked_to_come_again(self):
        before = self.gateway.stored("alice@example.test")
        message = messages.text(messages.GTUBE + b"\r\n", "differ")
        reply = self.deliver(["alice@example.test", "boss@strict.test"], message)
        self.assertEqual(451, reply.code, reply)
        self.assertEqual(before, self.gateway.stored("alice@example.test"))

    def test_what_cannot_be_scanned_is_deferred(self):
        reply = self.deliver("alice@example.test", messages.zip_of_unknown_method())
        self.assertTrue(str(reply).startswith("451 4.7.1"), reply)

    def test_what_is_encrypted_is_delivered_with_a_mark(self):
        stored = self.only_new("alice@example.test", lambda: self.deliver(
            "alice@example.test", messages.zip_with_password_flag()))
        self.assertIn(b"\r\nX-Sekisho-Attachment: encrypted;", stored)

    def test_chunks_deliver_as_data_does(self):
        message = messages.text(b".\r\n..\r\nno final line end", "chunks")
        for chunks in ([message], [message[:10], message[10:]], [message, b""], [bytes([b]) for b in message]):
            with Client("127.0.0.1", self.gateway.port) as client:
                stored = self.only_new("alice@example.test", lambda: client.deliver_chunks(
                    "sender@example.com", ["alice@example.test"], chunks))
            self.assertTrue(stored.endswith(message) or stored.endswith(message + b"\r\n"), stored)

    def test_pythons_smtplib_and_swaks_get_through(self):
        with smtplib.SMTP("127.0.0.1", self.gateway.port) as client:
            refused = client.sendmail("sender@example.com", ["alice@example.test"], "Subject: smtplib\r\n\r\n.dot\r\n")
        self.assertEqual({}, refused)
        status, said = swaks(self.gateway.port, "--to", "alice@example.test", "--body", "by swaks", "--pipeline")
        self.assertEqual(0, status, said)
        status, said = swaks(self.gateway.port, "--to", "alice@example.test", "--data", messages.plain(
            messages.EICAR).decode().replace("\r\n", "\\n"))
        self.assertEqual(26, status, said)  # the server refused the data
        self.assertIn("554 5.7.1", said)
        status, said = swaks(self.gateway.port, "--to", "unknown@example.test")
        self.assertEqual(24, status, said)  # no recipient was accepted

    def test_every_message_has_one_log_line(self):
        before = len(self.gateway.messages())
        message = messages.text(messages.GTUBE + b"\r\n", "logged")
        self.deliver("alice@example.test", message)
        self.deliver("alice@example.test", messages.plain(messages.EICAR))
        lines = testbed.poll(lambda: self.gateway.messages()[before + 1:] and self.gateway.messages()[before:], "2 lines")
        self.assertEqual(["tag", "reject"], [line["verdict"] for line in lines])
        first, second = lines
        self.assertEqual("sender@example.com", first["from"])
        self.assertEqual("alice@example.test", first["to"])
        self.assertEqual("127.0.0.1", first["client"])
        self.assertEqual("client.example.com", first["helo"])
        self.assertEqual(str(len(message)), first["size"])
        self.assertIn("GTUBE", first["rules"])
        self.assertTrue(first["reply"].startswith("250 "))
        self.assertIn("Eicar-Test", second["virus"])
        self.assertTrue(second["reply"].startswith("554 5.7.1"))

    def test_stop_leaves_nothing_behind(self):
        gateway = Gateway(STORE, EXAMPLE, name="stopped")
        self.assertEqual(250, deliver(gateway.port, "alice@example.test", messages.text()).code)
        workers = gateway.workers()
        self.assertEqual(0, gateway.stop())
        testbed.poll(lambda: not any(alive(pid) for pid in workers), "the end of the workers")
        self.assertEqual([], gateway.leftovers())


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    testbed.main()
