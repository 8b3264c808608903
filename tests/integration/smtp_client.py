"""An SMTP client that sends exactly what it is told, byte by byte, and hides no reply.

    with Client(address, port) as client:
        client.ehlo()
        reply = client.deliver("a@example.com", ["alice@example.test"], message)   # CRLF bytes, not stuffed
        assert reply.code == 250
"""

import re
import socket
import typing


class Reply(typing.NamedTuple):
    code: int
    text: str  # lines joined by "\n", without the code

    def __str__(self):
        return f"{self.code} {self.text}"


CLOSED = Reply(0, "closed")


def dot_stuffed(message):
    """The message as DATA wants it, with its end (RFC 5321 §4.5.2)."""
    stuffed = re.sub(rb"(?m)^\.", b"..", message)
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") or not stuffed else b"\r\n.\r\n")


class Client:
    def __init__(self, address, port, timeout=120, preface=b"", source=None):
        self.socket = socket.create_connection((address, port), timeout, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")
        self.send(preface)
        self.greeting = self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.input.close()
        self.socket.close()

    def send(self, wire):
        self.socket.sendall(wire)

    def reply(self):
        lines = []
        while True:
            try:
                line = self.input.readline()
            except ConnectionError:
                line = b""
            if not line:
                return CLOSED
            text = line.decode("utf-8", errors="replace").rstrip("\r\n")
            lines.append(text[4:])
            if text[3:4] != "-":
                return Reply(int(text[:3]), "\n".join(lines))

    def command(self, line):
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def ehlo(self, name="client.example.com"):
        return self.command(f"EHLO {name}")

    def begin(self, sender, recipients, parameters=""):
        """MAIL and all RCPT; the first refusal, or None."""
        self.ehlo()
        reply = self.command(f"MAIL FROM:<{sender}>{parameters}")
        if reply.code != 250:
            return reply
        for recipient in recipients:
            reply = self.command(f"RCPT TO:<{recipient}>")
            if reply.code != 250:
                return reply
        return None

    def deliver(self, sender, recipients, message, parameters=""):
        """The reply that decided: the first refusal, or that to the end of the message."""
        if refused := self.begin(sender, recipients, parameters):
            return refused
        reply = self.command("DATA")
        if reply.code != 354:
            return reply
        self.send(dot_stuffed(message))
        return self.reply()

    def deliver_chunks(self, sender, recipients, chunks):
        """The same by BDAT (RFC 3030); the reply to the last chunk."""
        if refused := self.begin(sender, recipients):
            return refused
        chunks = list(chunks)
        for number, chunk in enumerate(chunks, 1):
            self.send(b"BDAT %d%s\r\n" % (len(chunk), b" LAST" if number == len(chunks) else b"") + chunk)
            reply = self.reply()
        return reply


def deliver(port, recipients, message, sender="sender@example.com", address="127.0.0.1", **options):
    """One message over one connection."""
    recipients = [recipients] if isinstance(recipients, str) else recipients
    with Client(address, port, **options) as client:
        reply = client.deliver(sender, recipients, message)
        client.command("QUIT")
        return reply
