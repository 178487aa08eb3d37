#!/bin/sh
# A message that stops its own delivery by a bug of ours: not for ever.
. "${0%/*}/lib.sh"
need_trace

message hello >"$T/mail"
# A fault in the courier, where it asks for a judge: what only happens when there are rules.
bring() {
	call $UNTRACED strace -o "$HOME/trace" -e trace=socketpair -e inject=socketpair:signal=SEGV \
		"$TROMMEL" -f alice@example.org -o folder_autocreate=yes <"${1:-$T/mail}" >"$T/out" 2>"$T/err"
}
marks() { find "$HOME/.local/state/trommel/poison" -type f 2>/dev/null | wc -l | tr -d ' '; }
fresh
echo 'require "fileinto"; fileinto "Sorted";' | rules
bring
is "$? $(everywhere) $(marks)" "75 0 1" "a fault ends the delivery with 75, and leaves a mark"
bring
is "$? $(everywhere) $(marks)" "75 0 2" "so does the second"
message other >"$T/other.mail"
bring "$T/other.mail"
is "$? $(everywhere) $(marks)" "75 0 3" "another message is counted for itself"
# Whoever could make marks could switch the rules off.
for mode in 770 707; do
	chmod $mode "$HOME/.local/state/trommel/poison"
	bring
	is "$? $(everywhere)" "75 0" "marks that others could have made ($mode) count nothing"
done
chmod 700 "$HOME/.local/state/trommel/poison"
{ echo 'Delivery-date: Thu, 01 Jan 2026 12:10:00 +0000'; cat "$T/mail"; } >"$T/third.mail"
bring "$T/third.mail"
is "$? $(count) $(count Sorted) $(marks)" "0 1 0 1" "the third time it is filed without rules"
like "$(told)" "has stopped its own delivery.*without the rules" "and the owner is told"
deliver -f alice@example.org <"$T/other.mail"
is "$? $(count Sorted) $(marks)" "0 1 0" "one that comes through leaves no mark"
is "$(find "$HOME/.local/state/trommel" -name poison)" "" "nor their directory"
bring
is "$? $(marks)" "75 1" "it begins anew then"
if [ "$(id -u)" = 0 ]; then
	chown -R root: "$HOME/.local/state/trommel/poison"
	bring
	is "$?" 75 "where no mark can be left it is 75 all the same"
fi
# The same where a plan is carried out.
for signal in SEGV ABRT; do
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	echo 'redirect "bob@example.com";' | rules
	for _ in 1 2 3; do
		call $UNTRACED strace -o "$HOME/trace" -e trace=pipe2 -e inject=pipe2:signal=$signal "$TROMMEL" -f alice@example.org \
			-r reader@example.net -o sendmail=/bin/true <"$T/mail" >"$T/out" 2>"$T/err"
		echo "$?:$(marks)" >>"$T/tries.$signal"
	done
	is "$(tr '\n' ' ' <"$T/tries.$signal") $(count)" "75:1 75:2 0:0  1" "$signal while a redirect is handed over: kept the third time"
done
# The limit on CPU time is met by a message that costs too much.
fresh
echo 'keep;' | rules
call $UNTRACED strace -o "$HOME/trace" -e trace=socketpair -e inject=socketpair:signal=XCPU \
	"$TROMMEL" -f alice@example.org <"$T/mail" >"$T/out" 2>"$T/err"
is "$? $(marks)" "75 1" "a delivery that has used up its CPU time leaves a mark"
# A judge that is killed, however often, holds nothing up: the message is kept at once.
fresh
echo 'keep;' | rules
call $UNTRACED strace -f -o "$HOME/trace" -e trace=prctl -e inject=prctl:signal=KILL:when=1 \
	"$TROMMEL" -f alice@example.org <"$T/mail" >"$T/out" 2>"$T/err"
is "$? $(count) $(marks)" "0 1 0" "a judge that is killed leaves no mark"
# What others do to us is no fault of the message.
fresh
echo 'require "fileinto"; fileinto "Sorted";' | rules
call $UNTRACED strace -o "$HOME/trace" -e trace=socketpair -e inject=socketpair:signal=TERM \
	"$TROMMEL" -f alice@example.org <"$T/mail" >"$T/out" 2>"$T/err"
is "$? $(marks)" "75 0" "a signal from outside leaves no mark"
call $UNTRACED strace -o "$HOME/trace" -e trace=socketpair -e inject=socketpair:signal=KILL \
	"$TROMMEL" -f alice@example.org <"$T/mail" >"$T/out" 2>"$T/err"
is "$? $(marks)" "137 0" "nor does kill -9"
