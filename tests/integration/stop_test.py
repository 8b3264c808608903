"""SIGTERM with clients in every state: each hears 421 (RFC 5321 §4.2.1) or its message's answer, and the exit is clean."""

import signal
import unittest

import messages
import sink
import testbed
from gateway import EXAMPLE, STORE, Gateway, relay_hop
from smtp_client import CLOSED, Client


class Stop(unittest.TestCase):
    def connect(self, gateway, in_transaction):
        client = Client("127.0.0.1", gateway.port)
        self.addCleanup(client.close)
        if in_transaction:
            self.assertIsNone(client.begin("a@example.com", ["someone@example.test"]))
        return client

    def assert_told_to_go(self, client):
        reply = client.reply()
        self.assertTrue(str(reply).startswith("421 4.3.2"), reply)
        self.assertEqual(CLOSED, client.reply())

    def test_clients_that_outlast_the_grace(self):
        gateway = Gateway(STORE, EXAMPLE.replace("bob", "someone"), server='stop_grace = "1s"', name="grace")
        idle = self.connect(gateway, False)
        silent = self.connect(gateway, True)
        sending = self.connect(gateway, True)
        self.assertEqual(354, sending.command("DATA").code)
        sending.send(b"Subject: never ended\r\n")
        gateway.process.process.send_signal(signal.SIGTERM)
        for client in (idle, silent, sending):
            self.assert_told_to_go(client)
        self.assertEqual(0, gateway.process.process.wait(60), gateway.log)
        self.assertIn("msg=stopped", gateway.log)
        self.assertEqual([], gateway.stored("someone@example.test"))

    def test_a_message_within_the_grace_is_finished(self):
        gateway = Gateway(STORE, EXAMPLE.replace("bob", "someone"), name="finished")
        client = self.connect(gateway, True)
        self.assertEqual(354, client.command("DATA").code)
        gateway.process.process.send_signal(signal.SIGTERM)
        gateway.process.wait_for_line("msg=stopping")
        client.send(messages.text() + b".\r\n")
        self.assertEqual(250, client.reply().code)
        self.assert_told_to_go(client)
        self.assertEqual(0, gateway.process.process.wait(60), gateway.log)

    def test_a_next_hop_that_never_answers(self):
        next_hop = sink.Sink("--magic")
        gateway = Gateway(relay_hop("smtp", next_hop.address), server='stop_grace = "1s"', name="hanging")
        client = Client("127.0.0.1", gateway.port)
        self.addCleanup(client.close)
        self.assertIsNone(client.begin("a@example.com", ["hang@example.test"]))
        self.assertEqual(354, client.command("DATA").code)
        client.send(messages.text() + b".\r\n")
        gateway.process.process.send_signal(signal.SIGTERM)
        self.assertNotEqual(250, client.reply().code)
        self.assertEqual(0, gateway.process.process.wait(60), gateway.log)


if __name__ == "__main__":
    sink.tool("smtpsink")
    testbed.main()
