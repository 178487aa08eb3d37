#!/usr/bin/env python3
"""The power fails at every moment of a delivery; then the machine is up again, and the MTA tries again.

One delivery is recorded: what it writes, names and flushes.  Then, for a cut behind each of these calls, a model says
what a disk may hold: everything that was flushed, and of the rest

  journaled  (ext4, xfs) of names those up to some moment, in their order, at least what an fsync of the file or
             directory concerned has forced; of each write nothing, its beginning, its beginning and zeros to its
             end, nothing but zeros, or all of it
  weak       (directories of a server, other file systems) of names any, in any order; of writes the same

A name and its removal are atomic, and so is a rename.  Few possibilities are all taken, of many a sample with a fixed
seed, and what is the same tree is looked at once.  The tree is made anew in a home, and has to hold:

  after exit 0   the message once, whole, without any help, and the next delivery not held up
  before         older messages whole, and no half message in a Maildir; after the next try the message, and at most
                 twice, where it had been filed already and nobody was told, and in an mbox no half message either

Counted apart, for an mbox alone: its dotlock is flushed just before the append, so that a cut before that may leave its
name without its text; it is waited out like anybody's (75 until lock_stale_s is over).  In the weak model it may be gone
while what it speaks of is there: half a record stays then, between whole ones; and where it is zeros, behind an old one.
"""
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import time

T, HOME, TROMMEL, ME = os.environ["T"], os.environ["HOME"], os.environ["TROMMEL"], os.environ["ME"]
MOST = int(os.environ["POWERCUT_STATES"])  # trees looked at, of each target and model
PER_CUT = 4096 if MOST > 1000 else 48  # possibilities of one moment that are looked for
OLD = b"From: old@example.org\nSubject: older\n\nIt was here before.\n"
OLD_MBOX = b"From old@example.org Thu Jan  1 12:00:00 2026\n" + OLD + b"\n"
with open(f"{T}/mail", "rb") as mail_file:
    MAIL = mail_file.read()
OPTIONS = ["-f", "alice@example.org", "-r", "bob@example.net", "-o", f"sendmail={T}/sendmail",
           "-o", "folder_autocreate=yes", "-o", "lock_timeout_s=1"]
MBOX = ["-o", f"mail_location=mbox:{HOME}/mail:INBOX={HOME}/inbox"]
KEYWORDS = 'require ["fileinto", "imap4flags"]; fileinto :flags ["\\\\Seen", "work"] "Lists";'
JOURNAL = 'require ["fileinto", "copy"]; redirect :copy "carol@example.com"; fileinto "one"; fileinto "two";'
# script, options, where the message has to be, mbox there before, redirects
TARGETS = {
    "Maildir, inbox": ("", [], ["INBOX"], False, 0),
    "Maildir, folder with keywords": (KEYWORDS, [], ["Lists"], False, 0),
    "mbox that is there": ("", MBOX, ["INBOX"], True, 0),
    "mbox that is new": ("", MBOX, ["INBOX"], False, 0),
    "two folders and a redirect, with a journal": (JOURNAL, [], ["one", "two"], False, 1),
}

# ---- a home, and a delivery into it


