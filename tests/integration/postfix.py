"""A Postfix of the test's own: configuration, queue and data below the test's folder, in the foreground."""

import os
import pwd
import shutil

import testbed

MASTER_PROGRAM = "/usr/lib/postfix/sbin/master"
MAIN = """
compatibility_level = 3.6
queue_directory = {top}/queue
data_directory = {top}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {top}/maillog
maillog_file_prefixes = {top}
myhostname = postfix.example.net
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtputf8_enable = yes
alias_maps =
local_recipient_maps =
notify_classes =
biff = no
default_process_limit = 20
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
virtual_mailbox_base = {top}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_maps = inline:{{ {{ box@filtered.test = box/ }}, {{ box@behind.test = box/ }} }}
"""
MASTER = """
postlog   unix-dgram n - n - 1 postlogd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
retry     unix  -       -       n       -       -       error
error     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
"""


class Postfix:
    """`main` is added to main.cf, `services` (smtpd lines) to master.cf; {address} and {top} stand in both."""

    def __init__(self, main, services):
        if os.getuid() != 0:
            testbed.skip("Postfix needs root")
        if shutil.which("postfix") is None:
            raise AssertionError("postfix is not installed (./dev test does it)")
        self.top = testbed.folder("postfix")
        nobody = pwd.getpwnam("nobody")
        for name in ("config", "queue", "data", "mail"):
            testbed.folder(f"postfix/{name}")
        os.chown(self.top / "data", pwd.getpwnam("postfix").pw_uid, -1)
        os.chown(self.top / "mail", nobody.pw_uid, nobody.pw_gid)
        values = {"top": self.top, "address": testbed.ADDRESS, "uid": nobody.pw_uid, "gid": nobody.pw_gid}
        (self.top / "config" / "main.cf").write_text((MAIN + main).format(**values))
        (self.top / "config" / "master.cf").write_text((MASTER + services).format(**values))
        checked = testbed.run(["postfix", "-c", self.top / "config", "check"])  # makes the queue's folders
        assert checked.returncode == 0, checked.stderr.decode() + self.log
        # Not by `postfix start-fg`, which leaves a shell between us and the master process.
        self.process = testbed.Process("postfix", [MASTER_PROGRAM, "-s", "-c", self.top / "config"])

    def wait_for_port(self, port):
        self.process.wait_for_port(testbed.ADDRESS, port)

    def mailbox(self, name):
        """The messages in a mailbox of the virtual delivery agent."""
        return [path.read_bytes() for path in (self.top / "mail" / name / "new").glob("*")]

    def wait_for_mail(self, name, count=1):
        testbed.poll(lambda: len(self.mailbox(name)) >= count, f"{count} messages in {name}\n{self.log}")
        return self.mailbox(name)

    @property
    def log(self):
        path = self.top / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""
