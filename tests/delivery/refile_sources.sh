#!/bin/sh
# trommel refile: what it reads from and files into: locked by others, the same twice, wrong, in parts, large.
. "${0%/*}/lib.sh"
need python3

fresh
mine "$HOME/rules" <<'SIEVE'
require "fileinto";
if header :contains "subject" "list" { fileinto "Lists"; }
elsif header :contains "subject" "work" { fileinto "Work"; }
SIEVE
letter() { printf 'From a@example.org  Thu Jan  1 12:00:00 2026\nSubject: %s\n\nbody\n\n' "$1"; }
refile() { call "$TROMMEL" refile -o mail_location=maildir:~/Maildir "$@" </dev/null >"$T/out" 2>"$T/err"; }
undo() { call "$TROMMEL" undo "$@" </dev/null >"$T/out" 2>"$T/err"; }
RUNS=$HOME/.local/state/trommel/refile
last_run() { ls "$RUNS" 2>/dev/null | tail -n 1; }
subjects() { # path…: those of all messages in files and below directories
	find "$@" -type f ! -name '*.lock' ! -name 'subscriptions' -exec cat {} + 2>/dev/null | sed -n 's/^Subject: //p' | sort
}

# ---- locked by another
{ letter "a list"; letter "other"; } | mine "$HOME/box"
cp "$HOME/box" "$T/box"
instead sh -c 'echo $$ >"$HOME/box.lock"; exec sleep 600' &
holder=$!
while [ ! -s "$HOME/box.lock" ]; do sleep 0.05; done
refile -o lock_timeout_s=1 --move --yes "$HOME/rules" "$HOME/box"
is "$? $(everywhere) $(last_run)" "2 0 " "an mbox that another holds locked is not begun with"
like "$(cat "$T/err")" "'$HOME/box' has been locked for 1 seconds" "which is told"
refile -o lock_timeout_s=1 "$HOME/rules" "$HOME/box"
is "$? $(everywhere)" "2 0" "nor is it copied: half of a message could stand in it"
call sh -c 'sleep 1; rm "$HOME/box.lock"' &
refile --move --yes "$HOME/rules" "$HOME/box"
is "$? $(cat "$T/err") $(everywhere) $(wc -c <"$HOME/box")" "0  2 0" "once it is free it is moved"
kill $holder
wait

# Locked when it is to be cut: the copies are made, and the run goes on later.  The reader that holds it has begun
# to write a message.
rm -rf "$HOME/Maildir" "$RUNS"
mine "$HOME/box" <"$T/box"
cat >"$T/reader.py" <<'PYTHON'
import fcntl, os, struct, sys, time
box, run = sys.argv[1:]
fd = os.open(box, os.O_RDWR | os.O_APPEND)
until = time.time() + 30
while time.time() < until and not any(os.path.getsize(os.path.join(run, it, "log")) > 0
                                      for it in (os.listdir(run) if os.path.isdir(run) else [])
                                      if os.path.exists(os.path.join(run, it, "log"))):
    time.sleep(0.001)
fcntl.fcntl(fd, fcntl.F_SETLKW, struct.pack("hhlli", fcntl.F_WRLCK, 0, 0, 0, 0))
print("locked", flush=True)
time.sleep(600)
PYTHON
instead python3 "$T/reader.py" "$HOME/box" "$RUNS" >"$T/locked" &
holder=$!
refile -o lock_timeout_s=2 --move --yes "$HOME/rules" "$HOME/box"
status=$?
if [ ! -s "$T/locked" ] || [ $status = 0 ]; then
	pass "# SKIP the lock came too late to be in the way"
else
	is "$status $(everywhere)" "1 2" "an mbox that is locked when it is to be cut: the run waits to be gone on with"
	same "$HOME/box" "$T/box" "nothing is taken out of it"
	like "$(cat "$T/err")" "refile --resume $(last_run)" "and how is told"
	kill $holder
	wait
	refile --resume "$(last_run)" --yes
	is "$? $(everywhere) $(wc -c <"$HOME/box")" "0 2 0" "gone on with: taken out, and nothing is filed twice"
fi
kill $holder 2>/dev/null
wait

