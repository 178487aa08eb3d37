#!/bin/sh
# trommel grep: a test of Sieve as a search in saved mail, with grep's manners.
. "${0%/*}/lib.sh"

fresh
letter() { printf 'From %s@example.org  Thu Jan  1 12:00:00 2026\nFrom: %s@example.org\nSubject: %s\n%s\nbody of %s\n\n' "$1" "$1" "$2" "${3-}" "$1"; }
{ letter a 'the invoice'; letter b hello "Status: RO
"; letter c '=?utf-8?q?Invoice_n=C2=BA_2?='; } | mine "$HOME/box"
message 'invoice in a Maildir' | mine "$HOME/Maildir/cur/1.a:2,F"
message 'other' | mine "$HOME/Maildir/new/2.b"
find_mail() { call "$TROMMEL" grep "$@" </dev/null >"$T/out" 2>"$T/err"; }
INVOICE='header :contains "subject" "invoice"'
out() { tr '\n' '|' <"$T/out" | sed "s#$HOME/##g"; }

find_mail "$INVOICE" "$HOME/box" "$HOME/Maildir"
is "$? $(out)" "0 box:1: the invoice|box:3: Invoice nº 2|Maildir/cur/1.a:2,F: invoice in a Maildir|" "name, number and subject, in order"
find_mail -v "$INVOICE" "$HOME/box" "$HOME/Maildir"
is "$? $(out)" "0 box:2: hello|Maildir/new/2.b: other|" "the others with -v"
find_mail -c "$INVOICE" "$HOME/box" "$HOME/Maildir"
is "$? $(out)" "0 box:2|Maildir:1|" "how many of each source with -c"
find_mail --count "$INVOICE" "$HOME/box"
is "$(out)" "2|" "of one without its name"
find_mail -l "$INVOICE" "$HOME/box" "$HOME/Maildir"
is "$? $(out)" "0 box|Maildir/cur/1.a:2,F|" "names alone with -l, each once"
find_mail -q "$INVOICE" "$HOME/box"
is "$? $(out)$(cat "$T/err")" "0 " "nothing with -q, on standard error neither"
find_mail -q 'true' "$HOME/box" "$HOME/none"
is "$?" 0 "which stops at the first"
find_mail 'false' "$HOME/box"
is "$? $(out)" "1 " "nothing found is 1"

# ---- what is required is required by itself
find_mail 'allof(body :contains "of a", header :regex "subject" "^the inv", envelope :is "from" "a@example.org")' "$HOME/box"
is "$? $(out)$(cat "$T/err")" "0 box:1: the invoice|" "extensions need no require"
find_mail 'hasflag "\\Flagged"' "$HOME/Maildir"
is "$? $(out)" "0 Maildir/cur/1.a:2,F: invoice in a Maildir|" "flags are those of the mailbox"
find_mail 'true # all' "$HOME/box"
is "$? $(wc -l <"$T/out" | tr -d ' ')" "0 3" "a comment may stand in a test"

# ---- mistakes
find_mail 'heder :contains "a" "b"' "$HOME/box"
is "$? $(out)" "2 " "what is no test is 2"
like "$(cat "$T/err")" "did you mean 'header'\?" "with the word that was meant, which is not taken for it"
like "$(cat "$T/err")" "^TEST:1:1: error" "and its place in what was typed"
find_mail 'allof (header :regex "subject" "x",
adress "from" "x")' "$HOME/box"
like "$(cat "$T/err")" "^TEST:2:1: error: unknown test 'adress'" "whatever it requires"
for test in "$INVOICE; stop" 'true }' not 'allof(true' ''; do
	find_mail "$test" "$HOME/box"
	is "$? $(grep '^TEST:1' "$T/err" | wc -l | sed 's/[1-9]/told/') $(grep -c -e keep -e '^TEST:[2-9]' "$T/err")" "2 told 0" \
		"of a test that does not end as one nothing is shown that was not typed: $test"
done
find_mail invoice "$HOME/box"
is "$?" 2 "a word is no test"
like "$(cat "$T/err")" "^A test is one of Sieve, as 'header :contains" "and what one looks like is told"
find_mail "$INVOICE" "$HOME/none" "$HOME/box"
is "$?" 2 "a source that cannot be read is 2"
like "$(out)" "box:1" "and the others are read"
message 'invoice, closed' | mine "$HOME/Maildir/new/1.closed"
message 'invoice in a folder' | mine "$HOME/Maildir/.Later/cur/1.c:2,"
mkdir "$HOME/Maildir/.Closed" "$HOME/Maildir/.Closed/cur"
own "$HOME/Maildir/.Closed" "$HOME/Maildir/.Closed/cur"
chmod 0 "$HOME/Maildir/new/1.closed" "$HOME/Maildir/.Closed/cur"
find_mail "$INVOICE" "$HOME/Maildir"
is "$? $(out)" "2 Maildir/cur/1.a:2,F: invoice in a Maildir|Maildir/.Later/cur/1.c:2,: invoice in a folder|" \
	"what cannot be read within a source is 2, and all the rest of it is read"
is "$(grep -c -e 'new/1.closed.: Permission denied' -e 'Closed/cur.: Permission denied' "$T/err")" 2 "and each is named"
find_mail -q "$INVOICE" "$HOME/Maildir"
is "$?" 0 "which is no matter to -q when it is found"
rm -rf "$HOME/Maildir/new/1.closed" "$HOME/Maildir/.Closed"
chmod 0 "$HOME/Maildir/new"
find_mail "$INVOICE" "$HOME/Maildir"
is "$? $(out)" "2 Maildir/cur/1.a:2,F: invoice in a Maildir|Maildir/.Later/cur/1.c:2,: invoice in a folder|" \
	"with its new/ closed, the rest of a Maildir is read"
chmod 700 "$HOME/Maildir/new"
chmod 0 "$HOME/Maildir/cur"
find_mail "$INVOICE" "$HOME/Maildir"
is "$? $(out)" "2 Maildir/.Later/cur/1.c:2,: invoice in a folder|" "and so it is with its cur/ closed"
chmod 700 "$HOME/Maildir/cur"
rm -rf "$HOME/Maildir/.Later"
find_mail "$INVOICE"
is "$?" 2 "no source is a mistake"

# ---- other forms
find_mail --json "$INVOICE" "$HOME/box"
like "$(sed -n 2p "$T/out")" '"number":3,"offset":[0-9]+,"bytes":[0-9]+,"from":"c@example.org","subject":"Invoice nº 2"' "objects with --json"
offset=$(sed -n '2s/.*"offset":\([0-9]*\),.*/\1/p' "$T/out")
like "$(tail -c +$((offset + 1)) "$HOME/box" | head -n 1)" "^From c@" "whose offset is that of the From_ line"
find_mail --mbox "$INVOICE" "$HOME/box"
{ letter a 'the invoice'; letter c '=?utf-8?q?Invoice_n=C2=BA_2?='; } >"$T/expected"
same "$T/out" "$T/expected" "the messages themselves with --mbox"
call "$TROMMEL" grep -c "$INVOICE" - <"$HOME/box" >"$T/out"
is "$(cat "$T/out")" 2 "standard input"
