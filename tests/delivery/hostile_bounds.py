"""hostile_bounds.py STEPS HOME RULES PROGRAM [MAKER] - what hostile messages cost, whichever way they go

Delivers each kind of hostile_kinds.py to a Maildir, an mbox and through each script in the directory RULES, and has
`try --trace` look at it: at a size, and at four times that.  Prints "# kind size seconds MB" for each, and a line for each
promise that was broken: status 0, one copy with the same bytes, memory below the limit, time that grows with the size.

STEPS: "small" or "large".  The last argument, for large ones, is the maker of other hostile mail.
"""
import os
import re
import subprocess
import sys

import hostile
import hostile_kinds

MOST_MB = int(os.environ.get("HOSTILE_MB", "64"))
GROWTH = 4
# Four times as much may take so many times as long: a quadratic one takes 16.  Below FLOOR_S it is not looked at.
MOST_GROWTH = 8
FLOOR_S = 0.15
# What a judge's own clock allows, and the delivery without it.
MOST_S = 12
# Of a header nothing beyond 1 MB is looked at: what has just that is dearer than what has more.
SEEN_BYTES = 1000 * 1000
# What rules may give up with: the message is kept then.
LIMIT = re.compile(rb"\(limit: [a-z_ ]+\)")


def cost(argv, path):
    """Runs a command on a file: status, processor seconds, MB of its largest process, what it said."""
    with open(path, "rb") as message:
        run = subprocess.Popen(argv, stdin=message, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = run.stdout.read()
        run.stdout.close()
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    return run.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def stored(home, way):
    """What is wrong with what was stored of the file "message"."""
    found = list(hostile.mbox_copies(home) if way == "mbox" else hostile.maildir_copies(home))
    if len(found) != 1:
        return "%d copies" % len(found)
    with open(home + "/message", "rb") as file:
        data = file.read()
    wanted = hostile.expected(data, "mbox" if way == "mbox" else "maildir")
    return "" if any(found[0] == one for one in wanted) else "not the same bytes"


def stored_apart(home, way):
    """The same in another process: what is measured begins with the memory that this one once had."""
    return subprocess.run([sys.executable, __file__, "stored", home, way], capture_output=True, text=True).stdout.strip()


class Bounds:
    def __init__(self, home, rules, program):
        self.home, self.message = home, home + "/message"
        script = lambda name: rules + "/" + name
        self.ways = {"maildir": [program, "-o", "sieve_script=" + script("none")],
                     "mbox": [program, "-o", "sieve_script=" + script("none"),
                              "-o", "mail_location=mbox:%s/mail:INBOX=%s/inbox" % (home, home)]}
        for name in sorted(os.listdir(rules)):
            if name != "none":
                self.ways[name] = [program, "-o", "sieve_script=" + script(name)]
                self.ways["try " + name] = [program, "try", "--trace", script(name), self.message]

    def look(self, name):
        """What the message costs each way."""
        costs, size = {}, os.path.getsize(self.message)
        for way, argv in self.ways.items():
            open(self.home + "/inbox", "wb").close()
            status, seconds, megabytes, said = cost(argv, self.message)
            costs[way] = seconds
            wrong = []
            limited = LIMIT.search(said)
            if status != (1 if limited and way.startswith("try") else 0):
                wrong.append("status %d: %r" % (status, said[-300:]))
            if not way.startswith("try"):
                wrong.append(stored_apart(self.home, way))
                if said:
                    wrong.append("said %r" % said[:300])
                log = self.home + "/.sieve.log"
                if os.path.exists(log) and os.path.getsize(log):
                    with open(log, "rb") as file:
                        complaint = re.sub(rb"\s+", b" ", file.read())[-300:]
                    limited = LIMIT.search(complaint)
                    if not limited:
                        wrong.append("rules: %s" % complaint.decode(errors="replace"))
                    os.unlink(log)
            if megabytes > MOST_MB:
                wrong.append("%.0f MB" % megabytes)
            if seconds > MOST_S + size / 20e6:
                wrong.append("%.1f s" % seconds)
            wrong = ", ".join(w for w in wrong if w)
            print("# %-24s %11d %-12s %7.2f s %4.0f MB  %s" % (name, size, way, seconds, megabytes, "BAD" if wrong else "kept: a limit" if limited else "ok"))
            if wrong:
                print("%s, %d bytes, %s: %s" % (name, size, way, wrong))
            sys.stdout.flush()
        return costs

    def grows(self, name, small, large):
        for way, seconds in large.items():
            if seconds > FLOOR_S and seconds > MOST_GROWTH * max(small[way], FLOOR_S / GROWTH):
                print("%s, %s: %.2f s, and %.2f s for %d times as much" % (name, way, small[way], seconds, GROWTH))

    def steps(self, name, counts):
        costs = []
        for count in counts:
            hostile_kinds.write(name, max(count, 1), self.message)
            costs.append(self.look(name))
        self.grows(name, *costs)

    def ours(self, share):
        wanted = os.environ.get("HOSTILE_KINDS", "").split()
        for name, (_, large) in hostile_kinds.KINDS.items():
            if wanted and name not in wanted:
                continue
            self.steps(name, (large // share // GROWTH, large // share))
            size = os.path.getsize(self.message)
            if share == 1 and size > SEEN_BYTES:
                self.steps(name, [large * SEEN_BYTES // size // part for part in (GROWTH, 1)])

    def theirs(self, maker):
        names = subprocess.run([sys.executable, maker, "--list"], capture_output=True, text=True, check=True).stdout
        for name in (line.split()[0] for line in names.splitlines() if " large" in line):
            subprocess.run([sys.executable, maker, "--only", name, self.home + "/made"], check=True, capture_output=True)
            os.rename(self.home + "/made/" + name + ".eml", self.message)
            self.look(name)


def main():
    if sys.argv[1] == "stored":
        print(stored(sys.argv[2], sys.argv[3]))
        return
    steps, home, rules, program = sys.argv[1:5]
    bounds = Bounds(home, rules, program)
    bounds.ours(50 if steps == "small" else 1)
    if steps == "large" and len(sys.argv) > 5:
        bounds.theirs(sys.argv[5])
    os.unlink(bounds.message)


if __name__ == "__main__":
    main()