# An mbox that can only be read is copied without a lock, a link to one too.
rm -rf "$HOME/Maildir"
mine "$HOME/box" 400 <"$T/box"
refile "$HOME/rules" "$HOME/box"
is "$? $(cat "$T/err") $(everywhere)" "0  2" "an mbox that may only be read is copied"
call chmod 600 "$HOME/box"
call ln -s box "$HOME/link"
rm -rf "$HOME/Maildir"
refile --move --yes "$HOME/rules" "$HOME/link"
is "$? $(cat "$T/err") $(everywhere) $(wc -c <"$HOME/box")" "0  2 0" "by a link an mbox is moved, too"
is "$(find "$HOME" -maxdepth 1 -name "*lock*")" "" "and no lock is left"
if [ -n "$OTHER" ]; then
	rm -rf "$HOME/Maildir"
	cp "$T/box" "$HOME/theirs"
	chown "$OTHER" "$HOME/theirs"
	chmod 644 "$HOME/theirs"
	refile "$HOME/rules" "$HOME/theirs"
	is "$? $(cat "$T/err") $(everywhere)" "0  2" "another's mbox is copied"
	refile --move --yes "$HOME/rules" "$HOME/theirs"
	is "$? $(everywhere)" "2 2" "and not moved, which is known before anything is filed"
	like "$(cat "$T/err")" "the mailbox '$HOME/theirs' belongs to uid [0-9]+, not to [0-9]+" "and why"
	rm -f "$HOME/theirs"
fi
rm -f "$HOME/link"

# ---- a source that is filed into, too
rm -rf "$HOME/Maildir" "$RUNS"
boxes() { call mkdir -p "$HOME/mail" && { letter "a list 1"; letter "other 1"; letter "work 1"; } | mine "$HOME/mail/Lists" &&
	{ letter "a list 2"; letter "work 2"; letter "other 2"; } | mine "$HOME/mail/Work" && : | mine "$HOME/inbox"; }
boxes
cp -r "$HOME/mail" "$T/mail"
INTO="mbox:$HOME/mail:INBOX=$HOME/inbox"
refile --into "$INTO" --move --yes "$HOME/rules" "$HOME/mail/Lists" "$HOME/mail/Work"
is "$? $(cat "$T/err")" "0 " "two mboxes are filed into each other"
is "$(subjects "$HOME/mail/Lists")" "a list 1
a list 2" "one has what belongs there, once"
is "$(subjects "$HOME/mail/Work")" "work 1
work 2" "so has the other"
is "$(subjects "$HOME/inbox")" "other 1
other 2" "and the rest is in the inbox"
undo "$(last_run)"
is "$? $(cat "$T/err") $(wc -c <"$HOME/inbox")" "0  0" "undone"
same "$HOME/mail/Lists" "$T/mail/Lists" "byte for byte"
same "$HOME/mail/Work" "$T/mail/Work" "the other, too"

boxes
refile --into "$INTO" --yes "$HOME/rules" "$HOME/mail"
is "$? $(subjects "$HOME/mail" "$HOME/inbox" | tr '\n' ',')" \
	"0 a list 1,a list 2,a list 2,other 1,other 1,other 2,other 2,work 1,work 1,work 2," \
	"copies: what lies elsewhere has one more, what lies there already none"

rm -rf "$HOME/Maildir"
for folder in "" .Lists .Work; do
	call mkdir -p "$HOME/Maildir/$folder/cur" "$HOME/Maildir/$folder/new" "$HOME/Maildir/$folder/tmp"
done
for i in 1 2 3 4 5 6; do printf 'Subject: a list %s\n\nb\n' $i | mine "$HOME/Maildir/.Work/cur/$i.x:2,S"; done
for i in 1 2 3; do printf 'Subject: work %s\n\nb\n' $i | mine "$HOME/Maildir/.Lists/new/$i.y"; done
own "$HOME/Maildir"
refile --move --yes "$HOME/rules" "$HOME/Maildir"
is "$? $(count) $(count Lists) $(count Work) $(everywhere)" "0 0 6 3 9" "a Maildir is sorted anew within itself"
undo "$(last_run)"
is "$? $(count Lists) $(count Work) $(everywhere)" "0 3 6 9" "and undone"

