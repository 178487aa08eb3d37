#!/usr/bin/env python3
"""A mail server that answers as it is told and keeps every byte that it was sent.

    smtp_stub.py WHERE DIR [STAGE=ANSWER]...

WHERE is an address (a port is found) or the path of a socket.  When it listens, DIR/port holds the port (or
"ready").  What connection N sent goes to DIR/N.said; the message alone, as it came between DATA and the dot, to
DIR/N.data.

A STAGE is "connect", a verb in capitals ("RCPT"), one with a number ("RCPT2": the second), "end" (the message's
end) or "end2" (LMTP: its second reply).  An ANSWER is the reply, lines separated by "|", or
    hang         says nothing more
    close        hangs up
    endless      a reply that never ends
    longline     a line that never ends
    early:REPLY  of DATA: lets it begin, then answers REPLY after the first bytes and hangs up
    eager:REPLY  of DATA: answers REPLY at once, then takes the message, and answers as "end" says
    cut:BYTES    of DATA: hangs up when it has got so many bytes of the message
"count=1" as a further word keeps only the length and the SHA-256 of the message, "LENGTH DIGEST", in N.data.
"""
import hashlib
import os
import socket
import sys

WHERE, DIR = sys.argv[1:3]
ANSWERS = dict(word.split("=", 1) for word in sys.argv[3:])
GREETINGS = {"EHLO": "250 stub", "LHLO": "250 stub"}


class Over(Exception):
    pass


class Conversation:
    def __init__(self, client, number):
        self.client = client
        self.said = open(f"{DIR}/{number}.said", "wb", 0)
        self.data_path = f"{DIR}/{number}.data"
        self.pending = b""
        self.seen = {}
        self.recipients = 0
        self.is_lmtp = False

    def more(self):
        got = self.client.recv(1 << 20)
        if not got:
            raise Over
        return got

    def line(self):
        while b"\r\n" not in self.pending:
            got = self.more()
            self.said.write(got)
            self.pending += got
        line, self.pending = self.pending.split(b"\r\n", 1)
        return line.decode("utf-8", "surrogateescape")

    def send(self, text):
        self.client.sendall("".join(line + "\r\n" for line in text.split("|")).encode("utf-8", "surrogateescape"))

    def hang(self):
        while True:
            self.more()

    def flood(self, piece):
        while True:
            self.client.sendall(piece)

    def answer(self, stage, usual):
        self.seen[stage] = self.seen.get(stage, 0) + 1
        answer = ANSWERS.get(f"{stage}{self.seen[stage]}", ANSWERS.get(stage, usual))
        if answer == "hang":
            self.hang()
        elif answer == "close":
            raise Over
        elif answer == "endless":
            self.flood(b"250-and so on\r\n" * 1000)
        elif answer == "longline":
            self.flood(b"2" * 10000)
        else:
            self.send(answer)
        return answer

    def message(self):
        """Until CR LF . CR LF and nothing else."""
        how = ANSWERS.get("DATA", "")
        self.send("354 go on")
        if how.startswith("eager:"):
            self.send(how[6:])
        if how.startswith("early:"):
            self.more()
            self.send(how[6:])
            raise Over
        limit = int(how[4:]) if how.startswith("cut:") else None
        digest, length, tail = hashlib.sha256(), 0, b"\r\n"
        with open(self.data_path, "wb") as keep:
            block, self.pending = self.pending, b""
            while True:
                seen = tail + block
                end = seen.find(b"\r\n.\r\n")
                if end >= 0:
                    kept, self.pending = seen[len(tail) : end + 2], seen[end + 5 :]
                else:
                    # What may be the beginning of the end is looked at again with what follows.
                    kept = block
                digest.update(kept)
                length += len(kept)
                if "count" not in ANSWERS:
                    keep.write(kept)
                    keep.flush()
                if end >= 0:
                    break
                if limit is not None and length >= limit:
                    raise Over
                tail = seen[-4:]
                block = self.more()
            if "count" in ANSWERS:
                keep.write(f"{length} {digest.hexdigest()}".encode())

    def hold(self):
        self.answer("connect", "220 stub ready")
        while True:
            line = self.line()
            verb = line.split(" ")[0].split(":")[0].upper()
            self.is_lmtp |= verb == "LHLO"
            if verb == "DATA" and ANSWERS.get("DATA", "cut:").startswith(("early:", "eager:", "cut:")):
                self.message()
                for _ in range(self.recipients if self.is_lmtp else 1):
                    self.answer("end", "250 2.0.0 taken")
                continue
            answer = self.answer(verb, GREETINGS.get(verb, "250 fine"))
            if verb == "RCPT" and answer.startswith("2"):
                self.recipients += 1
            if verb == "QUIT":
                raise Over


def listen():
    if WHERE.startswith("/"):
        server = socket.socket(socket.AF_UNIX)
        server.bind(WHERE)
        os.chmod(WHERE, 0o777)
        port = "ready"
    else:
        server = socket.socket(socket.AF_INET6 if ":" in WHERE else socket.AF_INET)
        server.bind((WHERE, 0))
        port = str(server.getsockname()[1])
    server.listen(8)
    with open(f"{DIR}/port.new", "w") as file:
        file.write(port)
    os.rename(f"{DIR}/port.new", f"{DIR}/port")
    return server


def main():
    server = listen()
    number = 0
    while True:
        client, _ = server.accept()
        try:
            Conversation(client, number).hold()
        except (Over, OSError):
            pass
        client.close()
        number += 1


main()
