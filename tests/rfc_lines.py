"""rfc_lines.py DIRECTORY LIST - is every line of Sieve that the documents print in one of the scripts of LIST?

Prints "NUMBER LINES" for each document of LIST whose text is in DIRECTORY, behind a line "# NUMBER: LINE" for each line
that is in none of its scripts, blanks aside.
"""
import glob
import os
import re
import sys

from rfc_scripts import PAGE_BREAK

# A word of the language with a tag, a string, a list or a test behind it; "else {"; what ends in a semicolon.
SIEVE = re.compile(
    r'\s+(\}\s*)?((else|elsif|if)\b.*\{|(if|elsif)\s+(not\s+)?(anyof|allof|[a-z_]+\s+[:"\[]).*'
    r'|[a-z_]+\s+(:[a-z]+|"|\[|text:).*[;,"\]){]|(not|discard|keep|stop)\b.*;|:[a-z]+ ".*[;"])$'
)
# What an example gives is no part of it, and "..." is no block.
RESULT = re.compile(r"\s+=> \".*$")
ELLIPSIS = re.compile(r"\{ \.\.\. \}$")
# Text that looks like it, and mistakes in print.
OTHERS = {
    "5228": ['characters "*" and "?"; the entire value must be matched.  "*"'],
    "5229": ['fileinfo "INBOX.lists.${1}"; stop;'],
    "5232": ['elsif anyof address :domain :is ["From", "To"] "company.example.com"', 'remove "MyFlags" "\\\\Flagged";'],
    "5490": ['supports "variables" [VARIABLES], "enotify" [NOTIFY], and "envelope"'],
    "6131": ['extension [RFC5230] for details).  Only one of ":days" or ":seconds"'],
    "6609": ['if an "include" command specifies a script that does not exist.  When'],
    "6785": ["reject [RFC5228]", "ereject [RFC5429]", "vacation [RFC5230]"],
    "7352": ['and "X-Ticket-ID" headers can have similar values in this case (e.g.,'],
    "environment": ['specification [SIEVE] and the specification of the "environment"'],
}
TEXTS = {"regex": "draft-murchison-sieve-regex", "environment": "spec-bosch-sieve-dovecot-environment"}


def squeezed(text):
    return re.sub(r"\s+", "", text)


def read(path):
    with open(path, errors="replace") as file:
        return file.read()


def lines_of(text):
    for line in PAGE_BREAK.sub("\n\n", text).split("\n"):
        line = ELLIPSIS.sub("{", RESULT.sub("", line))
        if SIEVE.match(line) and "Usage:" not in line:
            yield line.strip()


def scripts_by_number(path):
    scripts = {}
    for row in read(path).splitlines():
        if not row.startswith("#"):
            number, _, name = row.split("\t")
            scripts.setdefault(number, []).append(squeezed(read(os.path.join(os.path.dirname(path), "..", name))))
    return scripts


def main():
    directory, path = sys.argv[1:]
    for number, scripts in scripts_by_number(path).items():
        name = TEXTS.get(number, f"rfc{number}" if number.isdigit() else f"spec-bosch-sieve-{number}")
        for text in glob.glob(f"{directory}/*{name}*.txt"):
            lines = [it for it in lines_of(read(text)) if it not in OTHERS.get(number, [])]
            for line in lines:
                if not any(squeezed(line) in script for script in scripts):
                    print(f"# {number}: {line}")
            print(number, len(lines))


if __name__ == "__main__":
    main()
