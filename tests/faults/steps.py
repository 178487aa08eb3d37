#!/usr/bin/env python3
"""One system call of the courier after the other fails, or is met by a signal; then the MTA tries again.

For each plan: what the first, undisturbed delivery calls from its first read of the message on is traced.  Then each
of these calls gets its errors and signals, once, in a fresh home; the delivery is tried again until it ends with 0;
and every effect has to be there exactly once.

The faults are strace(1)'s, which sees every call, and those of fault_shim.so for what a tracer cannot do: calls that move
less than they were asked to, and calls that are done and whose reply is lost.  Where nobody may trace, all are the shim's.

The next delivery is not held up (PROMPT_S).  Where a message has one place and nothing leaves, nothing of it is there
after a status that is not 0, but for a kill.

What no program can win is counted apart: kill -9, or a fault of our own, between an effect and the note of it may have
that one effect happen twice (copies that went into several mboxes in one step: those; where nothing leaves no journal is
kept, and it is all copies), and all of it behind the end of the journal, in the last calls before the exit.  Nothing may be lost, and neither an error that a call reports nor a
signal that asks for an end may double anything.
"""
import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time

T, HOME, TROMMEL, ME = os.environ["T"], os.environ["HOME"], os.environ["TROMMEL"], os.environ["ME"]
STEP = int(os.environ["FAULTS_STEP"])
TRIES = 3
PROMPT_S = 5
TRACE = f"{HOME}/trace"

# What may go wrong with a call.  Others cannot fail, or not once they have begun to wait for a child; close() is not
# here because what fails here is not done, and a close that fails has closed all the same.
ERRORS = {
    "openat": ["EMFILE", "EIO", "ENOSPC", "EINTR"], "read": ["EIO", "EINTR"], "pread64": ["EIO", "EINTR"],
    "write": ["ENOSPC", "EDQUOT", "EIO", "EINTR"], "writev": ["ENOSPC", "EDQUOT", "EIO", "EINTR"],
    "pwrite64": ["ENOSPC", "EDQUOT", "EIO", "EINTR"], "fsync": ["EIO", "ENOSPC", "EDQUOT", "EINTR"],
    "fdatasync": ["EIO", "ENOSPC", "EDQUOT", "EINTR"], "linkat": ["ENOSPC", "EDQUOT", "EIO"],
    "link": ["ENOSPC", "EDQUOT", "EIO"], "rename": ["EIO", "ENOSPC"], "renameat": ["EIO", "ENOSPC"],
    "mkdirat": ["ENOSPC", "EDQUOT", "EIO"], "mkdir": ["ENOSPC", "EDQUOT", "EIO"], "unlinkat": ["EIO"],
    "unlink": ["EIO"], "ftruncate": ["EIO", "EINTR"], "fallocate": ["ENOSPC", "EDQUOT", "EINTR"],
    "flock": ["ENOLCK", "EINTR"], "fcntl": ["ENOLCK", "EINTR"], "newfstatat": ["EIO", "ENOMEM"], "fstat": ["EIO"],
    "lseek": ["EIO"], "utimensat": ["EIO"], "ppoll": ["EINTR"], "poll": ["EINTR"],
    "sendto": ["ENOBUFS", "EINTR"], "sendmsg": ["ENOBUFS", "EINTR"], "recvfrom": ["EINTR"], "recvmsg": ["EINTR"],
    "wait4": ["EINTR"], "fchmod": ["EIO"],
    "clone": ["EAGAIN"], "clone3": ["EAGAIN"], "vfork": ["EAGAIN"], "pipe2": ["EMFILE"], "socketpair": ["EMFILE"],
    "mmap": ["ENOMEM"], "brk": [], "statfs": ["EIO"], "getdents64": ["EIO"],
}
SIGNALS = ["KILL", "TERM", "SEGV", "XFSZ"]
# Half of it, by one call or by two; then the disk is full.
SHORT = {"read": ["short"], "pread64": ["short"], "write": ["short", "short ENOSPC"], "writev": ["short", "short ENOSPC"],
         "pwrite64": ["short", "short ENOSPC"], "sendfile": ["short", "short ENOSPC"],
         "copy_file_range": ["short", "short ENOSPC"]}
LOST = dict.fromkeys(("linkat", "rename", "renameat", "unlink", "unlinkat", "mkdir", "mkdirat", "fsync", "fdatasync",
                      "ftruncate"), ["lost EIO"]) | {"close": ["lost EIO", "lost ENOSPC"]}
SILENT = {"Sent", "alice"}  # of an answer that is not given
LAST = 4  # calls before the exit, in which the journal goes
DEADLY = {"KILL", "SEGV"}
OLD = b"From: old@example.org\nSubject: older\n\nIt was here before.\n"
with open(f"{T}/mail", "rb") as mail_file:
    MAIL = mail_file.read()