# What lies beside new/ and cur/ is in no folder yet.
rm -rf "$HOME/Maildir" "$RUNS"
call mkdir -p "$HOME/Maildir/cur" "$HOME/Maildir/new" "$HOME/Maildir/tmp" "$HOME/Maildir/saved"
message other | mine "$HOME/Maildir/cur/1.x:2,S"
message other | mine "$HOME/Maildir/tmp/2.y"
message other | mine "$HOME/Maildir/saved/3.eml"
refile "$HOME/rules" "$HOME/Maildir/tmp/2.y" "$HOME/Maildir/saved"
is "$? $(count)" "0 3" "a message in tmp/ or in a directory beside it is filed"
for in in "$HOME:Maildir/cur/" "$HOME/Maildir:cur/" "$HOME/Maildir/cur:"; do
	(cd "${in%:*}" && refile "$HOME/rules" "${in#*:}1.x:2,S")
	is "$(cat "$T/err") $(count) $(grep -c 'lie there already' "$T/out")" " 3 1" "what is in cur/ stays, named from ${in%:*}"
done

# ---- into a wrong place
rm -rf "$RUNS" "$HOME/Maildir"
mine "$HOME/box" <"$T/box"
wrong() { # location what is said
	refile --into "$1" --move --yes "$HOME/rules" "$HOME/box"
	is "$? $(last_run) $(cksum <"$HOME/box")" "2  $(cksum <"$T/box")" "into '$1': refused, and nothing is done"
	like "$(cat "$T/err")" "$2" "and why"
}
wrong "mh:$HOME/mh" "mh"
wrong "maildir:relative" "not an absolute path"
wrong "maildir:$HOME/box" "box"
wrong "maildir:/proc/nowhere" "/proc/nowhere"
wrong "$HOME/Maildir" "maildir:|mbox:"
wrong "" "--into wants a location"
refile --into "maildir:$HOME/a/b" "$HOME/rules" "$HOME/box"
is "$? $(subjects "$HOME/a/b" | wc -l)" "0 2" "what is not there yet is made"

rm -rf "$RUNS"
call "$TROMMEL" refile "$HOME/rules" - <"$HOME" >"$T/out" 2>"$T/err"
is "$? $(cat "$T/err") $(last_run)" "2 trommel refile: keep standard input: Is a directory " "of what cannot be read no run is left"

# ---- parts
rm -rf "$HOME/a" "$HOME/parts" "$RUNS"
for i in $(seq 60); do letter "number $i"; done | mine "$HOME/many"
: >"$T/all"
for part in 1 2 3 4; do
	refile --shard $part/4 --into "maildir:$HOME/parts/$part" "$HOME/rules" "$HOME/many"
	is $? 0 "part $part of 4"
	subjects "$HOME/parts/$part" >"$T/part"
	holds "is not empty" test -s "$T/part"
	cat "$T/part" >>"$T/all"
done
is "$(sort "$T/all" | uniq -d)" "" "no message is in two parts"
is "$(sort "$T/all")" "$(subjects "$HOME/many")" "and each is in one"
refile --shard 3/4 --into "maildir:$HOME/parts/again" "$HOME/rules" "$HOME/many"
is "$(subjects "$HOME/parts/again")" "$(subjects "$HOME/parts/3")" "a part is the same every time"
for part in 0/4 5/4 1/-1 -1/4 +1/4 ' 1/4' 1/4x 1 1/ 1/99999999999999999999999; do
	refile --shard "$part" --into "maildir:$HOME/none" "$HOME/rules" "$HOME/many"
	is "$? $(head -n 1 "$T/err") $(ls -d "$HOME/none" 2>/dev/null)" "2 trommel refile: '$part' is no part; write one as 2/8 " "no part: $part"
done
for part in 1 2 3 4; do
	refile --shard $part/4 --move --yes --into "maildir:$HOME/moved/$part" "$HOME/rules" "$HOME/many" || echo "$part" >>"$T/failed"
