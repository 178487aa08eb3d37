#!/bin/sh
# trommel report: what a log tells, by folder, rule and day; from JSON and from syslog; names as generators write them.
. "${0%/*}/lib.sh"

report() { call "$TROMMEL" report "$@" >"$T/out" 2>"$T/err"; }
# row NAME: its number in the tables
row() { grep -F "  $1 " "$T/out" | head -n 1 | sed 's/  *#*$//' | awk '{ print $NF }'; }

rules <<'EOF'
# made by hand
require ["fileinto"];
# rule:[Lists & <b>more</b>]
if header :contains "subject" "list" { fileinto "Lists"; stop; }
# rule:[Never]
elsif header :contains "subject" "never" { discard; }

/*
BEGIN:FILTER:1
BEGIN:HEADER
eyJJRCI6IjEiLCJOYW1lIjoiV29yayBtYWlsIiwiRW5hYmxlZCI6dHJ1ZX0=
END:HEADER
*/
if header :contains "subject" "work" { fileinto "Work"; fileinto "Copy"; stop; }
# Junk from Ingo
if header :contains "subject" "junk" { # not a name
	discard;
	stop;
}
keep;
EOF

# A log that deliveries have written.
for subject in 'list 1' 'list 2' work junk other; do
	message "$subject" | deliver -o log_json="$HOME/log"
done
is "$(wc -l <"$HOME/log")" 5 "five deliveries are in the log"
report --script "$HOME/.sieve" "$HOME/log"
is $? 0 "it is read"
like "$(head -n 1 "$T/out")" "^5 deliveries, .* ms each" "with the number of them"
is "$(row Lists) $(row Work) $(row Copy) $(row INBOX) $(row discarded)" "2 1 1 1 1" "folders: each copy counts"
is "$(row stored)" 4 "what became of them"
is "$(row 'Lists & <b>more</b> (.sieve:4)')" 2 "a rule that Roundcube named"
is "$(row 'Work mail (.sieve:14)')" 1 "one that RainLoop named"
is "$(row 'Junk from Ingo (.sieve:17)')" 1 "one with a comment in front"
is "$(row "$(date -u +%Y-%m-%d)")" 5 "the day"
is "$(sed -n '/never decided/,/^$/s/^  //p' "$T/out")" "line 6: Never" "the rule that never hit"
cp "$HOME/.sieve" "$HOME/copy.sieve"
own "$HOME/copy.sieve"
report --script "$HOME/copy.sieve" "$HOME/log"
is "$(sed -n '/never decided/,/^$/s/^  //p' "$T/out")" "line 6: Never" "a copy of the rules will do"
report "$HOME/log"
is "$(row 'Work mail (.sieve:14)')" 1 "without --script the rules are read where the log has them"

# JSON says the same.
report --json --script "$HOME/.sieve" "$HOME/log"
is "$(python3 -c '
import json, sys
it = json.load(open(sys.argv[1]))
print(it["deliveries"], {f["folder"]: f["count"] for f in it["folders"]}["Lists"],
      [r["rule"] for r in it["script_rules"] if not r["count"]])' "$T/out")" "5 2 ['Never']" "as JSON"

# The page: no script, nothing from elsewhere, names escaped, well-formed.
report --html "$HOME/page.html" --script "$HOME/.sieve" "$HOME/log"
is "$? $(cat "$T/out")" "0 " "a page is written to a file"
is "$(grep -ciE '<script|src=|href=|url\(' "$HOME/page.html")" 0 "it asks for nothing"
is "$(grep -c '<b>' "$HOME/page.html")" 0 "no name is markup"
like "$(cat "$HOME/page.html")" 'Lists &amp; &lt;b&gt;more' "but text"
is "$(grep -c '<rect class="bar"' "$HOME/page.html")" 12 "a bar for each row, and each day"
holds "it is well-formed" python3 -c '
import re, sys, xml.dom.minidom
page = open(sys.argv[1]).read()
page = re.sub(r"<!DOCTYPE[^>]*>", "", page)
page = re.sub(r"<meta ([^>]*)>", r"<meta \1/>", page)
xml.dom.minidom.parseString(page)' "$HOME/page.html"