def wipe():
    for name in os.listdir(HOME):
        path = os.path.join(HOME, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


def fresh(target):
    script, options, folders, has_mbox, _ = target
    wipe()
    tops = ["mail"] if options else ["Maildir"] + [f"Maildir/.{name}" for name in folders if name != "INBOX"]
    for top in tops:
        for part in [""] if options else ["new", "cur", "tmp"]:
            os.makedirs(os.path.join(HOME, top, part), mode=0o700)
    if script:
        write(f"{HOME}/.sieve", script.encode())
    if not options:
        write(f"{HOME}/Maildir/new/1.old.host", OLD)
    elif has_mbox:
        write(f"{HOME}/inbox", OLD_MBOX)
    own()


def write(path, data):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def own():
    subprocess.run(["chown", "-R", f"{ME}:{ME}", HOME], check=True)


def deliver(target, tracer=(), more=()):
    command = ["setpriv", "--reuid", ME, "--regid", ME, "--clear-groups", "env", "-i", "PATH=" + os.environ["PATH"],
               "HOME=" + HOME, "USER=" + ME, "LOGNAME=" + ME, *tracer, TROMMEL, *OPTIONS, *more, *target[1]]
    with open(f"{T}/mail", "rb") as mail:
        return subprocess.run(command, stdin=mail, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60,
                              check=False).returncode


# ---- the recording


class Open:
    """An open file: where it is read and written next, and what it is (None: not in the home)."""

    def __init__(self, ino, path, appends):
        self.ino, self.path, self.appends, self.at = ino, path, appends, 0


class Recorder:
    """The calls of a trace as operations on numbered files and directories."""

    def __init__(self):
        self.names, self.data, self.ops, self.files, self.cwd = {}, {}, [], {}, HOME
        self.root = self.scan(HOME)
        self.first = (dict(self.data), {ino: dict(entries) for ino, entries in self.names.items()})

    def scan(self, path):
        ino = len(self.names) + len(self.data)
        if os.path.isdir(path):
            self.names[ino] = {}
            for name in sorted(os.listdir(path)):
                self.names[ino][name] = self.scan(os.path.join(path, name))
        else:
            self.data[ino] = read(path)
        return ino

    def find(self, path):
        """(the directory's number, the last name, its number), each None when there is none."""
        if path != HOME and not path.startswith(HOME + "/"):
            return None, None, None
        here, parent, name = self.root, None, ""
        for name in [part for part in path[len(HOME):].split("/") if part]:
            if here not in self.names:
                return None, None, None
            parent, here = here, self.names[here].get(name)
        return parent, name, here

    def path(self, fd, text):
        base = self.cwd if fd == "AT_FDCWD" else self.files[int(fd)].path if int(fd) in self.files else "/"
        return os.path.normpath(os.path.join(base, text))

    def new(self, directory):
        ino = len(self.names) + len(self.data)
        if directory:
            self.names[ino] = {}
        else:
            self.data[ino] = b""
        return ino

    def enter(self, kind, parent, name, ino):
        self.names[parent][name] = ino
        self.ops.append((kind, parent, name, ino))

    def open(self, fd, text, flags, result):
        path = self.path(fd, text)
        parent, name, ino = self.find(path)
        if "O_TMPFILE" in flags and ino is not None:
            ino = self.new(False)
        elif ino is None and parent is not None and "O_CREAT" in flags:
            ino = self.new(False)
            self.enter("name", parent, name, ino)
        if "O_TRUNC" in flags and ino in self.data:
            self.truncate(ino, 0)
        self.files[result] = Open(ino, path, "O_APPEND" in flags)

    def store(self, ino, at, data):
        old = self.data[ino]
        self.data[ino] = old[:at] + b"\0" * (at - len(old)) + data + old[at + len(data):]
        self.ops.append(("write", ino, at, data))

    def truncate(self, ino, size):
        self.data[ino] = self.data[ino][:size] + b"\0" * (size - len(self.data[ino]))
        self.ops.append(("size", ino, size))

    def write(self, fd, data, at=None):
        file = self.files.get(fd)
        if file is None or file.ino not in self.data:
            return
        if at is None:
            at = len(self.data[file.ino]) if file.appends else file.at
            file.at = at + len(data)
        self.store(file.ino, at, data)

    def link(self, ino, target):
        parent, name, _ = self.find(target)
        if parent is not None:
            self.enter("name", parent, name, ino)

    def rename(self, source, target):
        parent, name, ino = self.find(source)
        to, new_name, _ = self.find(target)
        if ino is None or to is None:
            sys.exit(f"a rename that leaves the home: {source} {target}")
        del self.names[parent][name]
        self.names[to][new_name] = ino
        self.ops.append(("rename", parent, name, to, new_name, ino))

    def unlink(self, path):
        parent, name, ino = self.find(path)
        if ino is not None:
            del self.names[parent][name]
            self.ops.append(("unname", parent, name, ino))

    def call(self, name, args, result):
        fd = int(args[0]) if args and args[0].isdigit() else None
        if name in ("openat", "openat2", "open"):
            args = args if name != "open" else ["AT_FDCWD"] + args
            self.open(args[0], text_of(args[1]).decode(), args[2], result)
        elif name == "close":
            self.files.pop(fd, None)
        elif name in ("dup", "dup2", "dup3") or (name == "fcntl" and "F_DUPFD" in args[1]):
            if fd in self.files:
                self.files[result] = self.files[fd]
        elif name == "chdir":
            self.cwd = self.path("AT_FDCWD", text_of(args[0]).decode())
        elif name in ("read", "lseek") and fd in self.files:
            self.files[fd].at = result + (self.files[fd].at if name == "read" else 0)
        elif name in ("write", "writev"):
            self.write(fd, text_of(",".join(args[1:]))[:result])
        elif name in ("pwrite64", "pwritev"):
            self.write(fd, text_of(",".join(args[1:]))[:result], int(args[-1]))
        elif name in ("copy_file_range", "sendfile"):
            self.copy(name, args, result)
        elif name == "ftruncate" and self.files[fd].ino in self.data:
            self.truncate(self.files[fd].ino, int(args[1]))
        elif name in ("fsync", "fdatasync") and self.files[fd].ino is not None:
            self.ops.append(("flush", self.files[fd].ino))
        elif name in ("linkat", "link"):
            args = args if name == "linkat" else ["AT_FDCWD", args[0], "AT_FDCWD", args[1]]
            self.link(self.linked(args), self.path(args[2], text_of(args[3]).decode()))
        elif name in ("rename", "renameat", "renameat2"):
            args = args if name != "rename" else ["AT_FDCWD", args[0], "AT_FDCWD", args[1]]
            self.rename(self.path(args[0], text_of(args[1]).decode()), self.path(args[2], text_of(args[3]).decode()))
        elif name in ("unlink", "unlinkat", "rmdir"):
            args = args if name == "unlinkat" else ["AT_FDCWD", args[0]]
            self.unlink(self.path(args[0], text_of(args[1]).decode()))
        elif name in ("mkdir", "mkdirat"):
            args = args if name == "mkdirat" else ["AT_FDCWD"] + args
            parent, last, _ = self.find(self.path(args[0], text_of(args[1]).decode()))
            if parent is not None:
                self.enter("name", parent, last, self.new(True))
        elif name == "wait4":
            self.ops.append(("child", fd))
        elif name not in ("ftruncate", "fsync", "fdatasync", "read", "lseek", "fcntl", "fallocate"):
            sys.exit(f"the model does not know {name}")

    def copy(self, name, args, result):
        to, source = (int(args[2]), int(args[0])) if name == "copy_file_range" else (int(args[0]), int(args[1]))
        file = self.files.get(source)
        if file is None or file.ino not in self.data:
            sys.exit("the model does not know what was copied")
        self.write(to, self.data[file.ino][file.at:file.at + result])
        file.at += result

    def linked(self, args):
        text = text_of(args[1]).decode()
        match = re.fullmatch(r"/proc/self/fd/(\d+)", text)
        if match or not text:
            return self.files[int(match.group(1) if match else args[0])].ino
        return self.find(self.path(args[0], text))[2]


def text_of(argument):
    """All strings in it, as bytes: strace -xx writes nothing but \\xNN."""
    return bytes.fromhex("".join(re.findall(r'"((?:\\x[0-9a-f]{2})*)"', argument)).replace("\\x", ""))


CALLS = "openat,openat2,open,close,dup,dup2,dup3,fcntl,chdir,read,lseek,write,writev,pwrite64,pwritev,copy_file_range,sendfile," \
    "ftruncate,fallocate,fsync,fdatasync,link,linkat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,wait4"


def record(target):
    fresh(target)
    recorder, trace = Recorder(), f"{T}/traced/calls"
    status = deliver(target, ["strace", "-xx", "-s", "100000000", "-o", trace, "-e", f"trace={CALLS}"])
    with open(trace, encoding="ascii", errors="replace") as file:
        for line in file:
            match = re.match(r"(\w+)\((.*)\)\s+= (-?\d+)", line)
            if match and int(match.group(3)) >= 0:
                recorder.call(match.group(1), match.group(2).split(", "), int(match.group(3)))
    return recorder, status


# ---- the model

NAMES = ("name", "unname", "rename")


def concerns(op):
    """The files and directories whose flush forces it."""
    if op[0] == "rename":
        return {op[3], op[5]}
    return {op[1], op[3]} if op[0] in NAMES else {op[1]}


def forced(ops, weak):
    """Which of these operations must be there."""
    there = set()
    for number, op in enumerate(ops):
        if op[0] != "flush":
            continue
        for earlier in range(number):
            kind = ops[earlier][0]
            if kind in ("write", "size") and ops[earlier][1] == op[1]:
                there.add(earlier)
            elif kind == "rename" and weak and op[1] == ops[earlier][3]:
                there.add(earlier)
            elif kind in NAMES and op[1] in ({ops[earlier][1]} if weak else concerns(ops[earlier])):
                there.add(earlier)
    if not weak:  # one journal: what came before goes before
        names = [number for number in there if ops[number][0] in NAMES]
        there |= {number for number in range(max(names, default=-1)) if ops[number][0] in NAMES}
    return there


def choices(ops, weak):
    """What may be of each operation that is not forced: a list of (numbers, [what may be of them])."""
    there = forced(ops, weak)
    found = [([number], [None, "all", "half", "padded", "zeros"] if op[0] == "write" else [None, "all"])
             for number, op in enumerate(ops)
             if number not in there and op[0] in (NAMES if weak else ()) + ("write", "size")]
    if not weak:
        loose = [number for number, op in enumerate(ops) if op[0] in NAMES and number not in there]
        found.append((loose, list(range(len(loose) + 1))))  # so many of them
    return there, found


def possibilities(ops, weak, seed):
    there, found = choices(ops, weak)
    count = 1
    for _, options in found:
        count *= len(options)
    chance = random.Random(seed)
    for turn in range(min(count, PER_CUT)):
        chosen = {number: "all" for number in there}
        for numbers, options in found:
            if count <= PER_CUT:
                turn, which = divmod(turn, len(options))
            else:
                which = chance.randrange(len(options))
            if numbers and isinstance(options[which], int):
                chosen.update({number: "all" for number in numbers[:options[which]]})
            elif numbers and options[which]:
                chosen[numbers[0]] = options[which]
        yield chosen


def apply(first, ops, chosen):
    data, names = dict(first[0]), {ino: dict(entries) for ino, entries in first[1].items()}
    for number, op in enumerate(ops):
        how = chosen.get(number)
        if not how:
            continue
        if op[0] == "write":
            _, ino, at, text = op
            kept = text[:len(text) // 2]
            text = {"all": text, "half": kept, "padded": kept.ljust(len(text), b"\0"), "zeros": bytes(len(text))}[how]
            old = data.get(ino, b"")
            data[ino] = old[:at] + b"\0" * (at - len(old)) + text + old[at + len(text):]
        elif op[0] == "size":
            old = data.get(op[1], b"")
            data[op[1]] = old[:op[2]] + b"\0" * (op[2] - len(old))
        elif op[0] == "name":
            names.setdefault(op[1], {})[op[2]] = op[3]
        elif op[0] == "unname":
            names.setdefault(op[1], {}).pop(op[2], None)
        elif op[0] == "rename":
            names.setdefault(op[1], {}).pop(op[2], None)
            names.setdefault(op[3], {})[op[4]] = op[5]
    return data, names


def tree(recorder, state, ino=None, path=""):
    """Every path below the home: its bytes, or None for a directory."""
    data, names = state
    found = {}
    for name, child in names.get(recorder.root if ino is None else ino, {}).items():
        here = f"{path}/{name}"
        if child in recorder.names:
            found[here] = None
            found.update(tree(recorder, state, child, here))
        else:
            found[here] = data.get(child, b"")
    return found


def rebuild(found):
    wipe()
    for path in sorted(found):
        if found[path] is None:
            os.mkdir(HOME + path, 0o700)
        else:
            write(HOME + path, found[path])
    own()


# ---- what has to be so


def records(path):
    return [text[:-1] for text in re.split(rb"^From .*\n", read(path), flags=re.M)[1:]] if os.path.exists(path) else []


def is_well_formed(path):
    """Does every record begin in a line of its own, behind an empty one?"""
    content = read(path)
    return content.startswith(b"From ") and all(content[at - 2:at] == b"\n\n" for at in
                                               (match.start() for match in re.finditer(rb"From .*20\d\d\n", content)) if at)


def texts(target, folder):
    if target[1]:
        return records(f"{HOME}/inbox")
    top, found = f"{HOME}/Maildir" + ("" if folder == "INBOX" else f"/.{folder}"), []
    for part in ("new", "cur"):
        for name in os.listdir(f"{top}/{part}") if os.path.isdir(f"{top}/{part}") else ():
            found.append(read(f"{top}/{part}/{name}"))
    return found


def has_letter():
    return any("a" in name.partition(":2,")[2] for name in os.listdir(f"{HOME}/Maildir/.Lists/cur"))


def keywords():
    path = f"{HOME}/Maildir/.Lists/dovecot-keywords"
    return read(path) if os.path.exists(path) else b""


def is_whole(text):
    return text == OLD or (text.endswith(MAIL) and text.removesuffix(MAIL).count(b"\n") <= 1)


def look(target):
    """(how often the message is in the folder where it is least often, and most; what is wrong)"""
    counts, wrong = [], []
    for folder in target[2] + ([] if "INBOX" in target[2] else ["INBOX"]):
        found = texts(target, folder)
        if not all(is_whole(text) for text in found):
            wrong.append("a half message in " + folder)
        if folder == "INBOX" and not target[1] and found.count(OLD) != 1:
            wrong.append("an old message is not there")
        if target[3] and not read(f"{HOME}/inbox").startswith(OLD_MBOX):
            wrong.append("an old message is not there")
        if folder == "Lists" and has_letter() and b" work\n" not in keywords():
            wrong.append("a message has a keyword that has no name")
        if folder in target[2]:
            counts.append(sum(is_whole(text) and text != OLD for text in found))
    return min(counts), max(counts), wrong


def sent():
    return len(read(f"{T}/sent/log").splitlines()) if os.path.exists(f"{T}/sent/log") else 0


def what_remains(target):
    """What the next delivery has left of a record that is not whole: it is between others, or behind an old one."""
    if not target[1]:
        return set()
    found = records(f"{HOME}/inbox")
    torn = {"torn"} if not all(is_whole(text) for text in found if not text.startswith(OLD)) else set()
    return torn | ({"glued"} if target[3] and found[:1] != [OLD] else set())


def judge(target, found, after_exit, sent_before, weak):
    """What is wrong, and what else is to be counted."""
    rebuild(found)
    least, most, wrong = look(target)
    if after_exit:
        wrong += [] if least == most == 1 else [f"{least} copies after exit 0"]
        status = deliver(target)
        return wrong + ([] if status == 0 else [f"the delivery after exit 0 ends with {status}"]), set()
    if target[1]:  # readers of an mbox may see a half record until the next delivery; older ones are whole
        wrong = [text for text in wrong if "half" not in text]
    if os.path.exists(f"{T}/sent/log"):
        os.unlink(f"{T}/sent/log")
    was_there = most > 0
    status, also = deliver(target), set()
    if status == 75 and target[1]:  # a lock of which only the name has reached the disk is waited out
        also.add("waits")
        time.sleep(1.1)
        status = deliver(target, more=["-o", "lock_stale_s=1", "-o", "lock_timeout_s=10"])
    if status != 0:
        return wrong + [f"the next try ends with {status}"], also
    least, most, more = look(target)
    also |= what_remains(target)
    if target[1]:
        more = [text for text in more if "half" not in text]
        more += [] if is_well_formed(f"{HOME}/inbox") else ["no mbox any more"]
        more += [] if weak else [f"{word} for good" for word in also & {"torn", "glued"}]
    if least < 1:
        more.append("lost")
    if most > (2 if was_there else 1):
        more.append(f"{most} copies")
    if sent_before + sent() < target[4]:
        more.append("not sent")
    if most > 1 or sent_before + sent() > target[4]:
        also.add("twice")
    return wrong + more, also


def cuts(recorder):
    """How many operations have been done at each moment at which the power may fail."""
    return range(len(recorder.ops) + 1)


def run(title, target):
    recorder, status = record(target)
    least, most, wrong = look(target)
    if status != 0 or (least, most) != (1, 1) or wrong:
        print(f"{title}: undisturbed: status {status}, {least} to {most} copies, {wrong}")
        return 1
    children = [number for number, op in enumerate(recorder.ops) if op[0] == "child"]
    failed = 0
    for model in ("journaled", "weak"):
        states = {}
        for cut in cuts(recorder):
            ops, ended = recorder.ops[:cut], cut == len(recorder.ops)
            was_sent = int(target[4] > 0 and bool(children) and cut > children[-1])
            for chosen in possibilities(ops, model == "weak", cut):
                found = tree(recorder, apply(recorder.first, ops, chosen))
                mark = hashlib.sha256(repr((sorted(found.items()), was_sent, ended)).encode()).digest()
                states.setdefault(mark, (cut, ended, was_sent, found))
        every = list(states.values())
        ends = [state for state in every if state[1]]
        others = [state for state in every if not state[1]]
        random.Random(5).shuffle(others)
        bad, counts = {}, dict.fromkeys(("twice", "waits", "torn", "glued"), 0)
        looked = ends[:MOST] + others[:MOST // 3 if target[1] and MOST < 1000 else MOST]
        for cut, ended, was_sent, found in looked:
            wrong, also = judge(target, found, ended, was_sent, model == "weak")
            for word in also:
                counts[word] += 1
            for text in wrong:
                bad.setdefault(text, []).append(cut)
        print(f"{title}, {model}: {len(recorder.ops)} operations, {len(every)} trees, {len(looked)} looked at "
              f"({min(len(ends), MOST)} after exit 0): {counts['twice']} twice, {counts['waits']} wait for a lock of "
              f"nobody, {counts['torn']} keep half a record, {counts['glued']} zeros behind an old one, "
              f"{sum(map(len, bad.values()))} wrong")
        for text, where in sorted(bad.items()):
            print(f"    {text}: {len(where)} times, behind operations {sorted(set(where))}")
            for number in sorted(set(where))[:2]:
                print("      after " + str(recorder.ops[number - 1])[:100])
        failed += len(bad)
    return failed


def main():
    os.makedirs(f"{T}/traced", exist_ok=True)
    os.chmod(f"{T}/traced", 0o777)
    wanted = os.environ.get("POWERCUT_TARGET", "")
    return 1 if sum(run(title, target) for title, target in TARGETS.items() if wanted in title) else 0


sys.exit(main())
