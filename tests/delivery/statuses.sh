#!/bin/sh
# The exit status and the one line that goes with it: 0 done, 75 again later, 77 refused, 67 no such user.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
# One line, an enhanced status code first, printable, and nothing on standard output.
one_line() { # class what
	is "$(cat "$T/out")" "" "$2: nothing on standard output"
	is "$(wc -l <"$T/err" | tr -d ' ')" 1 "$2: one line on standard error"
	like "$(cat "$T/err")" "^$1\\.[0-9]+\\.[0-9]+ [ -~]{3,220}\$" "$2: it begins with a status code"
}

fresh
deliver -d no-such-user-here <"$T/mail"
is "$? $(everywhere)" "67 0" "an unknown user is 67"
one_line 5 "an unknown user"

# An MTA that minds what is not read (OpenSMTPD) would take a refusal for an accident: all of it is read, before and
# behind the look at it.
head -c 3000000 /dev/zero | tr '\0' x | fold -w 72 >"$T/long"
echo 'require "ereject"; ereject "no";' | rules
for refused in 67:no-such-user-here "77:$ME"; do
	{ cat "$T/mail" "$T/long"; echo $? >"$T/wrote"; } | deliver -f alice@example.org -r bob@example.net -d "${refused#*:}"
	is "$? $(cat "$T/wrote")" "${refused%:*} 0" "a refusal with ${refused%:*} reads the message to its end"
done

# An MTA that calls us with rights of nobody's: the recipient is not unknown for that.
if [ "$(id -u)" = 0 ]; then
	setpriv --reuid 61989 --regid 61989 --clear-groups env -i "$TROMMEL" <"$T/mail" >"$T/out" 2>"$T/err"
	is "$? $(everywhere)" "75 0" "a uid that has no account is 75"
	one_line 4 "a uid that has no account"
fi

# A wrong command line in main.cf must not bounce a site's mail.
for wrong in '-x' '--no-such-option' '-o nonsense' '-o no_such_key=1' '-o deadline_s=soon' '-c /nonexistent.conf' 'stray words'; do
	fresh
	# shellcheck disable=SC2086  # words
	deliver $wrong <"$T/mail"
	is "$? $(everywhere)" "75 0" "'$wrong' is asked for again when it is put right"
	one_line 4 "'$wrong'"
done
printf 'mail_location = maildir:%s/Maildir\nlock_timout = 3\n' "$HOME" | mine "$T/wrong.conf" 644
deliver -c "$T/wrong.conf" <"$T/mail"
is "$? $(everywhere)" "75 0" "a configuration that is wrong is 75"
one_line 4 "a wrong configuration"
like "$(cat "$T/err")" "wrong\.conf:2" "and the line names file and line"
printf '\nmail_location = maildir:%s/Maildir:LAYUOT=fs\n' "$HOME" | mine "$T/wrong.conf" 644
deliver -c "$T/wrong.conf" <"$T/mail"
is "$? $(everywhere)" "75 0" "so is a location that nobody understands"
like "$(cat "$T/err")" "wrong\.conf:2: .*unknown option .LAYUOT=fs.; known are INBOX=" \
	"and the line names file and line, and what is known"

# Rules that refuse are not part of the core; a mailbox that is no mailbox is for the admin.
fresh
rm -rf "$HOME/Maildir"
echo "not a directory" | mine "$HOME/Maildir"
deliver -o "mail_location=maildir:$HOME/Maildir" <"$T/mail"
is $? 75 "a file where the Maildir should be is 75"
one_line 4 "a file in place of the Maildir"
is "$(cat "$HOME/Maildir")" "not a directory" "and it is left alone"

fresh
deliver </dev/null
is "$? $(count)" "0 1" "the empty message is delivered"
# Standard input that cannot be read is not an empty message.
fresh
deliver <"$T"
is "$? $(everywhere)" "75 0" "an input that fails to be read is 75, not a short message"
one_line 4 "an input that fails"
fresh
deliver <&-
is "$? $(everywhere)" "75 0" "no standard input at all is 75"

fresh
: >"$T/err"
# A caller that closed our standard error hears nothing, but gets the same status.
call "$TROMMEL" -d no-such-user-here <"$T/mail" >"$T/out" 2>&-
is "$?" 67 "with standard error closed the status is the same"
# Postfix does not block us, and may read late: its pipe may be full.
if command -v python3 >/dev/null; then
	fresh
	call python3 -c '
import os, subprocess, sys
r, w = os.pipe()
os.set_blocking(w, False)
try:
    while True: os.write(w, b"x" * 4096)
except BlockingIOError:
    pass
print(subprocess.run([sys.argv[1], "-d", "no-such-user-here"], stdin=open(sys.argv[2]), stderr=w, timeout=30).returncode)' \
		"$TROMMEL" "$T/mail" >"$T/out" 2>"$T/err"
	is "$(cat "$T/out")" 67 "with a full pipe for standard error the status is the same"
fi
fresh
call "$TROMMEL" <"$T/mail" >&- 2>&-
is "$? $(count)" "0 1" "with standard output and error closed mail is delivered"
without_trace "$(stored)" >"$T/found"
same "$T/found" "$T/mail" "and nothing was written into it"

# Discarding reads the message to its end: an MTA whose write fails takes the mail back.
fresh
echo 'discard;' | rules
: >"$T/status"
( (cat "$T/mail"; head -c 3000000 /dev/zero; echo all >"$T/status") 2>/dev/null | deliver
	echo $? >"$T/code")
is "$(cat "$T/code") $(everywhere) $(cat "$T/status")" "0 0 all" "discard reads the whole message"
is "$(cat "$T/out" "$T/err")" "" "and prints nothing"
