"""SIGHUP: new signatures and rules without a gap, and a failed load that changes nothing."""

import os
import shutil
import signal
import threading
import unittest

import messages
import testbed
from gateway import EXAMPLE, STORE, Gateway
from smtp_client import deliver

RULE = "body RELOADED /shibboleth/\nscore RELOADED 1.0\ndescribe RELOADED a word of this test\n"
LETTER = messages.letter("A word", "shibboleth\n")
EICAR = messages.in_zip(messages.EICAR)


class Reload(unittest.TestCase):
    def setUp(self):
        top = testbed.folder(f"reload_{self._testMethodName}_scanners")
        self.rules, self.signatures = top / "rules", top / "signatures"
        for name, folder in (("rules", self.rules), ("signatures", self.signatures)):
            shutil.copytree(testbed.SOURCE / name, folder, dirs_exist_ok=True)
        self.addCleanup(shutil.rmtree, top)
        scanners = f'rules = ["{self.rules}"]\nsignatures = ["{self.signatures}"]'
        self.gateway = Gateway(STORE, EXAMPLE, name=f"reload_{self._testMethodName}", scanners=scanners)
        self.addCleanup(self.gateway.stop)

    def hang_up(self):
        os.kill(self.gateway.process.pid, signal.SIGHUP)

    def send(self, message):
        return deliver(self.gateway.port, ["alice@example.test"], message).code

    def rules_that_hit(self):
        self.assertEqual(250, self.send(LETTER))
        return self.gateway.messages()[-1]["rules"]

    def test_a_new_rule_hits_after_it(self):
        self.assertNotIn("RELOADED", self.rules_that_hit())
        (self.rules / "new.cf").write_text(RULE)
        self.hang_up()
        self.gateway.process.wait_for_line(r"msg=reloaded ")
        self.assertIn("RELOADED", self.rules_that_hit())

    def test_a_database_that_is_broken_changes_nothing(self):
        (self.signatures / "broken.ndb").write_text("this is no signature\n")
        self.hang_up()
        self.gateway.process.wait_for_line(r'msg="not reloaded, the old ones stay"')
        self.assertEqual(554, self.send(EICAR))
        self.assertEqual(250, self.send(LETTER))

    def test_mail_under_way_is_neither_refused_nor_unscanned(self):
        stop, codes = threading.Event(), {LETTER: [], EICAR: []}

        def load(message):
            while not stop.is_set():
                codes[message].append(self.send(message))

        threads = [threading.Thread(target=load, args=(message,)) for message in codes for _ in range(3)]
        for thread in threads:
            thread.start()
        for round_ in range(1, 5):
            self.hang_up()
            testbed.poll(lambda: self.gateway.log.count("msg=reloaded ") >= round_, "the reload")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual({250}, set(codes[LETTER]))
        self.assertEqual({554}, set(codes[EICAR]))


if __name__ == "__main__":
    unittest.main()
