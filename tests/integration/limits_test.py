"""What is too large, too many, too slow or badly configured."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import socket
import struct
import unittest

import messages
import testbed
from gateway import EXAMPLE, SCANNERS, STORE, Gateway, end_process, write_config
from smtp_client import CLOSED, Client, deliver

SIZE_LIMIT = 100 * 1024 * 1024
SMALL_PLAN = EXAMPLE.replace("example.test", "small.test") + 'message_bytes_max = "100 KB"\n'
BLOCK = b"x" * 998 + b"\r\n"


def blocks(count):
    """About `count` bytes in pieces of a megabyte."""
    while count > 0:
        piece = (BLOCK * 1049)[:min(count, 1 << 20)]
        count -= len(piece)
        yield piece


class Sizes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(STORE, EXAMPLE, SMALL_PLAN, name="sizes")

    @contextlib.contextmanager
    def session(self, recipient="alice@example.test"):
        with Client("127.0.0.1", self.gateway.port) as client:
            self.assertIsNone(client.begin("sender@example.com", [recipient]))
            yield client
            self.assertEqual(250, client.deliver("sender@example.com", [recipient], messages.text()).code)

    def test_the_size_that_is_announced(self):
        with Client("127.0.0.1", self.gateway.port) as client:
            self.assertIn(f"SIZE {SIZE_LIMIT}", client.ehlo().text.split("\n"))
            self.assertEqual(250, client.command(f"MAIL FROM:<a@example.com> SIZE={SIZE_LIMIT}").code)
            self.assertEqual(250, client.command("RSET").code)
            reply = client.command(f"MAIL FROM:<a@example.com> SIZE={SIZE_LIMIT + 1}")
            self.assertTrue(str(reply).startswith("552 5.3.4"), reply)

    def send_body(self, client, size):
        """A message of exactly `size` bytes by DATA."""
        head = messages.text(b"", f"size-{size}")
        self.assertEqual(354, client.command("DATA").code)
        client.send(head)
        last = b""
        for piece in blocks(size - len(head) - 2):
            client.send(piece)
            last = piece[-1:]
        self.assertNotEqual(b"\r", last)  # would make the following CRLF a bare CR's
        client.send(b"\r\n.\r\n")
        return client.reply()

    def test_the_largest_message_passes_and_one_byte_more_does_not(self):
        before = len(self.gateway.stored("bob@example.test"))
        with self.session("bob@example.test") as client:
            self.assertEqual(250, self.send_body(client, SIZE_LIMIT).code)
        with self.session("bob@example.test") as client:
            reply = self.send_body(client, SIZE_LIMIT + 1)
            self.assertTrue(str(reply).startswith("552 5.3.4"), reply)
        self.assertEqual(before + 3, len(self.gateway.stored("bob@example.test")))
        self.assertEqual([], self.gateway.leftovers())

    def test_chunks_over_the_limit(self):
        with self.session() as client:
            for piece in blocks(SIZE_LIMIT + 1):
                client.send(b"BDAT %d\r\n" % len(piece) + piece)
                reply = client.reply()
                if reply.code != 250:
                    break
            else:
                reply = client.command("BDAT 0 LAST")
            self.assertTrue(str(reply).startswith("552 5.3.4"), reply)
        with self.session() as client:
            client.send(b"BDAT %d LAST\r\n" % (SIZE_LIMIT + 1))
            for piece in blocks(SIZE_LIMIT + 1):
                client.send(piece)
            reply = client.reply()
            self.assertTrue(str(reply).startswith("552 5.3.4"), reply)

    def test_a_plan_lowers_the_limit(self):
        with Client("127.0.0.1", self.gateway.port) as client:
            client.ehlo()
            self.assertEqual(250, client.command("MAIL FROM:<a@example.com> SIZE=102401").code)
            reply = client.command("RCPT TO:<alice@small.test>")
            self.assertTrue(str(reply).startswith("552 5.3.4"), reply)
        reply = deliver(self.gateway.port, "alice@small.test", messages.with_attachment(150000))
        self.assertTrue(str(reply).startswith("552 5.3.4"), reply)
        self.assertEqual([], self.gateway.stored("alice@small.test"))
        self.assertEqual(250, deliver(self.gateway.port, "alice@small.test", messages.text()).code)

    def test_a_virus_at_the_end_of_99_megabytes(self):
        for payload, expected in ((messages.EICAR, 554), (messages.EICAR_ONE_LETTER_OFF, 250)):
            with self.session() as client:
                self.assertEqual(354, client.command("DATA").code)
                client.send(messages.text(b"", "at-the-end"))
                for piece in blocks(99 * 1000 * 1000 // 1000 * 1000):
                    client.send(piece)
                client.send(b"\r\n" + payload + b"\r\n.\r\n")
                reply = client.reply()
                self.assertEqual(expected, reply.code, reply)

    def test_a_full_mailbox(self):
        domain = EXAMPLE.replace("example.test", "full.test") + 'mailbox_bytes_max = "100 KB"\n'
        gateway = Gateway(STORE, domain, name="quota")
        self.assertEqual(250, deliver(gateway.port, "alice@full.test", messages.with_attachment(60000)).code)
        reply = deliver(gateway.port, "alice@full.test", messages.with_attachment(60000))
        self.assertTrue(str(reply).startswith("552 5.2.2"), reply)
        reply = deliver(gateway.port, "bob@full.test", messages.with_attachment(200000))
        self.assertTrue(str(reply).startswith("552 5.2"), reply)
        self.assertEqual(250, deliver(gateway.port, "alice@full.test", messages.text()).code)
        self.assertEqual([], gateway.leftovers())


    def test_messages_that_come_at_once_keep_the_quota(self):
        domain = EXAMPLE.replace("example.test", "full.test") + 'mailbox_bytes_max = "20 KB"\n'
        gateway = Gateway(STORE, domain, name="quota-at-once")
        body = messages.text(b"", "at-once") + (b"y" * 76 + b"\r\n") * 105
        with concurrent.futures.ThreadPoolExecutor(10) as senders:
            replies = list(senders.map(lambda _: deliver(gateway.port, "alice@full.test", body), range(10)))
        self.assertEqual(set(), {reply.code for reply in replies} - {250, 452, 552}, replies)
        stored = gateway.stored("alice@full.test")
        self.assertEqual(len(stored), sum(reply.code == 250 for reply in replies))
        self.assertIn(len(stored), (1, 2))
        self.assertLessEqual(sum(len(copy) for copy in stored), 20480)


class Overload(unittest.TestCase):
    def waiting(self, gateway):
        done = testbed.run([testbed.BINARY, "status", "--config", gateway.config])
        return json.loads(done.stdout)["waiting"]

    def test_more_than_may_wait_is_put_off_at_once_and_nothing_is_lost(self):
        gateway = Gateway(STORE, EXAMPLE, name="overload", inspect="queue_max = 1")
        late = Client("127.0.0.1", gateway.port)
        workers = gateway.workers(at_least=2)
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        with late, concurrent.futures.ThreadPoolExecutor(3) as senders:
            waiting = [senders.submit(deliver, gateway.port, "alice@example.test", messages.text()) for _ in range(3)]
            testbed.poll(lambda: self.waiting(gateway) == 1, "a message that waits")
            reply = late.deliver("a@example.com", ["alice@example.test"], messages.text())
            self.assertTrue(str(reply).startswith("451 4.3.2"), reply)
            refused = Client("127.0.0.1", gateway.port)
            self.assertEqual(421, refused.greeting.code)
            refused.close()
            for pid in workers:
                os.kill(pid, signal.SIGCONT)
            self.assertEqual([250] * 3, [each.result().code for each in waiting])
            self.assertEqual(250, late.deliver("a@example.com", ["alice@example.test"], messages.text()).code)
        self.assertEqual(4, len(gateway.stored("alice@example.test")))


class FullDisk(unittest.TestCase):
    def full(self, folder):
        """A gateway whose folder is a file system of 2 MB that only it sees."""
        if os.getuid() != 0 or testbed.run(["unshare", "--mount", "true"]).returncode != 0:
            print("full disk: skipped, needs the right to mount")
            self.skipTest("needs the right to mount")
        name = f"full-{folder}"
        mounted = testbed.folder(name) / folder
        mounted.mkdir()
        script = f'mount -t tmpfs -o size=2m none "{mounted}" && exec "$@"'
        gateway = Gateway(STORE, EXAMPLE, name=name, wrapper=["unshare", "--mount", "sh", "-c", script, "sh"])
        inside = pathlib.Path(f"/proc/{gateway.process.pid}/root{mounted}")
        return gateway, inside

    def files(self, folder):
        return [path for path in folder.rglob("*") if path.is_file()]

    def test_spool(self):
        gateway, inside = self.full("spool")
        with Client("127.0.0.1", gateway.port) as client:
            reply = client.deliver("a@example.com", ["alice@example.test"], messages.with_attachment(5000000))
            self.assertTrue(str(reply).startswith("452 4.3.1"), reply)
            reply = client.deliver("a@example.com", ["alice@example.test"], messages.text())
            self.assertEqual(250, reply.code, reply)  # the space is free again
        self.assertEqual([], self.files(inside))
        self.assertEqual(1, len(gateway.stored("alice@example.test")))

    def test_store(self):
        gateway, inside = self.full("store")
        reply = deliver(gateway.port, ["alice@example.test", "bob@example.test"], messages.with_attachment(1200000))
        self.assertTrue(str(reply).startswith("452 4.3.1"), reply)
        self.assertEqual([], [path for path in self.files(inside) if path.parent.name in ("tmp", "new")])
        reply = deliver(gateway.port, ["alice@example.test", "bob@example.test"], messages.text())
        self.assertEqual(250, reply.code, reply)
        self.assertEqual(2, len([path for path in self.files(inside) if path.parent.name == "new"]))


class Start(unittest.TestCase):
    """A gateway that must not start, and says why."""

    def serve(self, *sections, **settings):
        config = write_config(testbed.folder(f"start-{testbed.free_port()}"), sections, **settings)
        done = testbed.run([testbed.BINARY, "serve", "--config", config])
        return done.returncode, done.stderr.decode(), config

    def test_a_broken_configuration_never_starts_and_names_the_line(self):
        rows = {
            "not TOML": "this is not TOML\n",
            "unknown section": "[nonsense]\nx = 1\n",
            "unknown setting": EXAMPLE + "mailboxs = []\n",
            "unknown plan": EXAMPLE + 'plan = "platinum"\n',
            "unknown next hop": EXAMPLE + 'next_hop = "nowhere"\n',
            "administrator without mailbox": EXAMPLE.replace('administrator = "admin"', 'administrator = "nobody-here"'),
            "reserved name": EXAMPLE.replace('"bob"', '"postmaster"'),
            "alias loop": EXAMPLE + '[domain.aliases]\na = "b"\nb = "a"\n',
            "the same domain twice": EXAMPLE + EXAMPLE,
            "number out of range": EXAMPLE + "spam_threshold = -1.0\n",
            "no such word": EXAMPLE + 'spam = "burn"\n',
        }
        for name, text in rows.items():
            with self.subTest(name):
                status, said, config = self.serve(STORE, text)
                self.assertNotEqual(0, status)
                self.assertNotIn("msg=listening", said)
                self.assertRegex(said, rf"(?m)^{config}:[1-9]\d*: \S")
                done = testbed.run([testbed.BINARY, "config", "check", "--config", config])
                self.assertNotEqual(0, done.returncode)
                self.assertIn(f"{config}:", done.stderr.decode())

    def test_all_mistakes_are_reported_at_once(self):
        _, said, config = self.serve(STORE, EXAMPLE + 'plan = "platinum"\nspam = "burn"\nmailboxs = []\n')
        self.assertGreaterEqual(said.count(f"{config}:"), 3, said)

    def test_without_rules_and_signatures_it_refuses_to_start(self):
        nothing = f'rules = []\nsignatures = ["{testbed.folder("no-signatures")}"]'
        status, said, _ = self.serve(STORE, EXAMPLE, scanners=nothing)
        self.assertNotEqual(0, status)
        self.assertIn("allow_unscanned", said)
        gateway = Gateway(STORE, EXAMPLE, name="unscanned", scanners=nothing, inspect="allow_unscanned = true")
        self.assertEqual(250, deliver(gateway.port, "alice@example.test", messages.text()).code)

    def test_broken_rules_and_signatures_are_named(self):
        broken = testbed.folder("broken")
        (broken / "bad.cf").write_text("body BAD /(unclosed/\nscore BAD 1\n")
        status, said, _ = self.serve(STORE, EXAMPLE, scanners=f'rules = ["{broken}"]\nsignatures = []')
        self.assertNotEqual(0, status)
        self.assertRegex(said, r"bad\.cf(:| line=)1\b")
        (broken / "bad.hdb").write_text("not a signature\n")
        status, said, _ = self.serve(STORE, EXAMPLE, scanners=f'rules = []\nsignatures = ["{broken}"]')
        self.assertNotEqual(0, status)
        self.assertIn("bad.hdb", said)

    def test_one_rule_with_a_mistake(self):
        rules = testbed.folder("rules-with-a-mistake")
        (rules / "a.cf").write_text("body GOOD /fine/\nscore GOOD 1\n\nbody BAD /(unclosed/\n")
        scanners = SCANNERS.replace("{source}/rules", str(rules))
        status, said, config = self.serve(STORE, EXAMPLE, scanners=scanners)
        self.assertEqual(1, status)
        self.assertRegex(said, rf'error="{rules}/a\.cf:4: ')
        self.assertIn("inspect.allow_rule_errors", said)
        done = testbed.run([testbed.BINARY, "config", "check", "--config", config])
        self.assertEqual(1, done.returncode)
        self.assertIn(f"{rules}/a.cf:4: ", done.stderr.decode())
        gateway = Gateway(STORE, EXAMPLE, name="allowed", scanners=scanners, inspect="allow_rule_errors = true")
        gateway.process.wait_for_line(r"level=warning msg=rule file=\S+/a\.cf line=4 ")
        gateway.process.wait_for_line('msg="no virus database"')

    def test_a_stop_while_rules_are_loaded(self):
        pipe = testbed.folder("endless") / "a.cf"
        os.mkfifo(pipe)
        config = write_config(testbed.folder("stopped-early"), (STORE, EXAMPLE), inspect="allow_rule_errors = true",
                              scanners=SCANNERS.replace("{source}/rules", str(pipe)))
        process = testbed.Process("sekisho", [testbed.BINARY, "serve", "--config", config])
        inspector = testbed.poll(lambda: testbed.children(process.pid), "the inspectors' parent")[0]
        testbed.at_end(end_process, inspector)
        process.stop(signal.SIGTERM, seconds=5)
        self.assertNotIn("msg=listening", process.log)

    def test_folders_that_are_there_keep_their_mode(self):
        shared = testbed.folder("shared-spool")
        shared.chmod(0o1777)
        gateway = Gateway(STORE, EXAMPLE, name="modes", spool=shared)
        self.assertEqual(0o1777, shared.stat().st_mode & 0o7777)
        self.assertEqual(0o700, (gateway.top / "quarantine").stat().st_mode & 0o7777)

    def test_all_addresses_of_both_families(self):
        with socket.socket() as probe:
            probe.bind(("0.0.0.0", 0))
            port = probe.getsockname()[1]
        listeners = "".join(f'[[listener]]\naddress = "{host}:{port}"\n' for host in ("0.0.0.0", "[::]"))
        gateway = Gateway(STORE, EXAMPLE, name="families", listener=listeners)
        for address in ("127.0.0.1", "::1"):
            with Client(address, port) as client:
                self.assertEqual(220, client.greeting.code)
        gateway.stop()

    def test_descriptors(self):
        gateway = Gateway(STORE, EXAMPLE, name="descriptors", wrapper=["prlimit", "--nofile=128:512"])
        gateway.process.wait_for_line('msg="few file descriptors" limit=512 wanted=4000')
        limits = pathlib.Path(f"/proc/{gateway.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max open files +512 +512 ")

    def test_a_port_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind((testbed.ADDRESS, 0))
            taken.listen()
            listener = f'[[listener]]\naddress = "{testbed.ADDRESS}:{taken.getsockname()[1]}"'
            status, said, _ = self.serve(STORE, EXAMPLE, listener=listener)
        self.assertNotEqual(0, status)
        self.assertIn("in use", said)


class Connections(unittest.TestCase):
    def test_caps(self):
        gateway = Gateway(STORE, EXAMPLE, name="caps", smtp="connections_max = 5\nconnections_per_client_max = 3")

        def connect(source):
            client = Client("127.0.0.1", gateway.port, source=source)
            self.addCleanup(client.close)
            return client

        mine = [connect("127.0.0.1") for _ in range(4)]
        self.assertEqual([220, 220, 220, 421], [client.greeting.code for client in mine])
        others = [connect("127.9.9.9") for _ in range(3)]
        self.assertEqual([220, 220, 421], [client.greeting.code for client in others])
        mine[0].command("QUIT")
        testbed.poll(lambda: connect("127.0.0.1").greeting.code == 220, "the place that was left")

    def test_timeouts(self):
        gateway = Gateway(STORE, EXAMPLE, name="slow", smtp='command_timeout = "1s"\ndata_timeout = "1s"')
        with Client("127.0.0.1", gateway.port) as client:
            self.assertTrue(str(client.reply()).startswith("421 4.4.2"))
            self.assertEqual(CLOSED, client.reply())
        with Client("127.0.0.1", gateway.port) as client:
            self.assertIsNone(client.begin("a@example.com", ["alice@example.test"]))
            self.assertEqual(354, client.command("DATA").code)
            client.send(b"Subject: never ended\r\n")
            self.assertTrue(str(client.reply()).startswith("421 4.4.2"))
            self.assertEqual(CLOSED, client.reply())
        self.assertEqual([], gateway.stored("alice@example.test"))

    def trickle(self, client, piece):
        """Sends the piece again and again, ten times a second, until the server says something."""
        client.socket.settimeout(0.1)
        for _ in range(600):
            client.send(piece)
            with contextlib.suppress(TimeoutError):
                return client.socket.recv(1000).decode()
        self.fail("nothing was said")

    def test_a_client_that_sends_a_byte_now_and_then_is_not_kept(self):
        gateway = Gateway(STORE, EXAMPLE, name="trickle", smtp='command_timeout = "2s"\ndata_timeout = "2s"')
        with Client("127.0.0.1", gateway.port) as client:
            self.assertIn("421 4.4.2", self.trickle(client, b"x"))
        with Client("127.0.0.1", gateway.port) as client:
            self.assertIsNone(client.begin("a@example.com", ["alice@example.test"]))
            self.assertEqual(354, client.command("DATA").code)
            self.assertIn("421 4.4.2", self.trickle(client, b"x\r\n"))  # 30 bytes/s
        with Client("127.0.0.1", gateway.port) as client:
            self.assertIsNone(client.begin("a@example.com", ["alice@example.test"]))
            client.send(b"BDAT 100000\r\n")
            self.assertIn("421 4.4.2", self.trickle(client, b"x"))
        self.assertEqual([], gateway.stored("alice@example.test"))

    def test_a_body_that_is_slow_and_fast_enough_is_taken(self):
        gateway = Gateway(STORE, EXAMPLE, name="slow-body", smtp='data_timeout = "1s"\nbody_rate_min = 200')
        with Client("127.0.0.1", gateway.port) as client:
            self.assertIsNone(client.begin("a@example.com", ["alice@example.test"]))
            self.assertEqual(354, client.command("DATA").code)
            client.send(messages.text())
            client.socket.settimeout(0.1)
            for _ in range(20):  # two seconds, of which one is given
                client.send(b"x" * 98 + b"\r\n")
                with contextlib.suppress(TimeoutError):
                    self.fail(client.socket.recv(1000))
            client.socket.settimeout(60)
            client.send(b".\r\n")
            self.assertIn(b"250 2.0.0", client.socket.recv(1000))

    def test_a_client_that_drops_leaves_a_line(self):
        gateway = Gateway(STORE, EXAMPLE, name="dropped")
        with Client("127.0.0.1", gateway.port) as client:
            self.assertIsNone(client.begin("a@example.com", ["alice@example.test"]))
            client.command("DATA")
            client.send(b"Subject: half\r\n")
        gateway.process.wait_for_line(r'msg="client left" id=\w+ client=127.0.0.1 .*from=a@example.com recipients=1 size=\d+$')


def proxy_v2(command, family, addresses):
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x20 | command, family]) + struct.pack(">H", len(addresses)) + addresses


class ProxyProtocol(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(STORE, EXAMPLE, name="proxied", listener='proxy_protocol_from = ["127.0.0.1/32"]')

    def test_headers(self):
        v4 = socket.inet_aton("192.0.2.7") + socket.inet_aton("192.0.2.1") + struct.pack(">HH", 1234, 25)
        v6 = socket.inet_pton(socket.AF_INET6, "2001:db8::7") * 2 + struct.pack(">HH", 1234, 25)
        rows = {
            "v1 IPv4": (b"PROXY TCP4 192.0.2.7 192.0.2.1 1234 25\r\n", "192.0.2.7"),
            "v1 IPv6": (b"PROXY TCP6 2001:db8::7 2001:db8::1 1234 25\r\n", "2001:db8::7"),
            "v1 unknown": (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
            "v2 IPv4": (proxy_v2(1, 0x11, v4), "192.0.2.7"),
            "v2 IPv6": (proxy_v2(1, 0x21, v6), "2001:db8::7"),
            "v2 IPv4 with a TLV": (proxy_v2(1, 0x11, v4 + b"\x04\x00\x02ab"), "192.0.2.7"),
            "v2 local": (proxy_v2(0, 0, b""), "127.0.0.1"),
        }
        for name, (header, client) in rows.items():
            with self.subTest(name):
                before = len(self.gateway.messages())
                reply = deliver(self.gateway.port, "alice@example.test", messages.text(), preface=header)
                self.assertEqual(250, reply.code, reply)
                found = testbed.poll(lambda: self.gateway.messages()[before:], "the log line")
                self.assertEqual(client, found[0]["client"])
                self.assertIn(client.encode(), self.gateway.stored("alice@example.test")[-1].partition(b"\r\n\tby")[0])

    def test_no_header_or_a_bad_one_is_no_session(self):
        for preface in (b"EHLO client.example.com\r\n", b"PROXY TCP4 nonsense\r\n", b"PROXY TCP4 192.0.2.7 " + b"1" * 200,
                        b"\r\n\r\n\0\r\nQUIT\n\xff\xff\0\0"):
            with self.subTest(preface):
                with Client("127.0.0.1", self.gateway.port, preface=preface) as client:
                    self.assertEqual(CLOSED, client.greeting)

    def test_a_client_that_is_not_listed_speaks_smtp(self):
        reply = deliver(self.gateway.port, "alice@example.test", messages.text(), source="127.9.9.9")
        self.assertEqual(250, reply.code, reply)
        header = b"PROXY TCP4 192.0.2.7 192.0.2.1 1234 25\r\n"
        with Client("127.0.0.1", self.gateway.port, source="127.9.9.9") as client:
            client.send(header)
            self.assertIn(client.reply().code, (500, 554))


if __name__ == "__main__":
    testbed.main()
