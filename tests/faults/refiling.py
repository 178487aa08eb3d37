#!/usr/bin/env python3
"""One system call of `trommel refile --move`, or of `trommel undo`, after the other fails, or is met by a signal.

Then a person goes on as the pages say: a run that was begun is resumed, or an undoing begun again, until it is done.
After a run each message is in one place, once and whole, with its flags; after an undoing all is as it was before.  A run
that could not begin has changed nothing.
"""
import os
import shutil
import subprocess
import sys

from inject import HOME, SIGNALS, Strace, as_user, calls_in_trace, fired, wanted

T, TROMMEL = os.environ["T"], os.environ["TROMMEL"]
RUNS = f"{HOME}/state/refile"
TRIES = 4
RULES = """require ["fileinto", "imap4flags"];
if header :contains "subject" "list" { fileinto :flags "\\\\Flagged" "Lists"; }
elsif header :contains "subject" "stay" { discard; }
else { fileinto "Else"; }
"""
BODIES = {"list one": b"one\n", "list two": b"two\n" * 2000, "stay": b"three\n", "other": b"From here\n\nfour\n"}
FILED = {"list one": "Lists", "list two": "Lists", "other": "Else"}  # what is discarded is taken out, and kept with the run


def text(subject):
    return b"From: a@example.org\nSubject: " + subject.encode() + b"\n\n" + BODIES[subject]


def quoted(message):
    return (b"\n" + message).replace(b"\nFrom ", b"\n>From ")[1:]


def make_mbox():
    with open(f"{HOME}/source", "wb") as box:
        for subject in BODIES:
            box.write(b"From a@example.org Thu Jan  1 12:00:00 2026\n" + quoted(text(subject)) + b"\n")


def make_maildir():
    for part in ("cur", "new", "tmp"):
        os.makedirs(f"{HOME}/source/{part}")
    for number, subject in enumerate(BODIES):
        name = f"{HOME}/source/cur/{number}.a.host:2,S"
        with open(name, "wb") as file:
            file.write(text(subject))
        os.utime(name, (1_700_000_000 + number,) * 2)


# What it is called, how the source is made, where it goes.
KINDS = [("an mbox into a Maildir", make_mbox, f"maildir:{HOME}/into"),
         ("a Maildir into mboxes", make_maildir, f"mbox:{HOME}/into:INBOX={HOME}/into/inbox")]


def fresh(make):
    for name in os.listdir(HOME):
        path = f"{HOME}/{name}"
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    os.makedirs(f"{HOME}/state", mode=0o700)
    os.makedirs(f"{HOME}/into", mode=0o700)
    with open(f"{HOME}/rules", "w", encoding="ascii") as file:
        file.write(RULES)
    make()
    subprocess.run(["chown", "-R", os.environ["ME"], HOME], check=True)


def trommel(tracer, command, *arguments):
    return subprocess.run(as_user(*tracer, TROMMEL, command, "-o", f"state_dir={HOME}/state", "-o", "lock_timeout_s=5",
                                  *arguments),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)


def refile(tracer, into):
    return trommel(tracer, "refile", "-j", "1", "--move", "--yes", "--into", into, f"{HOME}/rules", f"{HOME}/source").returncode


def files(top):
    """Each file's path below top, and what is in it; but no locks, which whoever needs them breaks."""
    found = {}
    for where, _, names in os.walk(top):
        for name in names:
            with open(f"{where}/{name}", "rb") as file:
                found[os.path.relpath(f"{where}/{name}", top)] = file.read()
    if os.path.isfile(top):
        with open(top, "rb") as file:
            found[""] = file.read()
    return {name: content for name, content in found.items() if not name.endswith(".lock")}


def dates(top):
    return {name: int(os.stat(os.path.join(top, name)).st_mtime) for name in files(top)} if os.path.isdir(top) else {}


def begun():
    """The run that is there, if it got so far that it can be resumed."""
    for name in os.listdir(RUNS) if os.path.isdir(RUNS) else ():
        if os.path.exists(f"{RUNS}/{name}/command"):
            return name
    return None


def folder_of(name):
    """INBOX, or the folder that a file of `into` belongs to; None for what is no mail."""
    parts = name.split("/")
    if parts[0] == "tmp" or "tmp" in parts or parts[-1].startswith(("dovecot", "trommel", "maildirfolder", "subscriptions")):
        return None
    if len(parts) == 1:
        return parts[0]
    return parts[0].lstrip(".") if parts[0].startswith(".") else "INBOX"


