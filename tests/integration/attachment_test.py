"""Encrypted archives ("PPAP": an encrypted zip, the password in a second mail) and other attachments, policy by policy."""

import base64
import email
import email.policy
import gzip
import io
import json
import re
import struct
import tarfile
import unittest
import zipfile
import zlib

import messages
import real_mail_test
import testbed
from gateway import STORE, Gateway
from smtp_client import Client

FIXTURES = testbed.SOURCE / "tests" / "unit" / "attachment" / "fixtures"
# By their names; and one made by a fuzzer, in whose header the flag stands.
ENCRYPTED = re.compile(r"encrypt|crypt_exfld|winzip_aes|rar_ppmd_use_after_free")
# Mail of lists and of a company: nobody there mails passwords.
CLEAN_SOURCES = ["list-s390", "list-openbmc", "enron-ham-raw"]
ARCHIVES = (".zip", ".zipx", ".7z", ".rar")
DOMAIN = """
[[domain]]
name = "{name}.test"
administrator = "box"
mailboxes = ["box"]
{settings}
"""
DOMAINS = {
    "default": "",
    "pass": 'encrypted_attachments = "pass"',
    "tag": 'encrypted_attachments = "tag"\nlanguage = "ja"',
    "hold": 'encrypted_attachments = "quarantine"',
    "reject": 'encrypted_attachments = "reject"',
    "reject-ja": 'encrypted_attachments = "reject"\nlanguage = "ja"',
    "lists": 'blocked_extensions = ["xls"]\nblocked_types = ["application/pdf"]',
}


def mail_with(name, content, subject="files"):
    """RFC 2231 name, base64."""
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    head = (f"From: sender@example.com\r\nTo: box@example.test\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\n"
            "The password follows.\r\n--=_b\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Disposition: attachment; filename*=utf-8''{encoded}\r\nContent-Transfer-Encoding: base64\r\n\r\n")
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n") + b"--=_b--\r\n"


def fixture(file, name=None):
    return mail_with(name or file, (FIXTURES / file).read_bytes())


