"""What is in a store, one line for each message, so that a Maildir and mboxes can be compared:

    python3 stores.py maildir ~/Maildir
    python3 stores.py mbox ~/mail ~/inbox

A line is a folder, flags, and the message as Python writes bytes; a folder without messages has a line, too.
Python's own parser splits the mboxes.  What came without a newline at its end has one in an mbox: so it
gets one here.
"""
import mailbox
import os
import re
import sys

MAILDIR = {"S": "\\Seen", "R": "\\Answered", "F": "\\Flagged", "D": "\\Draft", "T": "\\Deleted"}
MBOX = {"R": "\\Seen", "O": "", "A": "\\Answered", "F": "\\Flagged", "T": "\\Draft", "D": "\\Deleted"}


def keywords_of(path):
    words = {}
    if os.path.exists(path + "/dovecot-keywords"):
        for line in open(path + "/dovecot-keywords"):
            number, word = line.rstrip("\n").split(" ", 1)
            words[chr(ord("a") + int(number))] = word
    return words


def read_maildir(root):
    for name in [""] + [name for name in os.listdir(root) if name.startswith(".")]:
        path = os.path.join(root, name)
        letters = {**keywords_of(path), **MAILDIR}
        messages = []
        for where in "new", "cur":
            for file in os.listdir(f"{path}/{where}"):
                flags = [letters[letter] for letter in file.partition(":2,")[2]]
                content = open(f"{path}/{where}/{file}", "rb").read()
                messages.append((flags, content if content.endswith(b"\n") else content + b"\n"))
        yield name[1:].replace(".", "/") or "INBOX", messages


def read_record(record):
    """Takes our fields out of the header, and one ">" off every quoted line."""
    lines = re.findall(rb"[^\n]*\n", re.sub(rb"^>(>*From )", rb"\1", record, flags=re.M))
    flags, kept, in_header = [], [], True
    for line in lines:
        in_header = in_header and line not in (b"\n", b"\r\n")
        field = re.match(rb"(X-)?Status: (.*)|X-Keywords: (.*)", line) if in_header else None
        if not field:
            kept.append(line)
        elif field[3]:
            flags += field[3].decode().split(" ")
        else:
            flags += [MBOX[letter] for letter in field[2].decode() if MBOX[letter]]
    return flags, b"".join(kept)


def read_mbox(path):
    box = mailbox.mbox(path, create=False)
    return [read_record(box.get_bytes(key)) for key in box.keys()]


def read_mboxes(root, inbox):
    yield "INBOX", read_mbox(inbox)
    for directory, _, files in os.walk(root):
        for file in files:
            path = os.path.join(directory, file)
            if not file.startswith("."):
                yield os.path.relpath(path, root), read_mbox(path)


def main():
    kind, *where = sys.argv[1:]
    lines = []
    for folder, messages in read_maildir(*where) if kind == "maildir" else read_mboxes(*where):
        lines += [f"{folder} {' '.join(sorted(flags))} {content!r}" for flags, content in messages]
        lines.append(f"{folder}: {len(messages)}")
    print("\n".join(sorted(lines)))


main()