def what_is_filed_wrongly():
    """'' when each message is where it belongs, once and whole, and nowhere else."""
    found = {}
    for name, content in files(f"{HOME}/into").items():
        folder = folder_of(name)
        if folder:
            found.setdefault(folder, []).append((name, content))
    for subject, folder in FILED.items():
        copies = [content for _, content in found.get(folder, [])]
        count = b"".join(copies).count(f"Subject: {subject}\n".encode())
        if count != 1:
            return f"{subject} is {count} times in {folder}"
        # An mbox has its flags in fields.
        if text(subject) not in copies and not any(b"\n\n" + quoted(BODIES[subject]) + b"\n" in copy for copy in copies):
            return f"{subject} is not whole"
    for folder in set(found) - set(FILED.values()):
        if any(content for _, content in found[folder]):
            return f"something is in {folder}"
    flagged = [name for name, content in found.get("Lists", []) if "/" not in name or "F" in name.rpartition(":2,")[2]]
    if len(flagged) != len(found["Lists"]):
        return "flags are lost"
    left = b"".join(files(f"{HOME}/source").values())
    return "the source still has some" if b"Subject:" in left else ""


def mail_in(top):
    return sorted(content for name, content in files(top).items() if content and folder_of(name))


def finish_run(status, into):
    """Resumes what was begun; else begins again.  The last status."""
    for _ in range(TRIES):
        if status == 0:
            break
        run = begun()
        status = trommel((), "refile", "--resume", run, "--yes").returncode if run else refile((), into)
    return status


def run_attempt(kind, tracer, tool, is_signal):
    _, make, into = kind
    fresh(make)
    before = files(f"{HOME}/source"), dates(f"{HOME}/source")
    status = refile(tracer, into)
    if not fired(tool):
        return None
    if status not in (0, 1, 2) and not (is_signal and status < 0):
        return f"ended with {status}"
    if not begun() and (mail_in(f"{HOME}/into") or files(f"{HOME}/source") != before[0]):
        return "no run is there, and something was changed"
    status = finish_run(status, into)
    return f"still {status} after {TRIES} tries" if status else what_is_filed_wrongly()


def undo_attempt(kind, tracer, tool, is_signal):
    _, make, into = kind
    fresh(make)
    before = files(f"{HOME}/source"), dates(f"{HOME}/source")
    if refile((), into) != 0:
        return "not even refiled"
    run = begun()
    status = trommel(tracer, "undo", run).returncode
    if not fired(tool):
        return None
    if status not in (0, 1, 2) and not (is_signal and status < 0):
        return f"ended with {status}"
    for _ in range(TRIES):
        if status == 0 or not begun():
            break
        status = trommel((), "undo", run).returncode
    if begun():
        return f"still {status} after {TRIES} tries"
    if (files(f"{HOME}/source"), dates(f"{HOME}/source")) != before:
        return "the source is not as it was"
    return "copies are left" if mail_in(f"{HOME}/into") else ""


def reads_the_rules(line, name, _):
    return name == "openat" and "/rules" in line


def reads_the_run(line, name, _):
    return name == "openat" and "refile" in line


def calls(kind, tool, is_undo):
    _, make, into = kind
    fresh(make)
    if not is_undo:
        status = refile(tool.tracer(), into)
        return (calls_in_trace(tool, reads_the_rules), f"ended with {status}" if status else what_is_filed_wrongly())
    refile((), into)
    status = trommel(tool.tracer(), "undo", begun()).returncode
    return calls_in_trace(tool, reads_the_run), f"ended with {status}" if status else ""


def sweep(kind, tool, is_undo):
    title = f"{kind[0]}, {'undone' if is_undo else 'moved'}"
    found, wrong = calls(kind, tool, is_undo)
    if wrong or not found:
        return 1, [f"{title}: undisturbed: {len(found)} calls; {wrong}"]
    tried, lines = 0, []
    for step, fault in wanted([(step, fault) for step in found for fault in tool.faults(step[0])], len(title)):
        try:
            wrong = (undo_attempt if is_undo else run_attempt)(kind, tool.tracer(*step, fault), tool, fault in SIGNALS)
        except subprocess.TimeoutExpired:
            wrong = "is stuck"
        tried += wrong is not None
        if wrong:
            lines.append(f"{title}: {fault} at {step[0]} number {step[1]}: {wrong}")
    print(f"{title}: {len(found)} calls, {tried} faults, {len(lines)} wrong", flush=True)
    return tried, lines


def main():
    tried, wrong = 0, []
    for kind in KINDS:
        for is_undo in (False, True):
            came, lines = sweep(kind, Strace(), is_undo)
            tried, wrong = tried + came, wrong + lines
    print("\n".join([f"in all {tried} faults, {len(wrong)} wrong", *wrong]))
    return 1 if wrong or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
