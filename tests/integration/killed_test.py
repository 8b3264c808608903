"""The front and its workers killed at known points of one message: what was acknowledged is there, and once."""

import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import unittest

import messages
import testbed
from gateway import EXAMPLE, STORE, Gateway, end_process
from hostile_test import HEAVY, cpu_seconds
from smtp_client import deliver

STEPS_MAX = 20
RECIPIENT = "alice@example.test"


def killer():
    library = testbed.folder("killer") / "killer.so"
    if not library.exists():
        source = pathlib.Path(__file__).with_name("killer.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def state_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


class Front(unittest.TestCase):
    def test_killed_at_each_step_of_a_delivery_it_has_lost_nothing_that_it_acknowledged(self):
        message = messages.with_attachment(50000)
        for steps in range(STEPS_MAX):
            armed = testbed.folder(f"armed-{steps}") / "armed"
            environment = [f"LD_PRELOAD={killer()}", f"KILLER_ARMED={armed}", f"KILLER_STEPS={steps}"]
            gateway = Gateway(STORE, EXAMPLE, name=f"step-{steps}", wrapper=["env", *environment])
            armed.touch()
            try:
                acknowledged = deliver(gateway.port, RECIPIENT, message).code == 250
            except (OSError, AssertionError):
                acknowledged = False
            survived = gateway.process.process.poll() is None and acknowledged
            with self.subTest(steps=steps):
                if not survived:
                    gateway.process.process.wait(10)
                self.assert_kept(gateway, message, acknowledged)
            if survived:
                self.assertGreater(steps, 3)  # file, name, folder, reply
                return
            self.retry(gateway, message, armed)
        self.fail("more steps than are tried")

    def assert_kept(self, gateway, message, acknowledged):
        body = message.partition(b"\r\n\r\n")[2]
        stored = gateway.stored(RECIPIENT)
        self.assertTrue(all(copy.endswith(body) for copy in stored))
        self.assertLessEqual(len(stored), 1)
        if acknowledged:
            self.assertEqual(1, len(stored))

    def retry(self, gateway, message, armed):
        """The sender has no answer, so it comes again; at worst there are two copies, never none."""
        armed.unlink()
        gateway.start()
        self.assertEqual(250, deliver(gateway.port, RECIPIENT, message).code)
        self.assertIn(len(gateway.stored(RECIPIENT)), (1, 2))
        self.assertEqual([], [path for path in gateway.leftovers() if path.parent.name != "tmp"])
        gateway.stop()


class Worker(unittest.TestCase):
    """A message is in the hands of a stopped worker; then that is killed."""

    def setUp(self):
        self.gateway = Gateway(STORE, EXAMPLE, name=f"worker-{testbed.free_port()}")
        self.stopped = self.gateway.workers(at_least=2)
        self.spent = {pid: cpu_seconds(pid) for pid in self.stopped}
        for pid in self.stopped:
            os.kill(pid, signal.SIGSTOP)
        senders = concurrent.futures.ThreadPoolExecutor(1)
        self.reply = senders.submit(deliver, self.gateway.port, RECIPIENT, HEAVY)
        testbed.poll(lambda: self.status()["workers"]["busy"] == 1, "a busy worker")

    def status(self):
        return json.loads(testbed.run([testbed.BINARY, "status", "--config", self.gateway.config]).stdout)

    def assert_delivered_once(self):
        self.assertEqual(250, self.reply.result(60).code)
        self.assertEqual(1, len(self.gateway.stored(RECIPIENT)))

    def test_killed_before_it_answers_another_does_its_job(self):
        for pid in self.stopped:
            end_process(pid)
        self.assert_delivered_once()
        self.assertEqual(1, self.gateway.log.count("message ended a worker"))

    def test_killed_just_after_its_answer_that_counts(self):
        """The front is stopped, so that it finds the answer and the end of the worker at once."""
        os.kill(self.gateway.process.pid, signal.SIGSTOP)
        for pid in self.stopped:
            os.kill(pid, signal.SIGCONT)
        done = testbed.poll(self.who_has_worked, "a worker that has answered")
        end_process(done)
        testbed.poll(lambda: state_of(done) in ("Z", "gone"), "its end")
        os.kill(self.gateway.process.pid, signal.SIGCONT)
        self.assert_delivered_once()
        self.assertEqual(0, self.gateway.log.count("message ended a worker"))

    def who_has_worked(self):
        """It waits for its next job: nothing else makes it sleep again and again without using its time."""
        for pid in self.stopped:
            spent = cpu_seconds(pid)
            if spent - self.spent[pid] < 0.1:
                continue
            looks = [state_of(pid) for _ in range(20)]
            if set(looks) == {"S"} and cpu_seconds(pid) == spent:
                return pid
        return None


if __name__ == "__main__":
    testbed.main()
