"""The commands that don't serve: scan, mime, route, config check."""

import hashlib
import json
import pathlib
import unittest

import messages
import testbed
from gateway import EXAMPLE, STORE, write_config

KEYS = {"path", "index", "message_id", "from", "subject", "size", "action", "score", "threshold", "hits", "virus", "unscanned"}
CLEAN = messages.letter("Minutes of the meeting", "Nothing to see here.\n")
GTUBE = messages.text(messages.GTUBE + b"\r\n", "gtube")
EICAR = messages.in_zip(messages.EICAR)
SIGNATURES = ["--signatures", testbed.SOURCE / "signatures"]
RULES = ["--rules", testbed.SOURCE / "rules"]


def sekisho(*arguments, **options):
    done = testbed.run([testbed.BINARY, *arguments], **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Scan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = testbed.folder("scan")
        for name, message in {"clean": CLEAN, "gtube": GTUBE, "eicar": EICAR,
                              "encrypted": messages.zip_with_password_flag()}.items():
            (cls.top / f"{name}.eml").write_bytes(message)
        box = b"".join(b"From sender@example.com Fri Jun  7 12:00:00 2024\n" + message.replace(b"\r\n", b"\n") + b"\n"
                       for message in (CLEAN, EICAR, CLEAN, GTUBE))
        (cls.top / "box.mbox").write_bytes(box)
        for name in ("cur", "new", "tmp"):
            testbed.folder(f"scan/Maildir/{name}")
        (cls.top / "Maildir" / "new" / "1.one").write_bytes(CLEAN)
        (cls.top / "Maildir" / "cur" / "2.two:2,S").write_bytes(EICAR)
        (cls.top / "Maildir" / "tmp" / "3.half").write_bytes(EICAR)

    def scan(self, *arguments, scanners=(*SIGNATURES, *RULES), **options):
        status, out, err = sekisho("scan", *scanners, "--format", "json", *arguments, **options)
        return status, [json.loads(line) for line in out.splitlines()], err

    def test_one_file_each(self):
        rows = {"clean": (0, [], [], []), "gtube": (1, [], [], ["SEKISHO_GTUBE"]), "encrypted": (1, [], ["encrypted"], [])}
        for name, (expected, viruses, unscanned, must_hit) in rows.items():
            with self.subTest(name):
                status, lines, err = self.scan(self.top / f"{name}.eml")
                self.assertEqual(expected, status, err)
                self.assertEqual(1, len(lines))
                self.assertLessEqual(KEYS, set(lines[0]))
                self.assertEqual(viruses, lines[0]["virus"])
                self.assertEqual(unscanned, lines[0]["unscanned"])
                self.assertLessEqual(set(must_hit), {hit["rule"] for hit in lines[0]["hits"]})
                self.assertEqual(str(self.top / f"{name}.eml"), lines[0]["path"])
                self.assertEqual((self.top / f"{name}.eml").stat().st_size, lines[0]["size"])

    def test_addresses_are_listed_with_their_domain(self):
        (self.top / "uri.eml").write_bytes(messages.text(b"See www.Example.CO.JP/a or ftp://b.example.org\r\n"))
        _, lines, _ = self.scan(self.top / "uri.eml")
        self.assertEqual([{"uri": "http://www.example.co.jp/a", "domain": "example.co.jp"},
                          {"uri": "ftp://b.example.org/", "domain": "example.org"}], lines[0]["uris"])

    def test_a_virus_is_named(self):
        status, lines, _ = self.scan(self.top / "eicar.eml")
        self.assertEqual(1, status)
        self.assertTrue(any("Eicar-Test" in name for name in lines[0]["virus"]), lines)
        self.assertEqual("reject", lines[0]["action"])
        self.assertEqual("<zip@example.com>", lines[0]["message_id"])
        self.assertEqual("a test", lines[0]["subject"])
        self.assertIn("sender@example.com", lines[0]["from"])

    def test_an_mbox_gives_a_line_per_message(self):
        status, lines, _ = self.scan(self.top / "box.mbox")
        self.assertEqual(1, status)
        self.assertEqual([0, 1, 2, 3], [line["index"] for line in lines])
        self.assertEqual([False, True, False, False], [bool(line["virus"]) for line in lines])
        self.assertGreater(lines[3]["score"], 900)

    def test_no_message_of_many_is_left_out(self):
        """However the workers' answers fall together; a virus stands last, where an early end would miss it."""
        folder = testbed.folder("scan-many")
        for number in range(400):
            (folder / f"{number:04}.eml").write_bytes(CLEAN)
        (folder / "last.eml").write_bytes(EICAR)
        for scanners in ((*SIGNATURES, *RULES), (*SIGNATURES, "--no-rules")):
            status, lines, err = self.scan(folder, scanners=scanners)
            self.assertEqual(401, len(lines), err)
            self.assertEqual([f"{number:04}.eml" for number in range(400)] + ["last.eml"],
                             [pathlib.Path(line["path"]).name for line in lines])
            self.assertEqual(1, status)

    def test_a_maildir_without_its_half_written_mail(self):
        status, lines, _ = self.scan(self.top / "Maildir")
        self.assertEqual(1, status)
        self.assertEqual({"1.one", "2.two:2,S"}, {pathlib.Path(line["path"]).name for line in lines})

    def test_standard_input(self):
        status, lines, _ = self.scan("-", input=EICAR)
        self.assertEqual(1, status)
        self.assertEqual("-", lines[0]["path"])
        status, lines, _ = self.scan("-", input=CLEAN)
        self.assertEqual(0, status)

    def test_text_output_is_a_line_per_message(self):
        status, out, _ = sekisho("scan", *SIGNATURES, *RULES, self.top / "box.mbox")
        self.assertEqual(1, status)
        self.assertEqual(4, len(out.splitlines()))
        self.assertIn("Eicar-Test", out.splitlines()[1])

    def test_switches(self):
        self.assertEqual(0, self.scan("--no-av", self.top / "eicar.eml", scanners=RULES)[0])
        self.assertEqual(0, self.scan("--no-rules", self.top / "gtube.eml", scanners=SIGNATURES)[0])
        self.assertEqual(2, self.scan("--no-rules", "--no-av", self.top / "clean.eml")[0])

    def test_errors_are_status_2(self):
        status, lines, err = self.scan(self.top / "clean.eml", self.top / "missing.eml")
        self.assertEqual(2, status)
        self.assertEqual(1, len(lines))
        self.assertIn("missing.eml", err)
        empty = testbed.folder("no-signatures")
        self.assertEqual(2, self.scan(self.top / "clean.eml", scanners=["--signatures", empty, "--no-rules"])[0])
        (empty / "bad.cf").write_text("body BAD /(/\n")
        status, _, err = self.scan(self.top / "clean.eml", scanners=["--rules", empty, "--no-av"])
        self.assertEqual(2, status)
        self.assertRegex(err, r"bad\.cf(:| line=)1\b")


class Mime(unittest.TestCase):
    def test_the_structure_of_a_message(self):
        path = testbed.folder("mime") / "message.eml"
        path.write_bytes(messages.in_base64(b"payload\n"))
        status, out, err = sekisho("mime", path)
        self.assertEqual(0, status, err)
        parts = sorted((json.loads(line) for line in out.splitlines()), key=lambda part: part["path"])
        self.assertEqual(["1", "1.1", "1.2"], [part["path"] for part in parts])
        self.assertEqual(["multipart/mixed", "text/plain", "application/octet-stream"], [part["type"] for part in parts])
        self.assertEqual("test.com", parts[2]["name"])
        self.assertEqual("base64", parts[2]["encoding"])
        self.assertEqual(8, parts[2]["bytes"])
        self.assertEqual(hashlib.sha256(b"payload\n").hexdigest(), parts[2]["sha256"])
        self.assertEqual([], parts[2]["defects"])

    def test_standard_input_and_a_missing_file(self):
        status, out, _ = sekisho("mime", "-", input=CLEAN)
        self.assertEqual((0, "text/plain"), (status, json.loads(out)["type"]))
        self.assertEqual(2, sekisho("mime", testbed.folder("mime") / "missing.eml")[0])


class Configuration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        domain = EXAMPLE + '[domain.aliases]\nteam = ["alice", "bob"]\n'
        cls.config = write_config(testbed.folder("configuration"), (STORE, domain))

    def test_route_explains_and_ends_in_its_mailboxes(self):
        rows = {
            "alice@example.test": (0, ["alice@example.test"]),
            "team@example.test": (0, ["alice@example.test", "bob@example.test"]),
            "postmaster@example.test": (0, ["admin@example.test"]),
            "alice+tag@example.test": (0, ["alice@example.test"]),
            "who@example.test": (1, ["550 5.1.1"]),
            "who@elsewhere.example": (1, ["554 5.7.1"]),
            "not an address": (2, []),
        }
        for address, (expected, words) in rows.items():
            with self.subTest(address):
                status, out, err = sekisho("route", address, "--config", self.config)
                self.assertEqual(expected, status, err)
                for word in words:
                    self.assertIn(word, out)

    def test_config_check(self):
        status, out, _ = sekisho("config", "check", "--config", self.config)
        self.assertEqual(0, status)
        self.assertIn("ok", out)
        self.assertNotEqual(0, sekisho("config", "check", "--config", "/nowhere/sekisho.toml")[0])

    def test_config_reference_names_every_section_and_is_a_file_without_a_setting(self):
        status, out, _ = sekisho("config", "reference")
        self.assertEqual(0, status)
        for words in ("[server]", "[[listener]]", "[smtp]", "[next_hop.NAME]", "#answer_timeout = \"9m\""):
            self.assertIn(words, out)

    def test_the_example_of_the_readme_is_a_good_configuration(self):
        text = (testbed.SOURCE / "README.md").read_text().partition("\n## A configuration\n")[2].partition("\n## ")[0]
        path = testbed.folder("readme") / "sekisho.toml"
        path.write_text("\n".join(line[4:] for line in text.splitlines() if line.startswith("    ")))
        status, out, err = sekisho("config", "check", "-c", path)
        self.assertEqual((0, ""), (status, err))
        self.assertIn("2 domains, 2 listeners", out)

    def test_usage_errors_are_status_2_and_help_is_none(self):
        for arguments in ([], ["nonsense"], ["serve", "--nonsense"], ["route"], ["config"], ["scan", "--threshold", "x", "y"]):
            with self.subTest(arguments):
                self.assertEqual(2, sekisho(*arguments)[0])
        self.assertEqual(0, sekisho("--help")[0])
        self.assertEqual(0, sekisho("--version")[0])

    def test_the_embedded_default_is_a_good_configuration(self):
        status, out, err = sekisho("config", "check", cwd=testbed.folder("embedded"))
        self.assertEqual(0, status, err)
        status, out, _ = sekisho("route", "anything@example.test", cwd=testbed.folder("embedded"))
        self.assertEqual(0, status, out)


if __name__ == "__main__":
    testbed.main()
