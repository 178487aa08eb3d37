#!/usr/bin/env python3
"""One system call of the courier after the other fails, or is met by a signal; then the MTA tries again.

For each plan: what the first, undisturbed delivery calls from its first read of the message on is traced.  Then each
of these calls gets its errors and signals (inject.py), once, in a fresh home; the delivery is tried again until it ends
with 0; and every effect has to be there exactly once.

The next delivery is not held up (PROMPT_S).  Where a message has one place and nothing leaves, nothing of it is there
after a status that is not 0, but for a kill.

Programs that rules ask (filter, execute) run in every try: once at least.  A server that is told the end of a message and
whose answer is lost may have it or not: that message may come twice, and nothing else.

What no program can win is counted apart: kill -9, or a fault of our own, between an effect and the note of it may have
that one effect happen twice (copies that went into several mboxes in one step: those; where nothing leaves no journal is
kept, and it is all copies), and all of it behind the end of the journal, in the last calls before the exit.  Nothing may be lost, and neither an error that a call reports nor a
signal that asks for an end may double anything.
"""
import os
import re
import shutil
import socketserver
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace

from inject import HOME, ME, SIGNALS, TRACE, Strace, as_user, calls_in_trace, fired, tools, wanted

T, TROMMEL = os.environ["T"], os.environ["TROMMEL"]
TRIES = 3
PROMPT_S = 5

SILENT = {"Sent", "alice"}  # of an answer that is not given
LAST = 4  # calls before the exit, in which the journal goes
DEADLY = {"KILL", "SEGV"}
LOST_ANSWER = ("recvfrom", "ECONNRESET")  # of a server: what was said on a socket before is the judge's
OLD = b"From: old@example.org\nSubject: older\n\nIt was here before.\n"
TAKEN = f"{HOME}/sent/log"  # whom a server or a program has taken something for

OPTIONS = ["-f", "alice@example.org", "-r", "bob@example.net", "-o", f"sendmail={T}/sendmail",
           "-o", f"pipe_bin_dir={T}/programs", "-o", "folder_autocreate=yes", "-o", "lock_timeout_s=5"]
MBOX = ["-o", f"mail_location=mbox:{HOME}/mail:INBOX={HOME}/inbox"]
SPOOL = ["-o", f"mail_location=mbox:{HOME}/mail:INBOX={T}/spool/{ME}"]

SOCKET = f"{T}/lmtp"
DATABASE = f"{T}/people.db"


class Taker(socketserver.StreamRequestHandler):
    """Takes every message, and notes for whom before it says so."""

    def handle(self):
        names = []
        self.say("220 here")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                names.append(line.split(b"<")[1].split(b"@")[0].decode())
            self.say("354 go on" if verb == b"DATA" else "250 fine")
            if verb == b"DATA":
                self.take(names)
            elif verb == b"QUIT":
                return

    def take(self, names):
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return
        with open(TAKEN, "a", encoding="ascii") as file:
            file.writelines(name + "\n" for name in names)
        self.say("250 taken")  # of one recipient by LMTP, too

    def say(self, reply):
        try:
            self.wfile.write(reply.encode() + b"\r\n")
        except OSError:
            pass  # whoever was there has been killed


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a connection that a killed delivery has broken


class LocalServer(Server):
    address_family = socketserver.socket.AF_UNIX


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def make_database():
    with sqlite3.connect(DATABASE) as base:
        base.execute("create table people(name text)")
        base.execute("insert into people values ('alice@example.org')")


PORT = serve(Server(("127.0.0.1", 0), Taker)).server_address[1]
if os.path.exists(SOCKET):
    os.unlink(SOCKET)
serve(LocalServer(SOCKET, Taker))
os.chmod(SOCKET, 0o777)
if not os.path.exists(DATABASE):
    make_database()

TWO = """require ["fileinto", "copy", "vacation", "fcc", "mailbox"];
fileinto "one"; fileinto "two"; redirect :copy "carol@example.com";
vacation :addresses "bob@example.net" :fcc "Sent" :create "Away.";"""
ONE = """require ["fileinto", "copy"];
fileinto "one"; redirect :copy "carol@example.com";"""


