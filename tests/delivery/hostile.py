"""hostile.py SHAPE LIST HOME PROGRAM ARGUMENT... - deliver every message of a list and look at what was stored

Prints a line for each message that broke the promise (exit 0 and exactly one copy of the same bytes; or 75 and none,
which is said too since nothing here is a reason for it), and nothing when all is well.
"""
import os
import re
import subprocess
import sys
import time

STALE = (b"status", b"x-status", b"x-keywords", b"x-uid", b"x-imap", b"x-imapbase", b"content-length")
SLOW_S = 12  # the judge's own limits and the keep after them


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


def main():
    shape, listing, home, program = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    copies = maildir_copies if shape == "maildir" else mbox_copies
    number, slowest = 0, (0, "")
    for path in open(listing).read().splitlines():
        data = open(path, "rb").read()
        start = time.monotonic()
        with open(path, "rb") as f:
            run = subprocess.run(program, stdin=f, capture_output=True)
        took = time.monotonic() - start
        slowest = max(slowest, (took, os.path.basename(path)))
        found, name = list(copies(home)), os.path.basename(path)
        number += 1
        if run.returncode != 0:
            print("%s: status %d, %d copies: %s" % (name, run.returncode, len(found), run.stderr.decode(errors="replace").strip()))
        elif len(found) != 1:
            print("%s: %d copies" % (name, len(found)))
        elif found[0] not in expected(data, shape):
            wanted = next(expected(data, shape))
            at = next((i for i, (a, b) in enumerate(zip(found[0], wanted)) if a != b), -1)
            print("%s: not the same bytes, from %d: %r" % (name, at, found[0][max(at - 10, 0):at + 40]))
        elif run.stderr or run.stdout:
            print("%s: said %r" % (name, run.stdout + run.stderr))
        if took > SLOW_S:
            print("%s: took %.1f s" % (name, took))
    print("# %d messages, the slowest %s: %.2f s" % (number, slowest[1], slowest[0]))


if __name__ == "__main__":
    main()