# syslog, in both of its dates; what others wrote is passed over.
cat >"$T/syslog" <<'EOF'
2026-11-24T08:00:00.123+01:00 host trommel[12]: user=alice, msgid=<a@b>, size=1000, from=a@b, to=c@d, script="/home/al ice/\"x\".sieve", line=7, folder="Lists, Work", ms=1.500, result=stored
Feb  3 08:00:01 host trommel[13]: user=bob, msgid="", size=500, from="", to=c@d, folder=INBOX, ms=2.500, result=stored
Feb  3 08:00:02 host trommel[13]: user=bob, msgid="", size=500, from="", to=c@d, ms=9.000, result=deferred, status=75, reason="lock, folder=Fake"
Feb  3 08:00:02 host postfix/local[14]: 4F: to=<c@d>, relay=local, status=sent (delivered to command: trommel)
Feb  3 08:00:02 host trommel[13]: bob: something: user=x
{"time":"2026-11-25T00:00:00.000Z","user":"a\u006cice","size_bytes":10,"script":null,"line":0,"folder":"INBOX","duration_us":5,"result":"stored"}
{"result":"stored"
EOF
report - <"$T/syslog"
is $? 0 "syslog is read"
like "$(head -n 1 "$T/out")" "^4 deliveries, 2.0 kB, 3.3 ms each, 9.0 ms the slowest; 3 other lines" "what it tells"
is "$(row Lists) $(row Work) $(row INBOX) $(row deferred)" "1 1 2 1" "folders, and what was deferred"
is "$(row Fake)" "" "a reason is no folder"
is "$(row 2026-11-24) $(row 2026-11-25)" "1 1" "days"
like "$(cat "$T/out")" "^  20[0-9][0-9]-02-03 +2 " "a day without a year"
like "$(cat "$T/out")" '^  line 7 \("x".sieve:7\) +1 ' "a script that is not there: its line"
report --user alice - <"$T/syslog"
like "$(head -n 1 "$T/out")" "^2 deliveries" "one user's alone"

report "$HOME/nolog"
is $? 2 "a log that is not there"
# Read once, not for each of its rules.
seq 2000 | sed 's/.*/# rule:[r&]\nif header :contains ["to", "cc"] "list-&@example.org" { keep; stop; }/' | mine "$HOME/many"
seq 2 2 4000 | sed "s|.*|{\"result\":\"stored\",\"script\":\"$HOME/many\",\"line\":&,\"folder\":\"INBOX\"}|" >"$T/many"
if [ -n "${TROMMEL_SANITIZED-}" ]; then
	pass "a script of thousands of rules # SKIP the sanitizers need more memory than any limit allows"
else
	call prlimit --as=300000000 "$TROMMEL" report "$T/many" >"$T/out" 2>"$T/err"
	is "$? $(row "r2000 (many:4000)")" "0 1" "a script of thousands of rules"
fi
report - </dev/null
is $? 1 "a log that tells of nothing"
report
is $? 2 "no log at all"

# A log that others have written names what it likes.
call mkfifo "$HOME/pipe"
printf '{"time":"2026-11-24T08:00:00Z","size_bytes":1,"folder":"INBOX","result":"stored","script":"%s","line":3}\n' "$HOME/pipe" >"$T/log"
call timeout 20 "$TROMMEL" report "$T/log" >"$T/out"
is "$? $(grep -c 'line 3 (pipe:3)' "$T/out")" "0 1" "rules that are a pipe by now are not waited for"

# Names of wide letters take two columns each, and a terminal gets what it has room for.
for folder in INBOX "日本" Läden "A folder with a name that is longer than most"; do
	for _ in 1 2 3; do
		printf '{"time":"2026-11-24T08:00:00Z","size_bytes":1,"folder":"%s","result":"stored"}\n' "$folder"
	done
done >"$T/log"
sed 5q "$T/log" >"$T/short"
report "$T/short"
is "$(grep -e INBOX -e 日本 "$T/out")" "  INBOX        3  ##############################
  日本         2  ####################" "all numbers of a table stand below each other"
if command -v script >/dev/null; then
	for columns in 40 80; do
		call TERM=dumb script -qec "stty cols $columns; '$TROMMEL' report '$T/log'" /dev/null </dev/null | tr -d '\r' >"$T/out"
		is "$(grep -a -v -e deliveries -e longer -e '[^ -~]' "$T/out" | awk "length > $columns")" "" "$columns columns"
		is "$(grep -c '#$' "$T/out")" "$([ $columns = 40 ] && echo 2 || echo 6)" "with bars where there is room"
	done
fi
