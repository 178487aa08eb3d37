#!/bin/sh
# trommel split: a command or a file for each message of saved mail.
. "${0%/*}/lib.sh"

fresh
letter() { printf 'From %s@example.org  Thu Jan  1 12:00:00 2026\nFrom: %s@example.org\nSubject: %s\n%s\nbody of %s\n\n' "$1" "$1" "$2" "${3-}" "$1"; }
{ letter a one; letter b two "Status: RO
"; letter c three; } | mine "$HOME/box"
message four | mine "$HOME/Maildir/cur/1.a:2,FS"
take_apart() { call "$TROMMEL" split "$@" </dev/null >"$T/out" 2>"$T/err"; }
out() { tr '\n' '|' <"$T/out" | sed "s#$HOME/##g"; }

# ---- a command
take_apart "$HOME/box" "$HOME/Maildir" -- grep '^Subject'
is "$? $(out)" "0 Subject: one|Subject: two|Subject: three|Subject: four|" "each message is the command's standard input"
take_apart "$HOME/box" "$HOME/Maildir" -- sh -c 'echo "$FILENO $TROMMEL_FILE $TROMMEL_NUMBER $TROMMEL_SENDER $TROMMEL_FLAGS"'
is "$(out | sed 's/ *|/|/g')" '1 box 1 a@example.org|2 box 2 b@example.org \Seen|3 box 3 c@example.org|4 Maildir/cur/1.a:2,FS 0  \Flagged \Seen|' \
	"whose environment tells which"
take_apart "$HOME/box" -- sh -c 'echo "$TROMMEL_RECEIVED"'
is "$(sed -n 1p "$T/out")" 1767268800 "and when it came"
take_apart "$HOME/box" -- head -n 1
is "$(sed -n 1p "$T/out")" "From: a@example.org" "the From_ line is no part of the message"
take_apart -f "$HOME/box" -- head -n 1
like "$(sed -n 1p "$T/out")" "^From a@example.org  Thu" "but with -f"
take_apart "$HOME/box" -- sh -c 'echo "$1"' x '$HOME;*'
is "$(sed -n 1p "$T/out")" '$HOME;*' "no shell reads the arguments"

# ---- failures
take_apart "$HOME/box" -- sh -c 'echo $FILENO; [ $FILENO != 2 ]'
is "$? $(out)" "1 1|2|" "a command that fails is the end"
like "$(cat "$T/err")" "box, message 2: 'sh' ended with status 1" "and is told"
take_apart -k "$HOME/box" -- sh -c 'echo $FILENO; [ $FILENO != 2 ]'
is "$? $(out)" "1 1|2|3|" "unless --keep-going"
take_apart "$HOME/box" -- sh -c 'kill -9 $$'
is "$?" 1 "a signal is a failure"
take_apart "$HOME/box" -- "$HOME/none"
is "$?" 2 "a command that is not there is 2"
take_apart "$HOME/none" -- true
is "$?" 2 "a source that is not there likewise"
take_apart "$HOME/box"
is "$?" 2 "no command is a mistake"

# ---- several at a time
take_apart -j 3 "$HOME/box" "$HOME/Maildir" -- sh -c 'sleep 0.$((5 - FILENO)); echo $FILENO'
is "$? $(out)" "0 1|2|3|4|" "what several write keeps its order"
take_apart -j 2 "$HOME/box" -- sh -c 'touch "$HOME/at.$FILENO"; i=0; while [ $i -lt 100 ] && [ ! -e "$HOME/at.2" ]; do sleep 0.1; i=$((i + 1)); done; [ -e "$HOME/at.2" ]'
is "$?" 0 "and they do run at the same time"

# ---- large ones
{ message large; head -c 3000000 /dev/zero | tr '\0' 'x' | fold -w 70; } | mine "$HOME/large"
take_apart "$HOME/large" -- cksum
is "$(cat "$T/out")" "$(cksum <"$HOME/large")" "a large message is whole"

# ---- files
call mkdir "$HOME/letters"
take_apart --into "$HOME/letters" "$HOME/box" "$HOME/Maildir"
is "$? $(ls "$HOME/letters" | tr '\n' ' ')" "0 000001.eml 000002.eml 000003.eml 000004.eml " "a file for each message"
same "$HOME/letters/000004.eml" "$HOME/Maildir/cur/1.a:2,FS" "with its bytes"
is "$(stat -c %Y "$HOME/letters/000001.eml")" 1767268800 "and its time"
echo mine | mine "$HOME/letters/000001.eml"
take_apart --into "$HOME/letters" "$HOME/box"
is "$? $(cat "$HOME/letters/000001.eml") $(ls -A "$HOME/letters" | wc -l)" "2 mine 4" "nothing is overwritten, and nothing half is left"
like "$(cat "$T/err")" "make '$HOME/letters/000001.eml': File exists" "which file it is is told"
call sh -c 'rm "$HOME/letters"/*; echo half >"$HOME/letters/.000001.eml.part"'
take_apart --into "$HOME/letters" "$HOME/Maildir"
is "$? $(ls -A "$HOME/letters")" "0 000001.eml" "what a killed run left half written is in nobody's way"
same "$HOME/letters/000001.eml" "$HOME/Maildir/cur/1.a:2,FS" "and in no message"
