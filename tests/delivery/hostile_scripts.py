"""hostile_scripts.py HOME PROGRAM - what scripts cost that are far too much of one thing, and what becomes of the mail

Each kind at 256 KB and at 1 MB, the longest that is read: checked, and used for a delivery.  Prints "# kind bytes seconds MB" for
each, and a line for each promise that was broken: 0 or 1 from check, with an error that has a line; 0 from the delivery, with
the message in the inbox; the time that it took.
"""
import os
import re
import sys

from hostile_bounds import cost

LONGEST = 1024 * 1024
GROWTH = 4
MOST_GROWTH = 8
FLOOR_S = 0.15
# A real script of this length compiles in a twentieth of a second (`make bench`), twice of which once in the judge.
MOST_S = 2
JUDGE_S = 12  # what a judge's own clock allows, and the delivery without it
MOST_MB = 160  # what a run may take, and the program


def filled(head, unit, tail=""):
    """As many units as fit, numbered where they have a "%d"."""
    def make(size):
        room, parts, i = size - len(head) - len(tail), [], 0
        while True:
            part = unit.replace("%d", str(i))
            room -= len(part)
            if room < 0:
                break
            parts.append(part)
            i += 1
        return head + "".join(parts) + tail
    return make


def nested(opening, middle, closing):
    """As deep as it can be."""
    def make(size):
        depth = (size - len(middle)) // (len(opening) + len(closing))
        return opening * depth + middle + closing * depth
    return make


