"""A next hop that fails and inspectors that die: every message is accepted exactly once, or refused."""

import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import unittest

import messages
import sink
import testbed
from gateway import EXAMPLE, STORE, Gateway, end_process, relay_hop
from smtp_client import deliver

# Local part → what the sink does with it, and what we must say.
FAULTS = {
    "rcpt4": ("4", ""),
    "rcpt5": ("5", ""),
    "data4": ("4", ""),
    "data5": ("5", ""),
    "eod4": ("451 4.3.0", "try later (eod)"),
    "eod5": ("554 5.6.0", "no (eod)"),
    "drop": ("451 4.4.2", ""),
    "dropmid": ("451 4.4.2", ""),
    "hang": ("451 4.4.2", ""),
    "slow": ("250", ""),
}
RATES = ["--rcpt-4xx", ".05", "--rcpt-5xx", ".05", "--data-4xx", ".05", "--data-5xx", ".05", "--eod-4xx", ".1",
         "--eod-5xx", ".1", "--drop", ".05", "--drop-mid", ".05", "--mail-4xx", ".03", "--mail-5xx", ".03"]
KINDS = {"smtp": [], "lmtp": ["--lmtp"]}
RECIPIENT = ["--rcpt", "someone@example.test"]


def gateway_before(next_hop, kind="smtp", settings="", **options):
    return Gateway(relay_hop(kind, next_hop.address, settings), name=f"before-{testbed.free_port()}", **options)


