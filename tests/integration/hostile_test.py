"""Mail that is made to hurt: bombs, mail that ends workers, workers that stop working. Other mail goes on meanwhile."""

import base64
import bz2
import contextlib
import gzip
import io
import os
import pathlib
import random
import shutil
import signal
import struct
import threading
import unittest
import zipfile
import zlib

import messages
import testbed
from gateway import EXAMPLE, STORE, Gateway, end_process
from smtp_client import deliver

MB = 1 << 20
TICKS = os.sysconf("SC_CLK_TCK")
HELD = EXAMPLE.replace("example.test", "held.test") + 'poison = "quarantine"\n'


def attached(payload, name):
    fields = b'Content-Type: application/octet-stream; name="%s"\r\nContent-Transfer-Encoding: base64' % name.encode()
    return messages._with_part(fields, messages._lines(base64.b64encode(payload)), name)


def deflated_zeros(megabytes):
    """A deflate stream of zeros, made of copies of one piece."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return piece * megabytes + b"\x03\x00"


def gzip_of_zeros(megabytes):
    return (b"\x1f\x8b\x08\0\0\0\0\0\0\3" + deflated_zeros(megabytes) +
            struct.pack("<II", 0, (megabytes << 20) & 0xffffffff))


def zip_of_zeros(megabytes, claimed):
    """A zip whose headers say `claimed` bytes."""
    stream, name = deflated_zeros(megabytes), b"zeros"
    fields = struct.pack("<HHHIIIIHH", 20, 0, 8, 0x210000, 0, len(stream), claimed, len(name), 0)
    local = b"PK\3\4" + fields + name + stream
    central = b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, payload in members:
            archive.writestr(name, payload)
    return packed.getvalue()


def many_files(count):
    return zipped([(f"{number}", b"%d" % number) for number in range(count - 1)] + [("last", messages.EICAR)])


def nested_zips(levels):
    payload = messages.EICAR
    for _ in range(levels):
        payload = zipped([("inner.zip", payload)])
    return payload


def nested_gzips(levels):
    payload = messages.EICAR
    for _ in range(levels):
        payload = gzip.compress(payload, mtime=0)
    return payload


def tree_of_zips(levels, wide=16):
    """As 42.zip: 16 to the power of `levels` files of 256 MB of zeros in a few KB."""
    payload = zip_of_zeros(256, 256 * MB)
    for level in range(levels):
        payload = zipped([(f"{level}-{number}.zip", payload) for number in range(wide)])
    return payload


def nested_parts(levels):
    fields = b'Content-Type: multipart/mixed; boundary="=_0"\r\n'
    opening = b"".join(b'--=_%d\r\nContent-Type: multipart/mixed; boundary="=_%d"\r\n\r\n' % (level, level + 1)
                       for level in range(levels))
    return messages.text(opening + b"--=_%d\r\n\r\n" % levels + messages.EICAR + b"\r\n", "nested-parts", fields)


BOMBS = {
    "10 GB of zeros in a gzip": lambda: attached(gzip_of_zeros(10240), "zeros.gz"),
    "256 MB of zeros in a zip": lambda: attached(zip_of_zeros(256, 256 * MB), "zeros.zip"),
    "256 MB that say they are 5 KB": lambda: attached(zip_of_zeros(256, 5000), "lies.zip"),
    "4.5 GB in 100 streams of bzip2": lambda: attached(bz2.compress(bytes(45 * MB)) * 100, "zeros.bz2"),
    "10,000 files, a virus in the last": lambda: attached(many_files(10000), "many.zip"),
    "10,100 files, a virus in the last": lambda: attached(many_files(10100), "more.zip"),
    "64 zips in each other, a virus in the last": lambda: attached(nested_zips(64), "deep.zip"),
    "64 gzips in each other, a virus in the last": lambda: attached(nested_gzips(64), "deep.gz"),
    "a tree of zips": lambda: attached(tree_of_zips(4), "tree.zip"),
    "64 levels of parts, a virus in the last": lambda: nested_parts(64),
}
HEAVY = attached(random.Random(7).randbytes(12 * MB), "heavy.bin")
LIGHTER = attached(random.Random(8).randbytes(12 * MB), "heavy.bin")  # as long


def cpu_seconds(pid):
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextlib.contextmanager
def signalled_at_work(gateway, number):
    """Each worker gets the signal as soon as it has worked for a tenth of a second."""
    stop = threading.Event()
    seen = set()

    def watch():
        while not stop.wait(0.005):
            for pid in testbed.children(gateway.parent()):
                if pid not in seen and cpu_seconds(pid) > 0.1:
                    seen.add(pid)
                    end_process(pid, number)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


class Bombs(unittest.TestCase):
    def test_each_is_refused_and_other_mail_goes_on(self):
        plan = 'unscanned = "reject"\n'
        gateway = Gateway(STORE, EXAMPLE + plan, name="bombs",
                          inspect='job_timeout = "9s"')
        stop, codes = threading.Event(), []

        def write_letters():
            while not stop.is_set():
                codes.append(deliver(gateway.port, "bob@example.test", messages.text()).code)

        writer = threading.Thread(target=write_letters)
        writer.start()
        try:
            for name, make in BOMBS.items():
                with self.subTest(name):
                    before = len(codes)
                    reply = deliver(gateway.port, "alice@example.test", make())
                    self.assertEqual(554, reply.code, reply)
                    testbed.poll(lambda: len(codes) > before, "a letter meanwhile")
        finally:
            stop.set()
            writer.join()
        self.assertEqual({250}, set(codes))
        self.assertEqual([], gateway.stored("alice@example.test"))
        self.assertEqual(len(codes), len(gateway.stored("bob@example.test")))
        self.assertEqual([], [path for path in gateway.leftovers() if path.name != "poison"])
        self.assertEqual(554, deliver(gateway.port, "alice@example.test", messages.in_zip(messages.EICAR)).code)
        self.assertEqual(2, len(gateway.workers(at_least=2)))


class Large(unittest.TestCase):
    def test_a_message_of_the_size_limit_is_scanned_to_its_end(self):
        gateway = Gateway(STORE, EXAMPLE, name="large")
        message = attached(b"line\n" * (14 * MB) + messages.EICAR, "large.bin")
        self.assertGreater(len(message), 95 * MB)
        self.assertEqual(554, deliver(gateway.port, "alice@example.test", message).code)
        self.assertIn("Eicar", gateway.messages()[-1]["virus"])
        self.assertEqual("", gateway.messages()[-1]["unscanned"])


class Poison(unittest.TestCase):
    def test_mail_that_ends_three_workers_takes_no_further_one(self):
        gateway = Gateway(STORE, EXAMPLE, HELD, name="poison")
        with signalled_at_work(gateway, signal.SIGKILL) as ended:
            first = deliver(gateway.port, "alice@example.test", HEAVY)
            self.assertTrue(str(first).startswith("451 4.3.0"), first)
            self.assertEqual("unscanned crash", gateway.messages()[-1]["reason"])
            second = deliver(gateway.port, "alice@example.test", HEAVY)
            self.assertTrue(str(second).startswith("554 5.6.0"), second)
            self.assertEqual("poison", gateway.messages()[-1]["reason"])
            self.assertEqual(3, gateway.log.count("message ended a worker"), ended)
        workers = sorted(gateway.workers(at_least=2))
        spent = sum(map(cpu_seconds, workers))
        self.assert_poison(gateway)
        self.assertEqual(workers, sorted(gateway.workers(at_least=2)))
        self.assertLess(sum(map(cpu_seconds, workers)) - spent, 0.1)  # no worker has read it
        self.assertEqual(250, deliver(gateway.port, "bob@example.test", LIGHTER).code)
        self.assertEqual(0, gateway.stop())
        gateway.start()
        self.assert_poison(gateway)

    def assert_poison(self, gateway):
        held = len(gateway.quarantined())
        reply = deliver(gateway.port, "alice@example.test", HEAVY)
        self.assertTrue(str(reply).startswith("554 5.6.0"), reply)
        self.assertEqual(250, deliver(gateway.port, "alice@held.test", HEAVY).code)
        self.assertEqual(held + 1, len(gateway.quarantined()))
        self.assertIn(b"X-Sekisho-Unscanned: poison\r\n", gateway.quarantined()[-1])
        self.assertEqual([], gateway.stored("alice@held.test"))

    def test_workers_that_end_with_all_mail_make_none_poison(self):
        gateway = Gateway(STORE, EXAMPLE, name="all-ends")
        mail = [attached(random.Random(number).randbytes(6 * MB), f"{number}.bin") for number in range(3)]
        with signalled_at_work(gateway, signal.SIGKILL):
            replies = [deliver(gateway.port, "alice@example.test", message) for message in mail * 2]
        self.assertEqual({451}, {reply.code for reply in replies}, replies)
        for message in mail:
            self.assertEqual(250, deliver(gateway.port, "alice@example.test", message).code)

    def test_mail_over_its_time_gets_its_own_action(self):
        gateway = Gateway(STORE, EXAMPLE + 'unscanned = "tag"\nunscanned_timeout = "quarantine"\n', name="late",
                          inspect='job_timeout = "2s"')
        with signalled_at_work(gateway, signal.SIGSTOP):
            self.assertEqual(250, deliver(gateway.port, "alice@example.test", HEAVY).code)
        self.assertEqual([], gateway.stored("alice@example.test"))
        self.assertIn(b"X-Sekisho-Unscanned: timeout\r\n", gateway.quarantined()[0])
        self.assertEqual(2, gateway.log.count("worker over its deadline"))


class SelfTest(unittest.TestCase):
    def test_an_idle_worker_that_hangs_is_replaced(self):
        gateway = Gateway(STORE, EXAMPLE, name="hangs", inspect='job_timeout = "1s"\nself_test_interval = "1s"')
        stuck = gateway.workers(at_least=2)[0]
        os.kill(stuck, signal.SIGSTOP)
        testbed.poll(lambda: stuck not in gateway.workers(), "another worker")
        self.assertEqual(250, deliver(gateway.port, "alice@example.test", messages.text()).code)

    def test_signatures_that_hide_viruses_are_not_taken(self):
        folder = testbed.folder("hiding") / "signatures"
        shutil.copytree(testbed.SOURCE / "signatures", folder)
        scanners = f'rules = ["{testbed.SOURCE}/rules"]\nsignatures = ["{folder}"]'
        gateway = Gateway(STORE, EXAMPLE, name="hides", scanners=scanners)
        (folder / "good.fp").write_text("44d88612fea8a8f36de82e1278abb02f:68:Good\n")  # EICAR's MD5 and size
        os.kill(gateway.process.pid, signal.SIGHUP)
        gateway.process.wait_for_line(r'msg="not reloaded, everything stays as it was".*EICAR')
        self.assertEqual(554, deliver(gateway.port, "alice@example.test", messages.in_zip(messages.EICAR)).code)
        gateway.stop()
        with self.assertRaisesRegex(AssertionError, "EICAR"):
            gateway.start()


if __name__ == "__main__":
    testbed.main()
