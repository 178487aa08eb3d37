#!/bin/sh
# Mail that answers mail: vacation, each sender once in a while; notifications, reports, and what is remembered.
# RFC 5230, RFC 5435, RFC 5436, RFC 5965, RFC 8580.
. "${0%/*}/lib.sh"
. "$TESTS/outgoing.sh"

message hello >"$T/mail"
again() { send "$@" <"$T/mail"; }
body() { sed '1,/^$/d' "$HOME/sent/$1.mail"; }

# ---- vacation
AWAY='require "vacation"; vacation :addresses "bob@example.net" "Away until Monday.";'
story "$AWAY" -f alice@example.org
is "$? $(sent) $(count)" "0 1 1" "an answer is sent, and the message is kept"
is "$(argv 0)" "-oi -f <> -- alice@example.org " "from the null sender to the envelope sender (5.1)"
is "$(header Auto-Submitted "$HOME/sent/0.mail")" "auto-replied (vacation)" "it says what it is (RFC 3834, 5)"
is "$(header In-Reply-To "$HOME/sent/0.mail") $(header Subject "$HOME/sent/0.mail")" "<hello@example.org> Auto: hello" "and what it answers (5.3, 5.8)"
is "$(header To "$HOME/sent/0.mail")" "Alice Example <alice@example.org>" "to the sender, by name"
is "$(body 0)" "Away until Monday." "with its text"
is "$(cat "$HOME"/sent/0.env | grep -cv '^\(PATH\|HOME\|LOGNAME\|PWD\|OLDPWD\|SHLVL\|_\|ASAN_OPTIONS\)=')" 0 "sendmail's environment is clean"
is "$(told)" "" "and its owner has nothing to be told of"
again -f alice@example.org
is "$? $(sent) $(count)" "0 1 2" "the same sender is not answered again (4.2)"
again -f ALICE@Example.ORG
is "$(sent)" 1 "however he writes himself"
again -f carol@example.org
is "$(sent) $(argv 1)" "2 -oi -f <> -- carol@example.org " "another one is"
printf '%s\n' "$AWAY" | sed 's/Monday/Tuesday/' | rules
again -f alice@example.org
is "$(sent)" 3 "another text answers anew (4.2)"
printf '%s\n' 'require "vacation"; vacation :handle "h" :addresses "bob@example.net" "Away.";' | rules
again -f alice@example.org
printf '%s\n' 'require "vacation"; vacation :handle "h" :addresses "bob@example.net" "Still away.";' | rules
again -f alice@example.org
is "$(sent)" 4 "but not under the same handle"
for sender in '' mailer-daemon@example.org owner-birds@example.org birds-request@example.org bob@example.net; do
	story "$AWAY" -f "$sender"
	is "$? $(sent) $(count)" "0 0 1" "nobody answers '$sender' (4.6, RFC 3834, 2)"
done
for field in 'List-Id: <birds.example.org>' 'Auto-Submitted: auto-generated' 'Precedence: bulk'; do
	message hello "$field" >"$T/mail"
	story "$AWAY" -f alice@example.org
	is "$(sent) $(count)" "0 1" "nor a message with '$field'"
done
message hello >"$T/mail"
story 'require "vacation"; vacation "Away.";' -f alice@example.org
is "$(sent)" 0 "nor one that is not to the user by name (4.5)"
# Every reason that there is, and what `try --trace` says of it: the sender ("?": nobody tells), a header line, the reason.
mine "$HOME/why.sieve" <<'SCRIPT'
require "vacation"; vacation :addresses "bob@example.net" "Away.";
SCRIPT
while IFS='|' read -r sender line reason; do
	message hello ${line:+"$line"} >"$T/mail"
	case $line in To:*) sed -i '/^To: Bob/d' "$T/mail" ;; esac
	if [ "$sender" = '?' ]; then set --; else set -- --sender "$sender"; fi
	call "$TROMMEL" try --trace "$@" "$HOME/why.sieve" - <"$T/mail" >"$T/out" 2>"$T/err"
	case $(cat "$T/out") in
	*"why.sieve:1:21: no reply: $reason"*) pass "try says: no reply: $reason" ;;
	*) is "$(cat "$T/out")" "no reply: $reason" "try says why there is no reply" ;;
	esac
