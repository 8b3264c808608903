"""A real Dovecot behind: deliver over LMTP, read by IMAP and POP3; its refusals and its absence."""

import imaplib
import poplib
import signal
import unittest

import messages
import testbed
from dovecot import Dovecot
from gateway import Gateway, relay_hop
from smtp_client import deliver

QUOTA = 20000


class DovecotBehind(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        users = {f"{name}@example.test": None for name in ("alice", "bob", "postmaster", "admin")}
        cls.dovecot = Dovecot({**users, "small@example.test": QUOTA})
        cls.gateways = {
            "unix": Gateway(relay_hop("lmtp", cls.dovecot.unix_address), name="over-unix"),
            "tcp": Gateway(relay_hop("lmtp", cls.dovecot.tcp_address), name="over-tcp"),
        }

    def by_imap(self, user):
        connection = imaplib.IMAP4(testbed.ADDRESS, self.dovecot.imap)
        connection.login(user, "secret")
        connection.select(readonly=True)
        numbers = connection.search(None, "ALL")[1][0].split()
        found = [connection.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers]
        connection.logout()
        return found

    def by_pop3(self, user):
        connection = poplib.POP3(testbed.ADDRESS, self.dovecot.pop3)
        connection.user(user)
        connection.pass_("secret")
        found = [b"\r\n".join(connection.retr(number + 1)[1]) + b"\r\n" for number in range(connection.stat()[0])]
        connection.quit()
        return found

    def test_what_is_sent_is_read_over_imap_and_pop3(self):
        for way, gateway in self.gateways.items():
            with self.subTest(way):
                before = len(self.by_imap("alice@example.test"))
                sent = messages.text(b".\r\n..\r\n.x\r\n\xe3\x81\x82 8-bit\r\n\r\n\r\nend\r\n", way)
                reply = deliver(gateway.port, "alice@example.test", sent)
                self.assertEqual(250, reply.code, reply)
                for found in (self.by_imap("alice@example.test"), self.by_pop3("alice@example.test")):
                    self.assertEqual(before + 1, len(found))
                    self.assertTrue(found[-1].endswith(sent), found[-1])
                    self.assertIn(b"X-Spam-Status: No", found[-1])
                    self.assertIn(b"Return-Path: <sender@example.com>", found[-1])

    def test_each_recipient_gets_a_copy_and_a_virus_nobody(self):
        boxes = ["alice@example.test", "bob@example.test"]
        before = [len(self.by_imap(box)) for box in boxes]
        for gateway in self.gateways.values():
            self.assertEqual(250, deliver(gateway.port, boxes, messages.text(name="both")).code)
            self.assertEqual(554, deliver(gateway.port, boxes, messages.in_zip(messages.EICAR)).code)
        self.assertEqual([count + 2 for count in before], [len(self.by_imap(box)) for box in boxes])

    def test_a_full_mailbox_is_refused_in_its_own_words(self):
        for gateway in self.gateways.values():
            reply = deliver(gateway.port, "small@example.test", messages.with_attachment(2 * QUOTA))
            self.assertEqual(552, reply.code, reply)
            self.assertIn("Mailbox of this person is full", reply.text)
        self.assertEqual([], self.by_imap("small@example.test"))

    def test_one_full_mailbox_of_two_is_asked_to_come_again(self):
        for gateway in self.gateways.values():
            recipients = ["bob@example.test", "small@example.test"]
            reply = deliver(gateway.port, recipients, messages.with_attachment(2 * QUOTA))
            self.assertEqual(451, reply.code, reply)

    def test_a_user_whom_dovecot_does_not_know_is_refused_in_its_words(self):
        for gateway in self.gateways.values():
            reply = deliver(gateway.port, "stranger@example.test", messages.text())
            self.assertEqual(550, reply.code, reply)
            self.assertIn("5.1.1", reply.text)
            self.assertIn("doesn't exist", reply.text)

    def test_many_messages_over_kept_connections(self):
        gateway = self.gateways["unix"]
        before = len(self.by_imap("admin@example.test"))
        for number in range(30):
            reply = deliver(gateway.port, "postmaster@example.test", messages.numbered(number))
            self.assertEqual(250, reply.code, reply)
        self.assertEqual(before + 30, len(self.by_imap("admin@example.test")))

    def test_dovecot_gone_and_back(self):
        self.assertEqual(250, deliver(self.gateways["unix"].port, "bob@example.test", messages.text()).code)
        before = len(self.by_imap("bob@example.test"))
        self.dovecot.process.stop(signal.SIGTERM)
        for way, gateway in self.gateways.items():
            with self.subTest(way):
                reply = deliver(gateway.port, "bob@example.test", messages.text())
                self.assertEqual(451, reply.code, reply)
        self.dovecot.start()
        for gateway in self.gateways.values():
            reply = deliver(gateway.port, "bob@example.test", messages.text())
            self.assertEqual(250, reply.code, reply)
        self.assertEqual(before + 2, len(self.by_imap("bob@example.test")))


if __name__ == "__main__":
    testbed.main()
