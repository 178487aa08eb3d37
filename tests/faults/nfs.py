#!/usr/bin/env python3
"""One call of the courier after the other fails as it fails on a network file system; then the MTA tries again.

For each target: an undisturbed delivery is counted by nfs_shim.so.  Then each call gets each fault of its kind, once,
in a fresh home, and the delivery is tried again until it ends with 0.

After the first try: exit 0, and the message is there exactly once, byte for byte; or 75, and nothing that a reader
would see has changed.  After the next: exactly once, within 5 s.  What was there before is there still, all the time.

What nobody can win is counted apart: when the server stays away from some call on ("any"), what is on it then cannot be
taken back.  A message that had become visible a moment before comes twice; nothing is ever lost.
"""
import errno
import os
import re
import shutil
import subprocess
import sys
import time

T, HOME, TROMMEL, ME, SHIM = (os.environ[name] for name in ("T", "HOME", "TROMMEL", "ME", "NFS_SHIM"))
STEP = int(os.environ["FAULTS_STEP"])
TRIES = 3
PROMPT_S = 5
SLOW_S = 30  # while it fails: SQLite waits for a lock that cannot be had as for one that is held
LOG = f"{T}/calls"

# Each fault: the error, and whether the call is done all the same.  A soft mount gives up with EIO.
FAULTS = {
    "open": ["ESTALE", "EIO"], "stat": ["ESTALE"], "read": ["ESTALE", "EIO"],
    "write": ["ESTALE", "EIO", "ENOSPC", "EDQUOT"], "flush": ["ESTALE", "EIO", "ENOSPC", "EDQUOT"],
    "close": ["EIO done", "ENOSPC done", "EDQUOT done"], "link": ["EEXIST done", "EIO done", "ESTALE", "EIO"],
    "rename": ["ENOENT done", "EIO done", "ESTALE"], "unlink": ["ENOENT done", "EIO done", "ESTALE"],
    "mkdir": ["EEXIST done", "EIO done", "ESTALE"], "cut": ["ESTALE", "EIO done"], "lock": ["ENOLCK", "ESTALE"],
    "date": ["ESTALE"], "any": ["ESTALE"],
}
SPARSE = {"lock": 8, "any": 12}  # of what SQLite waits for, this many are passed over
SKEWS = (-3600, 3600)
OLD = b"From: old@example.org\nSubject: older\n\nIt was here before.\n"
OLD_BOX = b"From old Thu Jan  1 12:00:00 2026\n" + OLD + b"\n"
MBOX = ["-o", f"mail_location=mbox:{HOME}/mail:INBOX={HOME}/inbox"]
OPTIONS = ["-o", "folder_autocreate=yes", "-o", "lock_timeout_s=4", "-o", "rules_notice=no"]