done <<'REASONS'
?||its envelope sender is not known
||its envelope sender is null
-x@example.org||no mail can be sent to its sender -x@example.org
Birds-Request@example.org||nobody reads mail to its sender Birds-Request@example.org
BOB+lists@example.net||it is from an address of the user's own, BOB+lists@example.net
alice@example.org|List-Id: <birds.example.org>|it came from a mailing list, says its field List-Id
alice@example.org|Auto-Submitted: auto-generated|it was sent by a program, says its field Auto-Submitted: auto-generated
alice@example.org|Precedence: bulk|it is for many, says its field Precedence: bulk
alice@example.org|X-Auto-Response-Suppress: DR, OOF|its sender wants none, says its field X-Auto-Response-Suppress: DR, OOF
alice@example.org|To: birds@example.org|no address of the user's is in To, Cc, Bcc or a Resent field
REASONS
message hello >"$T/mail"

# What was not sent is not remembered.
echo 75 | mine "$HOME/status"
printf '%s\n' "$AWAY" | rules
again -f alice@example.org
is "$? $(sent)" "75 0" "an answer that is not taken makes the message wait"
rm "$HOME/status"
again -f alice@example.org
is "$? $(sent)" "0 1" "and is sent with the next try"
story "$AWAY" -f alice@example.org -o state_dir=/dev/null/nowhere
is "$? $(sent) $(count)" "0 0 1" "where nothing can be remembered nobody is answered"
like "$(told)" "alice@example.org is not answered: whether he was is not known just now" "which is told"
like "$(told)" "nothing is remembered just now: .*/dev/null" "with the reason"
story 'require "vacation-seconds"; vacation :seconds 0 :addresses "bob@example.net" "Away.";' -f alice@example.org \
	-o state_dir= -o vacation_min_period_s=0
again -f alice@example.org -o state_dir= -o vacation_min_period_s=0
is "$(sent)" 2 "an answer to each message needs no memory (RFC 6131, 2)"
story 'require "vacation-seconds"; vacation :seconds 1 :addresses "bob@example.net" "Away.";' -f alice@example.org \
	-o vacation_min_period_s=1
sleep 2
again -f alice@example.org -o vacation_min_period_s=1
is "$(sent)" 2 "after its time a sender is answered again"

# The memory knows the reason as it was written, not as it came out (4.2): one answer, whatever the subject.
message first >"$T/mail"
story 'require ["vacation", "variables"]; if header :matches "subject" "*" { set "subject" "${1}"; }
vacation :addresses "bob@example.net" :subject "Re: ${subject}" "I have not read \"${subject}\".";' -f alice@example.org
is "$(body 0) $(header Subject "$HOME/sent/0.mail")" 'I have not read "first". Re: first' "a reason with the subject in it"
for subject in second third; do
	message $subject >"$T/mail"
	again -f alice@example.org
done
is "$? $(sent) $(count)" "0 1 3" "is given once, though it is another each time"
again -f carol@example.org
is "$(sent) $(body 1)" '2 I have not read "third".' "once to each sender"
message hello >"$T/mail"

# A thousand senders are remembered (4.2).
story "$AWAY" -f '' # no answer
i=0
while [ $i -lt 1000 ]; do
	call "$TROMMEL" -f number$i@example.org -r reader@example.net -o sendmail="$SINK" <"$T/mail" >/dev/null 2>&1 || echo "$i: $?"
	i=$((i + 1))
done >"$T/failed"
is "$(cat "$T/failed") $(call "$TROMMEL" state list --use vacation --json | grep -c '"committed"')" " 1000" "a thousand senders are answered"
for i in 0 1 2 3 100 200 300 400 500 600 700 800 900 997 998 999; do again -f number$i@example.org; done
is "$(sent)" 0 "and none of them again"
again -f number1000@example.org
is "$(sent)" 1 "but the next one is"

# Sixteen messages of one sender at once, while the answer takes its time.
cat >"$T/slowly" <<'STUB'
#!/bin/sh
cat >/dev/null
sleep 0.3
echo answered >>"$HOME/sent/answers"
STUB
chmod 755 "$T/slowly"
for engine in sqlite files; do
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	printf '%s\n' "$AWAY" | rules
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		sed "s/hello@/number$i@/" "$T/mail" >"$T/mail.$i"
		call "$TROMMEL" -f alice@example.org -r reader@example.net -o state_engine=$engine -o sendmail="$T/slowly" \
			<"$T/mail.$i" 2>/dev/null &
		eval "pid$i=$!"
	done
	bad=
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		eval "wait \$pid$i"
		status=$?
		[ $status = 0 ] || bad="$bad $status"
	done
	is "$bad $(grep -c answered "$HOME/sent/answers") $(count)" " 1 16" "$engine: of sixteen at once one is answered, and all are kept"
