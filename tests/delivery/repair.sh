#!/bin/sh
# An mbox that a killed delivery left torn: the next one cuts off what is torn, and nothing else.
#
# The dead one is played by the lock file that it would have left: "pid:host", NUL, and what was being appended.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
here=$(uname -n)
gone=4194000 # above any pid there is
up() { sed 's/^\([0-9]*\)\.\([0-9][0-9]\).*/\1\20000000/' /proc/uptime; } # in nanoseconds
booted() { echo $(($(date +%s) - $(up) / 1000000000)); }
line='From alice@example.org  Thu Jan  1 12:00:00 2026
'
record() { printf '%sSubject: torn\n\n%s\n\n' "$line" "$(head -c 2000 /dev/zero | tr '\0' x | fold -w 72)"; }
old() { printf 'From bob@example.org  Wed Dec 31 12:00:00 2025\nSubject: old\n\nold\n\n'; }
# The mailbox: what was there, and the first bytes of the record.
torn() { # bytes
	fresh_mbox
	(old; record | head -c "$1") | mine "$MBOX"
}
whole=$(record | wc -c)
lock() { # pid host state [when it was booted] [clock] [first line]
	{
		printf '%d:%s' "$1" "$2"
		printf '\0%s %d %d %d %d %d\n%s' "$3" "${noted_offset:-$(old | wc -c)}" "${noted_length:-$whole}" "${4:-$(booted)}" "${5:-$(up)}" \
			"$(printf %s "${6:-$line}" | wc -c)" "${6:-$line}"
	} | mine "$MBOX.lock"
}
old >"$T/old"
boxed() { deliver -o "$MBOX_HERE" -o lock_timeout_s=4 "$@" <"$T/mail"; }
# The old mail and the new one alone.
is_cut() { # what
	is "$? $(grep -c '^From ' "$MBOX") $(grep -c 'Subject: torn' "$MBOX")" "0 2 0" "$1"
	head -c "$(old | wc -c)" "$MBOX" >"$T/found"
	same "$T/found" "$T/old" "and the mail before it is as it was"
}
# All that was there is there still, with the new mail behind it.
is_kept() { # what
	is "$? $(grep -c 'Subject: hello' "$MBOX")" "0 1" "$1: the new mail is added"
	head -c "$(wc -c <"$T/before")" "$MBOX" >"$T/found"
	same "$T/found" "$T/before" "$1: and not a byte is gone"
}

for size in 1 5 20 49 50 400 $((whole - 1)); do
	torn "$size"
	lock $gone "$here" U
	boxed
	is_cut "killed after $size bytes: they are cut off"
done
no_litter
torn "$whole"
lock $gone "$here" U
boxed
is_cut "killed before it could say that it was done: cut off, since nobody was told"

# What cannot be read at this moment is not known to be whole: the record of what to cut stays for the next try.
if [ -n "${TROMMEL_SANITIZED-}" ]; then
	echo "# what cannot be read: a sanitizer reads files of its own"
elif command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	for call in pread64 read newfstatat; do
		for number in $(seq 16); do
			torn 400
			lock $gone "$here" U
			call $UNTRACED strace -f -o "$HOME/trace" -e "inject=$call:error=EIO:when=$number" "$TROMMEL" -o "$MBOX_HERE" \
				-o lock_timeout_s=4 <"$T/mail" >"$T/out" 2>"$T/err"
			status=$?
			[ $status = 0 ] || boxed
			found="$? $(grep -c '^From ' "$MBOX") $(grep -c 'Subject: torn' "$MBOX")"
			[ "$found" = "0 2 0" ] || echo "$call number $number: $status, then $found"
			grep -q INJECTED "$HOME/trace" || break
		done
	done >"$T/wrong"
	is "$(cat "$T/wrong")" "" "whatever cannot be read: what is torn is cut off by this delivery or the next"
else
	echo "# what cannot be read: strace may not trace here"
fi

torn "$whole"
cp "$MBOX" "$T/before"
lock $gone "$here" C
boxed
is_kept "killed after it said so"
torn "$whole"
cp "$MBOX" "$T/before"
lock $gone "$here" U $(($(booted) - 5000)) 1
boxed
is_kept "a whole message from before a power cut, which may have been acknowledged"
torn 400
lock $gone "$here" U $(($(booted) - 5000)) 1
boxed
is_cut "a torn one from before a power cut is cut off"
# Where the length reached the disk and the bytes did not: zeros to the end of what was noted, or from its beginning.
for size in 0 20 400; do
	torn "$size"
	(cat "$MBOX"; head -c $((whole - size)) /dev/zero) >"$T/padded"
	mine "$MBOX" <"$T/padded"
	lock $gone "$here" U $(($(booted) - 5000)) 1
	boxed
	is_cut "$size bytes and then zeros, from before a power cut, are cut off"