@dataclass
class Plan:
    script: str
    options: list
    folders: dict
    sent: str  # names that are to be in the log once
    mail: str = "mail"
    asked: str = ""  # programs that are to be in it at least once
    stored: tuple = ()  # what the rules put in place of what in the message
    files: tuple = ()  # that are in the home before, each as (path, text); directories end in /
    calendar: bool = False  # one object is to be there
    server: bool = False

    def whole(self):
        with open(f"{T}/{self.mail}", "rb") as file:
            return file.read().replace(*self.stored) if self.stored else file.read()


PLANS = {
    "the inbox": Plan("keep;", [], {"INBOX": 1}, ""),
    "a folder, with flags and keywords": Plan(
        'require ["fileinto", "imap4flags"]; fileinto :flags ["\\\\Seen", "$Work", "$Later"] "one";', [], {"one": 1}, ""),
    "a folder, by its use": Plan('require ["fileinto", "special-use"]; fileinto :specialuse "\\\\Junk" "INBOX";', [],
                                 {"one": 1}, "", files=(("Maildir/.one/cur/", ""), ("Maildir/.one/trommel-folder", "use \\Junk\n"),)),
    "what rules ask of folders": Plan(
        """require ["fileinto", "mailbox", "mailboxid", "mboxmetadata", "servermetadata", "special-use"];
if allof (mailboxexists "one", mailboxidexists "F1", metadata "one" "/private/comment" "mine",
	servermetadata "/private/comment" "ours", specialuse_exists "\\\\Archive", not specialuse_exists "\\\\Flagged") {
	fileinto "one";
}""", ["-o", f"mail_location=maildir:{HOME}/Maildir:LAYOUT=fs"], {"one": 1}, "",
        files=(("Maildir/one/cur/", ""), ("Maildir/one/trommel-folder", "id F1\n/private/comment mine\nuse \\Archive\n"),
               ("Maildir/trommel-server", "/private/comment ours\n"))),
    "what rules ask of other files": Plan(
        """require ["fileinto", "include", "extlists"]; include :personal "more";
if allof (address :list "from" ":addrbook:friends", address :list "from" "tag:example.org,2026:staff",
	not address :list "from" ":addrbook:foes") {
	fileinto "one";
}""",
        ["-o", f"lists=tag:example.org,2026:staff=sqlite:{HOME}/people.db select name from people where name = ?"],
        {"one": 1, "two": 1}, "",
        files=(("sieve/more.sieve", 'require "fileinto"; fileinto "two";'),
               (".config/trommel/lists/friends", "alice@example.org\n"), (".config/trommel/lists/foes", "eve@example.org\n"))),
    "an mbox that is there": Plan("keep;", MBOX, {"INBOX": 1}, ""),
    "an mbox that is not": Plan('require "fileinto"; fileinto "one";', MBOX, {"one": 1}, ""),
    "an mbox in a spool that is everybody's": Plan("keep;", SPOOL, {"INBOX": 1}, ""),
    "a header that is edited": Plan(
        """require ["fileinto", "editheader", "copy"];
addheader "X-Sorted" "yes"; fileinto :copy "one"; deleteheader "X-Sorted"; fileinto "two";""",
        [], {"one": 1, "two": 1}, ""),
    "two folders, a redirect, a vacation": Plan(TWO, [], {"one": 1, "two": 1, "Sent": 1}, "alice carol"),
    "the same in mboxes": Plan(TWO, MBOX, {"one": 1, "two": 1, "Sent": 1}, "alice carol"),
    "the same to a server": Plan(TWO, ["-o", f"submission=smtp://127.0.0.1:{PORT}"], {"one": 1, "two": 1, "Sent": 1},
                                 "alice carol", server=True),
    "a redirect by LMTP": Plan(ONE, ["-o", f"submission=lmtp://{SOCKET}"], {"one": 1}, "carol", server=True),
    "a notification, a report, a program": Plan(
        """require ["enotify", "vnd.dovecot.report", "vnd.dovecot.pipe", "copy"];
notify "mailto:dave@example.com"; report "abuse" "Bad." "erin@example.com"; pipe :copy "archive"; keep;""",
        [], {"INBOX": 1}, "archive dave erin"),
    "a notification by a program": Plan('require ["enotify", "fileinto"]; notify "tell:teller"; fileinto "one";',
                                        ["-o", f"notify_program={T}/programs/tell", "-o", "notify_schemes=tell"],
                                        {"one": 1}, "teller"),
    "programs that rules ask": Plan(
        """require ["vnd.dovecot.filter", "vnd.dovecot.execute", "fileinto", "variables"];
filter "shout"; execute :output "folder" "folder"; fileinto "${folder}";""",
        ["-o", f"filter_bin_dir={T}/programs", "-o", f"execute_bin_dir={T}/programs"], {"one": 1}, "",
        asked="shout folder", stored=(b"Subject: steps", b"Subject: STEPS")),
    "a calendar": Plan('require ["processcalendar", "fileinto"]; processcalendar; fileinto "one";',
                       ["-o", "calendar_dir=~/calendars"], {"one": 1}, "", mail="invitation", calendar=True),
    "a refusal": Plan('require "ereject"; ereject "no";', [], {}, ""),
    "a duplicate": Plan('require "duplicate"; if duplicate { discard; }', [], {"INBOX": 1}, ""),
    "a duplicate, in files": Plan('require "duplicate"; if duplicate { discard; }', ["-o", "state_engine=files"],
                                  {"INBOX": 1}, ""),
    "a refusal by mail": Plan('require "reject"; reject "kein Körnerfutter";', [], {}, "alice"),
}


