"""A real Postfix as the SMTP next hop: its acceptance, its refusals in its own words, its absence."""

import re
import unittest

import messages
import testbed
from gateway import Gateway, relay_hop
from postfix import Postfix
from smtp_client import Client, deliver

MAIN = """
virtual_mailbox_domains = behind.test
message_size_limit = 200000
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
    check_recipient_access inline:{{
        {{ gone@behind.test = 550 5.1.6 This person has moved away }},
        {{ later@behind.test = 450 4.2.1 This person is asleep }} }},
    permit_mynetworks, reject
"""


class PostfixBehind(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = testbed.free_port()
        cls.postfix = Postfix(MAIN, "{address}:PORT inet n - n - - smtpd\n".replace("PORT", str(cls.port)))
        cls.postfix.wait_for_port(cls.port)
        hop = relay_hop("smtp", f"{testbed.ADDRESS}:{cls.port}").replace("example.test", "behind.test")
        cls.gateway = Gateway(hop)

    def deliver(self, recipients, message, **options):
        return deliver(self.gateway.port, recipients, message, **options)

    def test_mail_arrives_over_kept_connections(self):
        body = b".\r\n..\r\n.x\r\n8-bit \xe4\r\nlast\r\n"
        for number in range(25):
            reply = self.deliver("box@behind.test", messages.text(body, f"kept-{number}"))
            self.assertEqual(250, reply.code, reply)
        end = b"\n\n" + body.replace(b"\r\n", b"\n")  # Postfix stores LF

        def arrived():
            return sorted(re.search(rb"<(kept-\d+)@", message)[1] for message in self.postfix.mailbox("box")
                          if message.endswith(end))

        testbed.poll(lambda: len(arrived()) >= 25, "25 messages")
        self.assertEqual(sorted(b"kept-%d" % number for number in range(25)), arrived())

    def test_a_session_of_several_messages_and_the_null_sender(self):
        before = len(self.postfix.mailbox("box"))
        with Client("127.0.0.1", self.gateway.port) as client:
            for sender in ("a@example.com", "", "b@example.com"):
                reply = client.deliver(sender, ["box@behind.test"], messages.text(name="several"))
                self.assertEqual(250, reply.code, reply)
        self.postfix.wait_for_mail("box", before + 3)

    def test_refusals_keep_their_words(self):
        self.assertEqual("550 5.1.6", str(self.deliver("gone@behind.test", messages.text()))[:9])
        self.assertIn("has moved away", self.deliver("gone@behind.test", messages.text()).text)
        reply = self.deliver("later@behind.test", messages.text())
        self.assertEqual("450 4.2.1", str(reply)[:9])
        self.assertIn("is asleep", reply.text)

    def test_too_large_for_the_next_hop(self):
        reply = self.deliver("box@behind.test", messages.with_attachment(300000))
        self.assertEqual(552, reply.code, reply)

    def test_one_of_two_refused_is_asked_to_come_again(self):
        reply = self.deliver(["box@behind.test", "gone@behind.test"], messages.text())
        self.assertEqual(451, reply.code, reply)

    def test_postfix_gone(self):
        hop = relay_hop("smtp", f"{testbed.ADDRESS}:{testbed.free_port()}")
        gateway = Gateway(hop, name="alone")
        reply = deliver(gateway.port, "anybody@example.test", messages.text())
        self.assertEqual(451, reply.code, reply)
        self.assertIn("4.4.1", reply.text)


if __name__ == "__main__":
    testbed.main()
