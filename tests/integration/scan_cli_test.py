"""The commands that don't serve: scan, mime, route, config check."""

import bz2
import gzip
import hashlib
import json
import lzma
import os
import pathlib
import shutil
import struct
import subprocess
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


def winmail_dat(text):
    """TNEF with a text body (MS-OXTNEF, attBody)."""
    attribute = struct.pack("<BII", 1, 0x2800C, len(text)) + text + struct.pack("<H", sum(text) & 0xFFFF)
    return struct.pack("<IH", 0x223E9F78, 1) + attribute


def box(*contents):
    return b"".join(b"From sender@example.com Fri Jun  7 12:00:00 2024\n" + content.replace(b"\r\n", b"\n") + b"\n"
                    for content in contents)


class Scan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = testbed.folder("scan")
        for name, message in {"clean": CLEAN, "gtube": GTUBE, "eicar": EICAR,
                              "encrypted": messages.zip_with_password_flag()}.items():
            (cls.top / f"{name}.eml").write_bytes(message)
        (cls.top / "box.mbox").write_bytes(box(CLEAN, EICAR, CLEAN, GTUBE))
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

    def test_an_mbox_is_known_behind_empty_lines(self):
        path = testbed.folder("scan-lines") / "box"
        for head in (b"\n", b"\r\n\n", b"\xef\xbb\xbf", b"\n" * 70000):
            path.write_bytes(head + box(CLEAN, EICAR))
            status, lines, err = self.scan(path)
            self.assertEqual((1, [False, True]), (status, [bool(line["virus"]) for line in lines]), err)

    def test_each_folder_is_walked_once(self):
        top = testbed.folder("scan-loop")
        (top / "sub").mkdir()
        (top / "sub" / "mail").write_bytes(EICAR)
        for name in ("a", "b"):
            (top / "sub" / name).symlink_to("..")
        status, lines, err = self.scan(top)
        self.assertEqual((1, 1), (status, len(lines)), err)

    def test_a_folder_is_not_skipped_for_what_it_is_called(self):
        """One with cur/ but no new/ is no Maildir; in a Maildir other folders are read, whatever they are called."""
        top = testbed.folder("scan-names")
        for name in ("half/cur/1", "half/2", "Maildir/cur/3", "Maildir/new/4", "Maildir/.Sub/5", "Maildir/Sub/cur/6",
                     "Maildir/Sub/new/7", "Maildir/tmp/8"):
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_bytes(CLEAN)
        status, lines, err = self.scan(top)
        self.assertEqual((0, set("1234567")), (status, {pathlib.Path(line["path"]).name for line in lines}), err)

    def test_a_folder_that_cannot_be_read_is_an_error(self):
        # By a user who may not enter the source's folders, perhaps.
        program = shutil.copy(testbed.BINARY, testbed.folder("scan-by-nobody"))
        signatures = shutil.copytree(testbed.SOURCE / "signatures", testbed.folder("scan-by-nobody") / "signatures")
        top = testbed.folder("scan-unreadable")
        for name in ("Maildir/cur", "Maildir/new", "plain"):
            (top / name).mkdir(parents=True)
        for name in ("Maildir/cur", "plain"):
            closed = top / name
            closed.chmod(0)
            try:
                by = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
                done = testbed.run([*by, program, "scan", "--signatures", signatures, "--no-rules", top])
            finally:
                closed.chmod(0o755)
            self.assertEqual(2, done.returncode, done.stderr)
            self.assertIn(name.encode(), done.stderr)

    def test_output_that_cannot_be_written_is_an_error(self):
        for arguments in (["scan", *SIGNATURES, "--no-rules"], ["mime"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([testbed.BINARY, *arguments, self.top / "clean.eml"], stdout=full,
                                      stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(2, done.returncode)
            self.assertIn(b"standard output", done.stderr)

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

    def test_the_text_in_a_winmail_dat_is_matched_too(self):
        (self.top / "winmail.eml").write_bytes(messages.in_base64(winmail_dat(messages.GTUBE)))
        status, lines, err = self.scan(self.top / "winmail.eml")
        self.assertEqual(1, status, err)
        self.assertIn("SEKISHO_GTUBE", [hit["rule"] for hit in lines[0]["hits"]])

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


def zstd(content):
    return subprocess.run(["zstd", "-q", "-c"], input=content, capture_output=True, check=True).stdout


PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd}


class Compressed(unittest.TestCase):
    """What is compressed is known by its bytes: no name here says it."""

    @classmethod
    def setUpClass(cls):
        cls.top = testbed.folder("compressed")
        cls.box = box(CLEAN, EICAR, CLEAN)

    def scan(self, content, *arguments, folder="one"):
        path = testbed.folder(f"compressed/{folder}") / "packed"
        path.write_bytes(content)
        status, out, err = sekisho("scan", *SIGNATURES, "--no-rules", "--format", "json", *arguments, path)
        return status, [json.loads(line) for line in out.splitlines()], err

    def test_a_message_and_an_mbox_in_each_form(self):
        for name, pack in PACKERS.items():
            with self.subTest(name):
                status, lines, err = self.scan(pack(EICAR))
                self.assertEqual((1, 1, len(EICAR)), (status, len(lines), lines[0]["size"]), err)
                self.assertTrue(lines[0]["virus"])
                for packed in (pack(self.box), pack(self.box[:700]) + pack(self.box[700:])):
                    status, lines, err = self.scan(packed)
                    self.assertEqual(1, status, err)
                    self.assertEqual([False, True, False], [bool(line["virus"]) for line in lines])

    def test_standard_input(self):
        status, out, _ = sekisho("scan", *SIGNATURES, "--no-rules", "-", input=gzip.compress(self.box))
        self.assertEqual((1, 3), (status, len(out.splitlines())))

    def test_a_maildir_and_a_folder(self):
        for folder in ("Maildir/cur", "folder"):
            (testbed.folder(f"compressed/{folder}") / "1.z:2,S").write_bytes(gzip.compress(EICAR))
            testbed.folder("compressed/Maildir/new")
            status, out, _ = sekisho("scan", *SIGNATURES, "--no-rules", self.top / folder.split("/")[0])
            self.assertEqual((1, 1), (status, len(out.splitlines())))

    def test_cut_off_or_changed_is_an_error(self):
        big = box(*(messages.letter(str(number), "x" * 3000 + "\n") for number in range(400)))
        for name, pack in PACKERS.items():
            with self.subTest(name):
                packed = pack(EICAR)
                for broken in (packed[:-3], packed[:len(packed) // 2]):
                    status, lines, err = self.scan(broken)
                    self.assertEqual(2, status)
                    self.assertIn("packed", err)
        packed = gzip.compress(big)
        status, lines, err = self.scan(packed[:-4])
        self.assertEqual(2, status)
        self.assertIn("cut off", err)
        self.assertGreater(len(lines), 390)  # what stands before the fault is looked at
        self.assertEqual(2, sekisho("mime", "-", input=packed[:-4])[0])

    def test_what_stands_before_a_fault_is_looked_at(self):
        """Also the one message that the fault cuts, and a whole one with something else behind it."""
        for name, pack in PACKERS.items():
            for content, count in ((EICAR, 1), (box(CLEAN, EICAR), 2)):
                with self.subTest(name, messages=count):
                    status, lines, err = self.scan(pack(content) + b"something else")
                    self.assertEqual((2, count), (status, len(lines)), err)
                    self.assertTrue(lines[-1]["virus"], err)
        for packed in (gzip.compress(EICAR)[:-4], gzip.compress(EICAR)[:-8] + b"\1" * 8):
            status, lines, err = self.scan(packed)
            self.assertEqual((2, 1), (status, len(lines)), err)
            self.assertTrue(lines[0]["virus"])

    def test_a_bomb_is_an_error_and_not_stored_beyond_the_limit(self):
        """2 GB in each file, of which no file of ours may hold more than 1 GiB and a block."""
        member = gzip.compress(b"x" * (64 << 20), 1)
        path = testbed.folder("compressed/bomb") / "packed"
        for head in (b"Subject: bomb\n\n", b"From a Fri Jun  7 12:00:00 2024\nSubject: bomb\n\n"):
            path.write_bytes(gzip.compress(head) + member * 32)
            done = testbed.run(["prlimit", f"--fsize={(1 << 30) + (1 << 20)}", testbed.BINARY, "scan", *SIGNATURES,
                                "--no-rules", path])
            self.assertEqual((2, b""), (done.returncode, done.stdout))
            self.assertIn(b"more than 1 GiB", done.stderr)

    def test_the_unpacker_is_sandboxed(self):
        """Looked at while it waits, since nobody reads what `mime` prints."""
        path = testbed.folder("compressed/sandbox") / "packed"
        path.write_bytes(gzip.compress(box(*[CLEAN] * 3000)))
        with subprocess.Popen([testbed.BINARY, "mime", "--mbox", path], stdout=subprocess.PIPE) as process:
            try:
                tasks = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
                child = testbed.poll(lambda: tasks.read_text().split(), "no unpacker")[0]
                status = pathlib.Path(f"/proc/{child}/status")
                testbed.poll(lambda: "Seccomp:\t2" in status.read_text(), "no seccomp")
                fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
                self.assertEqual(("1", "0"), (fields["NoNewPrivs"], str(int(fields["CapEff"], 16))))
                if os.geteuid() == 0:
                    self.assertEqual({"65534"}, set(fields["Uid"].split()))
                    held = {os.readlink(fd).split(":")[0] for fd in pathlib.Path(f"/proc/{child}/fd").iterdir()
                            if int(fd.name) > 2}
                    self.assertEqual({"pipe", str(path)}, held)
                process.stdout.readline()  # from then on nothing of it is left behind, even if it is killed
            finally:
                process.kill()

    def test_offsets_are_those_of_what_it_unpacks_to(self):
        plain = sekisho("mime", "--mbox", "-", input=self.box)
        for name, pack in PACKERS.items():
            self.assertEqual(plain, sekisho("mime", "--mbox", "-", input=pack(self.box)), name)


class Boxes(unittest.TestCase):
    """The forms of an mbox; what a form is: src/mail/mbox_reader.h."""

    def mime(self, content, *options):
        status, out, err = sekisho("mime", "--mbox", *options, "-", input=content)
        self.assertEqual(0, status, err)
        return [json.loads(line) for line in out.splitlines()]

    def test_offsets_are_those_of_the_file_where_lines_are_unquoted(self):
        body = b">From here\n>>From there\n"
        attached = b"\n--b\nContent-Type: text/plain; name=x\n\n>From x\ny\n--b--\n"
        content = b"From a 12:00\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" + body + attached
        for form, texts in {"mboxo": (body, b">From x\ny"), "mboxrd": (b"From here\n>From there\n", b"From x\ny")}.items():
            lines = self.mime(content, "--mbox-form", form)
            leaves = [line for line in lines if line.get("bytes") is not None and "path" in line]
            self.assertEqual([hashlib.sha256(text).hexdigest() for text in texts], [leaf["sha256"] for leaf in leaves])
            quoted = [content.index(body), content.index(b">From x")]
            behind = 1 if form == "mboxrd" else 0  # the mark is none of the body
            self.assertEqual([at + behind for at in quoted], [leaf["body"] for leaf in leaves])
            self.assertEqual([content.index(b"\n--b\nC"), content.index(b"\n--b--")], [leaf["end"] for leaf in leaves])
            self.assertEqual(content.index(b"Content-Type"), lines[-1]["header"])

    def test_a_length_that_lies_is_noted(self):
        content = b"From a 12:00\nContent-Length: 3\n\nxy\n\nFrom b 12:00\n\nz\n"
        self.assertEqual([[], []], [line["defects"] for line in self.mime(content) if "message" in line])
        wrong = self.mime(content.replace(b": 3", b": 4000"))
        self.assertEqual([["wrong_content_length"], []], [line["defects"] for line in wrong if "message" in line])

    def assert_virus_is_second(self, content):
        """In a box of `content` the message given second, behind one that holds it, has a virus."""
        path = testbed.folder("boxes") / "box"
        path.write_bytes(content)
        status, out, err = sekisho("scan", *SIGNATURES, "--no-rules", "--format", "json", path)
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(1, status, err)
        self.assertTrue(lines[1]["virus"], lines)
        self.assertIn("message_inside", lines[0]["defects"])
        return lines

    def test_a_virus_behind_a_length_that_swallows_it_is_found(self):
        hidden = box(EICAR)
        content = (b"From a@b Fri Jun  7 12:00:00 2024\nContent-Length: %d\n\nhello\n\n" % (len(hidden) + 7)
                   + hidden + box(CLEAN))
        self.assertEqual([0, 1, 2], [line["index"] for line in self.assert_virus_is_second(content)])

    def test_a_virus_behind_a_from_line_that_no_empty_line_precedes_is_found(self):
        letter = b"From a@b Fri Jun  7 12:00:00 2024\nSubject: x\n\nhello\n"
        untimed = box(EICAR).replace(b"From sender@example.com Fri Jun  7 12:00:00 2024", b"From a@x")
        within = letter.replace(b"Subject", b"Content-Length: %d\nSubject" % (len(untimed) + 7))
        for content in (letter + box(EICAR), letter + b" \n" + box(EICAR), within + b"\n" + untimed):
            self.assert_virus_is_second(content)


class Mime(unittest.TestCase):
    def test_the_structure_of_a_message(self):
        path = testbed.folder("mime") / "message.eml"
        path.write_bytes(messages.in_base64(b"payload\n"))
        status, out, err = sekisho("mime", path)
        self.assertEqual(0, status, err)
        parts = sorted((json.loads(line) for line in out.splitlines()), key=lambda part: part["path"])
        self.assertEqual(["1", "1.1", "1.2"], [part["path"] for part in parts])
        self.assertEqual(["multipart/mixed", "text/plain", "application/octet-stream"], [part["type"] for part in parts])
        self.assertEqual("test.dat", parts[2]["name"])
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