OPTIONS = ["-f", "alice@example.org", "-r", "bob@example.net", "-o", f"sendmail={T}/sendmail",
           "-o", f"pipe_bin_dir={T}/programs", "-o", "folder_autocreate=yes", "-o", "lock_timeout_s=5"]
MBOX = ["-o", f"mail_location=mbox:{HOME}/mail:INBOX={HOME}/inbox"]
SPOOL = ["-o", f"mail_location=mbox:{HOME}/mail:INBOX={T}/spool/{ME}"]

TWO = """require ["fileinto", "copy", "vacation", "fcc", "mailbox"];
fileinto "one"; fileinto "two"; redirect :copy "carol@example.com";
vacation :addresses "bob@example.net" :fcc "Sent" :create "Away.";"""
PLANS = {
    "the inbox": ("keep;", [], {"INBOX": 1}, ""),
    "a folder, with flags and keywords": (
        'require ["fileinto", "imap4flags"]; fileinto :flags ["\\\\Seen", "$Work", "$Later"] "one";', [], {"one": 1}, ""),
    "an mbox that is there": ("keep;", MBOX, {"INBOX": 1}, ""),
    "an mbox that is not": ('require "fileinto"; fileinto "one";', MBOX, {"one": 1}, ""),
    "an mbox in a spool that is everybody's": ("keep;", SPOOL, {"INBOX": 1}, ""),
    "a header that is edited": (
        """require ["fileinto", "editheader", "copy"];
addheader "X-Sorted" "yes"; fileinto :copy "one"; deleteheader "X-Sorted"; fileinto "two";""",
        [], {"one": 1, "two": 1}, ""),
    "two folders, a redirect, a vacation": (TWO, [], {"one": 1, "two": 1, "Sent": 1}, "alice carol"),
    "the same in mboxes": (TWO, MBOX, {"one": 1, "two": 1, "Sent": 1}, "alice carol"),
    "a notification, a report, a program": (
        """require ["enotify", "vnd.dovecot.report", "vnd.dovecot.pipe", "copy"];
notify "mailto:dave@example.com"; report "abuse" "Bad." "erin@example.com"; pipe :copy "archive"; keep;""",
        [], {"INBOX": 1}, "archive dave erin"),
    "a refusal": ('require "ereject"; ereject "no";', [], {}, ""),
    "a duplicate": ('require "duplicate"; if duplicate { discard; }', [], {"INBOX": 1}, ""),
    "a duplicate, in files": ('require "duplicate"; if duplicate { discard; }', ["-o", "state_engine=files"],
                              {"INBOX": 1}, ""),
    "a refusal by mail": ('require "reject"; reject "kein Körnerfutter";', [], {}, "alice"),
}


class Strace:
    """Has every call of the kernel's fail before it is done, or be met by a signal."""

    log_line = re.compile(r"([a-z_0-9]+)\((\w*)")
    hit = re.compile(r"INJECTED|--- SIG(TERM|SEGV|XFSZ)|killed by SIGKILL")

    def tracer(self, name="", number=0, fault=""):
        what = f"signal={fault}" if fault in SIGNALS else f"error={fault}"
        return ["strace", "-o", TRACE] + (["-e", f"trace={name}", "-e", f"inject={name}:{what}:when={number}"] if name else [])

    def faults(self, name):
        return ERRORS.get(name, []) + SIGNALS


class Shim:
    """The same for the calls of libc's that the program makes; and those that are done in part, or in vain."""

    log_line = re.compile(r"([a-z_0-9]+) (-?\d+)$")
    hit = re.compile(r"^\w+ hit$", re.M)

    def __init__(self, alone):
        self.alone = alone

    def tracer(self, name="", number=0, fault=""):
        with open(TRACE, "w", encoding="ascii"):
            os.chmod(TRACE, 0o666)
        command = ["env", f"LD_PRELOAD={os.environ['FAULT_SHIM']}", f"FAULT_LOG={TRACE}"]
        if not name:
            return command
        manner, _, error = fault.partition(" ") if " " in fault else (fault, "", "")
        if fault in SIGNALS:
            what = f"signal={int(getattr(signal, 'SIG' + fault))}"
        elif manner in ("short", "lost"):
            what = f"{manner}={getattr(errno, error) if error else 0}"
        else:
            what = f"error={getattr(errno, fault)}"
        return command + [f"FAULT={name} {number} {what}"]

    def faults(self, name):
        own = SHORT.get(name, []) + LOST.get(name, [])
        return own + (ERRORS.get(name, []) + SIGNALS if self.alone else [])


