"""oracle.py T MAIL STEP TROMMEL - asks trommel and sieve-test what the scripts in T/scripts decide on the messages in T/list

A script whose first line is "# envelope: FROM TO" is tried with that envelope.  T/differences.tsv says where the two
differ and what sieve-test decides there: it has to be exactly that, so that a difference which goes away is found too.
On a full run (STEP 1) a line of it that no message needs is a failure.
"""
import collections
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import time

SHOWN = int(os.environ.get("ORACLE_SHOWN") or 6)  # differences of a script that are printed


SHOWN_NAME = 100  # sieve-test shows the beginning of a long name


def effect(kind, what, flags=()):
    what = what[:SHOWN_NAME]
    flags = " ".join(sorted(f.lower() for f in flags))
    return "%s %s%s" % (kind, what, " (%s)" % flags if flags else "")


def outcome(effects, failed):
    """Duplicates count once, order does not matter, and a discard is the absence of anything else."""
    return ("failed: " if failed else "") + (", ".join(sorted(set(effects))) or "nothing")


def told(kind, text):
    """A first line, as sieve-test shows it; what a mailto: URI has besides its address is told elsewhere."""
    text = text.partition("?")[0] if kind == "notify" else re.sub("[\r\n]", "?", text)
    return effect(kind, text)


# ---- trommel

QUOTED = r'"((?:[^"\\]|\\.)*)"'
FLAGS = r"(?: \(flags? ([^)]*)\))?"
FAILED = ("the rules failed", "the rules have errors", "the rules could not")


# What is told in a word and a name, and what is not done, which only we say beforehand.
PLAIN = [
    ("answer .*?, subject " + QUOTED, "answer"),
    ("note: .*(no reply):", "answer"),
    ("(?:reject|refuse): " + QUOTED, "reject"),
    ("notify " + QUOTED, "notify"),
    ('report as "(?:abuse|fraud)" to ' + QUOTED, "report"),
    ("pipe to " + QUOTED, "pipe"),
]


def unquote(text):
    """Undoes what plan_print does to bytes that cannot be printed, and to backslashes and quotes."""
    return re.sub(r"\\(x[0-9a-f]{2}|.)", lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 3 else m[1], text)


def read_plan(lines):
    effects, failed = [], False
    for line in lines:
        for pattern, kind in PLAIN:
            if m := re.match(pattern, line):
                effects.append(told(kind, unquote(m[1])))
        if m := re.match("file into " + QUOTED + "(?:, made if missing)?" + FLAGS, line):
            effects.append(effect("store", unquote(m[1]), (m[2] or "").split()))
        elif m := re.match("keep in the inbox" + FLAGS, line):
            effects.append(effect("store", "INBOX", (m[1] or "").split()))
        elif m := re.match("redirect to " + QUOTED, line):
            effects.append(effect("redirect", unquote(m[1])))
        elif line.startswith(FAILED):
            failed = True
    return outcome(effects, failed)


def ours(program, script, envelope, home, messages):
    """One process for all messages: its output has a heading for each."""
    command = [program, "try", "-v", "-c", os.path.dirname(script) + "/../trommel.conf", "--mail", "maildir:%s/Maildir" % home]
    # sieve-test's time is that of the clock
    command += ["--now", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())]
    if envelope:
        command += ["--sender", envelope[0], "--recipient", envelope[1]]
    run = subprocess.run(command + [script] + messages, capture_output=True)
    plans, plan = {}, None
    for line in run.stdout.decode(errors="replace").splitlines():
        if line.startswith("    "):
            plan.append(line.strip())
        elif line:
            # An .eml with a From_ line is an mbox of one message.
            plan = plans.setdefault(re.match(r"(.*?\.eml)(?:, message 1)?: ", line)[1], [])
    return {message: read_plan(plan) for message, plan in plans.items()}


# ---- sieve-test

def read_actions(text, error):
    effects, failed = [], "final result: success" not in error
    stored, flags = None, []
    kind = ""

    def done():
        if stored:
            effects.append(effect("store", stored, flags))
    # CR LF stands for itself in the text of an answer: only LF ends a line here.
    for line in text.split("\n"):
        if line.startswith(" * "):
            done()
            stored, flags = None, []
            if m := re.match(r" \* store message in folder: (.*)", line):
                stored = m[1]
            elif m := re.match(r" \* redirect message to: <(.*)>", line):
                effects.append(effect("redirect", m[1]))
            elif m := re.match(r" \* reject message with reason: (.*)", line):
                effects.append(effect("reject", m[1]))
            elif m := re.match(r" \* report incoming message as `.*' to: <(.*)>", line):
                effects.append(effect("report", m[1]))
            elif m := re.match(r" \* pipe message to external program '(.*)':", line):
                effects.append(effect("pipe", m[1]))
            kind = line
        elif m := re.match(r"    => subject : (.*)", line):
            effects.append(effect("answer", m[1]))
        elif kind.startswith(" * send notification") and (m := re.match(r" +\+ To: (.*)", line)):
            effects.append(effect("notify", "mailto:" + m[1]))
        elif m := re.match(r" +\+ add IMAP flags: (.*)", line):
            flags = m[1].split()
    done()
    if failed and "successful implicit keep" in error:
        effects.append(effect("store", "INBOX"))
    return outcome(effects, failed)