def fresh(plan):
    """A home with the rules, what they ask for, and older messages."""
    for name in os.listdir(HOME):
        path = os.path.join(HOME, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    for name in ("Maildir/new", "Maildir/cur", "Maildir/tmp", "mail", "sent"):
        os.makedirs(os.path.join(HOME, name), mode=0o700)
    for name, text in ((".sieve", plan.script + "\n"), *plan.files):
        os.makedirs(os.path.dirname(f"{HOME}/{name}"), mode=0o700, exist_ok=True)
        if not name.endswith("/"):
            with open(f"{HOME}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
    if "sqlite:" in "".join(plan.options):
        shutil.copy(DATABASE, f"{HOME}/people.db")
    with open(f"{HOME}/Maildir/new/1.old.host", "wb") as file:
        file.write(OLD)
    for name in os.listdir(f"{T}/spool"):
        os.unlink(f"{T}/spool/{name}")
    for inbox in (f"{HOME}/inbox", f"{T}/spool/{ME}"):
        with open(inbox, "wb") as file:
            file.write(b"From old Thu Jan  1 12:00:00 2026\n" + OLD + b"\n")
        os.chmod(inbox, 0o600)
    subprocess.run(["chown", "-R", f"{ME}:{ME}", HOME, f"{T}/spool/{ME}"], check=True)


def deliver(plan, tracer=()):
    command = as_user(*tracer, TROMMEL, *OPTIONS, *plan.options)
    with open(f"{T}/{plan.mail}", "rb") as mail:
        return subprocess.run(command, stdin=mail, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60,
                              check=False)


def reads_the_message(_, name, first):
    return name in ("read", "pread64", "fstat") and first == "0"


def is_mbox(options):
    return options in (MBOX, SPOOL)


def texts_in(options, folder):
    if is_mbox(options):
        path = options[-1].split("INBOX=")[1] if folder == "INBOX" else f"{HOME}/mail/{folder}"
        if not os.path.exists(path):
            return []
        with open(path, "rb") as file:
            return [text[:-1] for text in re.split(rb"^From .*\n", file.read(), flags=re.M)[1:]]
    mark = "" if "LAYOUT=fs" in "".join(options) else "."
    top, texts = f"{HOME}/Maildir" if folder == "INBOX" else f"{HOME}/Maildir/{mark}{folder}", []
    for part in ("new", "cur"):
        for name in os.listdir(f"{top}/{part}") if os.path.isdir(f"{top}/{part}") else ():
            with open(f"{top}/{part}/{name}", "rb") as file:
                texts.append(file.read())
    return texts


def bodies(plan, folder):
    """Which of the copies of the message, or of the answer, in a folder are whole."""
    texts = texts_in(plan.options, folder)
    if folder == "INBOX":
        if OLD not in texts:
            return [False]
        texts.remove(OLD)
    whole = b"\n\nAway.\n" if folder == "Sent" else plan.whole()
    return [text.endswith(whole) for text in texts]


def log():
    try:
        with open(TAKEN, encoding="ascii") as file:
            return sorted(line.strip().split("@")[0] for line in file)
    except FileNotFoundError:
        return []


def calendar_objects():
    """Which of the objects are whole."""
    found = []
    for top, _, names in os.walk(f"{HOME}/calendars"):
        for name in names:  # and not what is half written by one that was killed
            if not name.endswith(".ics"):
                continue
            with open(f"{top}/{name}", "rb") as file:
                text = file.read()
            found.append(text.startswith(b"BEGIN:VCALENDAR") and text.endswith(b"END:VCALENDAR\r\n"))
    return found


def verdict(plan):
    """(what is missing, what is there too often, what is damaged)"""
    missing, doubled, damaged = [], [], []
    for folder in ["INBOX", "one", "two", "Sent"]:
        found, wanted = bodies(plan, folder), plan.folders.get(folder, 0)
        if not all(found):
            damaged.append(folder)
        if len(found) < wanted:
            missing.append(folder)
        doubled += [folder] * (len(found) - wanted)
    taken, sent, asked = log(), plan.sent.split(), plan.asked.split()
    missing += [name for name in asked if name not in taken]
    for name in sorted((set(taken) | set(sent)) - set(asked)):
        extra = taken.count(name) - sent.count(name)
        if extra < 0:
            missing.append(name)
        doubled += [name] * extra
    if plan.calendar:
        objects = calendar_objects()
        if not objects:
            missing.append("calendar")
        if not all(objects):
            damaged.append("calendar")
        doubled += ["calendar"] * (len(objects) - 1)
    return missing, doubled, damaged


def litter():
    found = []
    for top, _, names in os.walk(HOME):
        found += [f"{top}/{name}" for name in names
                  if name.endswith(".lock") or name.endswith(".new") or "/journal" in top]
    return found + [name for name in os.listdir(f"{T}/spool") if name != ME]


def is_cleared(plan):
    """Is a lock that a killed delivery has left no more than litter, which whoever needs it breaks at once?"""
    if litter():
        # One that needs it, where what was delivered would not.
        later = replace(plan, mail="update" if plan.calendar else plan.mail)
        with open(f"{HOME}/.sieve", "w", encoding="utf-8") as file:
            file.write(plan.script.replace("$Later", "$Other") + "\n")
        begun = time.monotonic()
        if deliver(later).returncode != 0 or time.monotonic() - begun > PROMPT_S:
            return False
    return not litter()


def is_told(words):
    """Is that what the owner is told?"""
    try:
        with open(f"{HOME}/.sieve.log", encoding="utf-8") as file:
            return words in file.read()
    except FileNotFoundError:
        return False


def excused(plan):
    """What the owner is told of may be missing: that nobody was answered because it could not be remembered, that a
    calendar was not changed, or nobody told, or that a program did not do what it was asked."""
    effects = set()
    if "vacation" in plan.script and is_told("is not answered"):
        effects |= SILENT
    if plan.calendar and is_told("the calendar was not changed"):
        effects.add("calendar")
    return effects


def may_double(plan, doubled, step, fault, last):
    sent = [name for name in doubled if name in plan.sent.split()]
    if (step, fault) == LOST_ANSWER:
        return doubled == sent and len(sent) <= 1
    if fault not in DEADLY:
        return not doubled
    if last:
        return True
    filed = len(doubled) - len(sent)
    return len(sent) + filed <= 1 or (not sent and (is_mbox(plan.options) or not plan.sent))


def try_again(plan, status):
    """The MTA's next tries: the last status, and the longest time that one took."""
    longest_s = 0
    for _ in range(TRIES):
        if status in (0, 77):
            break
        begun = time.monotonic()
        status = deliver(plan).returncode
        longest_s = max(longest_s, time.monotonic() - begun)
    return status, longest_s


def shows_early(plan, status, fault):
    """Is there anything of a message that is not delivered, though nothing but the failure stood in the way?"""
    if status != 75 or fault in SIGNALS or len(plan.folders) != 1 or plan.sent:
        return False
    return any(len(bodies(plan, folder)) for folder in plan.folders)


def was_the_judges():
    """Was it the judge that was heard?  It may take fewer calls, or more, each time; a server is waited for."""
    with open(TRACE, encoding="utf-8", errors="replace") as file:
        return any("MSG_DONTWAIT" in line for line in file if "INJECTED" in line)


def attempt(plan, tool, step, fault, last):
    """Whether the fault came about; '' when all is well, else what is wrong; and what happened twice."""
    name, number = step
    fresh(plan)
    try:
        status = deliver(plan, tool.tracer(name, number, fault)).returncode
        if not fired(tool) or ((step, fault) == LOST_ANSWER and was_the_judges()):
            return False, "", []
        if status not in (0, 75, 77, -9, 137):
            return True, f"ended with {status}", []
        if shows_early(plan, status, fault):
            return True, "is there, and ended with 75", []
        status, took_s = try_again(plan, status)
    except subprocess.TimeoutExpired:
        return True, "is stuck", []
    if status != (77 if "ereject" in plan.script else 0):
        return True, f"still {status} after {TRIES} more tries", []
    if took_s > PROMPT_S:
        return True, f"stuck: the next delivery took {took_s:.1f} s", []
    missing, doubled, damaged = verdict(plan)
    if fault not in SIGNALS:
        missing = [effect for effect in missing if effect not in excused(plan)]
    left = [] if name.startswith("unlink") or (fault == "KILL" and is_cleared(plan)) else litter()
    for word, found in (("lost", missing), ("damaged", damaged), ("left", left)):
        if found:
            return True, word + ": " + ", ".join(found), doubled
    return True, "" if may_double(plan, doubled, name, fault, last) else "doubled: " + ", ".join(doubled), doubled


def jobs_for(plan, tool, calls):
    """Each call with each of its faults."""
    jobs, is_connected = [], False
    for step in calls:
        is_connected = is_connected or (plan.server and step[0] == "connect")
        jobs += [(step, fault) for fault in tool.faults(step[0])]
        if is_connected and step[0] == LOST_ANSWER[0] and isinstance(tool, Strace):
            jobs.append((step, LOST_ANSWER[1]))
    return jobs


def sweep(title, plan, tool):
    """How many faults came about, and a line for each of them that went wrong."""
    fresh(plan)
    deliver(plan, tool.tracer())
    calls = calls_in_trace(tool, reads_the_message)
    missing, doubled, damaged = verdict(plan)
    if not calls or missing or doubled or damaged:
        return 1, [f"{title}: undisturbed: {len(calls)} calls, missing {missing}, doubled {doubled}, damaged {damaged}"]
    tried, wrong, twice = 0, [], []
    for step, fault in wanted(jobs_for(plan, tool, calls), len(title)):
        came, text, doubled = attempt(plan, tool, step, fault, step in calls[-LAST:])
        tried += came
        if text:
            wrong.append(f"{title}, {type(tool).__name__}: {fault} at {step[0]} number {step[1]}: {text}")
        elif doubled:
            twice.append(f"{', '.join(doubled)} ({fault} at {step[0]} number {step[1]})")
    print(f"{title}, {type(tool).__name__}: {len(calls)} calls, {tried} faults, {len(wrong)} wrong, {len(twice)} times something "
          "twice, by a kill" + "".join(f"\n    {line}" for line in twice), flush=True)
    return tried, wrong


def main():
    tried, wrong = 0, []
    only = os.environ.get("FAULTS_PLAN", "")
    every = tools()
    for title, plan in PLANS.items():
        if only not in title:
            continue
        fresh(plan)
        if deliver(plan).returncode not in (0, 77):
            print(f"{title}: is not delivered at all")
            return 1
        for tool in every:
            came, lines = sweep(title, plan, tool)
            tried, wrong = tried + came, wrong + lines
    print("\n".join([f"in all {tried} faults, {len(wrong)} wrong", *wrong]))
    return 1 if wrong or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