done
is "$(subjects "$HOME/moved" | wc -l) $(wc -c <"$HOME/many")" "60 0" "one part after the other can be moved out of the same mbox"

# ---- how far it is, on one line of a terminal that is narrow
if command -v script >/dev/null; then
	rm -rf "$HOME/parts" "$HOME/moved" "$HOME/Maildir" "$RUNS"
	for i in $(seq 2100); do
		printf 'From a@example.org  Thu Jan  1 12:00:00 2026\nSubject: list %s\n\n\n' "$i"
	done | mine "$HOME/many"
	for columns in 40 60; do
		call TERM=xterm script -qec "stty cols $columns; '$TROMMEL' refile --into maildir:$HOME/$columns '$HOME/rules' '$HOME/many'" \
			/dev/null </dev/null | tr '\r' '\n' | sed "s/$(printf '\033')\[K//g" | grep -a ' of 2100 filed' >"$T/lines"
		is "$([ -s "$T/lines" ] && awk "length > $columns - 1" "$T/lines")" "" "$columns columns"
		is "$(grep -c '^\[#' "$T/lines" | sed 's/[1-9].*/bar/')" "$([ $columns = 40 ] && echo 0 || echo bar)" "with a bar where there is room"
	done
fi

# ---- memory
if [ -n "${TROMMEL_SANITIZED-}" ]; then
	echo "# memory: not measured under a sanitizer"
else
	rm -rf "$HOME/parts" "$HOME/moved" "$HOME/many" "$HOME/Maildir" "$RUNS"
	python3 - >"$HOME/large" <<'PYTHON'
import sys
line = b"The quick brown fox jumps over the lazy dog, and does so 42 times a day.\n"
for i in range(3000):
    size = 30 * 1024 * 1024 if i in (700, 2900) else 4096 if i % 5 else 60000
    sys.stdout.buffer.write(b"From a@example.org  Thu Jan  1 12:00:00 2026\nSubject: list %d\n\n" % i + line * (size // len(line)) + b"\n")
PYTHON
	own "$HOME/large"
	# The most that any process of the command had at a time, in MB.
	peak() {
		call python3 -c 'import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024 < 32 or "%d MB" %
      (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))' "$@"
	}
	is "$(peak "$TROMMEL" refile -o mail_location=maildir:~/Maildir "$HOME/rules" "$HOME/large")" "0 True" "of an mbox of 110 MB not 32 are in memory"
	is "$(count Lists)" 3000 "and all of it is filed"
	is "$(peak "$TROMMEL" refile --into "mbox:$HOME/mail:INBOX=$HOME/inbox" "$HOME/rules" "$HOME/Maildir/.Lists")" "0 True" \
		"nor when a Maildir goes into an mbox"
	is "$(peak "$TROMMEL" refile -o mail_location=maildir:~/Maildir --move --yes "$HOME/rules" "$HOME/mail/Lists")" "0 True" "nor when an mbox is moved"
	is "$(peak "$TROMMEL" try "$HOME/rules" "$HOME/large")" "0 True" "nor to try"

	# The log of a run has several lines for each message; it is made longer by batches that were taken back.
	rm -rf "$HOME/Maildir" "$HOME/large" "$RUNS"
	printf 'From a@example.org  Thu Jan  1 12:00:00 2026\nSubject: list\n\ntext\n\n' | mine "$HOME/short"
	refile "$HOME/rules" "$HOME/short"
	run=$(ls "$RUNS")
	python3 - "$RUNS/$run/log" <<'PYTHON'
import sys
with open(sys.argv[1], "r+") as log:
    lines = log.read().removesuffix("F\n")
    log.seek(0)
    for i in range(20000):
        log.write("B\n" + "c\t/nowhere/Maildir/.Lists.of.some.length\tnew/1795954198.M226619P28501Q%d.host\n" % i * 25 + "R\n")
    log.write(lines)
    log.truncate()
PYTHON
	is "$(peak "$TROMMEL" refile --resume "$run") $(count Lists)" "0 True 1" "nor is the log of a run that is resumed"
	is "$(peak "$TROMMEL" undo "$run") $(count Lists)" "0 True 0" "or undone"
fi
