#!/bin/sh
# The page of `trommel try --html` shows in a real browser what `--json` says; there is no script in it that could.
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-$PWD/build}
trommel=$BUILD/trommel
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
	echo "1..0 # SKIP no chromium is installed"
	exit 77
}
command -v python3 >/dev/null || {
	echo "1..0 # SKIP python3 is not installed"
	exit 77
}
T=$(mktemp -d "${TMPDIR:-/tmp}/trommel.XXXXXX") || exit 1
trap 'rm -rf "$T"' EXIT

cat >"$T/rules.sieve" <<'EOF'
require ["fileinto", "variables"];
# <b>not bold</b> & so on
if header :contains "subject" "<script>" {
	fileinto "Scripts & <i>more</i>";
} elsif header :matches "subject" "*list*" {
	fileinto "Lists";
}
if header :is :comparator "i;octet" "subject" "HELLO" {
	discard;
}
EOF
{
	for subject in '<script>alert(1)</script>' 'a =?utf-8?q?li=73t?= for =?utf-8?q?K=C3=B6ln?=' 'hello' \
		'"quotes" &amp; &lt;entities&gt;' 'another list'; do
		printf 'From a@b.example Thu Jan  1 12:00:00 2026\nFrom: <a&b@example.org>\nSubject: %s\n\nbody\n\n' "$subject"
	done
} >"$T/box"
"$trommel" try --html "$T/page.html" "$T/rules.sieve" "$T/box" >"$T/lines" || exit 1
"$trommel" try --json --trace "$T/rules.sieve" "$T/box" >"$T/json" || exit 1
# One profile, one run, nothing of the network.
HOME=$T timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$T/profile" \
	--dump-dom "file://$T/page.html" \
	>"$T/dom" 2>"$T/browser" || {
	echo "1..0 # SKIP $browser does not run here: $(tail -n 1 "$T/browser")"
	exit 77
}
python3 - "$T" <<'EOF'
import json, sys
from collections import Counter
from html.parser import HTMLParser

class Page(HTMLParser):
    """The text of the cells of each row, by the row's class; and what must not be there."""
    def __init__(self):
        super().__init__()
        self.rows, self.cells, self.kind, self.tags, self.pre = [], None, None, Counter(), []
        self.inside = False
    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        if tag == "tr":
            self.kind, self.cells = dict(attributes).get("class"), []
        elif tag in ("td", "th") and self.cells is not None:
            self.cells.append("")
            self.inside = True
        elif tag == "pre":
            self.pre.append("")
    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.inside = False
        if tag == "tr":
            self.rows.append((self.kind, self.cells))
    def handle_data(self, data):
        if self.inside:
            self.cells[-1] += data
        if self.pre:
            self.pre[-1] += data

work, number, failed = sys.argv[1], 0, 0
def ok(good, what, seen=""):
    global number, failed
    number += 1
    failed += not good
    print("ok" if good else "not ok", number, "-", what)
    if not good:
        print("#  ", seen)

page = Page()
page.feed(open(work + "/dom", encoding="utf-8").read())
messages = [json.loads(line) for line in open(work + "/json", encoding="utf-8")]
shown = [cells for kind, cells in page.rows if kind == "message"]
ok(len(messages) == 5, "five messages were tried", messages)
for said, cells in zip(messages, shown):
    expected = [said["name"], said["from"], said["subject"], said["text"]]
    ok(cells[:4] == expected, "the row of '%s'" % said["subject"], (cells, expected))
    ok(cells[4].startswith(", ".join(map(str, said["taken"]))), "and the lines that were taken", (cells[4], said["taken"]))
ok(len(shown) == len(messages), "each message has a row", len(shown))
counts = Counter()
for said in messages:
    counts.update([action["text"].split(" [")[0] for action in said["actions"]] or ["keep in the inbox"])
table = {cells[1]: int(cells[0]) for kind, cells in page.rows if kind == "count"}
ok(table == counts, "how many went where", (table, counts))
ok(page.tags["svg"] == 1 and page.tags["rect"] == len(counts), "a bar for each", page.tags)
taken = Counter(line for said in messages for line in said["taken"])
lines = [cells for kind, cells in page.rows if kind in ("taken", "untaken", "unreached", "")
         and cells and cells[0].isdigit() and len(cells) == 3]
script = open(work + "/rules.sieve", encoding="utf-8").read().splitlines()
ok([cells[2].strip() for cells in lines] == [line.strip() for line in script], "the script's own text", lines)
ok(all(int(cells[1].split(" of ")[0]) == taken[int(cells[0])] for cells in lines if cells[1]), "how often each line was taken",
   (lines, taken))
ok(page.tags["script"] == page.tags["b"] == page.tags["i"] == 0, "no word of a message is markup", page.tags)
ok(any('"HELLO" would with letters in any case' in way for way in page.pre), "the near miss is told", page.pre[2:3])
print("1..%d" % number)
sys.exit(failed > 0)
EOF
