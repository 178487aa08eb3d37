"""rfc_scripts.py DIRECTORY PROGRAM - compile every script that the texts of the RFCs print, from its "require" on

Prints a line for each RFC, "NUMBER FOUND WRONG": how many there are, and which of them (counted from 1) the program
does not take, each with what it says as a comment.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

RFCS = "5173 5183 5228 5229 5230 5231 5232 5233 5235 5260 5293 5429 5435 5436 5463 5490 6131 6609 6785 7352".split()
PAGE_BREAK = re.compile(r"\n\n*[^\n]*\[Page \d+\]\n+\f?\n*RFC \d+[^\n]*\n+")
STATEMENT = re.compile(
    r"\s*(if|elsif|else|set|fileinto|keep|notify|vacation|redirect|global|include|addheader|deleteheader|setflag"
    r"|addflag|discard|stop|require|#|/\*|\})"
)


def indentation(line):
    return len(line) - len(line.lstrip())


def is_in_text(block):
    text = "\n".join(block) + "\n"
    return len(re.findall(r"\btext:", text)) > text.count("\n.\n")


def goes_on(block, line, indent):
    """Is `line`, behind an empty one, still of the script?"""
    if is_in_text(block):
        return True
    text = "\n".join(block)
    return indentation(line) >= indent and (text.count("{") != text.count("}") or STATEMENT.match(line))


def read_block(lines, at, indent):
    """The script that begins there, and the line behind it."""
    block = []
    while at < len(lines):
        line = lines[at]
        if line.strip() and indentation(line) < indent and not is_in_text(block):
            break
        if not line.strip():
            rest = [it for it in lines[at:] if it.strip()]
            if not rest or not goes_on(block, rest[0], indent):
                break
        if re.match(r" *require ", line) and "}" in "\n".join(block):
            break
        block.append("." if line.strip() == "." else line[min(indent, indentation(line)) :])
        at += 1
    return "\n".join(block) + "\n", max(at, 1)


def scripts_of(text):
    lines = PAGE_BREAK.sub("\n\n", text).split("\n")
    at = 0
    while at < len(lines):
        begin = re.match(r'( *)require +[\["]', lines[at])
        if begin:
            script, at = read_block(lines, at, len(begin[1]))
            yield script
        else:
            at += 1


def complaint(program, script, path):
    with open(path, "w") as file:
        file.write(script)
    settings = ["-o", "notify_program=/usr/bin/true", "-o", "notify_schemes=xmpp tel sip"]
    result = subprocess.run([program, "check", *settings, path], capture_output=True, text=True, errors="replace")
    return (result.stdout + result.stderr).split("\n")[0] if result.returncode else ""


def main():
    directory, program = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        for number in RFCS:
            for path in glob.glob(f"{directory}/*rfc{number}.txt"):
                with open(path, errors="replace") as file:
                    said = [complaint(program, it, scratch + "/rfc.sieve") for it in scripts_of(file.read())]
                for place, words in enumerate(said):
                    if words:
                        print(f"# {number}, {place + 1}: {os.path.basename(words)}")
                wrong = [str(place + 1) for place, words in enumerate(said) if words]
                print(number, len(said), ",".join(wrong) or "-")


if __name__ == "__main__":
    main()
