#!/usr/bin/env python3
"""refile_send.py - kill `trommel refile --allow-outgoing` at random moments, then resume it: TROMMEL DIRECTORY KILLS

Prints what is not as it should be; nothing when everything is."""
import collections, os, random, re, shutil, subprocess, sys, time

trommel, top, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
COUNT = 24
RULES = b'require ["copy", "fileinto"];\nif header :contains "subject" "both" { redirect :copy "b@example.net"; ' \
        b'fileinto "b"; }\nelsif header :contains "subject" "away" { redirect "a@example.net"; }\n'
# What it is given, once it has all of it, under a name of its own.
SENDMAIL = b"#!/bin/sh\nid=$(sed -n 's/^X-Id: //p')\n[ -n \"$id\" ] && : >\"" + top.encode() + b"/sent/$id.$$\"\nexit 0\n"


def message(number):
    kind = ("both", "away", "other")[number % 3]
    return ("From a@example.org Thu Jan  1 12:00:00 2026\nFrom: a@example.org\nSubject: %s\nMessage-ID: <%d@x.org>\n"
            "X-Id: %d\n\nbody\n\n" % (kind, number, number)).encode()


def fresh():
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(top + "/state", mode=0o700)
    os.makedirs(top + "/sent")
    with open(top + "/rules", "wb") as rules:
        rules.write(RULES)
    with open(top + "/sendmail", "wb") as program:
        program.write(SENDMAIL)
    os.chmod(top + "/sendmail", 0o700)
    with open(top + "/box", "wb") as box:
        for number in range(COUNT):
            box.write(message(number))


def start(*arguments):
    return subprocess.Popen([trommel, "refile", "-o", "state_dir=" + top + "/state", "-o", "sendmail=" + top + "/sendmail",
                             "--allow-outgoing", "--yes"] + list(arguments), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def begin():
    return start("--move", "--into", "maildir:" + top + "/mail", top + "/rules", top + "/box")


def filed():
    found = collections.Counter()
    for where, _, names in os.walk(top + "/mail"):
        for name in names:
            if os.path.basename(where) in ("new", "cur"):
                with open(os.path.join(where, name), "rb") as file:
                    folder = os.path.basename(os.path.dirname(where))
                    found.update((folder, int(n)) for n in re.findall(rb"^X-Id: (\d+)$", file.read(), re.M))
    return found


def check(what):
    sent = collections.Counter(int(name.split(".")[0]) for name in os.listdir(top + "/sent"))
    copies = filed()
    for number in range(COUNT):
        places = {folder for folder, n in copies if n == number}
        if sent[number] > 1:
            print(what, "message", number, "was sent", sent[number], "times")
        if not places and not sent[number]:
            print(what, "message", number, "is lost")
        if number % 3 == 0 and (".b" not in places):
            print(what, "message", number, "has no copy")
        if number % 3 == 2 and (sent[number] or len(places) != 1):
            print(what, "message", number, "is not where it should be")
    if any(times > 1 for times in copies.values()):
        print(what, "a copy is there twice")
    if os.path.getsize(top + "/box"):
        print(what, "the source is not empty")


def begun_run():
    place = top + "/state/refile"
    runs = os.listdir(place) if os.path.isdir(place) else []
    return next((run for run in runs if os.path.exists("%s/%s/command" % (place, run))), None)


def main():
    random.seed(7)
    fresh()
    begun = time.monotonic()
    begin().communicate()
    length = time.monotonic() - begun
    check("undisturbed:")
    for number in range(kills):
        fresh()
        child = begin()
        for _ in range(random.randint(1, 3)):
            time.sleep(random.random() * length)
            child.kill()
            child.communicate()
            run = begun_run()
            child = start("--resume", run) if run else begin()
        output = child.communicate()[0].decode()
        if child.returncode != 0:
            print("kill", number, "resume:", child.returncode, output)
        check("kill %d:" % number)


main()
