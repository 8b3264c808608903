"""An SMTP server that a test holds by the hand: before each reply it calls the test's function.

    hop = StubHop(lambda verb: wait_for_something() if verb == "DATA" else None)
    hop.verbs, hop.messages      # what was said to it, and the bodies whose final dot came
"""

import socket
import threading

import testbed

REPLIES = {"DATA": b"354 go on\r\n", ".": b"250 2.0.0 taken\r\n", "QUIT": b"221 bye\r\n"}


class StubHop:
    def __init__(self, before_reply=lambda verb: None, replies=None):
        self.before_reply = before_reply
        self.replies = REPLIES | (replies or {})
        self.verbs, self.messages = [], []
        self.listener = socket.create_server((testbed.ADDRESS, 0))
        self.address = f"{testbed.ADDRESS}:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as lines:
            try:
                connection.sendall(b"220 stub\r\n")
                for line in lines:
                    self.answer(connection, lines, line)
            except ConnectionError:
                pass
            self.verbs.append("closed")

    def answer(self, connection, lines, line):
        verb = line[:4].decode().strip().upper()
        self.say(connection, verb, line)
        if verb != "DATA" or self.replies["DATA"][:1] != b"3":
            return
        body = []
        for line in lines:
            if line == b".\r\n":
                self.messages.append(b"".join(body))
                return self.say(connection, ".", line)
            body.append(line)

    def say(self, connection, verb, line):
        self.verbs.append(verb)
        self.before_reply(verb)
        reply = self.replies.get(verb, b"250 ok\r\n")
        connection.sendall(reply(line) if callable(reply) else reply)
