"""A real Postfix in front: as a relay to us, and as a before-queue filter (smtpd_proxy_filter) with us handing back.

    client → smtpd :relay → queue → sekisho "store" → Maildir
    client → smtpd :filtered → sekisho "filter" → smtpd :reinject → queue → virtual mailbox
"""

import re
import unittest

import messages
import testbed
from gateway import EXAMPLE, STORE, Gateway, relay_hop, swaks
from postfix import Postfix
from smtp_client import deliver

MAIN = """
relay_domains = example.test
virtual_mailbox_domains = filtered.test
transport_maps = inline:{{ example.test=relay:[127.0.0.1]:RELAY_PORT }}
minimal_backoff_time = 1s
smtpd_recipient_restrictions = permit_mynetworks, reject
"""
SERVICES = """
{address}:PORT_RELAY inet n - n - - smtpd
{address}:PORT_FILTERED inet n - n - - smtpd -o smtpd_proxy_filter=127.0.0.1:FILTER_PORT
{address}:PORT_REINJECT inet n - n - - smtpd -o smtpd_authorized_xforward_hosts=127.0.0.0/8
"""


class PostfixInFront(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.relay, cls.filtered, reinject = (testbed.free_port() for _ in range(3))
        cls.store = Gateway(STORE, EXAMPLE, name="store")
        hop = relay_hop("smtp", f"{testbed.ADDRESS}:{reinject}").replace("example.test", "filtered.test")
        cls.filter = Gateway(hop, name="filter")
        services = SERVICES.replace("PORT_RELAY", str(cls.relay)).replace("PORT_FILTERED", str(cls.filtered))
        services = services.replace("PORT_REINJECT", str(reinject)).replace("FILTER_PORT", str(cls.filter.port))
        cls.postfix = Postfix(MAIN.replace("RELAY_PORT", str(cls.store.port)), services)
        for port in (cls.relay, cls.filtered, reinject):
            cls.postfix.wait_for_port(port)

    def source(self, port, recipient, count):
        done = testbed.run(["smtp-source", "-s", "4", "-m", str(count), "-l", "5000", "-f", "sender@example.com",
                            "-t", recipient, f"inet:{testbed.ADDRESS}:{port}"])
        self.assertEqual(0, done.returncode, done.stderr.decode() + self.postfix.log[-2000:])

    def test_relayed_mail_lands_in_the_store(self):
        before = len(self.gateway_box())
        reply = deliver(self.relay, "alice@example.test", messages.text(b"relayed\r\n"), address=testbed.ADDRESS)
        self.assertEqual(250, reply.code, reply)
        self.source(self.relay, "alice@example.test", 20)
        stored = testbed.poll(lambda: len(self.gateway_box()) >= before + 21 and self.gateway_box(), "21 messages")
        self.assertEqual(before + 21, len(stored))
        self.assertTrue(any(message.endswith(b"\r\n\r\nrelayed\r\n") for message in stored))

    def gateway_box(self):
        return self.store.stored("alice@example.test")

    def test_a_relayed_virus_is_bounced_by_postfix_not_by_us(self):
        before = self.store.stored("bob@example.test")
        reply = deliver(self.relay, "bob@example.test", messages.plain(messages.EICAR), address=testbed.ADDRESS)
        self.assertEqual(250, reply.code, reply)
        testbed.poll(lambda: re.search(r"to=<bob@example.test>.*status=bounced.*554 5\.7\.1.*Eicar-Test", self.postfix.log),
                     "the bounce")
        self.assertEqual(before, self.store.stored("bob@example.test"))

    def test_filtered_mail_is_handed_back(self):
        before = len(self.postfix.mailbox("box"))
        body = b".\r\n..\r\nfiltered\r\n"
        reply = deliver(self.filtered, "box@filtered.test", messages.text(body), address=testbed.ADDRESS)
        self.assertEqual(250, reply.code, reply)
        status, said = swaks_to(self.filtered, "box@filtered.test")
        self.assertEqual(0, status, said)
        self.source(self.filtered, "box@filtered.test", 20)
        found = self.postfix.wait_for_mail("box", before + 22)
        self.assertEqual(before + 22, len(found))
        self.assertTrue(any(message.endswith(b"\n\n" + body.replace(b"\r\n", b"\n")) for message in found))
        self.assertTrue(all(b"X-Spam-Status: No" in message for message in found))

    def test_a_filtered_virus_never_enters_the_queue(self):
        for wrap in messages.WRAPPINGS:
            with self.subTest(wrap.__name__):
                reply = deliver(self.filtered, "box@filtered.test", wrap(messages.EICAR), address=testbed.ADDRESS)
                self.assertTrue(str(reply).startswith("554 5.7.1"), reply)
                self.assertIn("Eicar-Test", reply.text)
        self.assertFalse(any(messages.EICAR in message for message in self.postfix.mailbox("box")))


def swaks_to(port, recipient):
    return swaks(port, "--server", testbed.ADDRESS, "--port", str(port), "--to", recipient)


if __name__ == "__main__":
    testbed.main()
