"""concurrency.py SHAPE[+writers] NUMBER PARALLEL MAILBOX PROGRAM ARGUMENT... - many deliveries at once

Delivers NUMBER different messages, PARALLEL at a time, to MAILBOX (SHAPE: mbox or maildir) and says whether
all are there, whole and once.  With writers, other programs that lock in their own ways (a
dotlock, fcntl, both in Debian's order) add messages of theirs until the deliveries are done.
"""
import fcntl
import multiprocessing
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter

SENDER = b"From crowd@example.org Thu Jan  1 12:00:00 2026\n"


def message(who, number):
    """Distinct, of 1 to 60 KB, with lines that must be quoted in an mbox."""
    chance = random.Random("%s %d" % (who, number))
    lines = b"".join(b"%s %d line %d %s\n" % (who.encode(), number, i, b"x" * chance.randrange(60))
                     for i in range(chance.randrange(15, 1000)))
    return b"From: %s@example.org\nSubject: %d\nMessage-ID: <%s-%d@example.org>\n\nFrom the start\n%sthe end\n" % (
        who.encode(), number, who.encode(), number, lines)


def dotlock(mailbox):
    """Takes the dotlock; gives back what lets go of it."""
    while True:
        try:
            os.close(os.open(mailbox + ".lock", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            return lambda: os.unlink(mailbox + ".lock")
        except FileExistsError:
            time.sleep(random.uniform(0.001, 0.02))


def kernel_lock(mailbox):
    f = open(mailbox, "ab")
    fcntl.lockf(f, fcntl.LOCK_EX)
    return f.close


def append(mailbox, data, lock):
    """A program that knows one kind of lock alone.  It writes in two pieces: who does not respect its lock
    gets between them."""
    while not os.path.exists(mailbox):
        time.sleep(0.001)
    release = lock(mailbox)
    record = SENDER + re.sub(rb"(?m)^(>*From )", rb">\1", data) + b"\n"
    with open(mailbox, "ab", buffering=0) as f:
        f.write(record[:len(record) // 2])
        time.sleep(0.001)
        f.write(record[len(record) // 2:])
        if lock is kernel_lock:
            release()  # closing any descriptor of the file would drop the lock anyway
    if lock is dotlock:
        release()


def drop(mailbox, data, name):
    with open("%s/tmp/%s" % (mailbox, name), "xb") as f:
        f.write(data)
    os.rename("%s/tmp/%s" % (mailbox, name), "%s/new/%s" % (mailbox, name))


def writer(who, lock, mailbox, among, stop, written):
    """`among` keeps the other programs from each other; trommel has to respect each one's lock."""
    number = 0
    while not stop.is_set():
        with among:
            if lock:
                append(mailbox, message(who, number), lock)
            else:
                drop(mailbox, message(who, number), "%s.%d" % (who, number))
        number += 1
        written.value = number
        time.sleep(0.002)


def deliver(program, number, times, failures):
    """One delivery; one that is asked for again is tried again, as an MTA does."""
    start = time.monotonic()
    for attempt in range(5):
        run = subprocess.run(program, input=message("crowd", number), capture_output=True)
        if run.returncode != 75:
            break
        failures.append("75: " + run.stderr.decode(errors="replace").strip())
    times.append(time.monotonic() - start)
    if run.returncode:
        failures.append("%d: %s" % (run.returncode, run.stderr.decode(errors="replace").strip()))


def crowd(program, number, parallel):
    times, failures, numbers = [], [], iter(range(number))
    guard = threading.Lock()

    def work():
        while True:
            with guard:
                n = next(numbers, None)
            if n is None:
                return
            deliver(program, n, times, failures)
    threads = [threading.Thread(target=work) for _ in range(parallel)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(times), failures


def stored(shape, mailbox):
    if shape == "mbox":
        data = open(mailbox, "rb").read()
        for record in re.split(rb"(?m)^(?=From )", data)[1:]:
            yield re.sub(rb"(?m)^>(>*From )", rb"\1", record.split(b"\n", 1)[1])
        if not data.startswith(b"From "):
            print("does not begin with a From_ line")
    else:
        for folder in ("new", "cur"):
            for name in os.listdir("%s/%s" % (mailbox, folder)):
                yield open("%s/%s/%s" % (mailbox, folder, name), "rb").read()


def essence(data):
    return data[data.index(b"From: "):].rstrip(b"\n") if b"From: " in data else data


def start_writers(shape, mailbox, stop):
    """-> [(name, process, how many it has written)]"""
    among, others = multiprocessing.Lock(), []
    for who, lock in (("dot", dotlock), ("kernel", kernel_lock)) if shape == "mbox" else (("other", None),):
        written = multiprocessing.Value("i", 0)
        others.append((who, multiprocessing.Process(target=writer, args=(who, lock, mailbox, among, stop, written)), written))
        others[-1][1].start()
    return others


def main():
    shape, number, parallel, mailbox, program = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:]
    shape, _, writers = shape.partition("+")
    stop = multiprocessing.Event()
    others = start_writers(shape, mailbox, stop) if writers else []
    start = time.monotonic()
    times, failures = crowd(program, number, parallel)
    took = time.monotonic() - start
    stop.set()
    for _, process, _ in others:
        process.join()
    wanted = Counter(essence(message("crowd", n)) for n in range(number))
    for who, _, written in others:
        wanted.update(essence(message(who, n)) for n in range(written.value))
    found = Counter(essence(m) for m in stored(shape, mailbox))
    print("# %.0f a second, p99 %.0f ms; others wrote %d; asked again %d times" % (
        number / took, 1000 * times[int(len(times) * 0.99) - 1], sum(w.value for _, _, w in others), len(failures)))
    for text in failures[:3]:
        print("# failure", text)
    missing, extra = wanted - found, found - wanted
    if missing or extra:
        print("%d missing, %d torn or doubled" % (sum(missing.values()), sum(extra.values())))
    else:
        print("all there, whole, once")


if __name__ == "__main__":
    main()
