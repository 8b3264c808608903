"""Reload: new configuration, signatures and rules without a gap, and a mistake that changes nothing."""

import json
import os
import shutil
import signal
import smtplib
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
        self.gateway = Gateway(STORE, EXAMPLE, name=f"reload_{self._testMethodName}", scanners=scanners,
                               inspect=getattr(getattr(self, self._testMethodName), "inspect", ""))
        self.addCleanup(self.gateway.stop)

    def hang_up(self):
        os.kill(self.gateway.process.pid, signal.SIGHUP)

    def command(self, *arguments):
        """Exit status and what `sekisho ARGUMENTS` printed: a summary, or why not."""
        done = testbed.run([testbed.BINARY, *arguments, "--config", self.gateway.config])
        return done.returncode, json.loads(done.stdout) if done.returncode == 0 else done.stderr.decode()

    def change_config(self, old, new):
        text = self.gateway.config.read_text()
        self.assertIn(old, text)
        self.gateway.config.write_text(text.replace(old, new, 1))

    def send(self, message, to="alice@example.test"):
        return deliver(self.gateway.port, [to], message).code

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
        self.gateway.process.wait_for_line(r'msg="not reloaded, everything stays as it was"')
        self.assertEqual(554, self.send(EICAR))
        self.assertEqual(250, self.send(LETTER))

    def test_a_rule_with_a_mistake_changes_nothing(self):
        (self.rules / "bad.cf").write_text(RULE + "body BAD /(/\n")
        status, why = self.command("reload")
        self.assertEqual(1, status)
        self.assertIn("bad.cf:4: ", why)
        self.assertNotIn("RELOADED", self.rules_that_hit())

    def test_changed_files_are_taken_over_by_themselves(self):
        (self.rules / "new.cf").write_text(RULE)
        self.gateway.process.wait_for_line(r"msg=reloaded ")
        self.assertIn("RELOADED", self.rules_that_hit())
        (self.rules / "bad.cf").write_text("body BAD /(/\n")
        self.gateway.process.wait_for_line(r'msg="not reloaded, ')
        (self.rules / "bad.cf").write_text("body GOOD /worth/\n")
        testbed.poll(lambda: self.gateway.log.count("msg=reloaded ") == 2, "the mended rules")
        self.assertEqual(1, self.gateway.log.count('msg="not reloaded'))
    test_changed_files_are_taken_over_by_themselves.inspect = 'watch_interval = "1s"'

    def test_an_emptied_folder_does_not_open_the_gate(self):
        for path in self.rules.glob("3*.cf"):
            path.unlink()
        status, why = self.command("reload")
        self.assertEqual(1, status)
        self.assertIn("are left", why)
        self.assertEqual(0, self.command("reload", "--all")[0])
        for path in self.signatures.glob("*.*db"):
            path.unlink()
        testbed.poll(lambda: len(testbed.children(self.gateway.process.pid)) == 1, "the end of the old parent")
        os.kill(self.gateway.parent(), signal.SIGKILL)  # what follows it loads no less either
        self.gateway.process.wait_for_line(r"why=.*signatures are left")

    def test_an_emptied_signature_folder_with_allow_unscanned(self):
        (self.signatures / "broken.ndb").write_text("this is no signature\n")
        self.assertEqual(1, self.command("reload")[0])
        for path in self.signatures.glob("*.*db"):
            path.unlink()
        status, why = self.command("reload")
        self.assertEqual((1, True), (status, "are left" in why), why)
        self.assertEqual(554, self.send(EICAR))
    test_an_emptied_signature_folder_with_allow_unscanned.inspect = "allow_unscanned = true"

    def test_a_new_mailbox_and_plan(self):
        self.assertEqual(550, self.send(LETTER, "carol@example.test"))
        self.change_config('"bob"]', '"bob", "carol"]\nvirus = "quarantine"')
        self.assertEqual(550, self.send(LETTER, "carol@example.test"))
        status, summary = self.command("reload")
        self.assertEqual((0, 1, "unchanged"), (status, summary["domains"], summary["inspectors"]))
        self.assertEqual(250, self.send(LETTER, "carol@example.test"))
        self.assertEqual(250, self.send(EICAR, "carol@example.test"))
        self.assertEqual(1, len(self.gateway.quarantined()))
        status, summary = self.command("reload", "--all")
        self.assertGreater(summary["inspectors"]["rules"], 100)

    def test_a_transaction_keeps_what_it_began_with(self):
        with smtplib.SMTP("127.0.0.1", self.gateway.port) as client:
            client.ehlo("client.example.com")
            client.mail("sender@example.com")
            self.assertEqual(250, client.rcpt("bob@example.test")[0])
            self.change_config('"alice", "bob"]', '"alice"]')
            self.assertEqual(0, self.command("reload")[0])
            self.assertEqual(250, client.data(LETTER)[0])
            client.mail("sender@example.com")
            self.assertEqual(550, client.rcpt("bob@example.test")[0])
        self.assertEqual(1, len(self.gateway.stored("bob@example.test")))

    def test_a_configuration_with_a_mistake_changes_nothing(self):
        self.change_config('"bob"]', '"bob", "carol"]\nno_such_setting = 1')
        status, why = self.command("reload")
        self.assertEqual(1, status)
        self.assertIn("no_such_setting", why)
        self.hang_up()
        self.gateway.process.wait_for_line(r'msg=configuration file=\S+sekisho.toml line=\d+ what="[^"]*no_such_setting')
        self.assertEqual(550, self.send(LETTER, "carol@example.test"))
        self.assertEqual(250, self.send(LETTER))

    def test_what_takes_a_restart_is_named(self):
        self.change_config('"127.0.0.1:0"', '"127.0.0.2:0"')
        status, summary = self.command("reload")
        self.assertEqual((0, "[[listener]]"), (status, summary["needs_restart"]))
        self.assertEqual(250, self.send(LETTER))

    def test_status_and_no_gateway(self):
        self.assertEqual(250, self.send(LETTER))
        status, report = self.command("status")
        self.assertEqual((0, 1, 1), (status, report["domains"], report["inspected"]))
        second = testbed.run([testbed.BINARY, "serve", "--config", self.gateway.config])
        self.assertEqual(1, second.returncode)
        self.assertIn(b"another sekisho serves there", second.stderr)
        self.gateway.stop()
        status, why = self.command("reload")
        self.assertEqual(1, status)
        self.assertIn("no gateway answers", why)
        self.gateway.start()
        self.assertEqual(0, self.command("status")[0])

    def test_mail_under_way_is_neither_refused_nor_unscanned(self):
        stop, codes = threading.Event(), {LETTER: [], EICAR: []}

        def load(message):
            while not stop.is_set():
                codes[message].append(self.send(message))

        threads = [threading.Thread(target=load, args=(message,)) for message in codes for _ in range(3)]
        for thread in threads:
            thread.start()
        for round_ in range(1, 5):
            (self.rules / "new.cf").write_text(RULE + "#\n" * round_)
            self.hang_up()
            testbed.poll(lambda: self.gateway.log.count("msg=reloaded ") >= round_, "the reload")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual({250}, set(codes[LETTER]))
        self.assertEqual({554}, set(codes[EICAR]))


if __name__ == "__main__":
    unittest.main()
