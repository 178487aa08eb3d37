"""oracle.py T MAIL STEP TROMMEL - asks trommel and sieve-test what the scripts in T/scripts decide on the messages in T/list

A script whose first line is "# envelope: FROM TO" is delivered with that envelope, all others are tried.  Differences that
differences.tsv does not list are printed; on a full run also lines of it that nothing needs any more.
"""
import collections
import concurrent.futures
import fnmatch
import glob
import os
import re
import subprocess
import sys

SHOWN = 6  # differences of a script that are printed


def effect(kind, what, flags=()):
    flags = " ".join(sorted(f.lower() for f in flags))
    return "%s %s%s" % (kind, what, " (%s)" % flags if flags else "")


def outcome(effects, failed):
    """Duplicates count once, order does not matter, and a discard is the absence of anything else."""
    effects = sorted(set(effects)) or ["nothing"]
    return ("failed: " if failed else "") + ", ".join(effects)


# ---- trommel

QUOTED = r'"((?:[^"\\]|\\.)*)"'
FLAGS = r'(?: \(flags? ([^)]*)\))?'


def unquote(text):
    raw = re.sub(r"\\(x[0-9a-f]{2}|.)", lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 3 else m[1], text)
    return raw


def read_plan(text):
    effects, failed = [], False
    for line in map(str.strip, text.splitlines()):
        if m := re.match(r"file into " + QUOTED + "(?:, made if missing)?" + FLAGS, line):
            effects.append(effect("store", unquote(m[1]), (m[2] or "").split()))
        elif m := re.match("keep in the inbox" + FLAGS, line):
            effects.append(effect("store", "INBOX", (m[1] or "").split()))
        elif m := re.match("redirect to " + QUOTED, line):
            effects.append(effect("redirect", unquote(m[1])))
        elif line.startswith(("the rules failed", "the rules have errors", "the rules could not")):
            failed = True
    return outcome(effects, failed)


def tried(program, script, messages):
    """One process for all: its output has a heading for each message when there is more than one."""
    plans = {}
    for message in messages:
        run = subprocess.run([program, "try", script, message], capture_output=True)
        plans[message] = read_plan(run.stdout.decode(errors="replace"))
    return plans


def delivered(program, script, envelope, messages, scratch):
    plans = {}
    home = scratch + "/deliveries"
    for message in messages:
        subprocess.run(["rm", "-rf", home], check=True)
        with open(message, "rb") as f:
            run = subprocess.run([program, "-s", script, "-f", envelope[0], "-r", envelope[1], "-o", "folder_autocreate=yes",
                                  "-o", "mail_location=maildir:" + home],
                                 stdin=f, capture_output=True)
        effects = []
        for path in glob.glob(home + "/**/new/*", recursive=True) + glob.glob(home + "/.*/new/*"):
            folder = os.path.relpath(os.path.dirname(os.path.dirname(path)), home).lstrip(".") or "INBOX"
            effects.append(effect("store", folder))
        plans[message] = outcome(effects, run.returncode != 0)
    return plans


# ---- sieve-test

def read_actions(text, error):
    effects, failed = [], "final result: success" not in error
    stored, flags = None, []

    def done():
        if stored:
            effects.append(effect("store", stored, flags))
    for line in text.splitlines():
        if line.startswith(" * "):
            done()
            stored, flags = None, []
            if m := re.match(r" \* store message in folder: (.*)", line):
                stored = m[1]
            elif m := re.match(r" \* redirect message to: <(.*)>", line):
                effects.append(effect("redirect", m[1]))
        elif m := re.match(r" +\+ add IMAP flags: (.*)", line):
            flags = m[1].split()
    done()
    return outcome(effects, failed)


def asked(conf, script, envelope, messages):
    plans = {}
    options = ["-f", envelope[0].strip("<>"), "-r", envelope[1], "-a", envelope[1]] if envelope else []
    for message in messages:
        run = subprocess.run(["sieve-test", "-c", conf] + options + [script, message], capture_output=True)
        plans[message] = read_actions(run.stdout.decode(errors="replace"), run.stderr.decode(errors="replace"))
    return plans


# ---- comparing

class Differences:
    """Lines of differences.tsv: script, message, ours, theirs (shell patterns) and the reason."""

    def __init__(self, path):
        self.lines = []
        for line in open(path, encoding="utf-8"):
            if line.strip() and not line.startswith("#"):
                fields = line.rstrip("\n").split("\t")
                if len(fields) != 5 or not all(fields):
                    sys.exit("differences.tsv: five fields are wanted: %r" % line)
                self.lines.append(fields)
        self.used = collections.Counter()

    def explains(self, script, message, ours, theirs):
        for number, (s, m, o, t, why) in enumerate(self.lines):
            if all(fnmatch.fnmatchcase(a, b) for a, b in ((script, s), (message, m), (ours, o), (theirs, t))):
                self.used[number] += 1
                return True
        return False


def envelope_of(script):
    m = re.match(r"# envelope: (\S+) (\S+)", open(script).read())
    return (m[1], m[2]) if m else None


def main():
    scratch, mail, step, program = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    messages = open(scratch + "/list").read().splitlines()
    differences = Differences(scratch + "/differences.tsv")

    def judge(script):
        envelope = envelope_of(script)
        work = scratch + "/scripts/" + os.path.basename(script) + ".d"
        os.makedirs(work)
        ours = delivered(program, script, envelope, messages, work) if envelope else tried(program, script, messages)
        return script, ours, asked(scratch + "/conf", script, envelope, messages)

    alike = excused = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for script, ours, theirs in pool.map(judge, sorted(glob.glob(scratch + "/scripts/*.sieve"))):
            name, unlisted = os.path.basename(script), []
            for message in messages:
                if ours[message] == theirs[message]:
                    alike += 1
                elif differences.explains(name, os.path.relpath(message, mail), ours[message], theirs[message]):
                    excused += 1
                else:
                    unlisted.append(message)
            for message in unlisted[:SHOWN]:
                print("#   %s\n#     ours:   %s\n#     theirs: %s" % (os.path.relpath(message, mail), ours[message], theirs[message]))
            print("%s: %s" % (name, "%d of %d messages differ" % (len(unlisted), len(messages)) if unlisted else "alike"))
    print("# %d messages, %d decisions alike, %d differences that are listed" % (len(messages), alike, excused))
    if step == 1:
        for number, line in enumerate(differences.lines):
            if not differences.used[number]:
                print("differences.tsv: nothing differs any more like %s %s" % (line[0], line[1]))


main()
