#!/bin/sh
# trommel refile and undo: what is filed is filed once, and everything can be put back.
. "${0%/*}/lib.sh"
need python3

fresh
mine "$HOME/rules" <<'END'
require ["fileinto", "imap4flags"];
if header :contains "subject" "list" { fileinto "Lists"; }
elsif header :contains "subject" "away" { redirect "me@example.net"; }
elsif header :contains "subject" "junk" { discard; }
END
two() {
	printf 'From a@example.org  Thu Jan  1 12:00:00 2026\nSubject: a list\nStatus: RO\nX-Status: F\nX-Keywords: work\n\none\n\n'
	printf 'From b@example.org  Fri Jan  2 12:00:00 2026\nSubject: other\n\n>From here\n\n'
}
box() {
	two
	printf 'From c@example.org  Fri Jan  2 12:00:00 2026\nSubject: away\n\nthree\n\n'
	printf 'From d@example.org  Fri Jan  2 12:00:00 2026\nSubject: junk\n\nfour\n\n'
}
refile() { call "$TROMMEL" refile "$@" </dev/null >"$T/out" 2>"$T/err"; }
undo() { call "$TROMMEL" undo "$@" </dev/null >"$T/out" 2>"$T/err"; }
last_run() { ls "$HOME/.local/state/trommel/refile" | tail -n 1; }
mail() { find "$1" -type f \( -path '*/new/*' -o -path '*/cur/*' \) 2>/dev/null | sort; }
date_of() { TZ=UTC stat -c %y "$1" | cut -c 1-16; }
box | mine "$HOME/box"
box >"$T/box"

# ---- asked for
refile --move "$HOME/rules" "$HOME/box"
is $? 2 "where nobody can be asked nothing is taken without --yes"
like "$(cat "$T/err")" "say --yes" "and the way out is told"
like "$(cat "$T/out")" "1  move to \"Lists\"" "the plan is shown before"
same "$HOME/box" "$T/box" "the source is as it was"
is "$(last_run)" "" "and no run is left"

# ---- copies
refile "$HOME/rules" "$HOME/box"
is $? 0 "copying needs no word"
same "$HOME/box" "$T/box" "and leaves the source as it is"
like "$(cat "$T/out")" "1  redirects: not sent" "nothing is sent"
like "$(mail "$HOME/Maildir/.Lists")" ":2,FSa$" "flags and keywords of an mbox are in a Maildir's names"
is "$(date_of "$(mail "$HOME/Maildir/.Lists")")" "2026-01-01 12:00" "the file has the date of the From_ line"
is "$(mail "$HOME/Maildir/new" | wc -l)" 1 "the keep is in the inbox"

mail "$HOME/Maildir" >"$T/filed"
refile --resume "$(last_run)"
is "$? $(mail "$HOME/Maildir" | cmp - "$T/filed" 2>&1)" "0 " "a run that was finished can be resumed: nothing is left to do"
like "$(cat "$T/out")" "was finished before" "and that is said"

# ---- one folder by two names
printf 'require "fileinto"; fileinto "Lists/x"; fileinto "Lists.x"; fileinto "INBOX.Lists.x";\n' | mine "$HOME/names"
two | mine "$HOME/names.box"
refile "$HOME/names" "$HOME/names.box"
is "$? $(mail "$HOME/Maildir/.Lists.x" | wc -l)" "0 2" "a folder that rules call by several names gets a message once"
undo "$(last_run)"
is "$? $(mail "$HOME/Maildir/.Lists.x" | wc -l)" "0 0" "and it is taken back"
mkdir "$HOME/Maildir/.INBOX.Lists.x" "$HOME/Maildir/.INBOX.Lists.x/cur" "$HOME/Maildir/.INBOX.Lists.x/new" "$HOME/Maildir/.INBOX.Lists.x/tmp"
own "$HOME/Maildir/.INBOX.Lists.x" "$HOME/Maildir/.INBOX.Lists.x/"*
printf 'require "fileinto"; fileinto "Lists/x"; fileinto "INBOX/Lists/x";\n' | mine "$HOME/names"
refile "$HOME/names" "$HOME/names.box"
is "$? $(mail "$HOME/Maildir/.Lists.x" | wc -l) $(mail "$HOME/Maildir/.INBOX.Lists.x" | wc -l)" "0 2 2" "two folders whose names differ by INBOX/ are two"
undo "$(last_run)"
rm -rf "$HOME/Maildir/.INBOX.Lists.x"
rm -rf "$HOME/names" "$HOME/names.box" "$HOME/Maildir/.Lists.x"

