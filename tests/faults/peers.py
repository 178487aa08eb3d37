#!/usr/bin/env python3
"""The faults of steps.py on other delivery agents, and on trommel beside them: one message into one mailbox.

Each program delivers as its manual advises for mail that must not get lost: procmail with -t (fail softly), a recipe
with a lock file, and no second mailbox to fall back to; maildrop and dovecot-lda as they are.  Each system call from the
first read of the message on gets its errors and signals once, then the MTA tries again, as long as it is told to.

Each fault ends in one of these, the first that is so:

  wrong exit   not 0, 75 or 71, nor death by a signal: an MTA bounces the message
  stuck        it never ends, or one of the next deliveries takes more than 5 s or cannot deliver
  elsewhere    it is in the system's mailbox, which nobody has asked for
  lost         it is no whole message anywhere, though the last status was 0: swallowed by an older one, say
  damaged      an older message is not as it was, or something is there that is no whole message
  doubled      it is there more than once, after an error that was reported or a signal that asks for an end
  by a kill    it is there more than once, after kill -9 or a crash
"""
import os
import re
import shutil
import subprocess
import sys
import time

import steps
from inject import HOME, ME, as_user, calls_in_trace, fired, tools, wanted
from steps import DEADLY, OLD, PROMPT_S, T, TRIES

PEERS = f"{T}/peers"
OUTCOMES = ["wrong exit", "stuck", "elsewhere", "lost", "damaged", "doubled", "by a kill"]
FIRST_S = 20
STORES = {"Maildir": f"{HOME}/Maildir", "mbox": f"{HOME}/inbox"}
SPOOL = "/var/mail"  # the stage's own
SYSTEM_BOX = f"{SPOOL}/{ME}"
with open(f"{T}/mail", "rb") as mail_file:
    MAIL = mail_file.read()
OLD_BOX = b"From old Thu Jan  1 12:00:00 2026\n" + OLD + b"\n"


def put(name, text):
    path = f"{PEERS}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o600)
    shutil.chown(path, ME, ME)
    return path


def trommel(store, path):
    location = f"maildir:{path}" if store == "Maildir" else f"mbox:{HOME}/mail:INBOX={path}"
    return [steps.TROMMEL, "-f", "alice@example.org", "-o", f"mail_location={location}", "-o", "lock_timeout_s=4"]


def procmail(store, path):
    target = path + "/" if store == "Maildir" else path
    recipe = f":0{':' if store == 'mbox' else ''}\n{target}\n"
    return [f"{PEERS}/procmail", "-t", "-f", "alice@example.org",
            put(f"procmailrc-{store}", f"MAILDIR={HOME}\nDEFAULT={target}\nORGMAIL={target}\nLOGFILE=/dev/null\n{recipe}")]


def maildrop(store, path):
    return [f"{PEERS}/maildrop", put(f"mailfilter-{store}", f'to "{path}"\n')]


def dovecot(store, path):
    location = f"maildir:{path}" if store == "Maildir" else f"mbox:{HOME}/mail:INBOX={path}"
    text = (f"base_dir = {PEERS}/dovecot\nlog_path = /dev/null\nmail_location = {location}\nssl = no\n"
            f"mbox_write_locks = dotlock fcntl\nhostname = example.net\npostmaster_address = postmaster@example.net\n")
    return ["/usr/lib/dovecot/dovecot-lda", "-c", put(f"dovecot-{store}.conf", text), "-f", "alice@example.org"]


# name, how it is called, the program, its package
PROGRAMS = [("trommel", trommel, steps.TROMMEL, ""), ("procmail", procmail, "/usr/bin/procmail", "procmail"),
            ("maildrop", maildrop, "/usr/bin/maildrop", "maildrop"),
            ("dovecot-lda", dovecot, "/usr/lib/dovecot/dovecot-lda", "dovecot-core")]


def fresh():
    for name in os.listdir(HOME):
        path = os.path.join(HOME, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    for name in ("Maildir/new", "Maildir/cur", "Maildir/tmp", "mail"):
        os.makedirs(os.path.join(HOME, name), mode=0o700)
    boxes = [f"{HOME}/inbox", SYSTEM_BOX]
    for path, content in ((f"{HOME}/Maildir/new/1.old.host", OLD), (boxes[0], OLD_BOX), (boxes[1], b"")):
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, 0o600)
    for name in os.listdir(SPOOL):
        if name != ME:
            os.unlink(f"{SPOOL}/{name}")
    subprocess.run(["chown", "-R", f"{ME}:{ME}", HOME, SYSTEM_BOX], check=True)


