#!/usr/bin/env python3
"""refile.py - kill `trommel refile` at random moments, then resume or undo it: TROMMEL DIRECTORY KILLS

Prints what is not as it should be; nothing when everything is."""
import collections, hashlib, os, random, re, shutil, subprocess, sys, time

trommel, top, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
RULES = b'require ["fileinto"];\nif header :contains "subject" ["1", "2"] { fileinto "a"; }\n' \
        b'elsif header :contains "subject" "3" { fileinto "b"; } else { keep; }\n'
COUNT = 600


def message(number):
    return (b"Subject: message %d\nX-Id: %d\n\n" % (number, number)) + b"body\n" * (number % 50)


def make_source(kind):
    path = top + "/source"
    if kind == "mbox":
        with open(path, "wb") as box:
            for number in range(COUNT):
                box.write(b"From a@example.org Thu Jan  1 12:00:00 2026\n" + message(number) + b"\n")
    else:
        for part in ("new", "cur", "tmp"):
            os.makedirs("%s/%s" % (path, part))
        for number in range(COUNT):
            name = "%s/cur/%d.x:2,S" % (path, number)
            with open(name, "wb") as file:
                file.write(message(number))
            os.utime(name, (number + 1000000, number + 1000000))
    return path


def files(path):
    if os.path.isfile(path):
        yield "", path
    for where, _, names in os.walk(path):
        for name in names:
            yield os.path.relpath(os.path.join(where, name), path), os.path.join(where, name)


def state_of(path):
    out = {}
    for name, whole in files(path):
        times = int(os.stat(whole).st_mtime) if os.path.isdir(path) else 0
        out[name] = (hashlib.sha256(open(whole, "rb").read()).hexdigest(), times)
    return out


def ids(path):
    found = collections.Counter()
    for name, whole in files(path):
        if ".lock" not in name:
            found.update(re.findall(rb"^X-Id: (\d+)$", open(whole, "rb").read(), re.M))
    return found


def run(*arguments):
    return subprocess.run([trommel, arguments[0], "-o", "state_dir=" + top + "/state"] + list(arguments[1:]),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def start(source, into):
    return subprocess.Popen([trommel, "refile", "-o", "state_dir=" + top + "/state", "--move", "--yes", "--into", into,
                             top + "/rules", source], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def fresh(kind):
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(top + "/state", mode=0o700)
    open(top + "/rules", "wb").write(RULES)
    return make_source(kind)


def runs():
    place = top + "/state/refile"
    return sorted(os.listdir(place)) if os.path.isdir(place) else []


def attempt(number, kind, into_kind, moment, length):
    source = fresh(kind)
    before = state_of(source)
    into = "%s:%s/mail" % (into_kind, top)
    child = start(source, into)
    time.sleep(moment * length)
    child.kill()
    child.wait()
    left = runs()
    what = "kill %d (%s to %s, after %.0f ms)" % (number, kind, into_kind, moment * length * 1000)
    if not left:
        return
    log = open("%s/state/refile/%s/log" % (top, left[0]), "rb").read() if os.path.exists("%s/state/refile/%s/log" % (top, left[0])) else b""
    finished = b"\nF\n" in log
    resumed = number % 2 == 0 and not finished and os.path.exists("%s/state/refile/%s/command" % (top, left[0]))
    if resumed:
        result = run("refile", "--resume", left[0], "--yes")
        if result.returncode != 0:
            print(what, "resume:", result.returncode, result.stdout.decode())
        got = ids(top + "/mail") + ids(source)
        if len(got) != COUNT or set(got.values()) != {1}:
            print(what, "after resume: %d messages, %d copies" % (len(got), sum(got.values())))
        if ids(source):
            print(what, "after resume: not all are taken out of the source")
    result = run("undo", left[0])
    if result.returncode != 0:
        print(what, "undo:", result.returncode, result.stdout.decode())
    if state_of(source) != before:
        print(what, "after undo: the source is another")
    if os.path.isdir(top + "/mail") and ids(top + "/mail"):
        print(what, "after undo: copies are left")


def main():
    random.seed(6)
    pairs = [("mbox", "maildir"), ("maildir", "mbox"), ("maildir", "maildir"), ("mbox", "mbox")]
    lengths = {}
    for pair in pairs:
        begun = time.monotonic()
        start(fresh(pair[0]), "%s:%s/mail" % (pair[1], top)).wait()
        lengths[pair] = time.monotonic() - begun
    for number in range(kills):
        pair = pairs[number // 2 % 4]
        attempt(number, pair[0], pair[1], random.random(), lengths[pair])


main()
