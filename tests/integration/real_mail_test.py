"""1,000 real messages of the shared corpus into a Maildir, every body byte as it was sent.

Sent as they are, less what SMTP can't carry: line ends are made CRLF; messages with a CR of its own stay out.
"""

import concurrent.futures
import fcntl
import itertools
import re
import subprocess
import unittest

import messages
import testbed
from gateway import STORE, Gateway
from smtp_client import Client

COUNT = 1000
PER_CONNECTION = 50
SOURCES = ["list-s390", "list-openbmc", "spamassassin-public", "phishing-pot", "thunderbird", "ruby-mail", "mime4j",
           "mailcore2", "zorua-spam", "enron-ham-raw", "sisimai-bounces", "mime-is-broken", "stalwart-mail-parser"]
BYTES_MAX = 1 << 20
DOMAIN = """
[[domain]]
name = "example.test"
administrator = "alice"
mailboxes = ["alice"]
mailbox_bytes_max = 0
spam_threshold = 1000.0
unscanned = "tag"
executable_attachments = "pass"
"""


def corpus():
    """The unpacked corpus; unpacked once per build folder."""
    archive = testbed.shared("corpus", "mail.tar.zst")
    folder = testbed.build_folder() / "corpus"
    with open(testbed.build_folder() / "corpus.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "unpacked").exists():
            folder.mkdir(exist_ok=True)
            subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
            (folder / "unpacked").touch()
    return folder


def wire_form(raw):
    """CRLF line ends and one at the end; None where SMTP can't carry it or a limit is about something else."""
    message = re.sub(rb"\r?\n", b"\r\n", raw)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if b"\r" in message.replace(b"\r\n", b"") or len(re.findall(rb"(?mi)^received:", message)) > 50:
        return None
    return message


def is_mail(path):
    return path.is_file() and path.suffix in ("", ".eml", ".msg", ".mail", ".txt") and 0 < path.stat().st_size <= BYTES_MAX


def selection():
    """(name, message), from each source in turn."""
    top = corpus()
    folders = [next(iter(sorted(top.glob(f"**/{source}"))), None) for source in SOURCES]
    lists = [sorted(filter(is_mail, (folder / "files").rglob("*"))) for folder in folders if folder]
    turns = itertools.chain.from_iterable(itertools.zip_longest(*lists))
    chosen = ((path, wire_form(path.read_bytes())) for path in turns if path)
    return list(itertools.islice(((path, message) for path, message in chosen if message), COUNT))


class RealMail(unittest.TestCase):
    def test_every_body_byte_arrives(self):
        sent = selection()
        self.assertEqual(COUNT, len(sent))
        gateway = Gateway(STORE, DOMAIN)

        def send(first):
            with Client("127.0.0.1", gateway.port) as client:
                return [(number, client.deliver(f"m{number}@example.com", ["alice@example.test"], sent[number][1]))
                        for number in range(first, min(first + PER_CONNECTION, COUNT))]

        with concurrent.futures.ThreadPoolExecutor(4) as senders:
            replies = itertools.chain.from_iterable(senders.map(send, range(0, COUNT, PER_CONNECTION)))
            refused = [(str(sent[number][0]), str(reply)) for number, reply in replies if reply.code != 250]
        self.assertEqual([], refused)
        stored = {}
        for copy in gateway.stored("alice@example.test"):
            stored[int(re.match(rb"Return-Path: <m(\d+)@example\.com>\r\n", copy)[1])] = copy
        self.assertEqual(COUNT, len(stored))
        differing = [str(path) for number, (path, message) in enumerate(sent) if not same(stored[number], message)]
        self.assertEqual([], differing)


def same(stored, message):
    """As sent, with our fields on top; where a field of the sender was taken out, the bodies are compared."""
    return stored.endswith(message) or messages.body_of(stored) == messages.body_of(message)


if __name__ == "__main__":
    corpus()
    testbed.main()