TWO = 'require ["fileinto", "copy"]; fileinto :copy "one"; fileinto "two";'
FLAGS = r'require ["fileinto", "imap4flags"]; fileinto :flags ["\\Seen", "\\Flagged", "work", "later"] "one";'
DUPLICATE = 'require "duplicate"; if duplicate { discard; }'
# title: rules, options, is there a mailbox already, the message, where it should be
TARGETS = {
    "Maildir": ("", [], True, "mail", ["INBOX"]),
    "Maildir, large message": ("", [], True, "large", ["INBOX"]),
    "new Maildir": ("", ["-o", f"mail_location=maildir:{HOME}/Maildir"], False, "mail", ["INBOX"]),
    "folder with flags and keywords": (FLAGS, [], True, "mail", ["one"]),
    "two folders": (TWO, [], True, "mail", ["one", "two"]),
    "new mbox": ("", MBOX, False, "mail", ["INBOX"]),
    "mbox": ("", MBOX, True, "mail", ["INBOX"]),
    "mbox, large message": ("", MBOX, True, "large", ["INBOX"]),
    "mbox folder with flags": (FLAGS, MBOX, True, "mail", ["one"]),
    "two mboxes": (TWO, MBOX, True, "mail", ["one", "two"]),
    "no duplicate, in files": (DUPLICATE, ["-o", "state_engine=files"], True, "mail", ["INBOX"]),
    "no duplicate, in SQLite": (DUPLICATE, ["-o", "state_engine=sqlite"], True, "mail", ["INBOX"]),
}
MAILS = {}
for mail_name in ("mail", "large"):
    with open(f"{T}/{mail_name}", "rb") as mail_file:
        MAILS[mail_name] = mail_file.read()


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def fresh(target):
    rules, options, exists = target[:3]
    for name in os.listdir(HOME):
        path = os.path.join(HOME, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    if rules:
        write(f"{HOME}/.sieve", rules.encode())
    if exists and options == MBOX:
        os.mkdir(f"{HOME}/mail", 0o700)
        for path in ("inbox", "mail/one"):
            write(f"{HOME}/{path}", OLD_BOX)
    elif exists:
        for name in ("new", "cur", "tmp"):
            os.makedirs(f"{HOME}/Maildir/{name}", 0o700)
            os.makedirs(f"{HOME}/Maildir/.one/{name}", 0o700)
        write(f"{HOME}/Maildir/new/1.old.host", OLD)
        write(f"{HOME}/Maildir/.one/cur/1.old.host:2,S", OLD)
    write(LOG, b"")
    subprocess.run(["chown", "-R", f"{ME}:{ME}", HOME, LOG], check=True)


def deliver(target, **shim):
    """The exit status, and how long it took."""
    begun = time.monotonic()
    command = ["setpriv", "--reuid", ME, "--regid", ME, "--clear-groups", "env", "-i", "PATH=" + os.environ["PATH"],
               "HOME=" + HOME, "USER=" + ME, "LOGNAME=" + ME, "NFS_ROOT=" + HOME, "NFS_LOG=" + LOG, "LD_PRELOAD=" + SHIM,
               *(f"NFS_{name}={value}" for name, value in shim.items()), TROMMEL, *OPTIONS, *target[1]]
    with open(f"{T}/{target[3]}", "rb") as mail:
        status = subprocess.run(command, stdin=mail, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60,
                                check=False).returncode
    return status, time.monotonic() - begun


def calls():
    """What was called, and which of it failed."""
    with open(LOG, encoding="ascii") as file:
        lines = file.read().split("\n")[:-1]
    return [line for line in lines if " " not in line], [line for line in lines if " " in line]


def texts_in(options, folder):
    if options == MBOX:
        path = f"{HOME}/inbox" if folder == "INBOX" else f"{HOME}/mail/{folder}"
        if not os.path.exists(path):
            return []
        with open(path, "rb") as file:
            content = file.read()
        parts = re.split(rb"^From .*\n", content, flags=re.M)
        return [text[:-1] if text.endswith(b"\n\n") else text + b"<torn>" for text in parts[1:]] + [parts[0]] * bool(parts[0])
    top, texts = f"{HOME}/Maildir" if folder == "INBOX" else f"{HOME}/Maildir/.{folder}", []
    for part in ("new", "cur"):
        for name in os.listdir(f"{top}/{part}") if os.path.isdir(f"{top}/{part}") else ():
            with open(f"{top}/{part}/{name}", "rb") as file:
                texts.append(file.read())
    return texts


def stripped(text):
    """Without what delivery puts before the message."""
    return re.sub(rb"\A(Return-Path: .*\n|Status: .*\n|X-Status: .*\n|X-Keywords: .*\n)+", b"", text)


def look(target):
    """How often the message is in each folder, and what is damaged."""
    counts, damaged = {}, []
    mail = MAILS[target[3]]
    for folder in ("INBOX", "one", "two"):
        texts = texts_in(target[1], folder)
        if target[2] and folder != "two":
            if OLD in texts:
                texts.remove(OLD)
            else:
                damaged.append(f"the old mail of {folder}")
        counts[folder] = len(texts)
        if any(not same(text, mail, target[1]) for text in texts):
            damaged.append(folder)
    return counts, damaged


def same(text, mail, options):
    text = stripped(text)
    if options == MBOX and text != mail:
        # Flags stand in front of the fields that came.
        text = re.sub(rb"^(Status|X-Status|X-Keywords): .*\n", b"", text, flags=re.M)
    return text == mail


def has_keywords(target):
    if target[0] != FLAGS or target[1] == MBOX:
        return True
    return any(name.endswith(":2,FSab") for name in os.listdir(f"{HOME}/Maildir/.one/cur"))


def locks():
    return [f"{top}/{name}" for top, _, names in os.walk(HOME) for name in names if name.endswith(".lock")]


class Figures:
    def __init__(self):
        self.tried = self.first = self.later = self.without = self.twice = 0
        self.wrong = []

    def blame(self, fault, text):
        self.wrong.append(f"{fault}: {text}")


def settle(target, status, wanted, figures, fault):
    """The MTA's next tries."""
    for _ in range(TRIES):
        if status == 0:
            return True
        status, took = deliver(target)
        if took > PROMPT_S:
            figures.blame(fault, f"the next delivery took {took:.1f} s")
            return False
        if status == 0 and look(target)[0] == wanted:
            figures.later += 1
    figures.blame(fault, f"still {status}")
    return False


def judge(target, status, wanted, figures, fault):
    """What is so after the first try, and after the MTA's next."""
    counts, damaged = look(target)
    away = fault.startswith("any")
    if status not in (0, 75):
        figures.blame(fault, f"ended with {status}")
    if damaged and not away:
        figures.blame(fault, f"{status}, damaged: {', '.join(damaged)}")
    if status == 0 and counts != wanted:
        figures.blame(fault, f"0, but there are {counts}")
    if status != 0 and any(counts.values()) and not away:
        figures.blame(fault, f"{status}, but there are {counts}")
    figures.first += status == 0 and counts == wanted
    if not settle(target, status, wanted, figures, fault):
        return
    after, damaged = look(target)
    if damaged:
        figures.blame(fault, f"damaged in the end: {', '.join(damaged)}")
    if away and after != wanted and all(wanted[name] <= after[name] <= 2 * wanted[name] for name in wanted):
        figures.twice += 1
    elif after != wanted:
        figures.blame(fault, f"{status}, in the end there are {after}")
    if not has_keywords(target):
        figures.without += 1


def attempt(target, wanted, figures, fault):
    fresh(target)
    kind, number, error, *done = fault.split()
    code = f"{kind} {number} {getattr(errno, error)} {' '.join(done)}"
    try:
        status, took = deliver(target, FAULT=code)
        if not calls()[1]:
            return
        figures.tried += 1
        if took > SLOW_S:
            figures.blame(fault, f"took {took:.1f} s")
        judge(target, status, wanted, figures, fault)
        if status == 0 and not fault.startswith(("unlink", "any", "rename")) and locks():
            figures.blame(fault, f"left {locks()}")
        # Somebody else's mail is not held up by what was left.
        status, took = deliver(target)
        if status != 0 or took > PROMPT_S:
            figures.blame(fault, f"a later delivery ended with {status} after {took:.1f} s")
    except subprocess.TimeoutExpired:
        figures.blame(fault, "is stuck")


def faults_of(called, slow):
    for kind, errors in FAULTS.items():
        total = len(called) if kind == "any" else called.count(kind)
        for number in range(1, total + 1, SPARSE.get(kind, 1) if slow else 1):
            for error in errors:
                yield f"{kind} {number} {error}"


def sweep(title, target):
    figures, wanted = Figures(), {name: int(name in target[4]) for name in ("INBOX", "one", "two")}
    for skew in (0, *SKEWS):
        fresh(target)
        status, took = deliver(target, SKEW=skew)
        if status or took > PROMPT_S or look(target) != (wanted, []) or locks() or not has_keywords(target):
            figures.blame(f"clocks {skew} s apart", f"ended with {status} after {took:.1f} s: {look(target)}, {locks()}")
    fresh(target)
    deliver(target)
    called, _ = calls()
    if not called:
        figures.blame("undisturbed", "no call was seen")
    for number, fault in enumerate(faults_of(called, "SQLite" in title)):
        if number % STEP == len(title) % STEP:
            attempt(target, wanted, figures, fault)
    print(f"{title}: {len(called)} calls, {figures.tried} faults: {figures.first} delivered at once, {figures.later} by the "
          f"next try, {figures.without} without keywords, {figures.twice} twice (the server stayed away), "
          f"{len(figures.wrong)} wrong")
    for line in figures.wrong:
        print("    " + line)
    return figures


def main():
    wrong = tried = 0
    for title, target in TARGETS.items():
        if sys.argv[1:] and title not in sys.argv[1:]:
            continue
        figures = sweep(title, target)
        wrong += len(figures.wrong)
        tried += figures.tried
    print(f"in all {tried} faults, {wrong} wrong")
    return 1 if wrong or not tried else 0


sys.exit(main())