def theirs(conf, script, envelope, messages):
    plans = {}
    options = ["-f", envelope[0], "-r", envelope[1], "-a", envelope[1]] if envelope else []
    for message in messages:
        run = subprocess.run(["sieve-test", "-c", conf] + options + [script, message], capture_output=True)
        # An assertion of its own that failed is no decision.
        plans[message] = None if run.returncode < 0 else read_actions(
            run.stdout.decode(errors="replace"), run.stderr.decode(errors="replace"))
    return plans


# ---- where they differ

class Message:
    """What a condition is asked of."""

    def __init__(self, path, mail):
        with open(path, "rb") as f:
            file = f.read()
        self.path, self.name = path, os.path.relpath(path, mail)
        self.bytes = re.sub(rb"\A\n*From [^\n]*\n", b"", file)
        self.header = re.split(rb"(?<=\n)\r?\n", self.bytes, 1)[0]
        self.file_size = len(file)
        self.mail_size = len(self.bytes) + len(re.findall(rb"(?<!\r)\n", self.bytes))


def condition(text):
    """Of a message: "-"; "header REGEX" and "message REGEX" find it there; "over N": its size is, as RFC 5322 has
    it, with CR LF, but the file's is not; "under N": the file's size is, but not its own."""
    if text == "-":
        return lambda message: True
    kind, argument = text.split(" ", 1)
    if kind in ("over", "under"):
        limit = int(argument)
        if kind == "over":
            return lambda message: message.file_size <= limit < message.mail_size
        return lambda message: message.file_size < limit <= message.mail_size
    regex = re.compile(argument.encode(), re.IGNORECASE | re.MULTILINE)
    if kind == "header":
        return lambda message: regex.search(message.header)
    if kind == "message":
        return lambda message: regex.search(message.bytes)
    sys.exit("differences.tsv: %r is no condition" % text)


Line = collections.namedtuple("Line", "script message when ours theirs section reason")


class Differences:
    def __init__(self, path):
        self.lines = []
        for text in open(path, encoding="utf-8"):
            if text.strip() and not text.startswith("#"):
                fields = text.rstrip("\n").split("\t")
                if len(fields) != len(Line._fields) or not all(fields[:4] + fields[5:]):
                    sys.exit("differences.tsv: seven fields are wanted: %r" % text)
                self.lines.append(Line(*fields)._replace(when=condition(fields[2]), ours=re.compile(fields[3])))
        self.used = [0] * len(self.lines)

    def expected(self, script, message, ours):
        """What sieve-test decides when trommel decides `ours`, and the lines that say so."""
        by = []
        for number, line in enumerate(self.lines):
            if line.script == script and line.message in ("*", message.name) and line.when(message):
                changed = line.ours.sub(line.theirs, ours, 1)
                if changed != ours:
                    ours = changed
                    by.append(number)
        return ours, by

    def count(self, by):
        for number in by:
            self.used[number] += 1

    def summary(self):
        sums = collections.Counter()
        for line, used in zip(self.lines, self.used):
            sums[line.section, line.reason] += used
        return [(used, section, reason) for (section, reason), used in sums.items() if used]


def envelope_of(script):
    m = re.match(r"# envelope: (\S+) (\S+)", open(script, encoding="utf-8").read())
    return (m[1], m[2]) if m else None


def main():
    scratch, mail, step, program = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    messages = [Message(path, mail) for path in open(scratch + "/list").read().splitlines()]
    differences = Differences(scratch + "/differences.tsv")

    def judge(script):
        paths, envelope = [message.path for message in messages], envelope_of(script)
        return (os.path.basename(script), ours(program, script, envelope, os.environ["HOME"], paths),
                theirs(scratch + "/conf", script, envelope, paths))

    alike = different = died = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for script, mine, other in pool.map(judge, sorted(glob.glob(scratch + "/scripts/*.sieve"))):
            unlisted = []
            for message in messages:
                plan, decided = mine.get(message.path, "no answer"), other[message.path]
                if decided is None:
                    died += 1
                    continue
                expected, by = differences.expected(script, message, plan)
                differences.count(by)
                if decided != expected:
                    unlisted.append((message.name, plan, expected, decided))
                elif by:
                    different += 1
                else:
                    alike += 1
            for name, plan, expected, decided in unlisted[:SHOWN]:
                print("#   %s\n#     ours:   %s\n#     theirs: %s" % (name, plan, decided))
                if expected != plan:
                    print("#     listed: %s" % expected)
            print("%s: %s" % (script, "%d of %d messages differ" % (len(unlisted), len(messages)) if unlisted else "alike"))
    for used, section, reason in differences.summary():
        print("# %5d %s: %s" % (used, section, reason))
    print("# %d messages, %d decisions alike, %d different as listed, %d times sieve-test died"
          % (len(messages), alike, different, died))
    if step == 1:
        for line, used in zip(differences.lines, differences.used):
            if not used and os.path.exists("%s/scripts/%s" % (scratch, line.script)):
                print("differences.tsv: nothing differs any more like %s, %s: %s" % (line.script, line.message, line.reason))


main()
