"""`sekisho mime` takes the memory that it takes, whatever the message: 1 KB, 1 MB, 100 MB, and 100 MB of odd shapes."""

import base64
import gzip
import pathlib
import struct
import subprocess
import sys
import unittest

import testbed

LARGE = 100_000_000
SPREAD_KB = 1024
MULTIPART = b"Content-Type: multipart/mixed; boundary=b\n\n"
BASE64 = b"--b\nContent-Transfer-Encoding: base64\n\n"


def attachment(size):
    return MULTIPART + BASE64 + base64.encodebytes(bytes(size * 3 // 4)) + b"--b--\n"


def encoded_message(content):
    return b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)


def nested(depth):
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth))


def winmail_dat(*attributes):
    head = b"Content-Type: application/ms-tnef\n\n" + struct.pack("<IH", 0x223E9F78, 1)
    return head + b"".join(struct.pack("<BII", 2, kind, len(data)) + data + bytes(2) for kind, data in attributes)


TITLE, DATA, RENDERING = 0x18010, 0x6800F, 0x69002
MBOX = b"From a 12:00\n\n"

SHAPES = {
    "1 KB": lambda: attachment(1_000),
    "1 MB": lambda: attachment(1_000_000),
    "100 MB": lambda: attachment(LARGE),
    "parts without end": lambda: MULTIPART + b"--b\n\nx\n" * (LARGE // 8),
    "nesting without end": lambda: nested(3000) + b"\n" * LARGE,
    "boundaries in boundaries": lambda: nested(LARGE // 50),
    "parts of one byte in parts": lambda: nested(30) + b"--b29\n\nx\n--b12\n\ny\n" * (LARGE // 20),
    "one header line": lambda: b"Subject: " + b"x" * LARGE,
    "one folded header": lambda: b"Subject: x\n" + b" =?utf-8?Q?=E3=81=82?=\n" * (LARGE // 23),
    "one field": lambda: b"Content-Type: multipart/mixed; boundary=" + b"x" * LARGE,
    "fields without end": lambda: b"Content-Type: text/plain; boundary=a\n" * (LARGE // 37),
    "one line": lambda: MULTIPART + BASE64 + b"A" * LARGE,
    "a message in base64 in base64": lambda: encoded_message(encoded_message(MULTIPART + b"--b\n\nx\n" * (LARGE // 15))),
    "a file in a winmail.dat": lambda: winmail_dat((TITLE, b"a.exe"), (DATA, bytes(LARGE))),
    "files in a winmail.dat": lambda: winmail_dat(*[(RENDERING, bytes(14)), (TITLE, b"a.exe"), (DATA, b"x")] * 1_000_000),
    "names in a winmail.dat": lambda: winmail_dat(*((TITLE, b"%d" % i * 100) for i in range(LARGE // 1000))),
    "--mbox of messages": lambda: (MBOX + b"x\n" * 100 + b"\n") * (LARGE // 2000),
    "--mbox of quoted lines": lambda: MBOX + b">From \n" * (LARGE // 50),
    "--mbox that is compressed": lambda: gzip.compress((MBOX + b"x\n" * 1000 + b"\n") * (LARGE // 2000), 1),
    "files in text": lambda: b"\n" + b"begin 644 x\n#0V%T\nend\n" * (LARGE // 22),
}


# A child's peak counts what its parent held when it was forked: the parent is a Python with nothing in it.
MEASURE = """
import os, resource, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], {}, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_kb(*command):
    done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, *command], capture_output=True, check=True)
    status, peak = map(int, done.stdout.split())
    assert status == 0, command
    return peak


def write(path, name):
    """In a process of its own: this one stays small."""
    subprocess.run([sys.executable, "-B", __file__, "--write", path, name], check=True)


class MimeMemory(unittest.TestCase):
    def test_peak_is_the_same_for_every_size_and_shape(self):
        path = testbed.folder("mime-memory") / "message"
        floor = peak_kb("/bin/true")  # what the way of measuring adds
        peaks = {}
        for name in SHAPES:
            write(path, name)
            peaks[name] = peak_kb(testbed.BINARY, "mime", *name.split()[:name.startswith("--")], path)
            print(f"{name:<32}{peaks[name]:>8} KB")
        self.assertLess(floor, min(peaks.values()))
        self.assertLessEqual(max(peaks.values()) - min(peaks.values()), SPREAD_KB)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        pathlib.Path(sys.argv[2]).write_bytes(SHAPES[sys.argv[3]]())
    else:
        testbed.main()
