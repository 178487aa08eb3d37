#!/bin/sh
# What is wrong with this system at this moment: every mailbox stays as it was, and the MTA is asked to try again.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
(message large; head -c 200000 /dev/zero | tr '\0' 'x' | fold -w 72; echo) >"$T/large"

# A write that hits the limit leaves the mbox as it was and asks for a retry.
fresh_mbox
deliver -o "$MBOX_HERE" <"$T/mail"
cp "$MBOX" "$T/before"
touch -d '2 days ago' "$MBOX" # read the day before yesterday, and written
times=$(stat -c '%x %y' "$MBOX")
(ulimit -f 100 && deliver -o "$MBOX_HERE" <"$T/large")
is $? 75 "a file size limit: the MTA is told to retry"
is "$(stat -c '%x %y' "$MBOX")" "$times" "its times say that nothing has come"
same "$MBOX" "$T/before" "and not a byte was added to the mbox"
like "$(cat "$T/err")" '^4\.' "it is told so with a status of class 4"
no_litter
touch -d '2 days ago' "$MBOX"
read_at=$(stat -c %X "$MBOX")
deliver -o "$MBOX_HERE" <"$T/large"
times="$(stat -c %X "$MBOX") $(($(stat -c %Y "$MBOX") > read_at))"
is "$? $(grep -c '^From ' "$MBOX")" "0 2" "and without the limit the mail is added"
is "$times" "$read_at 1" "which readers see: it was written after the last look at it"
fresh
(ulimit -f 100 && deliver <"$T/large")
is "$? $(everywhere)" "75 0" "the same for a Maildir"
no_litter
# An mbox larger than the limit although the message is small, as Postfix has it (mailbox_size_limit).
fresh_mbox
(printf 'From x Thu Jan  1 12:00:00 2026\nSubject: old\n\n'; head -c 200000 /dev/zero | tr '\0' 'x' | fold -w 72; printf '\n\n') | mine "$MBOX"
cp "$MBOX" "$T/before"
(ulimit -f 100 && deliver -o "$MBOX_HERE" <"$T/mail")
is $? 75 "an mbox beyond the limit: the MTA is told to retry"
same "$MBOX" "$T/before" "and the mbox is as it was"

