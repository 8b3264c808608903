"""What clamscan finds, sekisho finds: each file of the sets, as a mail or in one, with the same signatures.

Prints a table. Sets of files go as attachments, sets of mail as they are.
"""

import hashlib
import json
import pathlib
import shutil
import tarfile
import unittest
import zipfile
import zlib

import attachment_test
import real_mail_test
import testbed

FILES = ["clamav-unit-raw", "eicar-variants", "libarchive-archives"]
MAIL = ["mime-is-broken"]
INSTALLED = pathlib.Path("/usr/share/clamav-testfiles")  # Debian's package of that name


def members_of(path):
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return [archive.read(name) for name in archive.namelist()]
        if path.is_file() and tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                return [archive.extractfile(member).read() for member in archive if member.isreg()]
    except (OSError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error):
        pass  # encrypted, or broken on purpose
    return []


class Coverage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.corpus = real_mail_test.corpus()
        cls.signatures = testbed.folder("coverage-signatures")
        for path in (testbed.SOURCE / "signatures").glob("sekisho.*"):
            shutil.copy(path, cls.signatures)
        for path in cls.set_of("clamav-unit-raw").rglob("*.hdb"):
            if "pe_allmatch" not in path.parts:
                shutil.copy(path, cls.signatures)
        (cls.signatures / "members.hdb").write_text("".join(sorted(cls.signatures_of_members())))
        shutil.copytree(cls.set_of("clamav-unit-raw") / "pe_allmatch" / "alert-sigs", cls.signatures, dirs_exist_ok=True)

    @classmethod
    def signatures_of_members(cls):
        """Of what the archives hold that Python can open; the others hold much of the same."""
        for path in sorted(cls.set_of("libarchive-archives").rglob("*")):
            for member in members_of(path):
                if len(member) > 10:
                    yield f"{hashlib.md5(member).hexdigest()}:{len(member)}:Member\n"

    @classmethod
    def set_of(cls, name):
        return next(cls.corpus.glob(f"**/{name}")) / "files"

    def clamscan(self, folder):
        """The files in which it finds something."""
        done = testbed.run(["clamscan", "--database", self.signatures, "--recursive", "--infected", "--no-summary", folder])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return {line.rpartition(b": ")[0].decode(errors="surrogateescape") for line in done.stdout.splitlines()
                if line.endswith(b" FOUND")}

    def sekisho(self, folder):
        done = testbed.run([testbed.BINARY, "scan", "--signatures", self.signatures, "--no-rules", "--format", "json", folder])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {line["path"] for line in lines if line["virus"]}

    def mails_of(self, name, folder):
        """One mail per file; the file's path by the mail's."""
        top = testbed.folder(f"coverage-{name}")
        origins = {}
        for number, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
            mail = top / f"{number}.eml"
            mail.write_bytes(attachment_test.mail_with(path.name, path.read_bytes()))
            origins[str(mail)] = str(path)
        return top, origins

    def test_nothing_is_missed(self):
        missed = {}
        sets = {name: self.set_of(name) for name in FILES + MAIL} | {"clamav-testfiles": INSTALLED}
        print(f"{'set':22} {'files':>6} {'clamscan':>9} {'sekisho':>8} {'missed':>7}")
        for name, folder in sets.items():
            theirs = self.clamscan(folder)
            if name in MAIL:
                ours, count = self.sekisho(folder), sum(path.is_file() for path in folder.rglob("*"))
            else:
                top, origins = self.mails_of(name, folder)
                ours, count = {origins[mail] for mail in self.sekisho(top)}, len(origins)
            missed[name] = sorted(theirs - ours)
            print(f"{name:22} {count:6} {len(theirs):9} {len(ours):8} {len(missed[name]):7}")
            self.assertTrue(theirs, f"{name}: clamscan finds nothing")
        self.assertEqual({name: [] for name in sets}, missed)

    def test_archives_that_hold_themselves_are_unscanned(self):
        packed = self.set_of("tika") / "pkg"
        folder = testbed.folder("coverage-quines")
        for name in ("droste.zip", "quine.gz"):
            (folder / name).write_bytes(attachment_test.mail_with(name, (packed / name).read_bytes()))
        done = testbed.run([testbed.BINARY, "scan", "--signatures", self.signatures, "--no-rules", "--format", "json", folder])
        self.assertEqual([["limit"], ["limit"]], [json.loads(line)["unscanned"] for line in done.stdout.splitlines()])


if __name__ == "__main__":
    testbed.main()
