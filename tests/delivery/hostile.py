"""hostile.py SHAPE LIST HOME PROGRAM ARGUMENT... - deliver every message of a list and look at what was stored

Prints a line for each message that broke the promise (exit 0 and exactly one copy of the same bytes, in little memory and
time; or 75 and none, which is said too since nothing here is a reason for it), and nothing when all is well.  SHAPE is
"maildir" or "mbox"; or "trace", for a program that is given each message as its last argument, stores nothing and says
what it did in lines that a terminal can show.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

STALE = (b"status", b"x-status", b"x-keywords", b"x-uid", b"x-imap", b"x-imapbase", b"content-length")
SLOW_S = 12  # the judge's own limits and the keep after them
MOST_MB = float(os.environ.get("HOSTILE_MB", "64"))
UNSAFE = re.compile(rb"[^\t\n -~\x80-\xff]")


def unframed(data):
    """Without what comes around a message: blank lines, the From_ line and the >From lines after it."""
    start = re.match(rb"(?:\r?\n)*(?:From [^\n]*(?:\n|\Z)(?:>From [^\n]*(?:\n|\Z))*)?", data).end()
    return data[start:]



FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")


def without(data, names):
    """Without the header fields of these names, folded lines included."""
    kept, at = [], 0
    while field := FIELD.match(data, at):
        if field.group(1).lower() not in names:
            kept.append(field.group(0))
        at = field.end()
    return b"".join(kept) + data[at:]


def maildir_copies(home):
    for folder, _, names in os.walk(home + "/Maildir"):
        if os.path.basename(folder) in ("new", "cur"):
            for name in names:
                path = folder + "/" + name
                data = open(path, "rb").read()
                os.unlink(path)
                yield without(data, (b"return-path",))


def mbox_copies(home):
    path = home + "/inbox"
    data = open(path, "rb").read()
    os.truncate(path, 0)
    for record in re.split(rb"(?m)^(?=From )", data)[1:]:
        record = record.split(b"\n", 1)[1]
        yield without(re.sub(rb"(?m)^>(>*From )", rb"\1", record), (b"return-path",)).rstrip(b"\n")


def expected(data, shape):
    """What may be stored: what looks like a frame is one, or (it is hostile mail) part of the message."""
    for data in (unframed(data), data):
        data = without(data, (b"return-path",))
        yield without(data, STALE).rstrip(b"\n") if shape == "mbox" else data


def run(command, path):
    """Its status, what it said, seconds, and the memory (MB) of the largest of its processes."""
    start = time.monotonic()
    with open(path, "rb") as message, tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdin=message, stdout=said, stderr=said)
        status, usage = os.wait4(child.pid, 0)[1:]
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return child.returncode, said.read(), time.monotonic() - start, usage.ru_maxrss / 1024


def stored(data, shape, found, said):
    """What is wrong with what was stored."""
    if len(found) != 1:
        yield "%d copies" % len(found)
    elif found[0] not in expected(data, shape):
        wanted = next(expected(data, shape))
        at = next((i for i, (a, b) in enumerate(zip(found[0], wanted)) if a != b), -1)
        yield "not the same bytes, from %d: %r" % (at, found[0][max(at - 10, 0):at + 40])
    if said:
        yield "said %r" % said


def traced(data, found, said):
    """What is wrong with what was told."""
    if found:
        yield "%d copies" % len(found)
    if bool(said) != bool(data):  # an empty file has no message
        yield "said %r" % said
    for unsafe in UNSAFE.findall(said)[:1]:
        yield "said what no terminal should see: %r" % unsafe


def main():
    shape, listing, home, program = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    copies = mbox_copies if shape == "mbox" else maildir_copies
    number, slowest, largest = 0, (0, ""), (0, "")
    for path in open(listing).read().splitlines():
        name = os.path.basename(path)
        status, said, took, megabytes = run(program + [path] * (shape == "trace"), path)
        found = list(copies(home))
        slowest, largest = max(slowest, (took, name)), max(largest, (megabytes, name))
        number += 1
        if status != 0:
            print("%s: status %d, %d copies: %s" % (name, status, len(found), said[-300:].decode(errors="replace").strip()))
            continue
        data = open(path, "rb").read()
        for wrong in traced(data, found, said) if shape == "trace" else stored(data, shape, found, said):
            print("%s: %s" % (name, wrong))
        if took > SLOW_S:
            print("%s: took %.1f s" % (name, took))
        if megabytes > MOST_MB:
            print("%s: took %.0f MB" % (name, megabytes))
    print("# %d messages, the slowest %s: %.2f s, the largest %s: %.0f MB" % ((number,) + slowest[::-1] + largest[::-1]))


if __name__ == "__main__":
    main()