# ---- a Maildir into mboxes, and back
refile --into "mbox:$HOME/boxes" --move --yes "$HOME/rules" "$HOME/Maildir"
is $? 0 "a Maildir into mboxes"
is "$(mail "$HOME/Maildir" | wc -l)" 0 "nothing is left in it"
like "$(sed -n 1p "$HOME/boxes/Lists")" "^From .*  Thu Jan  1 12:00:00 2026$" "the file's date is in the From_ line"
is "$(grep -cE '^(Status: R|X-Status: F|X-Keywords: work)' "$HOME/boxes/Lists")" 3 "and its flags in the fields"
undo "$(last_run)"
is "$? $(cat "$T/err")" "0 " "undone"
like "$(mail "$HOME/Maildir/.Lists")" ":2,FSa$" "the file is back under its name"
is "$(date_of "$(mail "$HOME/Maildir/.Lists")")" "2026-01-01 12:00" "with its date"
is "$(cat "$HOME/boxes/Lists")" "" "and the mbox is empty again"

# ---- a large message, which is not held in memory, in front of small ones
large() {
	printf 'From f@example.org  Sat Jan  3 12:00:00 2026\nSubject: large\n\n'
	head -c 3000000 /dev/zero | tr '\0' 'x' | fold -w 72
	printf '\n\n'
	box
	printf 'From f@example.org  Sat Jan  3 12:00:00 2026\nSubject: large\n\n'
	head -c 3000000 /dev/zero | tr '\0' 'y' | fold -w 72
	printf '\n\n'
}
large | mine "$HOME/large"
echo 'keep;' | mine "$HOME/keep"
refile --yes --into "mbox:$HOME/into:INBOX=$HOME/whole" "$HOME/keep" "$HOME/large"
is "$? $(cat "$T/err")" "0 " "large and small messages go into one mbox"
same "$HOME/whole" "$HOME/large" "and it is the same mbox"

# ---- what lies there already
before=$(mail "$HOME/Maildir")
refile --move --yes "$HOME/rules" "$HOME/Maildir"
like "$(cat "$T/out")" "2  lie there already" "a message that lies where it belongs"
is "$(mail "$HOME/Maildir")" "$before" "stays untouched"

# ---- an mbox, with new mail
rm -rf "$HOME/Maildir"
refile --move --yes "$HOME/rules" "$HOME/box"
is "$? $(cat "$T/err")" "0 " "an mbox is moved"
is "$(grep -c '^From ' "$HOME/box")" 1 "what would only leave stays in it"
printf 'From e@example.org  Fri Jan  2 12:00:00 2026\nSubject: new\n\nfive\n\n' >"$T/new"
call sh -c 'cat >>"$HOME/box"' <"$T/new"
undo "$(last_run)"
cat "$T/box" "$T/new" >"$T/expected"
like "$(cat "$T/out")" "^2 copies removed, 0 files back in their source, and in 1 mbox what was taken out$" "what is back is told"
same "$HOME/box" "$T/expected" "undone, byte for byte, in front of what has come since"
is "$(mail "$HOME/Maildir" | wc -l)" 0 "and no copy is left"

# ---- parts
for part in 1 2 3; do refile --shard $part/3 --into "maildir:$HOME/parts" "$HOME/rules" "$HOME/box"; done
cat "$(mail "$HOME/parts" | head -n 1)" >/dev/null
is "$(mail "$HOME/parts" | xargs cat | grep -c '^Subject')" 3 "all parts together are all messages, each once"
refile --shard 4/3 "$HOME/rules" "$HOME/box"
is $? 2 "there is no fourth part of three"

refile -j 0 "$HOME/rules" "$HOME/box"
is $? 2 "nobody judges nothing"
like "$(cat "$T/err")" "^trommel refile: -j takes a number from 1 to 256, not '0'" "and what -j takes is told"

