"""A Dovecot of the test's own: LMTP on a socket and on TCP, IMAP and POP3, Maildir, users in a file."""

import grp
import os
import pwd
import shutil

import testbed

CONFIG = """
base_dir = {top}/run
state_dir = {top}/state
log_path = /dev/stderr
protocols = imap pop3 lmtp
listen = {address}
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{top}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
lmtp_rcpt_check_quota = no
mail_plugins = quota
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_exceeded_message = Mailbox of this person is full
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {top}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {top}/users
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service lmtp {{
  unix_listener {top}/lmtp {{
    mode = 0666
  }}
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""


class Dovecot:
    """users: name@domain → quota in bytes, or None. The password is "secret"."""

    def __init__(self, users):
        if shutil.which("dovecot") is None:
            raise AssertionError("dovecot is not installed (./dev test does it)")
        self.top = testbed.folder("dovecot")
        account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.imap, self.pop3, self.lmtp = (testbed.free_port() for _ in range(3))
        values = {"top": self.top, "address": testbed.ADDRESS, "user": account.pw_name, "uid": account.pw_uid,
                  "gid": account.pw_gid, "group": grp.getgrgid(account.pw_gid).gr_name,
                  "imap": self.imap, "pop3": self.pop3, "lmtp": self.lmtp}
        (self.top / "dovecot.conf").write_text(CONFIG.format(**values))
        lines = []
        for name, quota in users.items():
            rule = f"userdb_quota_rule=*:bytes={quota}" if quota else ""
            lines.append(f"{name}:{{PLAIN}}secret:{account.pw_uid}:{account.pw_gid}::{self.top}/mail/{name}::{rule}\n")
        (self.top / "users").write_text("".join(lines))
        for name in (".", "run", "state", "mail"):
            testbed.folder(f"dovecot/{name}")
            if os.getuid() == 0:
                os.chown(self.top / name, account.pw_uid, account.pw_gid)
        self.start()

    def start(self):
        options = self.identity if os.getuid() == 0 else {}
        self.process = testbed.Process("dovecot", ["dovecot", "-F", "-c", self.top / "dovecot.conf"], **options)
        for port in (self.imap, self.pop3, self.lmtp):
            self.process.wait_for_port(testbed.ADDRESS, port)

    @property
    def unix_address(self):
        return f"unix:{self.top}/lmtp"

    @property
    def tcp_address(self):
        return f"{testbed.ADDRESS}:{self.lmtp}"