done
(old; head -c "$whole" /dev/zero; printf 'x\n') >"$T/padded"
mine "$MBOX" <"$T/padded"
cp "$MBOX" "$T/before"
lock $gone "$here" U $(($(booted) - 5000)) 1
boxed
is_kept "zeros with something behind them"

# Somebody has been there since.
torn 400
(old; printf 'From carol@example.org  Thu Jan  1 12:00:01 2026\nSubject: hers\n\nhers\n\n') | mine "$MBOX"
cp "$MBOX" "$T/before"
lock $gone "$here" U
boxed
is_kept "another message where the torn one should be"
torn 400
(old; record | head -c 400; printf '\n\nFrom carol@example.org  Thu Jan  1 12:00:01 2026\nSubject: hers\n\nhers\n\n') | mine "$MBOX"
cp "$MBOX" "$T/before"
lock $gone "$here" U
boxed
is_kept "another message behind the torn one"
# procmail, maildrop and fdm begin at the very end, in the middle of a line that was torn.
for separator in 'From carol@example.org  Thu Jan  1 12:00:01 2026' 'From carol@example.org Thu Jan 01 12:00:01 2026'; do
	torn 400
	(old; record | head -c 400; printf '%s\nSubject: hers\n\nhers\n\n' "$separator") | mine "$MBOX"
	cp "$MBOX" "$T/before"
	lock $gone "$here" U
	boxed
	is_kept "another message in the middle of a torn line"
done
# One that begins where a piece of what is looked through ends.
(old; printf %s "$line"; head -c 65532 /dev/zero | tr '\0' x; printf '\nFrom carol@example.org\nSubject: hers\n\nhers\n\n') | mine "$MBOX"
cp "$MBOX" "$T/before"
noted_length=100000
lock $gone "$here" U
noted_length=''
boxed
is_kept "another message far behind a torn one"
torn 400
old | head -c 20 | mine "$MBOX"
cp "$MBOX" "$T/before"
lock $gone "$here" U
boxed
is_kept "a mailbox that has become shorter"

# What is noted must be what is there: the old length, the new one, the From_ line to its last byte.
disagrees() { # what
	cp "$MBOX" "$T/before"
	lock $gone "$here" U "" "" "${1-}"
	boxed
	is_kept "$2"
}
torn 400
disagrees "$(printf %s "$line" | sed 's/alice/alicf/')
" "the From_ line of another sender"
torn 400
disagrees "$(printf %s "$line" | sed 's/12:00:00/12:00:01/')
" "the From_ line of another second"
for noted_offset in 0 $(($(old | wc -c) - 1)) $(($(old | wc -c) + 1)) $(($(old | wc -c) + 400)) 99999999; do
	torn 400
	disagrees "$line" "a record that begins at $noted_offset"
done
noted_offset='' noted_length=399
torn 400
disagrees "$line" "more than was to be appended"
noted_length=''

# Who lives is not robbed, whatever happened to the clock; there may be no other lock but this.
sleep 100 &
alive=$!
for clock in 0 -7200 7200; do
	torn 400
	cp "$MBOX" "$T/before"
	lock $alive "$here" U $(($(booted) + clock))
	deliver -o "$MBOX_HERE" -o mbox_locks=dotlock -o lock_timeout_s=1 <"$T/mail"
	is $? 75 "the lock of a process that lives is waited for, the clock set by $clock s meanwhile"
	same "$MBOX" "$T/before" "and the mailbox is not touched"
done
# The number has another process by now.
torn 400
lock $alive "$here" U "" 1
boxed
is_cut "a lock that is older than the process of its number"
torn 400
lock $alive "$here" U $(($(booted) - 5000)) 9000000000000000000
boxed
is_cut "a lock of a boot that lasted longer than this one"
kill $alive

# Another machine, whatever the mail of both is called.
torn 400
cp "$MBOX" "$T/before"
lock $gone mx.example.org U
boxed -o lock_timeout_s=1
is $? 75 "the lock of another machine is waited for"
boxed -o lock_timeout_s=1 -o hostname=mx.example.org
is $? 75 "also when our mail has its name"
same "$MBOX" "$T/before" "and the mailbox is not touched"
torn 400
lock $gone "$here" U
boxed -o hostname=mx.example.org
is_cut "and one of our own is ours under any name"
if [ "$(id -u)" = 0 ]; then
	torn 400
	cp "$MBOX" "$T/before"
	lock $gone "$here" U
	chown "$OTHER" "$MBOX.lock"
	chmod 644 "$MBOX.lock"
	boxed
	is_kept "the lock of another user"
