#!/bin/sh
# Mail that is passed on: through sendmail(1), with the sender it came with, and never in a circle.
. "${0%/*}/lib.sh"
. "$TESTS/outgoing.sh"

message hello >"$T/mail"
story 'redirect "bob@example.com";' -f alice@example.org
is "$? $(sent) $(everywhere)" "0 1 0" "redirect passes it on and keeps nothing"
is "$(argv 0)" "-oi -f alice@example.org -- bob@example.com " "sendmail gets the old sender and one address"
grep -v '^X-Sieve' "$HOME/sent/0.mail" >"$T/found"
sed 's/\r$//' "$T/found" | cmp -s - "$T/mail" && pass "and the message as it came" || same "$T/found" "$T/mail" "and the message as it came"
{ echo 'Return-Path: <alice@example.org>'; cat "$T/mail"; } >"$T/traced"
fresh
mkdir "$HOME/sent"
own "$HOME"
printf 'redirect "bob@example.com";\n' | rules
send -f alice@example.org <"$T/traced"
grep -v '^X-Sieve' "$HOME/sent/0.mail" >"$T/found"
same "$T/found" "$T/mail" "without the Return-Path of this host (RFC 5321, 4.4)"
story 'redirect "bob@example.com"; keep;' -f alice@example.org
is "$? $(sent) $(count)" "0 1 1" "redirect and keep do both"
story 'require "copy"; redirect :copy "bob@example.com";' -f alice@example.org
is "$? $(sent) $(count)" "0 1 1" "redirect :copy leaves the implicit keep"
fresh
mkdir -p "$HOME/sent" "$HOME/Maildir/.Closed/new" "$HOME/Maildir/.Closed/cur" "$HOME/Maildir/.Closed/tmp"
own "$HOME" "$HOME"/Maildir/.Closed "$HOME"/Maildir/.Closed/*
chmod 0 "$HOME/Maildir/.Closed"
printf 'require ["fileinto", "copy"]; fileinto "Closed"; redirect :copy "bob@example.com";\n' | rules
send -f alice@example.org <"$T/mail"
is "$? $(sent) $(count)" "0 1 1" "a folder that could not be had is no obstacle"
story 'redirect "bob@example.com"; redirect "carol@example.com"; redirect "bob@example.com";' -f alice@example.org
is "$? $(sent) $(everywhere)" "0 2 0" "twice to one address is once"
story 'redirect "bob@example.com";' -f alice@example.org -o redirect_max=0
is "$? $(sent) $(count)" "0 0 1" "a site that allows no redirect has none"
like "$(told)" "more than 0 redirects \\(limit: redirect_max\\)" "which is told, with the setting"
story 'redirect "bob@example.com";' -f ''
is "$? $(sed -n 3p "$HOME/sent/0.argv")" "0 <>" "the null sender stays null"
story 'redirect "bob@example.com";' -f 'joe smith@example.org'
is "$? $(argv 0)" '0 -oi -f "joe smith"@example.org -- bob@example.com ' "a sender is quoted where he must be"
story 'redirect "bob@example.com";'
is "$? $(sent)" "0 1" "an unknown sender is no obstacle"
for setting in recipient=reader@example.net original_recipient=list@example.net "user=$ME" postmaster=postmaster \
	'<bounces@example.net>=bounces@example.net' user_email=alice@example.org; do
	story 'redirect "bob@example.com";' -f alice@example.org -a list@example.net -o "redirect_sender=${setting%=*}"
	is "$? $(sed -n 3p "$HOME/sent/0.argv")" "0 ${setting##*=}" "redirect_sender = ${setting%=*}"
done
story 'redirect "bob@example.com";' -f '' -o 'redirect_sender=<bounces@example.net>'
is "$? $(sed -n 3p "$HOME/sent/0.argv")" "0 <>" "but the null sender stays null"
story 'redirect "bob@example.com";' -f alice@example.org -o 'redirect_sender=<bounces>'
is "$? $(sent)" "75 0" "what is no sender is a wrong setting"
like "$(cat "$T/err")" 'redirect_sender wants .* or <address>, found' "and its name is told"

story 'redirect "bob@example.com";' -f alice@example.org -o 'sendmail_arguments=  -C /etc/mail/other.cf	-G '
is "$? $(argv 0)" "0 -oi -C /etc/mail/other.cf -G -f alice@example.org -- bob@example.com " \
	"sendmail_arguments are words behind -oi"
story 'redirect "bob@example.com";' -f alice@example.org -o "sendmail_arguments='a b' \$HOME"
is "$? $(argv 0)" "0 -oi 'a b' \$HOME -f alice@example.org -- bob@example.com " "and no shell reads them"

# Not in circles.
received() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "Received: from a by b; Thu, 01 Jan 2026 12:00:00 +0000" }'; }
fresh
(received 30; message hello) >"$T/far"
mkdir "$HOME/sent"
own "$HOME"
echo 'redirect "bob@example.com";' | rules
deliver -o sendmail="$T/sendmail" -f alice@example.org <"$T/far"
is "$? $(sent) $(count)" "0 0 1" "mail that came through 30 hops is kept instead"
like "$(told)" "hop|loop|Received" "and its owner is told"
for hops in 25 26; do
	(received $hops; message hello) >"$T/far"
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	echo 'redirect "bob@example.com";' | rules
	deliver -o sendmail="$T/sendmail" -f alice@example.org <"$T/far"
	is "$? $(sent) $(count)" "0 $((26 - hops)) $((hops - 25))" "25 are the most: $hops"
done
story 'redirect "bob@example.com";' -f alice@example.org
cp "$HOME/sent/0.mail" "$T/back"
fresh
mkdir "$HOME/sent"
own "$HOME"
echo 'redirect "bob@example.com";' | rules
deliver -o sendmail="$T/sendmail" -r reader@example.net -f alice@example.org <"$T/back"
is "$? $(sent) $(count)" "0 0 1" "mail that comes back from where it was sent is kept instead"
story 'redirect "bob@example.com";' -f alice@example.org -r 'the reader@example.net'
cp "$HOME/sent/0.mail" "$T/back"
is "$(header X-Sieve-Redirected-From "$T/back")" '"the reader"@example.net' "the mark is quoted where it must be"
fresh
mkdir "$HOME/sent"
own "$HOME"
echo 'redirect "bob@example.com";' | rules
deliver -o sendmail="$T/sendmail" -r 'the reader@example.net' -f alice@example.org <"$T/back"
is "$? $(sent) $(count)" "0 0 1" "and known when it comes back"
guarded() { # address header-line what reason: redirected nowhere, with $T/mail
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	printf 'redirect "%s";\n' "$1" | rules
	message hello ${2:+"$2"} | environ ORIGINAL_RECIPIENT=sales@example.net -- -o sendmail="$T/sendmail" -r reader@example.net
	is "$? $(sent) $(count)" "0 0 1" "$3: kept instead"
	like "$(told)" "not redirected to $1, kept instead: $4" "$3: and the owner is told why"
}
guarded READER@example.net '' "to the recipient himself" "it is the recipient's own address"
guarded sales@example.net '' "to the address that led here" "it is the recipient's own address"
guarded bob@example.com 'X-Sieve-Redirected-From: bob@example.com' "to where it was redirected from" "this message was redirected from there before"
guarded bob@example.com 'X-Sieve-Redirected-From: Reader@Example.net' "from here before" "this message was redirected from here before"
guarded bob@example.com 'Delivered-To: Bob@example.com' "to where it has been" "the message has been at that address already"
story 'redirect "bob@example.com";' -f alice@example.org
is "$? $(sent) $(count)" "0 1 0" "and to anybody else it goes"
story 'redirect "a@example.com"; redirect "b@example.com"; redirect "c@example.com"; redirect "d@example.com"; redirect "e@example.com"; redirect "f@example.com";' -f alice@example.org
is "$? $(count)" "0 1" "more redirects than are allowed: the script failed, the message is kept"
is "$(sent)" 0 "and none was sent"

# Nothing that came with the mail becomes an option or a command.
story 'redirect "-oQ/tmp@example.com";' -f alice@example.org
is "$?" 0 "an address that begins with a dash is delivered"
like "$(argv 0 2>/dev/null || echo kept)" '(-- -oQ|kept)' "behind -- or not at all"
story 'redirect "bob@example.com";' -f '$(touch /tmp/x)@example.org'
is "$?" 0 "a sender that is a command"
case $(sent) in
1) is "$(sed -n 3p "$HOME/sent/0.argv")" '<>' "is no address, and becomes the null sender" ;;
*) is "$(count)" 1 "is not passed on, but kept" ;;
esac
printf 'require "variables"; if header :matches "x-to" "*" { redirect "${1}"; }\n' >"$T/variable"
fresh
mkdir "$HOME/sent"
rules <"$T/variable"
own "$HOME"
message hello 'X-To: =?utf-8?q?bob=40example.com=0A=2Eevil?=' |
	deliver -o sendmail="$T/sendmail" -f alice@example.org
is "$? $(sent) $(count)" "0 0 1" "an encoded line break in an address: kept, not sent"

# sendmail fails.
story_with() { # file content rules
	fresh
	mkdir "$HOME/sent"
	echo "$2" >"$HOME/$1"
	own "$HOME"
	echo "$3" | rules
	deliver -o sendmail="$T/sendmail" -f alice@example.org -r reader@example.net ${4-} ${5-} <"$T/mail"
}
story_with status 75 'redirect "bob@example.com";'
status=$?
case $status-$(everywhere) in
75-0 | 0-1) pass "sendmail that fails for now: again later, or kept ($status)" ;;
*) fail "sendmail that fails for now: $status with $(everywhere) kept" ;;
esac
story_with status 75 'redirect "bob@example.com"; keep;'
status=$?
case $status-$(everywhere) in
75-0 | 0-1) pass "beside a keep: no doubled copy ($status)" ;;
*) fail "sendmail that fails beside a keep: $status with $(everywhere) kept" ;;
esac
printf "#!/bin/sh\nexit 0\n" >"$T/true"
chmod 755 "$T/true"
for size in 10 100000; do
	fresh
	echo 'redirect "bob@example.com";' | rules
	{ cat "$T/mail"; head -c $size /dev/zero | tr '\0' x; } | deliver -o sendmail="$T/true" -f alice@example.org
	is "$?" 75 "sendmail that does not read the message ($size bytes) has not taken it"
	like "$(cat "$T/err")" 'before it had read the message' "and that is told"
done
story_with status 64 'redirect "bob@example.com";'
status=$?
case $status-$(everywhere) in
75-0 | 0-1) pass "sendmail that fails for good: the message is not lost ($status)" ;;
*) fail "sendmail that fails for good: $status with $(everywhere) kept" ;;
esac
# EX_DATAERR and EX_NOUSER are about this mail; the others may be about this system (sysexits.h).
for status in 65 67; do
	story_with status $status 'redirect "bob@example.com";'
	found=$?
	case $found-$(everywhere) in
	0-1) pass "sendmail that ends with $status refuses for good" ;;
	*) fail "sendmail that ends with $status refuses for good: $found with $(everywhere) kept" ;;
	esac
done
for status in 1 64 68 69 70 71 72 73 74 75 76 77 78; do
	story_with status $status 'redirect "bob@example.com";'
	is "$? $(everywhere)" "75 0" "sendmail that ends with $status refuses for now"
done
fresh
echo 'redirect "bob@example.com";' | rules
deliver -o sendmail=/nonexistent/sendmail -f alice@example.org <"$T/mail"
status=$?
case $status-$(everywhere) in
75-0 | 0-1) pass "no sendmail at all: the message is not lost ($status)" ;;
*) fail "no sendmail at all: $status with $(everywhere) kept" ;;
esac

# What sendmail is given besides: no descriptor of ours, no variable of the caller's.
story 'redirect "bob@example.com";' -f alice@example.org
is "$(grep -c -i 'sender\|recipient\|^LD_' "$HOME/sent/0.env")" 0 "its environment is our own"

# Over time: a sendmail that hangs ends with the deadline, and nothing is left running.
start=$(date +%s)
story_with slow yes 'redirect "bob@example.com";' -o deadline_s=3
status=$?
took=$(($(date +%s) - start))
case $status-$(everywhere) in
75-0 | 0-1) pass "sendmail that hangs: the message is not lost ($status)" ;;
*) fail "sendmail that hangs: $status with $(everywhere) kept" ;;
esac
holds "and the deadline was kept ($took s)" test "$took" -lt 10
sleep 0.2
is "$(ps -eo args | grep -c '[s]leep 60')" 0 "what it had started is gone"

# A caller that ignores SIGCHLD: how sendmail ended would be lost, and with it the message.
if command -v python3 >/dev/null; then
	fresh
	mkdir "$HOME/sent"
	echo 75 >"$HOME/status"
	own "$HOME"
	echo 'redirect "bob@example.com";' | rules
	call python3 -c '
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$TROMMEL" -o sendmail="$T/sendmail" -r reader@example.net <"$T/mail" >"$T/out" 2>"$T/err"
	is "$? $(sent) $(everywhere)" "75 0 0" "a refusal by sendmail is seen though SIGCHLD is ignored"
fi