# ---- a pipe that ends with the run: what came of it is not all
rm -rf "$HOME/Maildir"
mkfifo "$T/pipe"
call "$TROMMEL" refile --into "maildir:$HOME/Maildir" "$HOME/rules" - <"$T/pipe" >"$T/out" 2>"$T/err" &
reader=$!
exec 9>"$T/pipe"
cat "$T/box" >&9
for i in $(seq 100); do
	[ -s "$HOME/.local/state/trommel/refile/$(last_run)/input.part" ] && break
	sleep 0.1
done
pkill -KILL -f "^$TROMMEL refile --into maildir:$HOME/Maildir $HOME/rules -"
exec 9>&-
wait $reader
broken=$(last_run)
refile --resume "$broken"
is "$? $(mail "$HOME/Maildir" | wc -l)" "2 0" "half of a pipe is not taken for all of it"
like "$(cat "$T/err")" "the run ended before standard input did" "which is told"
undo --forget "$broken"
call "$TROMMEL" refile --into "maildir:$HOME/Maildir" "$HOME/rules" - <"$T/box" >"$T/out" 2>"$T/err"
is "$? $(mail "$HOME/Maildir" | wc -l)" "0 2" "given whole, it is filed"

# ---- rules with errors, sources of which nothing can be taken
echo 'fileinto "x"' | mine "$HOME/wrong"
refile "$HOME/wrong" "$HOME/box"
is $? 2 "rules with errors file nothing"
call "$TROMMEL" refile --move --yes "$HOME/rules" - <"$T/box" >"$T/out" 2>"$T/err"
is $? 2 "nothing can be taken out of standard input"

# ---- killed when the mbox was cut, before that was noted
rm -rf "$HOME/Maildir"
mkdir -p "$HOME/Maildir/new" "$HOME/Maildir/cur" "$HOME/Maildir/tmp" && own "$HOME/Maildir" "$HOME/Maildir/new" "$HOME/Maildir/cur" "$HOME/Maildir/tmp"
two | mine "$HOME/box"
refile --move --yes "$HOME/rules" "$HOME/box"
is "$? $(mail "$HOME/Maildir" | wc -l) $(wc -c <"$HOME/box")" "0 2 0" "an mbox is moved whole"
run=$(last_run)
call sed -i '/^F$/d' "$HOME/.local/state/trommel/refile/$run/log"
refile --resume "$run" --yes
is "$? $(mail "$HOME/Maildir" | wc -l) $(wc -c <"$HOME/box")" "0 2 0" "resumed: the empty mbox is no message"
undo "$run"
is "$? $(mail "$HOME/Maildir" | wc -l) $(grep -c '^From ' "$HOME/box")" "0 0 2" "and undone"
box | mine "$HOME/box"

# ---- the same mail by two names
rm -rf "$HOME/Maildir"
call ln -s box "$HOME/linked"
call ln "$HOME/box" "$HOME/hard"
for other in "$HOME/./box" "$HOME/linked" "$HOME/hard"; do
	refile --move --yes "$HOME/rules" "$HOME/box" "$other"
	is "$? $(mail "$HOME/Maildir" | wc -l)" "2 0" "a source that is given by two names is not read twice (${other##*/})"
	holds "and both are named (${other##*/})" grep -qF "'$HOME/box' and '$other' are the same" "$T/err"
done
refile --yes "$HOME/rules" "$HOME" "$HOME/box"
is "$? $(mail "$HOME/Maildir" | wc -l)" "2 0" "nor one that lies in another"
call rm "$HOME/linked" "$HOME/hard"

# ---- mail that comes meanwhile
rm -rf "$HOME/Maildir"
box | mine "$HOME/inbox"
(for i in 1 2 3 4 5 6 7 8; do
	message "new $i" | call "$TROMMEL" -o "mail_location=mbox:$HOME/m:INBOX=$HOME/inbox" 2>>"$T/late"
done) &
refile --move --yes --into "maildir:$HOME/Maildir" "$HOME/rules" "$HOME/inbox"
is $? 0 "an mbox is moved while mail is delivered into it"
wait
all=$({ cat "$HOME/inbox"; mail "$HOME/Maildir" | xargs cat; } | grep -c '^Subject: new [1-8]$')
is "$all" 8 "every message that came is there, once"

# ---- kills
call python3 "$TESTS/refile.py" "$TROMMEL" "$HOME/killed" "${REFILE_KILLS:-50}" >"$T/out" 2>&1
is "$(cat "$T/out")" "" "killed at random moments: resumed, every message is there once; undone, the source is as it was"
