"""A next hop that is slow and a client that gives up: no message is delivered that its sender will repeat."""

import os
import signal
import socket
import threading
import time
import unittest

import messages
import testbed
from gateway import EXAMPLE, STORE, Gateway, relay_hop
from smtp_client import CLOSED, Client, deliver, dot_stuffed
from stub_hop import StubHop

SHORT = {"smtp": 'answer_timeout = "4s"'}


def gateway_before(hop, settings='timeout = "2s"', **options):
    return Gateway(relay_hop("smtp", hop.address, settings), name=f"slow-{testbed.free_port()}", **(options or SHORT))


def send_and_stay(gateway, recipient, message=messages.text()):
    """A client whose message is sent and not yet answered."""
    client = Client("127.0.0.1", gateway.port)
    assert client.begin("a@example.com", [recipient]) is None
    assert client.command("DATA").code == 354
    client.send(dot_stuffed(message))
    return client


class SlowHop(unittest.TestCase):
    def test_a_hop_that_is_slow_before_the_dot_is_not_given_the_dot(self):
        hop = StubHop(lambda verb: time.sleep(0.7) if verb == "RCPT" else None)
        gateway = gateway_before(hop)
        recipients = [f"number-{n}@example.test" for n in range(8)]
        started = time.monotonic()
        reply = deliver(gateway.port, recipients, messages.text())
        self.assertTrue(str(reply).startswith("451 4.4.2"), reply)
        self.assertLess(time.monotonic() - started, 4)
        testbed.poll(lambda: "closed" in hop.verbs, "the end of the hop's connection")
        self.assertEqual([], hop.messages)

    def test_the_wait_for_a_connection_has_an_end(self):
        held = threading.Event()
        self.addCleanup(held.set)
        hop = StubHop(lambda verb: held.wait() if verb == "." else None)
        gateway = gateway_before(hop, 'timeout = "3s"\nconnections_max = 1')
        with send_and_stay(gateway, "first@example.test"):
            testbed.poll(lambda: hop.messages, "the first message")
            started = time.monotonic()
            reply = deliver(gateway.port, "second@example.test", messages.text())
            self.assertTrue(str(reply).startswith("451 4.4.2"), reply)
            self.assertLess(time.monotonic() - started, 4)
        self.assertEqual(1, len(hop.messages))

    def test_timeouts_that_do_not_fit_are_a_mistake(self):
        hop = relay_hop("smtp", "127.0.0.1:25", 'timeout = "9m"')
        path = testbed.folder("misfit") / "sekisho.toml"
        path.write_text('[server]\nhostname = "mx.test"\n[[listener]]\naddress = "127.0.0.1:25"\n' + hop)
        done = testbed.run([testbed.BINARY, "config", "check", "-c", path])
        self.assertEqual(1, done.returncode)
        self.assertIn(f"{path}:9: next_hop.relay.timeout: must be less than smtp.answer_timeout", done.stderr.decode())


class ClientThatLeaves(unittest.TestCase):
    def reply_logged(self, gateway):
        return testbed.poll(gateway.messages, "the message's line")[0]["reply"]

    def test_before_the_hops_final_dot(self):
        gone = threading.Event()
        hop = StubHop(lambda verb: gone.wait() if verb == "DATA" else None)
        gateway = gateway_before(hop)
        send_and_stay(gateway, "someone@example.test").close()
        testbed.poll(lambda: "DATA" in hop.verbs, "DATA at the hop")
        gone.set()
        self.assertIn("451 4.4.2 Client left", self.reply_logged(gateway))
        testbed.poll(lambda: "closed" in hop.verbs, "the end of the hop's connection")
        self.assertEqual([], hop.messages)

    def stopped_store(self, name):
        gateway = Gateway(STORE, EXAMPLE, name=name)
        workers = gateway.workers()
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        return gateway, lambda: [os.kill(pid, signal.SIGCONT) for pid in workers]

    def test_before_the_store_commits(self):
        gateway, go_on = self.stopped_store("left")
        send_and_stay(gateway, "alice@example.test").close()
        go_on()
        self.assertIn("451 4.4.2 Client left", self.reply_logged(gateway))
        self.assertEqual(([], []), (gateway.stored("alice@example.test"), gateway.leftovers()))

    def test_a_client_that_said_quit_and_closed_its_half_is_still_there(self):
        gateway, go_on = self.stopped_store("half-closed")
        with Client("127.0.0.1", gateway.port) as client:
            self.assertIsNone(client.begin("a@example.com", ["alice@example.test"]))
            self.assertEqual(354, client.command("DATA").code)
            client.send(dot_stuffed(messages.text()) + b"QUIT\r\n")
            client.socket.shutdown(socket.SHUT_WR)
            go_on()
            self.assertEqual([250, 221, 0], [client.reply().code for _ in range(3)])
            self.assertEqual(CLOSED, client.reply())
        self.assertEqual(1, len(gateway.stored("alice@example.test")))


if __name__ == "__main__":
    testbed.main()
