"""Servers for one test: started, waited for, and ended whatever happens.

    with_folder = testbed.folder("spool")          # below this test's own temp folder
    server = testbed.Process("sink", ["smtpsink", …])
    server.wait_for_line("listening")              # polls its log; fails with the log when it dies or never says so

Every test process has a loopback address of its own, testbed.ADDRESS, so tests that run beside each other
can't take each other's ports. What was started is ended by its own pid, last first, also when the test fails,
and by the kernel (PR_SET_PDEATHSIG) when the test itself is killed.
"""

import atexit
import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ADDRESS = f"127.{64 + (os.getpid() >> 16 & 63)}.{os.getpid() >> 8 & 255}.{1 + os.getpid() % 254}"
BINARY = os.path.abspath(os.environ.get("SEKISHO_BINARY", "build/sekisho"))
SOURCE = pathlib.Path(__file__).resolve().parents[2]
WAIT_SECONDS = 60  # for anything that should be there at once: the machine may be busy
SKIPPED = 77  # ctest's SKIP_RETURN_CODE

_ending = contextlib.ExitStack()
atexit.register(_ending.close)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that atexit is run
_top = None
_libc = ctypes.CDLL(None, use_errno=True)


def skip(reason):
    """Ends this test as skipped, and says why."""
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def folder(name=""):
    """A folder of this test; anybody may enter it, since some servers run as another user."""
    global _top
    if _top is None:
        _top = pathlib.Path(tempfile.mkdtemp(prefix="sekisho-"))
        _top.chmod(0o755)
        _ending.callback(shutil.rmtree, _top, ignore_errors=True)
    (_top / name).mkdir(exist_ok=True, parents=True)
    return _top / name


def at_end(action, *arguments):
    _ending.callback(action, *arguments)


def build_folder():
    """What tests build or unpack and keep between runs."""
    path = pathlib.Path(os.environ.get("SEKISHO_BUILD", SOURCE / "build")) / "integration"
    path.mkdir(parents=True, exist_ok=True)
    return path


def shared(*names):
    """A file of the corpus and load tools beside the source tree; the test is skipped without it."""
    top = pathlib.Path(os.environ.get("SEKISHO_SHARED", SOURCE.parent / "shared"))
    path = top.joinpath(*names)
    if not path.exists():
        skip(f"{path} is not there (SEKISHO_SHARED names the folder)")
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return probe.getsockname()[1]


def poll(condition, what, seconds=WAIT_SECONDS):
    """The first true value of condition()."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)
    return value


def accepts(address, port):
    try:
        socket.create_connection((address, port), timeout=1).close()
        return True
    except OSError:
        return False


class Process:
    """A server in the foreground; its output goes to a log file."""

    def __init__(self, name, command, **options):
        self.name = name
        self.log_path = folder("log") / f"{name}.{time.monotonic_ns()}"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=lambda: _libc.prctl(1, signal.SIGKILL), **options)
        self.pid = self.process.pid
        at_end(self.stop)

    @property
    def log(self):
        return self.log_path.read_text("utf-8", errors="replace")

    def wait_for_line(self, pattern, seconds=WAIT_SECONDS):
        """The first match of the pattern in the log."""
        def look():
            match = re.search(pattern, self.log, re.MULTILINE)
            if match is None and self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.log[-4000:]}")
            return match
        try:
            return poll(look, f"{pattern!r} from {self.name}", seconds)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{self.log[-4000:]}") from None

    def wait_for_port(self, address, port):
        def look():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.log[-4000:]}")
            return accepts(address, port)
        poll(look, f"{self.name} on {address}:{port}")

    def stop(self, number=signal.SIGTERM, seconds=WAIT_SECONDS):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"{self.name} didn't end within {seconds} s of signal {number}") from None
        return self.process.returncode


def children(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def run(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, check=False, timeout=300, **options)


def main():
    unittest.main(verbosity=0)