done

# A copy of it.
story 'require ["vacation", "fcc", "mailbox", "imap4flags"];
vacation :addresses "bob@example.net" :fcc "Sent" :create :flags "\\Seen" "Away.";' -f alice@example.org
is "$? $(sent) $(count Sent)" "0 1 1" "a copy is filed where :fcc says (RFC 8580)"
same "$HOME/sent/0.mail" "$(stored Sent)" "as it was sent"
like "$(stored Sent)" ':2,S$' "with its flags"
again -f alice@example.org
is "$(count Sent)" 1 "and none where nothing was sent"

# ---- notify
story 'require "enotify"; notify :message "You have mail" "mailto:mobile@example.com?subject=News";' -f alice@example.org
is "$? $(sent) $(count)" "0 1 1" "a notification is sent"
like "$(argv 0)" "^-oi -f [^ ]* -- mobile@example.com $" "to whom the URI names"
is "$(header Auto-Submitted "$HOME/sent/0.mail" | cut -d';' -f1)" "auto-notified" "which says what it is (RFC 5436, 2.7.1)"
cat >"$T/notifier" <<'STUB'
#!/bin/sh
printf '%s\n' "$@" >"$HOME/sent/notified"
cat >"$HOME/sent/note"
[ -f "$HOME/busy" ] && exit 75
[ -f "$HOME/broken" ] && exit 1
exit 0
STUB
chmod 755 "$T/notifier"
XMPP='require "enotify"; notify :message "You have mail" "xmpp:bob@example.net";'
story "$XMPP" -f alice@example.org -o notify_program="$T/notifier" -o notify_schemes=xmpp
is "$? $(cat "$HOME/sent/notified") $(count)" "0 xmpp:bob@example.net 1" "another method's program gets the URI"
like "$(cat "$HOME/sent/note")" "You have mail" "and the text"
is "$(sent)" 0 "and no mail is sent"
: | mine "$HOME/broken"
again -f alice@example.org -o notify_program="$T/notifier" -o notify_schemes=xmpp
is "$? $(count)" "0 2" "a program that cannot does not hold up the message"
like "$(told)" "notify of line 1 was not sent: .*notifier ended with status 1" "which is told"
: | mine "$HOME/busy"
again -f alice@example.org -o notify_program="$T/notifier" -o notify_schemes=xmpp
is "$? $(count)" "75 2" "one that says 'later' does"
# However many there are and however slow, they do not keep the message from its place until the deadline.
cat >"$T/sleeper" <<'STUB'
#!/bin/sh
echo "$1" >>"$HOME/sent/slept"
exec sleep 60
STUB
chmod 755 "$T/sleeper"
story 'require "enotify"; notify "xmpp:a@example.net"; notify "xmpp:b@example.net"; notify "xmpp:c@example.net";' \
	-f alice@example.org -o notify_program="$T/sleeper" -o notify_schemes=xmpp -o deadline_s=8
is "$? $(count) $(wc -l <"$HOME/sent/slept")" "0 1 1" "programs that hang share an eighth of the delivery's time"
like "$(told)" "notify of line 1 was not sent: .*sleeper (took longer than 1 s|had no time left)" "which is told"

# ---- report
story 'require "vnd.dovecot.report"; report "abuse" "Not wanted." "abuse@example.com"; discard;' -f alice@example.org
is "$? $(sent) $(everywhere) $(sent_to)" "0 1 0 abuse@example.com " "a report is sent"
like "$(cat "$HOME/sent/0.mail")" "Feedback-Type: abuse" "in the format for reports (RFC 5965)"

# ---- duplicate
DUPLICATE='require "duplicate"; if duplicate { discard; }'
story "$DUPLICATE" -f alice@example.org
is "$? $(count)" "0 1" "the first is none"
again -f alice@example.org
again -f alice@example.org
is "$? $(count)" "0 1" "the others are"
message other >"$T/mail"
again -f alice@example.org
is "$(count)" 2 "another message is none"
story "$DUPLICATE" -f alice@example.org -o state_dir=/dev/null/nowhere
again -f alice@example.org -o state_dir=/dev/null/nowhere
is "$? $(count)" "0 2" "where nothing can be remembered nothing is a duplicate"
# not until it is delivered
fresh_mbox
printf '%s\n' "$DUPLICATE" | rules
: >"$MBOX.lock"
own "$HOME"
again -o "$MBOX_HERE" -o lock_timeout_s=1
is "$?" 75 "a delivery that failed"
rm "$MBOX.lock"
again -o "$MBOX_HERE"
is "$? $(grep -c '^From ' "$MBOX")" "0 1" "has seen nothing"
# sixteen at once
fresh
printf '%s\n' "$DUPLICATE" | rules
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	call "$TROMMEL" -f alice@example.org <"$T/mail" 2>/dev/null &
	eval "pid$i=$!"