def tools():
    """What faults are made with here."""
    if os.environ.get("FAULTS_UNTRACED"):
        print("strace is not wanted: all faults are those of a preloaded library")
        return [Shim(alone=True)]
    try:
        subprocess.run(["setpriv", "--reuid", ME, "--regid", ME, "--clear-groups", "strace", "-o", "/dev/null", "true"],
                       check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        print("strace may not trace here: all faults are those of a preloaded library")
        return [Shim(alone=True)]
    return [Strace(), Shim(alone=False)]


def fresh(script):
    for name in os.listdir(HOME):
        path = os.path.join(HOME, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    for name in ("Maildir/new", "Maildir/cur", "Maildir/tmp", "mail", "sent"):
        os.makedirs(os.path.join(HOME, name), mode=0o700)
    with open(f"{HOME}/.sieve", "w", encoding="utf-8") as file:
        file.write(script + "\n")
    with open(f"{HOME}/Maildir/new/1.old.host", "wb") as file:
        file.write(OLD)
    for name in os.listdir(f"{T}/spool"):
        os.unlink(f"{T}/spool/{name}")
    for inbox in (f"{HOME}/inbox", f"{T}/spool/{ME}"):
        with open(inbox, "wb") as file:
            file.write(b"From old Thu Jan  1 12:00:00 2026\n" + OLD + b"\n")
        os.chmod(inbox, 0o600)
    subprocess.run(["chown", "-R", f"{ME}:{ME}", HOME, f"{T}/spool/{ME}"], check=True)


def deliver(options, tracer=()):
    command = ["setpriv", "--reuid", ME, "--regid", ME, "--clear-groups", "env", "-i", "PATH=" + os.environ["PATH"],
               "HOME=" + HOME, "USER=" + ME, "LOGNAME=" + ME, "ASAN_OPTIONS=detect_leaks=0", *tracer, TROMMEL,
               *OPTIONS, *options]
    with open(f"{T}/mail", "rb") as mail:
        return subprocess.run(command, stdin=mail, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60,
                              check=False)


def calls_in_trace(tool):
    """The calls from the first read of the message on, each as (name, how many of that name came before it)."""
    counts, found, reading = {}, [], False
    with open(TRACE, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = tool.log_line.match(line)
            if not match:
                continue
            name, first = match.groups()
            if name == "start":  # a program that has become another
                counts, reading = {}, False
                continue
            counts[name] = counts.get(name, 0) + 1
            reading = reading or (name in ("read", "pread64", "fstat") and first == "0")
            if reading and name != "exit_group":
                found.append((name, counts[name]))
    return found


def is_mbox(options):
    return options in (MBOX, SPOOL)


def texts_in(options, folder):
    if is_mbox(options):
        path = options[-1].split("INBOX=")[1] if folder == "INBOX" else f"{HOME}/mail/{folder}"
        if not os.path.exists(path):
            return []
        with open(path, "rb") as file:
            return [text[:-1] for text in re.split(rb"^From .*\n", file.read(), flags=re.M)[1:]]
    top, texts = f"{HOME}/Maildir" if folder == "INBOX" else f"{HOME}/Maildir/.{folder}", []
    for part in ("new", "cur"):
        for name in os.listdir(f"{top}/{part}") if os.path.isdir(f"{top}/{part}") else ():
            with open(f"{top}/{part}/{name}", "rb") as file:
                texts.append(file.read())
    return texts


def bodies(options, folder):
    """Which of the copies of the message, or of the answer, in a folder are whole."""
    texts = texts_in(options, folder)
    if folder == "INBOX":
        if OLD not in texts:
            return [False]
        texts.remove(OLD)
    whole = b"\n\nAway.\n" if folder == "Sent" else MAIL
    return [text.endswith(whole) for text in texts]


def verdict(options, folders, sent):
    """(what is missing, what is there too often, what is damaged)"""
    missing, doubled, damaged = [], [], []
    for folder in ["INBOX", "one", "two", "Sent"]:
        found, wanted = bodies(options, folder), folders.get(folder, 0)
        if not all(found):
            damaged.append(folder)
        if len(found) < wanted:
            missing.append(folder)
        doubled += [folder] * (len(found) - wanted)
    try:
        with open(f"{HOME}/sent/log", encoding="ascii") as file:
            log = sorted(line.strip().split("@")[0] for line in file)
    except FileNotFoundError:
        log = []
    for name in sorted(set(log) | set(sent.split())):
        extra = log.count(name) - sent.split().count(name)
        if extra < 0:
            missing.append(name)
        doubled += [name] * extra
    return missing, doubled, damaged


def litter():
    found = []
    for top, _, names in os.walk(HOME):
        found += [f"{top}/{name}" for name in names if name.endswith(".lock") or "/journal" in top]
    return found + [name for name in os.listdir(f"{T}/spool") if name != ME]


def is_cleared(script, options):
    """Is a lock that a killed delivery has left no more than litter, which whoever needs it breaks at once?"""
    if litter():
        with open(f"{HOME}/.sieve", "w", encoding="utf-8") as file:
            file.write(script.replace("$Later", "$Other") + "\n")
        begun = time.monotonic()
        if deliver(options).returncode != 0 or time.monotonic() - begun > PROMPT_S:
            return False
    return not litter()


def is_told_of_silence():
    """Is the owner told that nobody is answered because nothing can be remembered?"""
    try:
        with open(f"{HOME}/.sieve.log", encoding="utf-8") as file:
            return "is not answered" in file.read()
    except FileNotFoundError:
        return False


def may_double(plan, doubled, fault, last):
    sent = [name for name in doubled if name in plan[3].split()]
    if fault not in DEADLY:
        return not doubled
    if last:
        return True
    filed = len(doubled) - len(sent)
    return len(sent) + filed <= 1 or (not sent and (is_mbox(plan[1]) or not plan[3]))


def try_again(options, status):
    """The MTA's next tries: the last status, and the longest time that one took."""
    longest_s = 0
    for _ in range(TRIES):
        if status in (0, 77):
            break
        begun = time.monotonic()
        status = deliver(options).returncode
        longest_s = max(longest_s, time.monotonic() - begun)
    return status, longest_s


def shows_early(plan, status, fault):
    """Is there anything of a message that is not delivered, though nothing but the failure stood in the way?"""
    if status != 75 or fault in SIGNALS or len(plan[2]) != 1 or plan[3]:
        return False
    return any(len(bodies(plan[1], folder)) for folder in plan[2])


def attempt(plan, tool, step, fault, last):
    """Whether the fault came about; '' when all is well, else what is wrong; and what happened twice."""
    script, options, folders, sent = plan
    name, number = step
    fresh(script)
    try:
        status = deliver(options, tool.tracer(name, number, fault)).returncode
        with open(TRACE, encoding="utf-8", errors="replace") as file:
            fired = tool.hit.search(file.read())
        if not fired:
            return False, "", []
        if status not in (0, 75, 77, -9, 137):
            return True, f"ended with {status}", []
        if shows_early(plan, status, fault):
            return True, "is there, and ended with 75", []
        status, took_s = try_again(options, status)
    except subprocess.TimeoutExpired:
        return True, "is stuck", []
    if status != (77 if "ereject" in script else 0):
        return True, f"still {status} after {TRIES} more tries", []
    if took_s > PROMPT_S:
        return True, f"stuck: the next delivery took {took_s:.1f} s", []
    missing, doubled, damaged = verdict(options, folders, sent)
    if "vacation" in script and fault not in SIGNALS and is_told_of_silence():
        missing = [effect for effect in missing if effect not in SILENT]
    left = [] if name.startswith("unlink") or (fault == "KILL" and is_cleared(script, options)) else litter()
    for word, found in (("lost", missing), ("damaged", damaged), ("left", left)):
        if found:
            return True, word + ": " + ", ".join(found), doubled
    return True, "" if may_double(plan, doubled, fault, last) else "doubled: " + ", ".join(doubled), doubled


def sweep(title, plan, tool):
    """Faults that came about, and those of them that went wrong."""
    fresh(plan[0])
    deliver(plan[1], tool.tracer())
    calls = calls_in_trace(tool)
    missing, doubled, damaged = verdict(plan[1], plan[2], plan[3])
    if not calls or missing or doubled or damaged:
        print(f"{title}: undisturbed: {len(calls)} calls, missing {missing}, doubled {doubled}, damaged {damaged}")
        return 1, 1
    tried, wrong, twice = 0, 0, []
    jobs = [(step, fault) for step in calls for fault in tool.faults(step[0])]
    for step, fault in jobs[len(title) % STEP::STEP]:
        fired, text, doubled = attempt(plan, tool, step, fault, step in calls[-LAST:])
        tried += fired
        if text:
            wrong += 1
            print(f"{title}: {fault} at {step[0]} number {step[1]}: {text}")
        elif doubled:
            twice.append(f"{', '.join(doubled)} ({fault} at {step[0]} number {step[1]})")
    print(f"{title}, {type(tool).__name__}: {len(calls)} calls, {tried} faults, {wrong} wrong, {len(twice)} times something "
          "twice, by a kill" + "".join(f"\n    {line}" for line in twice), flush=True)
    return tried, wrong


def main():
    tried = wrong = 0
    wanted = os.environ.get("FAULTS_PLAN", "")
    every = tools()
    for title, plan in PLANS.items():
        if wanted not in title:
            continue
        fresh(plan[0])
        if deliver(plan[1]).returncode not in (0, 77):
            print(f"{title}: is not delivered at all")
            return 1
        for tool in every:
            counts = sweep(title, plan, tool)
            tried, wrong = tried + counts[0], wrong + counts[1]
    print(f"in all {tried} faults, {wrong} wrong")
    return 1 if wrong or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
