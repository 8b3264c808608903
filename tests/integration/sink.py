"""The load generator and the misbehaving next hop of the shared load tools, compiled once per build folder."""

import fcntl
import json
import subprocess

import testbed


def tool(name):
    """The compiled tool; two tests that need it at once build it once."""
    source = testbed.shared("load", f"{name}.cpp")
    program = testbed.build_folder() / name
    with open(testbed.build_folder() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["g++", "-O2", "-std=c++20", "-o", program.with_suffix(".new"), source], check=True)
            program.with_suffix(".new").rename(program)
    return program


class Sink:
    def __init__(self, *arguments, unix=False):
        self.log_file = testbed.folder("sink") / f"log.{testbed.free_port()}"
        if unix:
            self.path = testbed.folder("sink") / f"socket.{testbed.free_port()}"
            self.address = f"unix:{self.path}"
        else:
            self.port = testbed.free_port()
            self.address = f"{testbed.ADDRESS}:{self.port}"
        self.process = testbed.Process(
            "smtpsink", [tool("smtpsink"), "--quiet", "--sha256", "--log", self.log_file, *arguments, self.address])
        if unix:
            testbed.poll(self.path.exists, "the sink's socket")
        else:
            self.process.wait_for_port(testbed.ADDRESS, self.port)

    def records(self):
        """(verdict, body bytes, sha256 of the body, id, sender, recipients) of each message, after the sink's end."""
        self.process.stop()
        return [tuple(line.split(" ")) for line in self.log_file.read_text().splitlines()]


def load(port, *arguments, sink=None):
    """Runs smtpload against 127.0.0.1:port; its figures, and the outcome of each message by its id."""
    log = testbed.folder("load") / f"log.{testbed.free_port()}"
    command = [tool("smtpload"), "--json", "--unique", "--timeout", "90", "--log", log, *arguments]
    if sink:
        command += ["--sink", sink.address]
    done = testbed.run([*command, f"127.0.0.1:{port}"])
    if done.returncode == 2:
        raise AssertionError(done.stderr.decode())
    figures = json.loads(done.stdout)
    outcomes = {}
    for line in log.read_text().splitlines():
        sequence, _, outcome = line.split(" ")[:3]
        outcomes[sequence] = outcome
    return figures, outcomes