VARIABLES = 'require "variables"; '
KINDS = {
    "rules": filled("", 'if header :contains ["to", "cc"] "list-%d@example.org" { keep; stop; }\n'),
    "commands": filled("", "keep;"),
    "semicolons": filled("", ";"),
    "else": filled("if false { keep; }", " elsif false { keep; }"),
    "blocks": nested("if true {", "keep;", "}"),
    "open blocks": filled("", "if true {"),
    "closed blocks": filled("", "}"),
    "tests": nested("anyof(", "true", ")"),
    "a test": lambda size: "if %s {keep;}" % nested("anyof(", "true", ")")(size - 20),
    "not": lambda size: "if " + "not " * ((size - 20) // 4) + "true {keep;}",
    "brackets": filled("", "["),
    "list": filled('if header "x" ["a"', ',"%d"', "] {keep;}"),
    "commas": filled('if header "x" ["a"', ",", "] {keep;}"),
    "keys": filled('if header :matches "subject" ["a"', ',"*%d*?*"', "] {keep;}"),
    "expressions": filled('require "regex"; if header :regex "subject" ["a"', ',"(a|b)+%d"', "] {keep;}"),
    "an expression": filled('require "regex"; if header :regex "subject" "a', "(a|b)+", '" {keep;}'),
    "groups": lambda size: 'require "regex"; if header :regex "subject" "%s" {keep;}' % nested("(", "a", ")")(size - 60),
    "string": filled('redirect "', "x", '";'),
    "string of stars": filled('if header :matches "subject" "', "*a", '" {keep;}'),
    "escapes": filled('redirect "', "\\\\", '";'),
    "open string": filled('redirect "', "x"),
    "open strings": filled("", '"'),
    "text": filled("redirect text:\n", "..x\n", ".\n;"),
    "open text": filled("redirect text:\n", "x\n"),
    "comments": filled("", "/**/"),
    "open comment": filled("/*", " /*"),
    "lines": filled("", "\n"),
    "comment lines": filled("", "#\n"),
    "number": filled("if size :over ", "9", " {keep;}"),
    "numbers": filled("", "9K "),
    "word": filled("", "x"),
    "words": filled("", "x%d "),
    "tags": filled("keep", " :x%d", ";"),
    "same tag": filled("if header", " :is", ' "a" "b" {keep;}'),
    "require": filled("require [", '"x-%d",', '"fileinto"];'),
    "requires": filled("", 'require "fileinto";'),
    "variable starts": filled(VARIABLES + 'set "a" "', "${", '";'),
    "variables": filled(VARIABLES, 'set "a%d" "x";'),
    "one variable": filled(VARIABLES + 'set "a" "x";', 'set "a" "${a}${a}";'),
    "references": filled(VARIABLES + 'set "a" "x"; set "b" "', "${a}", '";'),
    "modifiers": filled(VARIABLES + "set", " :lower", ' "a" "b";'),
    "encoded": filled('require "encoded-character"; redirect "', "${hex:40}", '";'),
    "encoded, open": filled('require "encoded-character"; redirect "', "${hex:", '";'),
    "includes": filled('require "include";', 'include "x%d";'),
    "filings": filled('require "fileinto";', 'fileinto "a%d";'),
    "flags": filled('require "imap4flags"; addflag [""', ',"f%d"', "];"),
    "headers": filled('require "editheader";', 'addheader "X-%d" "y";'),
    "nul": filled("", "\0"),
    "controls": filled("", "\x01\x7f"),
    "eight bit": filled("", "\udcff\udcc3"),
    "quotes": filled("redirect ", "\u201cx\u201d"),
}

# What is long when it runs: the script, and how often the message's parts are there.
LOOP = 'require ["foreverypart", "mime", "variables", "regex", "extracttext", "body"];\n'
RUNS = {
    "loops in loops": LOOP + "foreverypart { " * 8 + "foreverypart { set \"a\" \"b\"; }" + "}" * 8,
    "texts of parts": LOOP + 'foreverypart { extracttext "a"; if string :regex "${a}" "(x+x+)+y" { stop; } }',
    "children of parts": LOOP + 'foreverypart { if header :mime :anychild :matches "subject" "*a*b*c*d*" { stop; } }',
    "bodies of parts": LOOP + "".join('if body :text :matches "*a*b*%d*" { stop; }\n' % i for i in range(3000)),
}


def look(home, program, name, size, most_s=MOST_S):
    seconds = 0
    for way, argv in (("check", [program, "check", home + "/.sieve"]), ("deliver", [program, "-o", "rules_notice=no"])):
        status, took, megabytes, said = cost(argv, home + "/message")
        stored = [d + n for d in ("/Maildir/new/", "/Maildir/cur/") for n in os.listdir(home + d)]
        seconds = max(seconds, took)
        wrong = []
        if way == "check" and status not in (0, 1):
            wrong.append("status %d: %r" % (status, said[-200:]))
        if way == "check" and status == 1 and not re.search(rb":\d+:\d+: |limit: ", said):
            wrong.append("no error that says where: %r" % said[-200:])
        if way == "deliver" and (status != 0 or len(stored) != 1):
            wrong.append("status %d, %d copies: %r" % (status, len(stored), said[-200:]))
        for entry in stored:
            os.unlink(home + entry)
        if megabytes > MOST_MB:
            wrong.append("%d MB" % megabytes)
        if took > most_s:
            wrong.append("%.2f s" % took)
        print("# %-18s %8d %-8s %5.2f s %4d MB  %s" % (name, size, way, took, megabytes, "BAD" if wrong else status))
        if wrong:
            print("%s, %d bytes, %s: %s" % (name, size, way, ", ".join(wrong)))
    return seconds


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def main():
    home, program = sys.argv[1:3]
    write(home + "/message", b"From: a@example.org\nTo: b@example.net\nSubject: " + b"ab" * 500 + b"\n\nbody\n")
    for name, make in KINDS.items():
        took = []
        for size in (LONGEST // GROWTH, LONGEST):
            script = make(size).encode("utf-8", "surrogateescape")[:size]
            write(home + "/.sieve", script)
            took.append(look(home, program, name, len(script)))
        if took[1] > FLOOR_S and took[1] > MOST_GROWTH * max(took[0], FLOOR_S / GROWTH):
            print("%s: %.2f s, and %.2f s for %d times as much" % (name, *took, GROWTH))
    write(home + "/message", b"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" +
          b"".join(b"--b\nSubject: abc\n\n%s\n" % (b"x" * 200) for i in range(998)) + b"--b--\n")
    for name, script in RUNS.items():
        write(home + "/.sieve", script.encode())
        look(home, program, name, len(script), JUDGE_S)


if __name__ == "__main__":
    main()