def zip_of(name, content, method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def packed(name, fixture_name):
    return zip_of(name, (FIXTURES / fixture_name).read_bytes(), zipfile.ZIP_DEFLATED)


def marks(message):
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    return parsed.get_all("X-Sekisho-Attachment", [])


class Policies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        domains = [DOMAIN.format(name=name, settings=settings) for name, settings in DOMAINS.items()]
        cls.gateway = Gateway(STORE, *domains, name="attachments")

    def send(self, domain, message):
        """The reply, and what the mailbox and the quarantine got."""
        mailbox = f"box@{domain}.test"
        before = len(self.gateway.stored(mailbox)), len(self.gateway.quarantined())
        with Client("127.0.0.1", self.gateway.port) as client:
            reply = client.deliver("sender@example.com", [mailbox], message)
        return reply, self.gateway.stored(mailbox)[before[0]:], self.gateway.quarantined()[before[1]:]

    def test_ppap_passes(self):
        reply, stored, held = self.send("pass", fixture("zipcrypto_cp932.zip", "見積書.zip"))
        self.assertEqual((250, 1, 0), (reply.code, len(stored), len(held)))
        self.assertEqual([], marks(stored[0]))
        self.assertNotIn(b"X-Sekisho-Unscanned", stored[0])

    def test_ppap_is_tagged_by_default_and_in_the_domains_language(self):
        reply, stored, _ = self.send("default", fixture("zipcrypto_cp932.zip", "ppap.zip"))
        self.assertEqual((250, 1), (reply.code, len(stored)))
        self.assertEqual(["encrypted; encrypted attachment: ppap.zip/見積書.xls (zip)"], marks(stored[0]))
        _, stored, _ = self.send("tag", fixture("zipcrypto_cp932.zip", "ppap.zip"))
        self.assertEqual(["encrypted; 暗号化された添付ファイル: ppap.zip/見積書.xls (zip)"], marks(stored[0]))

    def test_ppap_is_held(self):
        reply, stored, held = self.send("hold", fixture("aes_names.7z", "secret.7z"))
        self.assertEqual((250, 0, 1), (reply.code, len(stored), len(held)))
        self.assertEqual(1, len(marks(held[0])))

    def test_ppap_is_refused_with_what_and_why(self):
        reply, stored, _ = self.send("reject", fixture("zipcrypto_cp932.zip", "a.zip"))
        self.assertEqual((554, 0), (reply.code, len(stored)))
        self.assertIn("5.7.1 encrypted attachment is not accepted: a.zip/???.xls (zip)", reply.text)
        reply, _, _ = self.send("reject-ja", fixture("encrypted_ooxml.cfb", "book.xlsx"))
        self.assertIn("angouka sareta tenpu fairu wa uketoremasen", reply.text)
        self.assertTrue(reply.text.isascii())

    def test_whatever_its_name(self):
        for file in ("aes_utf8.zip", "aes_data.7z", "user_aes_256.pdf", "encrypted_word.cfb"):
            with self.subTest(file):
                reply, _, _ = self.send("reject", fixture(file, "picture.jpg"))
                self.assertEqual(554, reply.code)

    def test_what_everybody_can_open_is_not_encrypted(self):
        for file in ("plain_cp932.zip", "owner_aes_256.pdf", "owner_rc4_40.pdf", "plain_excel.cfb", "unicode_field.zip"):
            with self.subTest(file):
                reply, stored, _ = self.send("reject", fixture(file))
                self.assertEqual((250, []), (reply.code, marks(stored[0]) if stored else None), reply)

    def test_programs_are_refused_and_macros_are_tagged(self):
        for file, name in (("executable.zip", "a.zip"), ("nested_stored.zip", "a.zip"), ("plain.pdf", "invoice.pdf.exe"),
                           ("plain.pdf", "cod.\u202egpj.scr"), ("installer.cfb", "a.doc")):
            with self.subTest(name=name, file=file):
                reply, _, _ = self.send("default", fixture(file, name))
                self.assertEqual(554, reply.code)
                self.assertIn("executable attachment is not accepted", reply.text)
        reply, stored, _ = self.send("default", fixture("docm.zip", "letter.docx"))
        self.assertEqual(250, reply.code)
        self.assertTrue(marks(stored[0])[0].startswith("macro; attachment with macros: letter.docx/"))

    def test_what_stands_packed_in_an_archive_is_looked_into(self):
        reply, stored, _ = self.send("default", mail_with("a.zip", packed("b.zip", "plain_cp932.zip")))
        self.assertEqual((250, []), (reply.code, marks(stored[0])))
        reply, _, _ = self.send("default", mail_with("a.zip", packed("b.zip", "executable.zip")))
        self.assertIn("executable attachment is not accepted: a.zip", reply.text)
        reply, _, _ = self.send("reject", mail_with("a.zip", packed("b.zip", "aes_utf8.zip")))
        self.assertIn("encrypted attachment is not accepted: a.zip", reply.text)
        reply, stored, _ = self.send("default", mail_with("a.zip", packed("b.docx", "docm.zip")))
        self.assertTrue(marks(stored[0])[0].startswith("macro; attachment with macros: a.zip/"), marks(stored[0]))

    def test_a_zip_whose_directories_differ_is_unscanned_in_a_zip_too(self):
        """Most programs go by the directory at the end, libclamav by the header in front of the file."""
        content = zip_of("a.txt", zlib.compress(messages.EICAR)[2:-4], zipfile.ZIP_STORED)
        at = content.index(b"PK\1\2")
        lying = content[:at + 10] + struct.pack("<H", zipfile.ZIP_DEFLATED) + content[at + 12:]
        for content in (lying, zip_of("b.zip", lying, zipfile.ZIP_DEFLATED)):
            reply, _, _ = self.send("default", mail_with("c.zip", content))
            self.assertEqual(451, reply.code)
            self.assertEqual("ambiguous", self.gateway.messages()[-1]["unscanned"])

    def test_zips_that_programs_open_differently(self):
        virus = zip_of("invoice.dat", messages.EICAR, zipfile.ZIP_DEFLATED)
        harmless = zip_of("a.txt", b"text", zipfile.ZIP_DEFLATED)
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as archive:
            for name in ("b.zip", "c.zip"):
                header = tarfile.TarInfo(name)
                header.size = len(harmless)
                archive.addfile(header, io.BytesIO(harmless))
        for content in (virus + harmless, harmless + virus, tar.getvalue() + virus, gzip.compress(b"x") + virus):
            for mail in (content, zip_of("b.zip", content, zipfile.ZIP_DEFLATED)):
                reply, _, _ = self.send("default", mail_with("c.zip", mail))
                self.assertEqual((451, "ambiguous"), (reply.code, self.gateway.messages()[-1]["unscanned"]))
        for content in (tar.getvalue(), zip_of("b.zip", harmless, zipfile.ZIP_STORED), b"text in front" + harmless):
            self.assertEqual(250, self.send("default", mail_with("c", content))[0].code)

    def test_mail_and_pages_in_an_archive_are_opened(self):
        page = b"<html><a href='data:application/octet-stream;base64," + base64.b64encode(messages.EICAR) + b"'>x</a>"
        clean = mail_with("b.txt", b"some text")
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            for content in (mail_with("b.txt", messages.EICAR), page):
                reply, _, _ = self.send("default", mail_with("a.zip", zip_of("letter.eml", content, method)))
                self.assertEqual(554, reply.code, reply)
            letter = zip_of("letter.eml", fixture("executable.zip"), method)
            self.assertIn("executable attachment", self.send("default", mail_with("a.zip", letter))[0].text)
            reply, stored, _ = self.send("default", mail_with("a.zip", zip_of("letter.eml", clean, method)))
            self.assertEqual((250, []), (reply.code, marks(stored[0])))

    def test_the_name_of_a_file_in_a_winmail_dat_may_come_last(self):
        rendering, title, data = 0x69002, 0x18010, 0x6800F
        for name, code in ((b"invoice.vbs", 554), (b"invoice.txt", 250)):
            for order in ((title, data), (data, title)):
                values = {title: name + b"\0", data: b"some text"}
                attributes = [(rendering, bytes(14)), *((kind, values[kind]) for kind in order)]
                dat = struct.pack("<IH", 0x223E9F78, 1) + b"".join(
                    struct.pack("<BII", 2, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
                    for kind, value in attributes)
                with self.subTest(name=name, order=order):
                    self.assertEqual(code, self.send("default", mail_with("winmail.dat", dat))[0].code)

    def test_lists_of_a_plan(self):
        reply, _, _ = self.send("lists", fixture("plain_cp932.zip", "a.zip"))
        self.assertIn("attachment of a blocked kind is not accepted: a.zip/???.xls (xls)", reply.text)
        reply, _, _ = self.send("lists", fixture("plain.pdf", "a.txt"))
        self.assertIn("a.txt (application/pdf)", reply.text)
        unnamed = fixture("plain.pdf").replace(b"Type: application/octet-stream", b"Type: text/plain")
        reply, _, _ = self.send("lists", re.sub(rb"Content-Disposition: .*\r\n", b"", unnamed))
        self.assertIn("is not accepted (application/pdf)", reply.text)
        self.assertEqual(250, self.send("lists", fixture("plain_excel.cfb", "a.txt"))[0].code)

    def test_a_program_in_a_page_is_refused(self):
        program = base64.b64encode(b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0").decode()
        page = f'Content-Type: text/html\r\n\r\n<a download="a.exe" href="data:image/png;base64,{program}">x</a>\r\n'
        reply, _, _ = self.send("default", b"From: sender@example.com\r\n" + page.encode())
        self.assertIn("executable attachment is not accepted (windows program)", reply.text)

    def test_marks_of_the_sender_are_taken_out(self):
        message = b"X-Sekisho-Attachment: encrypted; forged\r\n" + fixture("plain.pdf")
        _, stored, _ = self.send("default", message)
        self.assertEqual([], marks(stored[0]))

    def test_the_log_says_what_was_seen(self):
        self.send("pass", fixture("aes_data.7z", "log.7z"))
        self.assertIn("encrypted 7z aes", self.gateway.messages()[-1]["attachments"])


def scanned(folder, *options):
    """A line for each message below `folder`."""
    done = testbed.run([testbed.BINARY, "scan", *options, "--rules", testbed.SOURCE / "rules", "--format", "json", folder])
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def is_encrypted(line):
    return any(text.startswith("encrypted ") for text in line["attachments"])


class Corpus(unittest.TestCase):
    """Files that others made."""

    @classmethod
    def setUpClass(cls):
        cls.corpus = real_mail_test.corpus()

    def test_archives(self):
        top = testbed.folder("archives")
        expected = {}
        for path in sorted(next(self.corpus.glob("**/libarchive-archives")).rglob("*")):
            if path.suffix in ARCHIVES and path.is_file():
                expected[path.name] = bool(ENCRYPTED.search(path.name))
                (top / f"{path.name}.eml").write_bytes(mail_with("file", path.read_bytes()))
        self.assertGreater(sum(expected.values()), 5)
        found = {line["path"].rpartition("/")[2][:-4]: is_encrypted(line) for line in scanned(top, "--no-av")}
        self.assertEqual(expected, found)

    def test_no_clean_mail_is_called_encrypted(self):
        lines = [line for source in CLEAN_SOURCES
                 for line in scanned(next(self.corpus.glob(f"**/{source}")) / "files", "--no-av")]
        self.assertGreater(len(lines), 500)
        self.assertEqual([], [(line["path"], line["attachments"]) for line in lines if is_encrypted(line)])


if __name__ == "__main__":
    testbed.main()