fi

# Who only looks dead from here, in a container of his own, has the kernel's lock.
if command -v python3 >/dev/null; then
	torn 400
	cp "$MBOX" "$T/before"
	lock $gone "$here" U
	cp "$MBOX.lock" "$T/lock"
	hold_lock "$MBOX"
	boxed -o lock_timeout_s=1
	is $? 75 "one who is gone, but has the kernel's lock, is waited for"
	same "$MBOX" "$T/before" "the mailbox is not touched"
	same "$MBOX.lock" "$T/lock" "and his lock is not broken"
	let_go
	boxed
	is_cut "and when he has let it go it is cut off"
fi

# No play: killed in the middle of a long append.
need_trace
# The note is on the disk before there is anything to be cut off.
fresh_mbox
call "$UNTRACED" strace -o "$HOME/trace" -e trace=pwrite64,write,writev,fsync,fdatasync,linkat \
	"$TROMMEL" -o "$MBOX_HERE" <"$T/mail" >"$T/out" 2>"$T/err"
order=$(sed -n '/linkat/,$s/(.*//p' "$HOME/trace" | tr '\n' ' ')
is "$order" "linkat pwrite64 fdatasync writev fdatasync pwrite64 " "the lock's note is flushed before the mailbox is written"
# And what is cut off again is off the disk before anybody else may write there.
fresh_mbox
old | mine "$MBOX"
call "$UNTRACED" strace -o "$HOME/trace" -e trace=fdatasync,ftruncate,fsync,unlinkat -e inject=fdatasync:error=EIO:when=2 \
	"$TROMMEL" -o "$MBOX_HERE" <"$T/mail" >"$T/out" 2>"$T/err"
order="$? $(sed -n '/^[a-z]/s/(.*//p' "$HOME/trace" | tr '\n' ' ')"
is "$order" "75 fdatasync fdatasync ftruncate fsync unlinkat " "what was not flushed is cut off, and that is flushed before the lock goes"
same "$MBOX" "$T/old" "and the mailbox is as it was"
(old | sed 1d; head -c 3000000 /dev/zero | tr '\0' 'x' | fold -w 72; echo) >"$T/long"
for more in 1 1000000; do
	fresh_mbox
	old | mine "$MBOX"
	instead "$UNTRACED" strace -f -qq -o "$HOME/trace" -e trace=write,writev -e inject=write,writev:delay_enter=100000 \
		"$TROMMEL" -o "$MBOX_HERE" <"$T/long" >"$T/out" 2>"$T/err" &
	pid=$!
	for _ in $(seq 200); do
		[ "$(wc -c <"$MBOX")" -lt $(($(old | wc -c) + more)) ] || break
		sleep 0.02
	done
	kill -9 "$(pgrep -P $pid)"
	wait $pid
	half=$(($(wc -c <"$MBOX") - $(old | wc -c)))
	holds "a real delivery was killed in the middle of its append ($half bytes)" test "$half" -ge "$more" -a "$half" -lt 3000000
	boxed
	is_cut "what it had appended is cut off by the next"
	no_litter
done

# A writer that was stopped so long that its lock was broken, and others wrote: it cuts nothing and claims nothing.
slow() { # signal after it was robbed, or ""
	fresh_mbox
	old | mine "$MBOX"
	instead "$UNTRACED" strace -f -qq -o "$HOME/trace" -e trace=fdatasync -e inject=fdatasync:delay_enter=1500000 \
		"$TROMMEL" -o "$MBOX_HERE" -o mbox_locks=dotlock <"$T/mail" >"$T/out" 2>"$T/err" &
	pid=$!
	for _ in $(seq 100); do
		[ "$(wc -c <"$MBOX")" = "$(old | wc -c)" ] || break
		sleep 0.1
	done
	rm "$MBOX.lock"
	echo 1:elsewhere | mine "$MBOX.lock"
	if [ "$2" = cut ]; then old | mine "$MBOX"; fi
	printf 'From carol@example.org  Thu Jan  1 12:00:01 2026\nSubject: hers\n\nhers\n\n' >>"$MBOX"
	if [ -n "$1" ]; then kill -s "$1" "$(pgrep -P $pid)"; fi
	wait $pid
}
for signal in '' TERM; do
	for done in cut left; do
		slow "$signal" $done
		is $? 75 "robbed of its lock, the mail ${done}, ${signal:-no signal}: again later"
		is "$(grep -c 'Subject: hers' "$MBOX")" 1 "what another has written is there"
		is "$(cat "$MBOX.lock")" 1:elsewhere "and so is the other's lock"
	done
done
