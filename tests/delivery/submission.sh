#!/bin/sh
# Mail that is handed to a server (the setting "submission"): what goes over the wire, and what its answers mean.
. "${0%/*}/lib.sh"
need python3

# serve WHERE [STAGE=ANSWER]...: a server that answers so; its URI is $URI.  See smtp_stub.py.
stub=
serve() {
	quiet
	rm -rf "$T/stub"
	mkdir "$T/stub"
	where=$1
	shift
	python3 "$TESTS/smtp_stub.py" "$where" "$T/stub" "$@" 2>"$T/stub.err" &
	stub=$!
	tries=0
	while [ ! -e "$T/stub/port" ] && [ $tries -lt 100 ] && kill -0 "$stub" 2>/dev/null; do
		sleep 0.05
		tries=$((tries + 1))
	done
	case $where in
	/*) URI=lmtp://$where ;;
	*:*) URI="smtp://[::1]:$(cat "$T/stub/port" 2>/dev/null)" ;;
	*) URI=smtp://$where:$(cat "$T/stub/port") ;;
	esac
}
quiet() {
	if [ -n "$stub" ]; then
		kill "$stub" 2>/dev/null
		wait "$stub" 2>/dev/null
	fi
	stub=
}
# submit MESSAGE OPTION...: hands it on, from alice@example.org unless told otherwise.
submit() {
	submit_message=$1
	shift
	fresh
	echo 'redirect "bob@example.com";' | rules
	deliver -r reader@example.net -o submission="$URI" -o hostname=mx.example.net -f alice@example.org "$@" \
		<"$submit_message"
}
said() { tr -d '\r' <"$T/stub/${1-0}.said"; }
line() { said "${2-0}" | grep "^$1"; }
reason() { cat "$T/err" "$HOME/.sieve.log" 2>/dev/null; }
# The bytes between DATA and the dot, without the fields that a redirect adds.
wire() { sed '/^X-Sieve-Redirected-From/d' "$T/stub/0.data"; }
# Refused for now: the MTA has it still.  For good: it is not tried again for days.
later() { # what
	is "$? $(everywhere)" "75 0" "$1: again later"
}
# shellcheck disable=SC2320
never() { # what
	never_status=$?
	case $never_status-$(everywhere) in
	0-1) pass "$1: for good, and kept" ;;
	*) fail "$1: for good, found status $never_status with $(everywhere) kept" ;;
	esac
}

message hello >"$T/mail"
{ cat "$T/mail"; printf 'one\n.\n..two\n.three\nno end'; } >"$T/dots"
sed 's/$/\r/' "$T/mail" >"$T/crlf"

# -- What is said -----------------------------------------------------------------------------------------------
serve 127.0.0.1 'EHLO=250-stub|250 HELP'
submit "$T/mail"
is "$? $(everywhere)" "0 0" "a message goes to the server"
is "$(said)" "EHLO mx.example.net
MAIL FROM:<alice@example.org>
RCPT TO:<bob@example.com>
DATA
QUIT" "and nothing more is said than is needed"
is "$(grep -c "$(printf '\r')\$" "$T/stub/0.said")" 5 "with CR LF behind each command"
wire >"$T/found"
same "$T/found" "$T/crlf" "the message is what came, with CR LF"
head -1 "$T/stub/0.data" | grep -q '^X-Sieve-Redirected-From: reader@example.net' && pass "behind our mark" || fail "behind our mark"
serve 127.0.0.1
submit "$T/crlf"
wire >"$T/found"
same "$T/found" "$T/crlf" "lines that ended in CR LF are not changed"
submit "$T/mail" -f ''
is "$? $(line MAIL 1)" "0 MAIL FROM:<>" "the null sender (RFC 5321, 4.5.5)"
submit "$T/mail" -o redirect_sender=user
is "$? $(line MAIL 2)" "0 MAIL FROM:<$ME@mx.example.net>" "a name alone is an address of this host"
submit "$T/mail" -o hostname=unqualified
is "$? $(line EHLO 3)" "0 EHLO [127.0.0.1]" "a host without a domain gives its address (RFC 5321, 4.1.4)"
submit "$T/dots"
{ sed 's/^\./../; s/$/\r/' "$T/dots"; echo; } >"$T/expected"
sed 1d "$T/stub/4.data" >"$T/found"
same "$T/found" "$T/expected" "dots in front of lines are doubled, a last line ends (RFC 5321, 4.5.2)"

serve 127.0.0.1 'EHLO=500 what?'
submit "$T/mail"
is "$? $(line HELO)" "0 HELO mx.example.net" "a server that knows no EHLO gets a HELO"
serve 127.0.0.1 'EHLO=550 go away'
submit "$T/mail"
later "one that knows and refuses it"
is "$(line HELO)" "" "gets none"

# -- Extensions -------------------------------------------------------------------------------------------------
serve 127.0.0.1 'EHLO=250-stub|250-SIZE 100000|250-8BITMIME|250-SMTPUTF8|250-DSN|250-DELIVERBY 10|250 PIPELINING'
submit "$T/mail"
is "$(line MAIL)" "MAIL FROM:<alice@example.org> SIZE=$(wc -c <"$T/stub/0.data" | tr -d ' ')" \
	"the size is that of what is sent (RFC 1870), and nothing else is asked for"
submit "$T/dots"
is "$(line MAIL 1)" "MAIL FROM:<alice@example.org> SIZE=$(($(wc -c <"$T/stub/1.data") - 3))" \
	"without the dots that were doubled"
{ cat "$T/mail"; printf 'caf\303\251 \351\n'; } >"$T/eight"
submit "$T/eight"
like "$(line MAIL 2)" 'BODY=8BITMIME$' "bytes above 127 in the body: 8BITMIME (RFC 6152)"
message hello "$(printf 'X-Name: Caf\303\251')" >"$T/utf8"
submit "$T/utf8"
like "$(line MAIL 3)" 'BODY=8BITMIME SMTPUTF8$' "UTF-8 in the header: SMTPUTF8 (RFC 6531)"
message hello "$(printf 'X-Name: Caf\351')" >"$T/latin"
submit "$T/latin"
like "$(line MAIL 4)" 'BODY=8BITMIME$' "what is no UTF-8 there: none"
submit "$T/mail" -f "$(printf 'caf\303\251@example.org')"
like "$(line MAIL 5)" "^MAIL FROM:<$(printf 'caf\303\251')@example.org> SIZE=[0-9]* SMTPUTF8\$" "an address of UTF-8: SMTPUTF8"
fresh
echo 'require "redirect-dsn"; redirect :notify "SUCCESS,FAILURE" :ret "HDRS" "bob@example.com";' | rules
deliver -r reader@example.net -o submission="$URI" -o hostname=mx.example.net -f alice@example.org <"$T/mail"
like "$(line MAIL 6)" '^MAIL FROM:<reader@example.net> SIZE=[0-9]* RET=HDRS$' "what to return (RFC 3461)"
is "$(line RCPT 6)" "RCPT TO:<bob@example.com> NOTIFY=SUCCESS,FAILURE" "and when to report"

serve 127.0.0.1
submit "$T/eight"
is "$? $(line MAIL)" "0 MAIL FROM:<alice@example.org>" "a server without extensions is asked for none"
wire | tail -1 | grep -q "$(printf 'caf\303\251 \351')" && pass "and gets the bytes as they are" || fail "and gets the bytes as they are"
submit "$T/mail" -f "$(printf 'caf\303\251@example.org')"
never "an address beyond ASCII without SMTPUTF8"
like "$(reason)" 'takes no addresses beyond ASCII' "the reason says so"
is "$(line MAIL 1)" "" "and the server was not asked"
serve 127.0.0.1 'EHLO=250-stub|250 SIZE 100'
submit "$T/mail"
never "a message larger than the server takes"
like "$(reason)" 'messages of 100 bytes at most' "the reason says so"

# -- Smuggling: nothing in a message ends it for any server -----------------------------------------------------
attempt=0
for end in '\n.\n' '\r\n.\n' '\n.\r\n' '\r.\r' '\r.\r\n' '\r\n.\r' '\n.\r' '\r\n.\r\r\n' '\r\n\0.\r\n'; do
	# shellcheck disable=SC2059
	{ cat "$T/mail"; printf "x${end}MAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nevil\r\n.\r\n"; } >"$T/evil"
	attempt=$((attempt + 1))
	serve 127.0.0.1
	submit "$T/evil"
	is "$? $(line MAIL) $(line QUIT)" "0 MAIL FROM:<alice@example.org> QUIT" "smuggling, attempt $attempt: one message arrives"
	python3 - "$T/stub/0.data" <<'PYTHON' && pass "and the wire is legal" || fail "and the wire is legal"
import re, sys
data = open(sys.argv[1], "rb").read()
sys.exit(bool(re.search(rb"(?<!\r)\n|\r(?!\n)|\0|(^|\n)\.(\r|\n|$)", data)))
PYTHON
done
{ cat "$T/mail"; head -c 5000 /dev/zero | tr '\0' x; printf '\nend\n'; } >"$T/long"
serve 127.0.0.1
submit "$T/long"
is "$? $(awk '{ sub(/\r$/, ""); if (length($0) > 998) n++ } END { print n + 0 }' "$T/stub/0.data")" "0 0" \
	"no line has more than 998 bytes (RFC 5321, 4.5.3.1.6)"
is "$(tr -d '\r\n ' <"$T/stub/0.data" | grep -o 'xxx*' | tr -d '\n' | wc -c | tr -d ' ')" 5000 "and no byte of it is lost"

# -- Refusals, at each stage ------------------------------------------------------------------------------------
for stage in MAIL RCPT DATA end; do
	serve 127.0.0.1 "$stage=451 later"
	submit "$T/mail"
	later "451 at $stage"
	serve 127.0.0.1 "$stage=451-4.7.1 later,|451 4.7.1 please"
	submit "$T/mail"
	later "451 at $stage, in two lines"
	like "$(cat "$T/err")" "^4\.7\.1 $URI refused .*: 451 4\.7\.1 later, 4\.7\.1 please" "the server's status and words are told"
	is "$(line QUIT)" QUIT "it is said goodbye to"
	serve 127.0.0.1 "$stage=550 5.1.1 never"
	submit "$T/mail"
	never "550 at $stage"
	like "$(reason)" "$URI refused .*: 550 5\.1\.1 never" "the reason is told"
	serve 127.0.0.1 "$stage=530 5.7.0 log in first"
	submit "$T/mail"
	later "530 at $stage, which is no answer to this mail"
	serve 127.0.0.1 "$stage=close"
	submit "$T/mail"
	later "hung up at $stage"
	serve 127.0.0.1 "$stage=421 4.3.2 shutting down"
	submit "$T/mail"
	later "421 at $stage"
	is "$(line QUIT)" "" "nothing is said after that"
done
for answer in '554 5.3.2 no service' '421 busy' 'hello' '250-fine|251 other' 'close' 'endless' 'longline'; do
	serve 127.0.0.1 "connect=$answer"
	submit "$T/mail"
	later "greeted with $answer"
	serve 127.0.0.1 "RCPT=$answer"
	submit "$T/mail"
	case $answer in
	554*) never "RCPT answered with $answer" ;;
	*) later "RCPT answered with $answer" ;;
	esac
done
serve 127.0.0.1 "RCPT=550 $(printf 'bad\033[2Jwords \377')"
submit "$T/mail"
is "$(reason | tr -d '\n' | LC_ALL=C tr -d ' -~' | wc -c | tr -d ' ')" 0 "a server's words are made printable"
like "$(reason)" 'bad\?\[2Jwords' "and told"
serve 127.0.0.1 'DATA=250 fine'
submit "$T/mail"
later "DATA answered with 250"
head -c 3000000 /dev/zero | tr '\0' x | fold -w 70 >"$T/body"
cat "$T/mail" "$T/body" >"$T/large"
serve 127.0.0.1 'DATA=cut:100000'
submit "$T/large"
later "hung up in the middle of the message"
serve 127.0.0.1 'DATA=early:552 5.3.4 too much'
submit "$T/large"
never "refused in the middle of the message"

serve 4 'DATA=eager:250 taken' 'end=550 5.7.1 refused'
submit "$T/mail"
later "answered before the end of the message: what follows is not taken for the verdict"
serve 4 'RCPT=552 5.2.2 too many'
submit "$T/mail"
later "552 to a recipient is 452 (RFC 5321, 4.5.3.1.10)"
if command -v python3 >/dev/null; then
	# a local socket whose queue is full, and is emptied a second later
	rm -f "$T/full"
	python3 -c '
import os, socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(0)
os.chmod(sys.argv[1], 0o777)
first = socket.socket(socket.AF_UNIX)
first.connect(sys.argv[1])
open(sys.argv[1] + ".ready", "w").close()
time.sleep(1)
server.accept()
client = server.accept()[0]
client.sendall(b"421 4.3.2 busy\r\n")
time.sleep(1)' "$T/full" &
	tries=0
	while [ ! -e "$T/full.ready" ] && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	URI=lmtp://$T/full
	submit "$T/mail"
	later "a socket whose queue is full is waited for"
	like "$(reason)" "421 4.3.2 busy" "and answers in the end"
	wait
fi

# -- Time -------------------------------------------------------------------------------------------------------
for stage in connect EHLO MAIL RCPT DATA end; do
	serve 127.0.0.1 "$stage=hang"
	start=$(date +%s)
	submit "$T/mail" -o submission_timeout_s=1
	later "a server that hangs at $stage"
	holds "is not waited for" test $(($(date +%s) - start)) -lt $((5 * SLOWER))
	like "$(cat "$T/err")" 'took too long' "and the reason says so"
	is "$(grep -c 'and may have taken the message' "$T/err")" "$([ $stage = end ] && echo 1 || echo 0)" \
		"and whether the message may be there all the same (RFC 5321, 4.5.3.2.6)"
done
serve 127.0.0.1 'QUIT=close'
submit "$T/mail"
is "$? $(everywhere)" "0 0" "a server that only hangs up at QUIT has it"
quiet
submit "$T/mail"
later "nobody listens"
like "$(cat "$T/err")" "connect to $URI: Connection refused" "the reason says so"
URI=smtp://no-such-host.invalid
submit "$T/mail"
later "a host without address"
like "$(cat "$T/err")" "look up the host of $URI" "the reason says so"

# -- Elsewhere --------------------------------------------------------------------------------------------------
serve ::1
if [ -e "$T/stub/port" ]; then
	submit "$T/mail" -o hostname=unqualified
	is "$? $(line EHLO)" "0 EHLO [IPv6:::1]" "IPv6"
fi
serve 127.0.0.1
URI=smtp://localhost:${URI##*:}
submit "$T/mail"
is "$? $(line QUIT)" "0 QUIT" "a name: all of its addresses are tried"

# Two addresses, the resolver gives 127.0.0.1 first; nobody listens there.
{ echo '127.0.0.77 two.example'; echo '127.0.0.1 two.example'; } >"$T/hosts"
if mount --bind "$T/hosts" /etc/hosts 2>/dev/null; then
	serve 127.0.0.77
	URI=smtp://two.example:${URI##*:}
	submit "$T/mail"
	is "$? $(line QUIT)" "0 QUIT" "one address where nobody listens: the next one is called"
	umount /etc/hosts
fi

# A resolver that never answers: the deadline holds, and what has left by then is not repeated.
printf 'nameserver 127.0.0.78\noptions timeout:30\n' >"$T/resolv"
if [ "$(id -u)" = 0 ] && grep -q '^hosts:.*dns' /etc/nsswitch.conf 2>/dev/null &&
	mount --bind "$T/resolv" /etc/resolv.conf 2>/dev/null; then
	quiet
	python3 -c '
import socket, sys, time
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.78", 53))
open(sys.argv[1], "w").close()
time.sleep(600)' "$T/silent" 2>/dev/null &
	stub=$!
	tries=0
	while [ ! -e "$T/silent" ] && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	mkdir "$T/programs"
	printf '#!/bin/sh\ncat >/dev/null\necho once >>"$HOME/archived"\n' >"$T/programs/archive"
	chmod -R a+rX "$T/programs"
	chmod 755 "$T/programs/archive"
	fresh
	echo 'require ["vnd.dovecot.pipe", "copy"]; pipe :copy "archive"; redirect :copy "bob@example.com"; keep;' | rules
	start=$(date +%s)
	deliver -r reader@example.net -f alice@example.org -o pipe_bin_dir="$T/programs" -o deadline_s=2 \
		-o submission=smtp://mail.example.com <"$T/mail"
	later "a resolver that never answers"
	holds "is not waited for longer than the deadline" test $(($(date +%s) - start)) -lt $((10 * SLOWER))
	is "$(cat "$T/err")" "4.3.0 not done before the deadline" "the reason says so"
	serve 127.0.0.1
	deliver -r reader@example.net -f alice@example.org -o pipe_bin_dir="$T/programs" -o submission="$URI" <"$T/mail"
	is "$? $(everywhere) $(grep -c once "$HOME/archived") $(line RCPT)" "0 1 1 RCPT TO:<bob@example.com>" \
		"the next try does the rest and nothing twice"
	umount /etc/resolv.conf
fi

serve "$T/lmtp"
submit "$T/mail"
is "$? $(everywhere)" "0 0" "LMTP over a socket (RFC 2033)"
is "$(said)" "LHLO mx.example.net
MAIL FROM:<alice@example.org>
RCPT TO:<bob@example.com>
DATA
QUIT" "begins with LHLO"
wire >"$T/found"
same "$T/found" "$T/crlf" "and ends with the message"
rm "$T/lmtp"
serve "$T/lmtp" 'end=550 5.2.2 full'
submit "$T/mail"
never "LMTP: refused after the message"
like "$(reason)" "refused the message for bob@example.com: 550 5\.2\.2 full" "the reason is told"
rm "$T/lmtp"
serve "$T/lmtp" 'LHLO=500 what?'
submit "$T/mail"
later "LMTP without LHLO"
is "$(line HELO)" "" "is no SMTP"
rm "$T/lmtp"

# Several recipients, whom only a notification has.
tell() { # option...: carol, dave and erin are told of a message, which is kept
	fresh
	echo 'require "enotify"; notify :message "News" "mailto:carol@example.com,dave@example.com,erin@example.com"; keep;' | rules
	deliver -r reader@example.net -o submission="$URI" -o hostname=mx.example.net -f alice@example.org <"$T/mail"
}
serve "$T/lmtp"
tell
is "$? $(count) $(line RCPT | tr '\n' ' ')" "0 1 RCPT TO:<carol@example.com> RCPT TO:<dave@example.com> RCPT TO:<erin@example.com> " \
	"LMTP: all recipients are named"
is "$(line QUIT) $(reason)" "QUIT " "and a reply for each is read (RFC 2033, 4.2)"
rm "$T/lmtp"
serve "$T/lmtp" 'end2=451 4.2.1 not now'
tell
is "$? $(count) $(find "$T/stub" -name "*said*" | wc -l)" "0 1 1" "LMTP: one is put off when the others have it: they do not get it twice"
like "$(reason)" "notify of line 1 did not reach everybody: .* refused the message for dave@example.com: 451 4\.2\.1 not now, but took it for carol@example.com, erin@example.com" \
	"and it is told who has it, and who not"
rm "$T/lmtp"
serve "$T/lmtp" 'end=451 4.2.1 not now'
tell
later "LMTP: all are put off"
rm "$T/lmtp"
serve "$T/lmtp" 'RCPT2=550 5.1.1 nobody' 'end2=550 5.2.2 full'
tell
is "$? $(count)" "0 1" "LMTP: replies are those of the recipients that were taken"
like "$(reason)" "refused the recipient <dave@example.com>: 550 5\.1\.1 nobody, but took it for carol@example.com$" "each its own"
rm "$T/lmtp"
serve 127.0.0.1 'RCPT2=550 5.1.1 nobody'
tell
is "$? $(count) $(line DATA)" "0 1 DATA" "SMTP: one that is refused keeps nobody else from getting it"
like "$(reason)" "notify of line 1 did not reach everybody: .*<dave@example.com>: 550" "which is told"
serve 127.0.0.1 'RCPT=550 5.1.1 nobody'
tell
is "$? $(count) $(line DATA)" "0 1 " "SMTP: where all are refused nothing is sent"
like "$(reason)" "notify of line 1 was not sent: .*<carol@example.com>: 550" "which is told"
serve 127.0.0.1 'RCPT2=451 4.2.1 not now'
tell
later "SMTP: one that is put off has all of them wait"
is "$(line DATA)" "" "before any has it"

# A server that others wrote.
quiet
sink=$(PATH=$PATH:/usr/sbin command -v smtp-sink)
if [ -n "$sink" ]; then
	mkdir -m 777 "$T/sink"
	as=
	[ "$(id -u)" = 0 ] && as='-u nobody'
	# shellcheck disable=SC2086
	(cd "$T/sink" && exec "$sink" $as -L -d "$T/sink/mail." "unix:$T/sink/socket" 10) 2>"$T/sink.err" &
	stub=$!
	tries=0
	while [ ! -e "$T/sink/socket" ] && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	chmod 777 "$T/sink/socket"
	URI=lmtp://$T/sink/socket
	submit "$T/dots"
	is "$? $(everywhere)" "0 0" "smtp-sink takes it by LMTP"
	quiet
	sed -n '/^X-Sieve-Redirected-From/,$p' "$T/sink"/mail.* | sed 1d >"$T/found"
	sed '$a\' "$T/dots" >"$T/expected"
	head -n "$(wc -l <"$T/expected")" "$T/found" >"$T/found.mail"
	same "$T/found.mail" "$T/expected" "and has what came"
fi

# -- Memory -----------------------------------------------------------------------------------------------------
cat >"$T/measure" <<'PYTHON'
import os, sys
path, argv = sys.argv[1], sys.argv[2:]
fd = os.open(path, os.O_RDONLY)
pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, fd, 0)])
_, status, usage = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
PYTHON
rm "$T/body"
{ cat "$T/mail"; head -c 100000000 /dev/zero | tr '\0' A | fold -w 76; echo; } >"$T/100"
serve 127.0.0.1 count=1
fresh
echo 'redirect "bob@example.com";' | rules
result=$(call python3 "$T/measure" "$T/100" "$TROMMEL" -o submission="$URI" -r reader@example.net 2>"$T/err")
is "${result% *}" 0 "100 MB are handed on"
is "$(sed 's/ .*//' "$T/stub/0.data")" $((($(wc -c <"$T/100") + $(wc -l <"$T/100")) + 45)) "all of them"
if [ -z "${TROMMEL_SANITIZED-}" ]; then
	holds "in less than 16 MB (${result#* } KB)" test "${result#* }" -lt 16384
fi
quiet
is "$(cat "$T/stub.err")" "" "the server of this test saw nothing unexpected"