def deliver(command, tracer=(), limit_s=FIRST_S):
    """The exit status; None when it does not end."""
    with open(f"{T}/mail", "rb") as mail, subprocess.Popen(
            as_user(*tracer, *command), stdin=mail, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            return process.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return None


def texts(store):
    """All that is there, as messages."""
    if store == "mbox":
        with open(STORES[store], "rb") as file:
            content = file.read()
        parts = re.split(rb"^From .*\n", content, flags=re.M)
        return [parts[0]] * bool(parts[0]) + [text[:-1] if text.endswith(b"\n\n") else text for text in parts[1:]]
    found = []
    for part in ("new", "cur"):
        for name in os.listdir(f"{STORES[store]}/{part}"):
            with open(f"{STORES[store]}/{part}/{name}", "rb") as file:
                found.append(file.read())
    return found


def plain(text):
    """Without what a program of this kind may put before a message, or into its header."""
    return re.sub(rb"^(Return-Path|Delivered-To|X-UID|X-IMAP|X-IMAPbase|Status|X-Status|X-Keywords|Content-Length|Lines): ?.*\n",
                  b"", text, flags=re.M)


def look(store):
    """How often the message is there, and whether all else is as it was."""
    found = [plain(text) for text in texts(store)]
    return found.count(MAIL), sorted(text for text in found if text != MAIL) == [OLD]


def outcome(command, store, status, fault):
    retried = 0
    while status != 0:
        if status is None or retried == TRIES:
            return "stuck"
        if status not in (75, 71) and status < 128 and status >= 0:
            return "wrong exit"
        retried += 1
        status = deliver(command, limit_s=PROMPT_S + 1)
    count, clean = look(store)
    with open(SYSTEM_BOX, "rb") as file:
        elsewhere = MAIL in file.read()
    begun = time.monotonic()
    if deliver(command, limit_s=PROMPT_S + 1) != 0 or time.monotonic() - begun > PROMPT_S:
        return "stuck"
    if count == 0:
        return "elsewhere" if elsewhere else "lost"
    if not clean or not look(store)[1]:
        return "damaged"
    if count > 1:
        return "by a kill" if fault in DEADLY else "doubled"
    return ""


def calls_of(command, tool):
    fresh()
    deliver(command, tool.tracer())
    return calls_in_trace(tool, steps.reads_the_message)


def sweep(name, command, store, every):
    counts, tried, called, examples = dict.fromkeys(OUTCOMES, 0), 0, 0, {}
    for tool in every:
        calls = calls_of(command, tool)
        called = max(called, len(calls))
        jobs = [(step, fault) for step in calls for fault in tool.faults(step[0])]
        for step, fault in wanted(jobs, len(name)):
            fresh()
            status = deliver(command, tool.tracer(*step, fault))
            if not fired(tool):
                continue
            tried += 1
            word = outcome(command, store, status, fault)
            if word:
                counts[word] += 1
                examples.setdefault(word, []).append(f"{fault} at {step[0]} number {step[1]}")
    return called, tried, counts, examples


def version(package):
    if not package:
        return subprocess.run([steps.TROMMEL, "--version"], capture_output=True, text=True, check=False).stdout.split()[1]
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=False)
    return found.stdout or "of its own"


def main():
    every, wrong = tools(), 0
    only = os.environ.get("FAULTS_PROGRAMS", "")
    print("| program | version | mailbox | calls | faults | " + " | ".join(OUTCOMES) + " |\n" + "|---" * 12 + "|", flush=True)
    details = []
    for name, make, program, package in PROGRAMS:
        if only and name not in only.split(","):
            continue
        if not os.access(program, os.X_OK):
            details.append(f"{name} is not installed")
            continue
        for store, path in STORES.items():
            command = make(store, path)
            fresh()
            status = deliver(command)
            if status != 0 or look(store) != (1, True):
                print(f"{name}, {store}: undisturbed it ends with {status}: {look(store)}")
                wrong += 1
                continue
            called, tried, counts, examples = sweep(name, command, store, every)
            print(f"| {name} | {version(package)} | {store} | {called} | {tried} | "
                  + " | ".join(str(counts[word]) for word in OUTCOMES) + " |", flush=True)
            details += [f"{name}, {store}, {word}: " + "; ".join(found[:4]) for word, found in examples.items()]
            wrong += name == "trommel" and sum(counts[word] for word in OUTCOMES[:-1])
    print("\n" + "\n".join(details))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
