"""sekisho under test: `serve` with a configuration of its own, on free ports.

    server = Gateway(STORE_CONFIG)         # {top} in the text is this test's folder
    smtp_client.deliver(server.port, "alice@example.test", message)
    server.stored("alice@example.test")    # the messages in its Maildir
"""

import os
import re
import signal

import testbed

# Sections that every configuration has; a test adds next hops, plans and domains.
BASE = """
[server]
hostname = "mx.example.test"
{server}
[[listener]]
address = "127.0.0.1:0"
{listener}
[smtp]
{smtp}
[spool]
path = "{spool}"
[quarantine]
path = "{top}/quarantine"
[inspect]
workers = 2
{scanners}
{inspect}
"""
SCANNERS = """rules = ["{source}/rules"]
signatures = ["{source}/signatures"]"""
STORE = """
[next_hop.store]
kind = "maildir"
address = "{top}/store"
"""
EXAMPLE = """
[[domain]]
name = "example.test"
administrator = "admin"
mailboxes = ["admin", "alice", "bob"]
"""


def relay_hop(kind, address, settings=""):
    """A next hop for all mail of example.test, whatever the name."""
    return f"""
[next_hop.relay]
kind = "{kind}"
address = "{address}"
{settings}
[[domain]]
name = "example.test"
administrator = "admin"
next_hop = "relay"
accept_any_local = true
"""


def write_config(top, sections, server="", listener="", smtp="", scanners=SCANNERS, inspect="", spool="{top}/spool"):
    text = BASE + "".join(sections)
    values = {"server": server, "listener": listener, "smtp": smtp, "scanners": scanners, "inspect": inspect, "spool": spool,
              "top": top, "source": testbed.SOURCE}
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    path = top / "sekisho.toml"
    path.write_text(text)
    return path


class Gateway:
    """`wrapper` is a command before sekisho's own; `settings` go to write_config."""

    def __init__(self, *sections, name="sekisho", wrapper=(), **settings):
        self.top = testbed.folder(name)
        self.config = write_config(self.top, sections, **settings)
        self.wrapper = wrapper
        self.start()

    def start(self):
        command = [*self.wrapper, testbed.BINARY, "serve", "--config", self.config]
        self.process = testbed.Process("sekisho", command, cwd=self.top)
        match = self.process.wait_for_line(r"msg=listening role=mx address=\S+:(\d+)$")
        self.port = int(match[1])

    def stop(self):
        """Its exit status; it must end by itself."""
        return self.process.stop(signal.SIGTERM)

    @property
    def log(self):
        return self.process.log

    def messages(self):
        """One dictionary of fields for each message line of the log."""
        lines = [line for line in self.log.splitlines() if re.match(r'level=\w+ msg=("message [^"]*"|message) ', line)]
        return [fields_of(line) for line in lines]

    def maildir(self, mailbox):
        local, _, domain = mailbox.partition("@")
        return self.top / "store" / domain / local

    def stored(self, mailbox):
        return read_maildir(self.maildir(mailbox))

    def quarantined(self):
        return read_maildir(self.top / "quarantine")

    def leftovers(self):
        """Files that no message is: half-written copies in tmp folders, and anything with a name in the spool."""
        return [path for path in [*self.top.glob("store/*/*/tmp/*"), *self.top.glob("quarantine/tmp/*"),
                                  *self.top.glob("spool/**/*")] if path.is_file()]

    def parent(self):
        """The inspectors' parent process; its children are the workers."""
        return testbed.poll(lambda: testbed.children(self.process.pid), "the inspectors' parent")[0]

    def workers(self, at_least=1):
        def there():
            found = testbed.children(self.parent())
            return found if len(found) >= at_least else []
        return testbed.poll(there, "workers")


def read_maildir(folder):
    """New mail in the order it came."""
    paths = sorted((folder / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
    return [path.read_bytes() for path in paths]


def fields_of(line):
    """A logfmt line as a dictionary."""
    fields = {}
    for match in re.finditer(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))', line):
        fields[match[1]] = match[3] if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])
    return fields


def end_process(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it was replaced meanwhile


def swaks(port, *arguments):
    """Exit status and what was said, by the swaks of the shell."""
    done = testbed.run(["swaks", "--server", f"127.0.0.1:{port}", "--helo", "client.example.com",
                        "--from", "sender@example.com", *arguments])
    return done.returncode, done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
