#!/bin/sh
# Mail that is refused: by the MTA where that can be said truthfully, else by mail, and never to those who would be
# hurt by it.  RFC 5429.
. "${0%/*}/lib.sh"
. "$TESTS/outgoing.sh"

message hello >"$T/mail"

# Towards the MTA.
story 'require "ereject"; ereject "no birdseed";' -f alice@example.org
is "$? $(sent) $(everywhere)" "77 0 0" "ereject leaves it to the MTA"
is "$(cat "$T/err")" "5.7.1 no birdseed" "which gets the reason"
story 'require "reject"; reject "no birdseed";' -f alice@example.org
is "$? $(sent) $(everywhere) $(cat "$T/err")" "77 0 0 5.7.1 no birdseed" "so does reject, when it is ASCII (2.2)"
story 'require "ereject"; ereject text:
first line
second line
.
;' -f alice@example.org
is "$? $(cat "$T/err")" "77 5.7.1 first line second line" "several lines are one"
story 'require "ereject"; ereject "keine Körner";' -f alice@example.org
is "$? $(sent)" "77 0" "what is beyond ASCII is refused as well"
like "$(cat "$T/err")" '^5\.7\.1 [ -~]+$' "with other words (2.1.1)"
story 'require "reject"; discard; reject "no birdseed";' -f alice@example.org
is "$? $(sent)" "77 0" "a discard besides is nothing that is done"
is "$(told)" "" "and the owner has nothing to be told of"

# By mail.
story 'require "reject"; reject "keine Körner";' -f alice@example.org
is "$? $(sent) $(everywhere)" "0 1 0" "the text of reject arrives as it is, by mail (2.2)"
is "$(argv 0)" "-oi -f <> -- alice@example.org " "from nobody, to the envelope sender"
like "$(cat "$HOME/sent/0.mail")" 'disposition-notification' "as a disposition notification (2.2.1)"
like "$(cat "$HOME/sent/0.mail")" 'Disposition: automatic-action/MDN-sent-automatically; deleted' "that says so"
story 'require "ereject"; ereject "no birdseed";' -f alice@example.org -o reject_by=mail
is "$? $(sent)" "0 1" "reject_by = mail never leaves it to the MTA"
like "$(cat "$HOME/sent/0.mail")" 'Content-Type: message/delivery-status' "ereject is then a delivery status (2.1.2)"
story 'require ["ereject", "enotify"]; notify "mailto:carol@example.com"; ereject "no birdseed";' -f alice@example.org
is "$? $(sent)" "0 2" "with a notification besides it is mail, too"

# What the sender asked of reports (RFC 3461), which a bounce of ours has to heed; no MTA sees it.
bounce() { # variables… -- options…
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	echo 'require "ereject"; ereject "no birdseed";' | rules
	environ "$@" -o sendmail="$T/sendmail" -o reject_by=mail <"$T/mail"
}
bounce SENDER=alice@example.org RECIPIENT=reader@example.net DSN_ENVID=QQ+2B1 'DSN_ORCPT=rfc822;Roadrunner+2Bx@acme.example' \
	DSN_NOTIFY=DELAY,failure --
is "$? $(sent)" "0 1" "a bounce that the sender wants"
is "$(sed -n 's/^Original-Envelope-Id: //p' "$HOME/sent/0.mail")" "QQ+1" "names his envelope (6.3)"
is "$(sed -n 's/^Original-Recipient: //p' "$HOME/sent/0.mail")" "rfc822; Roadrunner+x@acme.example" "and the recipient as he did"
bounce SENDER=alice@example.org RECIPIENT=reader@example.net DSN_ORCPT='x400;c=de; p=x' --
is "$(sed -n 's/^Original-Recipient: //p' "$HOME/sent/0.mail")" "x400;c=de; p=x" "of whatever type"
for notify in NEVER SUCCESS,DELAY; do
	bounce SENDER=alice@example.org RECIPIENT=reader@example.net DSN_NOTIFY=$notify --
	is "$? $(sent) $(count)" "0 0 1" "who asked for NOTIFY=$notify gets none, and the message is kept (4.1)"
	like "$(told)" "not refused, kept instead: the sender wants no report" "which is told"
done
story 'require "reject"; reject "keine Körner";' -f alice@example.org
is "$(header From "$HOME/sent/0.mail")" "$(sed -n 's/^Final-Recipient: rfc822; //p' "$HOME/sent/0.mail")" \
	"a disposition notification is from its recipient (RFC 8098, 3.2.4)"

# Not to anybody.
for rule in reject ereject; do
	story "require \"$rule\"; $rule \"no\";" -f ''
	is "$? $(sent) $(everywhere)" "0 0 0" "$rule: the null sender is told nothing"
	like "$(told)" "nobody was told: its envelope sender is null" "$rule: which is logged (2.1)"
	message hello 'List-Id: <birds.example.org>' >"$T/list"
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	printf 'require "%s"; %s "no";' "$rule" "$rule" | rules
	send -f birds-bounces@example.org <"$T/list"
	is "$? $(sent) $(count)" "0 0 1" "$rule: a list is refused nothing, and the message is kept"
	like "$(told)" "not refused, kept instead: it came from a mailing list" "$rule: and the owner is told"
done
fresh
mkdir "$HOME/sent"
own "$HOME"
echo 'require "reject"; reject "keine Körner";' | rules
send <"$T/mail"
is "$? $(sent) $(count)" "0 0 1" "whom nobody knows cannot be written to: kept"
echo 1 | mine "$HOME/status"
send -f alice@example.org <"$T/mail"
is "$? $(count)" "75 1" "a sendmail that fails makes the message wait"