class Faults(unittest.TestCase):
    def assert_exactly_once(self, figures, outcomes, next_hop):
        """What was accepted is at the next hop once; what was not is not there."""
        self.assertEqual((0, 0), (figures["lost"], figures["extra"]), figures)
        self.assertEqual(set(), set(outcomes.values()) - {"2xx", "4xx", "5xx"}, figures)
        accepted = sorted(number for number, outcome in outcomes.items() if outcome == "2xx")
        taken = sorted(record[3].rpartition("-")[2] for record in next_hop.records() if record[0] == "2xx")
        self.assertEqual(accepted, taken)

    def test_each_fault_gets_its_own_answer(self):
        for kind, flags in KINDS.items():
            next_hop = sink.Sink("--magic", *flags, unix=kind == "lmtp")
            gateway = gateway_before(next_hop, kind, 'timeout = "3s"')
            for local, (expected, words) in FAULTS.items():
                with self.subTest(kind=kind, fault=local):
                    reply = deliver(gateway.port, f"{local}@example.test", messages.with_attachment(5000))
                    self.assertTrue(str(reply).startswith(expected), reply)
                    self.assertIn(words, reply.text)
                    reply = deliver(gateway.port, "fine@example.test", messages.text())
                    self.assertEqual(250, reply.code, reply)  # the next message isn't touched by it
            self.assertEqual(len(FAULTS) + 1, sum(record[0] == "2xx" for record in next_hop.records()))

    def test_random_faults_under_load(self):
        for kind, flags in KINDS.items():
            with self.subTest(kind):
                next_hop = sink.Sink(*RATES, "--seed", "7", *flags)
                gateway = gateway_before(next_hop, kind)
                figures, outcomes = sink.load(gateway.port, "--size", "6k", "--count", "600", "--sessions", "8",
                                              "--keep", "5", *RECIPIENT, sink=next_hop)
                self.assertEqual(600, figures["messages"])
                for outcome in ("ok", "temp", "perm"):
                    self.assertGreater(figures[outcome], 0)
                self.assert_exactly_once(figures, outcomes, next_hop)

    def test_lmtp_recipients_that_differ(self):
        next_hop = sink.Sink("--magic", "--lmtp")
        gateway = gateway_before(next_hop, "lmtp")
        rows = {("fine", "eod4"): 451, ("fine", "eod5"): 451, ("eod4", "eod4+x"): 451, ("eod5", "eod5+x"): 554,
                ("fine", "rcpt5"): 451, ("rcpt5", "rcpt5+x"): 5, ("fine", "other"): 250}
        for locals_, expected in rows.items():
            with self.subTest(locals_):
                reply = deliver(gateway.port, [f"{local}@example.test" for local in locals_], messages.text())
                self.assertIn(expected, (reply.code, reply.code // 100), reply)

    def test_a_next_hop_that_restarts_costs_no_message(self):
        next_hop = sink.Sink()
        gateway = gateway_before(next_hop)
        self.assertEqual(250, deliver(gateway.port, "one@example.test", messages.text()).code)
        next_hop.process.stop()  # the kept connection is dead now
        self.assertEqual(451, deliver(gateway.port, "two@example.test", messages.text()).code)
        again = testbed.Process("smtpsink", [sink.tool("smtpsink"), "--quiet", next_hop.address])
        again.wait_for_port(testbed.ADDRESS, next_hop.port)
        self.assertEqual(250, deliver(gateway.port, "three@example.test", messages.text()).code)
        again.stop()
        again = testbed.Process("smtpsink", [sink.tool("smtpsink"), "--quiet", next_hop.address])
        again.wait_for_port(testbed.ADDRESS, next_hop.port)
        self.assertEqual(250, deliver(gateway.port, "four@example.test", messages.text()).code)

    def load_while(self, gateway, next_hop, disturb, count=800):
        """Sends `count` messages; disturb() is called again and again, each time 20 more have been answered."""
        log = testbed.folder("load") / f"disturbed.{testbed.free_port()}"
        command = [sink.tool("smtpload"), "--json", "--unique", "--log", log, "--size", "6k", "--sessions", "6",
                   "--count", str(count), *RECIPIENT, "--sink", next_hop.address, f"127.0.0.1:{gateway.port}"]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        eicar, seen = [], 0
        while running.poll() is None:
            testbed.poll(lambda: running.poll() is not None or len(gateway.messages()) >= seen + 20, "progress")
            seen = len(gateway.messages())
            if running.poll() is None:
                disturb()
                eicar.append(deliver(gateway.port, "virus@example.test", messages.in_zip(messages.EICAR)))
        figures = sink.json.loads(running.communicate()[0])
        outcomes = dict(line.split(" ")[:3:2] for line in log.read_text().splitlines())
        self.assertGreater(len(eicar), 5)
        self.assertEqual(set(), {reply.code for reply in eicar} - {554, 451}, eicar)
        return figures, outcomes

    def assert_scans_again(self, gateway):
        """After all that: viruses are refused and mail is taken."""
        def refused():
            return deliver(gateway.port, "virus@example.test", messages.plain(messages.EICAR)).code == 554
        testbed.poll(refused, "a working inspector")
        self.assertEqual(250, deliver(gateway.port, "fine@example.test", messages.text()).code)

    def test_killed_workers_lose_nothing_and_let_nothing_through(self):
        dump = testbed.folder("dump-workers")
        next_hop = sink.Sink("--dump", dump)
        gateway = gateway_before(next_hop)

        def kill_a_worker():
            end_process(gateway.workers()[0])

        figures, outcomes = self.load_while(gateway, next_hop, kill_a_worker)
        self.assertGreater(figures["ok"], 400, figures)
        self.assert_scans_again(gateway)
        self.assert_scanned(dump)
        self.assert_delivered_once(figures, outcomes, next_hop)

    def test_killed_parent_loses_nothing_and_lets_nothing_through(self):
        dump = testbed.folder("dump-parent")
        next_hop = sink.Sink("--dump", dump)
        gateway = gateway_before(next_hop)
        kills = []

        def kill_the_parent():
            if len(kills) < 5:
                new = testbed.poll(lambda: set(testbed.children(gateway.process.pid)) - set(kills), "a new parent")
                kills.append(new.pop())
                end_process(kills[-1])

        figures, outcomes = self.load_while(gateway, next_hop, kill_the_parent, count=400)
        self.assertEqual(5, len(kills))
        self.assert_scans_again(gateway)
        self.assert_scanned(dump)
        self.assert_delivered_once(figures, outcomes, next_hop)

    def assert_scanned(self, dump):
        copies = [path.read_bytes() for path in dump.glob("*.eml")]
        self.assertTrue(copies)
        for copy in copies:
            self.assertIn(b"\r\nX-Spam-Status: ", copy[:2000])
            self.assertNotIn(messages.EICAR, copy)

    def assert_delivered_once(self, figures, outcomes, next_hop):
        self.assertEqual(set(), set(outcomes.values()) - {"2xx", "4xx"}, figures)
        accepted = sorted(number for number, outcome in outcomes.items() if outcome == "2xx")
        taken = sorted(record[3].rpartition("-")[2] for record in next_hop.records()
                       if record[0] == "2xx" and record[3] != "-")
        self.assertEqual(accepted, taken)

    def test_workers_just_forked_do_not_get_in_each_others_way(self):
        """What they inherit alike (the state of a random generator, names of temporary files) must not collide."""
        for _ in range(5):
            gateway = Gateway(STORE, EXAMPLE, name=f"fresh-{testbed.free_port()}")
            with concurrent.futures.ThreadPoolExecutor(8) as senders:
                replies = senders.map(lambda number: deliver(
                    gateway.port, "alice@example.test", messages.with_attachment(200000, f"fresh-{number}")), range(8))
            self.assertEqual([250] * 8, [reply.code for reply in replies])
            gateway.stop()

    def test_stuck_workers_are_replaced(self):
        next_hop = sink.Sink()
        gateway = gateway_before(next_hop, inspect='job_timeout = "1s"')
        stuck = gateway.workers(at_least=2)  # all: one that runs would get every job
        for pid in stuck:
            os.kill(pid, signal.SIGSTOP)
        reply = deliver(gateway.port, "fine@example.test", messages.text())
        self.assertIn(reply.code, (250, 451), reply)
        self.assert_scans_again(gateway)
        testbed.poll(lambda: not set(stuck) <= set(gateway.workers()), "a new worker")

    def test_a_killed_gateway_keeps_what_it_accepted(self):
        gateway = Gateway(STORE, EXAMPLE, name="killed")
        log = testbed.folder("load") / "killed"
        command = [sink.tool("smtpload"), "--json", "--unique", "--log", log, "--size", "6k", "--sessions", "6",
                   "--count", "100000", "--time", "30", "--timeout", "5", "--rcpt", "alice@example.test",
                   f"127.0.0.1:{gateway.port}"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        testbed.poll(lambda: len(gateway.messages()) > 100, "100 messages")
        gateway.process.stop(signal.SIGKILL)
        running.terminate()
        running.wait()
        stored = {re.search(rb"^X-Smtpload-Id: (\S+)\r$", copy, re.MULTILINE)[1] for copy in gateway.stored("alice@example.test")}
        logged = [fields for fields in gateway.messages() if fields["reply"].startswith("250")]
        self.assertGreaterEqual(len(stored), len(logged))
        whole = all(copy.endswith(b"\r\n") for copy in gateway.stored("alice@example.test"))
        self.assertTrue(whole)
        gateway.start()
        self.assert_scans_after_restart(gateway)

    def assert_scans_after_restart(self, gateway):
        self.assertEqual(554, deliver(gateway.port, "alice@example.test", messages.plain(messages.EICAR)).code)
        self.assertEqual(250, deliver(gateway.port, "alice@example.test", messages.text()).code)
        self.assertEqual([], [path for path in pathlib.Path(gateway.top).glob("spool/**/*") if path.is_file()])


if __name__ == "__main__":
    for name in ("smtpload", "smtpsink"):
        sink.tool(name)
    testbed.main()
