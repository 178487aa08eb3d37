#!/bin/sh
# Invitations on their way into a directory of calendars: what files there are then, whatever is in the message.
. "${0%/*}/lib.sh"

CALENDARS=$HOME/calendars
invitation() { # method uid sequence [content…]: a message with one event
	invitation_method=$1 invitation_uid=$2 invitation_sequence=$3
	shift 3
	printf 'From: ann@example.org\nTo: bob@example.net\nSubject: meeting\nMIME-Version: 1.0\n'
	printf 'Content-Type: text/calendar; charset=utf-8; method=%s\n\n' "$invitation_method"
	printf 'BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\nMETHOD:%s\n' "$invitation_method"
	printf 'BEGIN:VEVENT\nUID:%s\nSEQUENCE:%s\nDTSTAMP:20260101T12000%sZ\nDTSTART:20260201T120000Z\n' "$invitation_uid" "$invitation_sequence" "$invitation_sequence"
	printf 'ORGANIZER:mailto:ann@example.org\nATTENDEE:mailto:bob@example.net\n'
	for invitation_line; do printf '%s\n' "$invitation_line"; done
	printf 'END:VEVENT\nEND:VCALENDAR\n'
}
rules_for() { # what to do
	printf 'require ["processcalendar", "variables", "fileinto"];\n%s\n' "$1" | rules
}
bring() { # options…: standard input, delivered to bob@example.net
	call "$TROMMEL" -f ann@example.org -r bob@example.net -o calendar_dir="~/calendars" -o folder_autocreate=yes "$@" \
		>"$T/out" 2>"$T/err"
}
objects() { (cd "$CALENDARS" 2>/dev/null && find . -type f | sort); }
name_of() { (cd "$CALENDARS/${2-default}" && grep -l "^UID:$1" ./*.ics); }
FILED='processcalendar :outcome "o" :reason "r"; fileinto "${o}";'

fresh; rules_for "$FILED"
invitation REQUEST one 0 | bring
is "$? $(count added) $(objects | wc -l)" "0 1 1" "an invitation is added"
one=$(name_of one)
like "$one" '^./[0-9a-f]{64}\.ics$' "as a file that is named for the digest of its UID"
is "$(stat -c '%a %U' "$CALENDARS/default/$one")" "600 $ME" "which is the recipient's own"
invitation REQUEST one 0 | sed -n '/^BEGIN:VCALENDAR/,$p' | grep -v '^METHOD' | sed 's/$/\r/' >"$T/wanted"
same "$CALENDARS/default/$one" "$T/wanted" "and holds the event, in lines that end in CR LF, without the method"
no_litter

invitation REQUEST one 1 'SUMMARY:later' | bring
is "$? $(count updated) $(objects | wc -l) $(grep -c SUMMARY "$CALENDARS/default/$one")" "0 1 1 1" "an update replaces it"
invitation REQUEST one 1 | bring
is "$? $(count no_action) $(grep -c SUMMARY "$CALENDARS/default/$one")" "0 1 1" "what is not newer changes nothing"
invitation CANCEL one 2 | bring
is "$? $(count updated) $(grep -c 'STATUS:CANCELLED' "$CALENDARS/default/$one")" "0 2 1" "a cancellation marks it"
rules_for 'processcalendar :deletecancelled :outcome "o"; fileinto "${o}";'
invitation CANCEL one 3 | bring
is "$? $(count updated) $(objects)" "0 3 " "or removes it"
no_litter

# Other calendars, and what other programs have put there.
fresh; rules_for 'processcalendar :calendarid "work" :outcome "o"; fileinto "${o}";'
invitation REQUEST one 0 | bring
is "$? $(count error) $(objects)" "0 1 " "a calendar that is not there is not made"
mkdir -p "$CALENDARS/work" "$CALENDARS/home"; own "$CALENDARS"
invitation REQUEST one 0 | bring
is "$? $(count added) $(ls "$CALENDARS/work" | wc -l)" "0 1 1" "one that is there gets the event"
rules_for "$FILED"
invitation REQUEST one 1 | bring
is "$? $(count updated) $(ls "$CALENDARS/work" | wc -l) $(ls "$CALENDARS" | tr '\n' ' ')" "0 1 1 home work " "an update goes where the event is"
invitation REQUEST two@x 0 'X-MINE:1' | sed -n '/^BEGIN:VCALENDAR/,$p' | grep -v '^METHOD' | mine "$CALENDARS/home/two@x.ics"
invitation REQUEST two@x 1 | bring
is "$? $(count updated) $(cd "$CALENDARS/home" && ls) $(grep -c '^SEQUENCE:1' "$CALENDARS/home/two@x.ics")" "0 2 two@x.ics 1" "a file that is named for its UID is found"
printf 'no calendar\n' | mine "$CALENDARS/home/three.ics"
invitation REQUEST three 1 | bring
is "$? $(count error) $(cat "$CALENDARS/home/three.ics")" "0 2 no calendar" "what is stored and malformed is left as it is"

# Hostile UIDs and directories.
fresh; rules_for "$FILED"
long=$(printf '%05000d' 1)
other=$(printf aaaa | sha256sum | cut -d ' ' -f 1)
for uid in ../../escape /etc/passwd .hidden -x "a b" '*' "$long" "$other" 'ü'; do
	invitation REQUEST "$uid" 0 | bring || fail "UID $uid: status $?"
done
is "$(count added) $(objects | grep -cE '^./default/[0-9a-f]{64}\.ics$') $(objects | wc -l)" "9 9 9" "whatever the UID is, its file has the name of a digest"
is "$(ls -A "$HOME" | tr '\n' ' ')" ".local .sieve Maildir calendars " "and nothing is anywhere else"
invitation REQUEST "$(printf 'nul\000nul')" 0 | sed 's/nulnul/a\x00b/' | bring
is "$? $(objects | wc -l)" "0 9" "one with a NUL is malformed"
invitation REQUEST "$(printf '%020000d' 1)" 0 | bring
is "$? $(count error) $(objects | wc -l)" "0 1 9" "one that is longer than anything can be asked for is an error, and the rules are carried out"
before=$(count added)
mkdir "$T/outside"; own "$T/outside"
rm -rf "$CALENDARS/default"; ln -s "$T/outside" "$CALENDARS/default"
invitation REQUEST link 0 | bring
is "$? $(ls "$T/outside") $(count added)" "0  $((before + 1))" "a calendar that leads out of the directory is not written to, and the message is delivered"
like "$(told)" "the calendar was not changed" "which is told"
fresh; rules_for "$FILED"
mkdir -p "$CALENDARS/default"; own "$CALENDARS"; chmod 777 "$CALENDARS"
invitation REQUEST one 0 | bring
is "$? $(count error) $(objects)" "0 1 " "nor is one that others can write"
chmod 700 "$CALENDARS"; chmod 500 "$CALENDARS/default"
if [ "$(id -u)" = 0 ]; then
	invitation REQUEST one 0 | bring
	is "$? $(objects) $(everywhere)" "0  2" "one that may not be written costs no message"
	like "$(told)" "the calendar was not changed" "which is told"
fi

# Without calendars.
fresh; rules_for 'processcalendar :outcome "o" :reason "r"; fileinto "${o} ${r}";'
invitation REQUEST one 0 | bring -o calendar_dir=
is "$? $(count 'no_action no calendar is kept here') $(ls "$HOME" | tr '\n' ' ')" "0 1 Maildir " "without a directory nothing is done"
like "$(told)" "no calendar is kept here" "which is told"

# Several deliveries of one invitation at a time: one adds it, and none breaks it.
fresh; rules_for "$FILED"
for i in 1 2 3 4 5 6; do
	invitation REQUEST one 0 | (call "$TROMMEL" -r bob@example.net -o calendar_dir="~/calendars" -o folder_autocreate=yes >/dev/null 2>&1; echo $? >"$T/status$i") &
	eval "pid$i=\$!"
done
# shellcheck disable=SC2154
wait "$pid1" "$pid2" "$pid3" "$pid4" "$pid5" "$pid6"
bad=$(cat "$T"/status? | grep -cvE '^(0|75)$')
delivered=$(cat "$T"/status? | grep -c '^0$')
is "$bad $(objects | wc -l) $((delivered - $(everywhere)))" "0 1 0" "six at a time: one event, and each that was delivered is there once"
invitation REQUEST one 0 | sed -n '/^BEGIN:VCALENDAR/,$p' | grep -v '^METHOD' | sed 's/$/\r/' >"$T/wanted"
same "$CALENDARS/default/$(name_of one)" "$T/wanted" "and it is whole"
no_litter

# A message that is not kept here is in the calendar all the same; one that cannot be delivered now is not.
fresh; rules_for 'processcalendar; discard;'
invitation REQUEST one 0 | bring
is "$? $(everywhere) $(objects | wc -l)" "0 0 1" "what is discarded has been processed"
fresh; rules_for 'processcalendar; redirect "carol@example.org";'
invitation REQUEST one 0 | bring -o sendmail=/bin/false
is "$? $(objects)" "75 " "what is for later has not"
no_litter

# What was sent cannot be taken back: a calendar that somebody else holds must not make it go out twice.
invitation REQUEST one 0 | bring -o sendmail="$SINK"
one=$(name_of one)
mv "$CALENDARS/default/$one" "$CALENDARS/default/$one.lock"
rm -rf "$HOME/.local"
invitation REQUEST one 0 | bring -o sendmail="$SINK"
is "$? $(objects)" "75 ./default/${one#./}.lock" "a calendar that is locked makes the message wait"
rm "$CALENDARS/default/$one.lock"
invitation REQUEST one 0 | bring -o sendmail=/bin/false
is "$? $(objects | wc -l)" "0 1" "and the next try does not redirect it again"

rm "$CALENDARS/default/$one"

# Without effect.
invitation REQUEST one 0 >"$T/mail"
printf 'require "processcalendar"; processcalendar :addresses "bob@example.net";\n' | mine "$HOME/try.sieve"
call "$TROMMEL" try -v "$HOME/try.sieve" - <"$T/mail" >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" 'put "one" into the calendar "default"' "try says what would be put into the calendar"
is "$(objects)" "" "and puts nothing there"
printf 'require ["processcalendar", "variables", "fileinto"]; processcalendar :addresses "bob@example.net" :calendarid "../x" :outcome "o"; fileinto "${o}";\n' |
	mine "$HOME/try.sieve"
call "$TROMMEL" try -v "$HOME/try.sieve" - <"$T/mail" >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" 'file into "error"' "one whose name is none is none to try either"
