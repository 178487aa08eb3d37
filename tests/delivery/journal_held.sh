#!/bin/sh
# A journal that another delivery of the same message holds, and one that takes back what it has noted.
. "${0%/*}/lib.sh"
. "$TESTS/outgoing.sh"
need flock

message hello >"$T/mail"
journal() { find "$HOME/.local/state/trommel/journal" -type f 2>/dev/null; }
try() { send -f alice@example.org -o "$MBOX_HERE" -o lock_timeout_s=1 <"$T/mail"; }
in_mbox() { grep -c '^From ' "$MBOX"; }

# What has left once, with the mailbox locked.
half() {
	fresh_mbox
	mkdir "$HOME/sent"
	echo 'require "copy"; redirect :copy "bob@example.com";' | rules
	: >"$MBOX.lock"
	own "$HOME"
	try
	is "$? $(sent) $(in_mbox)" "75 1 0" "redirected, and the rest is for later"
	rm "$MBOX.lock"
}

half
exec 9<"$(journal)"
flock -x 9
try
is "$? $(sent) $(in_mbox)" "75 1 0" "while another delivery of it is at it nothing is done"
like "$(cat "$T/err")" "being delivered by another process" "which is told"
exec 9<&-
try
is "$? $(sent) $(in_mbox)" "0 1 1" "afterwards the rest is done, and nothing twice"
is "$(journal)" "" "and no journal is left"

half
sed -n 's/^+/-/p' "$(journal)" | head -1 >"$T/back"
isnt "$(cat "$T/back")" "" "what has left is noted in a line"
# behind the others, where there is room for more
dd if="$T/back" of="$(journal)" bs=1 seek="$(tr -d '\0' <"$(journal)" | wc -c)" conv=notrunc status=none
try
is "$? $(sent) $(in_mbox)" "0 1 1" "what a later line takes back is decided anew,"
like "$(told)" "redirected there before" "and what is remembered besides the journal stops the redirect"