done
bad=
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	eval "wait \$pid$i"
	status=$?
	[ $status = 0 ] || bad="$bad $status"
done
is "$bad $(count)" " 1" "of sixteen at once one is delivered"

# ---- redirect
message hello >"$T/mail"
story 'redirect "bob@example.com";' -f alice@example.org
again -f alice@example.org
is "$? $(sent) $(count)" "0 1 1" "what was redirected there before is kept instead"
like "$(told)" "not redirected to bob@example.com, kept instead: this message was redirected there before" "which is told"
story 'redirect "bob@example.com";' -f alice@example.org -o redirect_rate_max=2
for subject in two three four; do
	message $subject >"$T/mail"
	again -f alice@example.org -o redirect_rate_max=2
done
is "$? $(sent) $(count)" "0 2 2" "what is beyond redirect_rate_max is kept"
again -f alice@example.org -o redirect_rate_max=3 -o state_dir=/dev/null/nowhere
is "$? $(sent) $(count)" "0 2 3" "and so is what cannot be counted"
again -f alice@example.org -o state_dir=/dev/null/nowhere
is "$? $(sent) $(count)" "0 3 3" "without a limit it is redirected all the same"
# the sender, by a program
cat >"$T/srs" <<'STUB'
#!/bin/sh
[ -f "$HOME/srs.fails" ] && exit 1
echo "SRS0=hash=tt=${1#*@}=${1%@*}@example.net"
STUB
chmod 755 "$T/srs"
message five >"$T/mail"
story 'redirect "bob@example.com";' -f alice@example.org -o redirect_sender=program -o redirect_sender_program="$T/srs"
is "$? $(argv 0)" "0 -oi -f SRS0=hash=tt=example.org=alice@example.net -- bob@example.com " "a program rewrites the sender"
story 'redirect "bob@example.com";' -f '' -o redirect_sender=program -o redirect_sender_program="$T/srs"
is "$? $(argv 0)" "0 -oi -f <> -- bob@example.com " "but for the null sender"
: | mine "$HOME/srs.fails"
message six >"$T/mail"
again -f alice@example.org -o redirect_sender=program -o redirect_sender_program="$T/srs"
is "$? $(sent)" "75 1" "one that fails makes the message wait"

for sender in -oQ/tmp@example.org 'a@two words.example.org' "$(printf 'a@example.org\nb@example.org')"; do
	story 'redirect "bob@example.com";' -f "$sender" -o redirect_sender=program -o redirect_sender_program="$T/srs"
	is "$? $(argv 0)" "0 -oi -f <> -- bob@example.com " "what is no address is not asked about, and is not sent from"
done
for words in -oQ/tmp@example.net 'a@example.net b@example.net' 'nothing' ''; do
	printf '#!/bin/sh\necho "%s"\n' "$words" >"$T/wrong"
	chmod 755 "$T/wrong"
	story 'redirect "bob@example.com";' -f alice@example.org -o redirect_sender=program -o redirect_sender_program="$T/wrong"
	is "$? $(sent)" "75 0" "a program that says '$words' has given no address"
done

# Rules without any of this open no memory.
if can_trace; then
	story 'if header :is "subject" "x" { discard; }' -f alice@example.org
	call $UNTRACED strace -f -o "$HOME/trace" "$TROMMEL" -f alice@example.org <"$T/mail"
	is "$? $(grep -c 'state[.]db\|state-sqlite\|trommel/state' "$HOME/trace")" "0 0" "rules without any of this open no state"
fi

# An answer that was sent was sent, whatever becomes of the message.
message hello >"$T/mail"
fresh
mkdir "$HOME/sent"
own "$HOME"
printf '%s\n' 'require ["vacation", "enotify"]; vacation :addresses "bob@example.net" "Away."; notify "mailto:carol@example.com";' | rules
echo carol | mine "$HOME/refuse"
echo 75 | mine "$HOME/status"
for subject in one two three; do
	message $subject >"$T/mail"
	again -f alice@example.org
done
is "$? $(sent_to)" "75 alice@example.org " "while something else cannot be done a sender is answered once all the same"