# A real full disk: a tmpfs of its own.
if mkdir -p "$T/disk" && mount -t tmpfs -o size=256k,mode=755 none "$T/disk" 2>/dev/null; then
	mkdir "$T/disk/Maildir" "$T/disk/Maildir/new" "$T/disk/Maildir/cur" "$T/disk/Maildir/tmp" "$T/disk/mail"
	: >"$T/disk/inbox"
	own "$T/disk"
	head -c 220000 /dev/zero >"$T/disk/filling" # leaves less than the large message needs
	fresh
	deliver -o "mail_location=maildir:$T/disk/Maildir" <"$T/large"
	is "$?" 75 "a full disk: again later"
	is "$(find "$T/disk/Maildir" -type f | wc -l)" 0 "nothing is left in the Maildir, tmp/ included"
	like "$(cat "$T/err")" '^4\.[23]\.[0-9] .*(space|full)' "the line says that it is full"
	deliver -o "mail_location=mbox:$T/disk/mail:INBOX=$T/disk/inbox" <"$T/mail"
	is "$? $(grep -c '^From ' "$T/disk/inbox")" "0 1" "a small message still fits into the mbox"
	cp "$T/disk/inbox" "$T/before"
	deliver -o "mail_location=mbox:$T/disk/mail:INBOX=$T/disk/inbox" <"$T/large"
	is "$?" 75 "a large one does not"
	same "$T/disk/inbox" "$T/before" "and leaves the mbox as it was"
	rm "$T/disk/filling"
	deliver -o "mail_location=maildir:$T/disk/Maildir" <"$T/large"
	is "$? $(find "$T/disk/Maildir/new" -type f | wc -l)" "0 1" "with room again it is delivered"
	rm "$T/disk/Maildir/new"/*
	head -c 300000 /dev/zero >"$T/disk/filling" 2>/dev/null
	echo 'require "fileinto"; fileinto "One"; fileinto "Two";' | rules
	deliver -o "mail_location=maildir:$T/disk/Maildir" <"$T/large"
	is "$? $(find "$T/disk/Maildir" -path '*/new/*' -type f | wc -l)" "75 0" "no copy of two when one does not fit"
	umount "$T/disk"
else
	echo "# a full disk: no tmpfs can be mounted here"
fi

# Two mboxes: the second cannot be marked as complete when the first was already.
if can_trace; then
	fresh_mbox
	: | mine "$HOME/mail/Lists"
	echo 'require "fileinto"; fileinto "Lists"; keep;' | rules
	call "$UNTRACED" strace -qq -o "$HOME/trace" -e trace=pwrite64 -e inject=pwrite64:error=EIO:when=4 \
		"$TROMMEL" -o "$MBOX_HERE" <"$T/mail" >"$T/out" 2>"$T/err"
	is "$? $(cat "$MBOX" "$HOME/mail/Lists" | wc -c)" "75 0" "two mboxes become visible together or not at all"
	is "$(grep -c INJECTED "$HOME/trace")" 1 "(the fourth mark failed)"
	no_litter
fi

# Somebody else holds the mailbox.
fresh_mbox
printf '%d:%s' $$ "$(uname -n)" | mine "$MBOX.lock" 644
start=$(date +%s)
deliver -o "$MBOX_HERE" -o lock_timeout_s=2 <"$T/mail"
status=$?
took=$(($(date +%s) - start))
is "$status $(wc -c <"$MBOX")" "75 0" "a mailbox that stays locked is 75 and unchanged"
holds "after the time that was set ($took s)" test "$took" -ge 1 -a "$took" -le 6
like "$(cat "$T/err")" "^4\..*$$" "the line names the process that holds it"
is "$(cat "$MBOX.lock")" "$$:$(uname -n)" "whose lock is left alone"
rm "$MBOX.lock"
deliver -o "$MBOX_HERE" -o lock_timeout_s=2 <"$T/mail"
is "$? $(grep -c '^From ' "$MBOX")" "0 1" "and when it is gone the mail is added"
fresh_mbox
sleep 0 &
gone=$!
wait $gone
printf '%d:%s' "$gone" "$(uname -n)" | mine "$MBOX.lock" 644
deliver -o "$MBOX_HERE" -o lock_timeout_s=4 <"$T/mail"
is "$? $(grep -c '^From ' "$MBOX")" "0 1" "the lock of a process that is dead is broken at once"
no_litter
fresh_mbox
printf 0 | mine "$MBOX.lock" 644
touch -d '1 hour ago' "$MBOX" "$MBOX.lock"
deliver -o "$MBOX_HERE" -o lock_timeout_s=2 <"$T/mail"
status=$?
case $status-$(grep -c '^From ' "$MBOX") in
0-1 | 75-0) pass "a lock of an unknown holder: broken by its age (ctime: now), or waited for ($status)" ;;
*) fail "a lock of an unknown holder: $status" ;;
esac
# Abandoned is what is old, and beside a mailbox that nobody has written since.
fresh_mbox
printf '4711:elsewhere.example' | mine "$MBOX.lock" 644
sleep 3.1
touch "$MBOX"
deliver -o "$MBOX_HERE" -o lock_timeout_s=1 -o lock_stale_s=2 <"$T/mail"
is "$? $(wc -c <"$MBOX") $(cat "$MBOX.lock")" "75 0 4711:elsewhere.example" "an old lock on a mailbox that is still written to is not broken"
touch -d '1 hour ago' "$MBOX"
deliver -o "$MBOX_HERE" -o lock_timeout_s=1 -o lock_stale_s=2 <"$T/mail"
is "$? $(grep -c '^From ' "$MBOX")" "0 1" "but when that is old too"
no_litter
if command -v python3 >/dev/null; then
	for kind in lockf flock; do
		fresh_mbox
		call python3 -c "
import fcntl, sys, time
f = open('$MBOX', 'r+')
fcntl.$kind(f, fcntl.LOCK_EX)
open('$HOME/held', 'w').close()
time.sleep(5)" &
		holder=$!
		while [ ! -e "$HOME/held" ]; do sleep 0.05; done
		deliver -o "$MBOX_HERE" -o lock_timeout_s=1 -o "mbox_locks=dotlock fcntl flock" <"$T/mail"
		is "$? $(wc -c <"$MBOX")" "75 0" "a mailbox locked with $kind is 75 and unchanged"
		no_litter "no dotlock is left behind after waiting for $kind"
		kill $holder
		wait $holder 2>/dev/null
	done
fi

# What is waited for is waited for with empty hands: whoever takes the locks in another order is not held up.
can_be_had() { # lock file: somebody else gets it within a second
	: | mine "$HOME/mine" 644
	for _ in $(seq 200); do
		call ln "$HOME/mine" "$1" 2>/dev/null && return 0
		sleep 0.005
	done
	return 1
}
fresh_mbox
: | mine "$HOME/mail/A"
: | mine "$HOME/mail/B"
printf '%d:%s' $$ "$(uname -n)" | mine "$HOME/mail/B.lock" 644
echo 'require "fileinto"; fileinto "A"; fileinto "B";' | rules
instead "$TROMMEL" -o "$MBOX_HERE" -o lock_timeout_s=10 <"$T/mail" >"$T/out" 2>"$T/err" &
pid=$!
sleep 0.3
holds "of two mailboxes the one that is free is not held while the other is waited for" can_be_had "$HOME/mail/A.lock"
rm -f "$HOME/mail/B.lock"
sleep 0.3
holds "nor the other way round" can_be_had "$HOME/mail/B.lock"
is "$(cat "$HOME/mail/A" "$HOME/mail/B" | wc -c)" 0 "and neither has the message yet"
rm "$HOME/mail/A.lock" "$HOME/mail/B.lock"
wait $pid
is "$? $(grep -c '^From ' "$HOME/mail/A") $(grep -c '^From ' "$HOME/mail/B")" "0 1 1" "with both free both have it"
if command -v python3 >/dev/null; then
	fresh_mbox
	call python3 -c "
import fcntl, os, time
f = open('$MBOX', 'r+')
fcntl.lockf(f, fcntl.LOCK_EX)
open('$HOME/held', 'w').close()
while os.path.exists('$HOME/held'): time.sleep(0.01)" &
	holder=$!
	while [ ! -e "$HOME/held" ]; do sleep 0.05; done
	instead "$TROMMEL" -o "$MBOX_HERE" -o lock_timeout_s=10 <"$T/mail" >"$T/out" 2>"$T/err" &
	pid=$!
	sleep 0.3
	holds "the dotlock is not held while the kernel's lock is waited for" can_be_had "$MBOX.lock"
	rm "$HOME/held" "$MBOX.lock"
	wait $holder
	wait $pid
	is "$? $(grep -c '^From ' "$MBOX")" "0 1" "then it is delivered"
fi

# A mailbox that is another's file by the time it is locked: it is looked at again with the locks held.
if can_trace; then
	for change in 'mv "$MBOX" "$MBOX.old"; : | mine "$MBOX"' 'ln "$MBOX" "$MBOX.second"' 'chmod 666 "$MBOX"'; do
		fresh_mbox
		instead "$UNTRACED" strace -qq -o "$HOME/trace" -e trace=fcntl -e inject=fcntl:delay_enter=1000000:when=1 \
			"$TROMMEL" -o "$MBOX_HERE" <"$T/mail" >"$T/out" 2>"$T/err" &
		pid=$!
		while [ ! -e "$MBOX.lock" ]; do sleep 0.02; done
		sleep 0.2
		eval "$change"
		wait $pid
		is "$? $(cat "$MBOX"* | wc -c)" "75 0" "a mailbox that is changed while it is locked: 75, and nothing in it ($change)"
	done
fi

# We are asked to stop while the message is still coming: nothing is left.
for signal in TERM HUP INT XCPU SEGV ABRT ALRM; do
	for shape in maildir mbox; do
		if [ $shape = maildir ]; then
			fresh
			set --
		else
			fresh_mbox
			set -- -o "$MBOX_HERE"
		fi
		rm -f "$T/fifo"
		mkfifo "$T/fifo"
		instead "$TROMMEL" "$@" <"$T/fifo" >"$T/out" 2>"$T/err" &
		pid=$!
		exec 9>"$T/fifo"
		cat "$T/large" >&9
		sleep 0.1
		kill -s $signal $pid # one process: setpriv, env and trommel take each other's place
		wait $pid
		status=$?
		exec 9>&-
		[ $shape = mbox ] && kept=$(wc -c <"$MBOX") || kept=$(everywhere)
		is "$status $kept" "75 0" "SIG$signal while reading ($shape): 75, and nothing stored"
		is "$(find "$HOME" -type f ! -name inbox | wc -l)" 0 "SIG$signal while reading ($shape): no litter"
	done
done

# A sender that never ends the message: our own deadline, before the MTA's.
fresh
rm -f "$T/fifo"
mkfifo "$T/fifo"
start=$(date +%s)
instead "$TROMMEL" -o deadline_s=2 <"$T/fifo" >"$T/out" 2>"$T/err" &
pid=$!
exec 9>"$T/fifo"
cat "$T/mail" >&9
wait $pid
status=$?
took=$(($(date +%s) - start))
exec 9>&-
is "$status $(everywhere)" "75 0" "a message that does not end in time is 75"
holds "when the deadline says ($took s)" test "$took" -ge 1 -a "$took" -le 5
is "$(find "$HOME" -type f | wc -l)" 0 "and leaves nothing"

# Killed without a chance to clean up: the next delivery is not hindered.
fresh_mbox
rm -f "$T/fifo"
mkfifo "$T/fifo"
instead "$TROMMEL" -o "$MBOX_HERE" <"$T/fifo" >"$T/out" 2>"$T/err" &
pid=$!
exec 9>"$T/fifo"
cat "$T/large" >&9
sleep 0.1
kill -9 $pid
wait $pid 2>/dev/null
exec 9>&-
deliver -o "$MBOX_HERE" -o lock_timeout_s=5 <"$T/mail"
is "$? $(grep -c '^From ' "$MBOX")" "0 1" "after kill -9 the next delivery succeeds"

# No memory, no files, no processes.
if [ -n "${TROMMEL_SANITIZED-}" ]; then
	echo "ok - 20 MB of address space # SKIP a sanitizer reserves more memory than any limit allows"
else
	fresh
	call prlimit --as=20000000 "$TROMMEL" <"$T/large" >"$T/out" 2>"$T/err"
	status=$?
	case $status-$(everywhere) in
	0-1 | 75-0) pass "20 MB of address space: delivered or again later ($status)" ;;
	*) fail "20 MB of address space: $status, $(everywhere) stored" ;;
	esac
fi
fresh
echo 'keep;' | rules
call prlimit --nofile=6 "$TROMMEL" <"$T/mail" >"$T/out" 2>"$T/err"
status=$?
case $status-$(everywhere) in
0-1 | 75-0) pass "6 descriptors: delivered or again later ($status)" ;;
*) fail "6 descriptors: $status, $(everywhere) stored" ;;
esac
