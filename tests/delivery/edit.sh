#!/bin/sh
# Rules that edit the message: what is stored and sent is the version that each action was given, and not a byte of it
# is other than the rules said.
. "${0%/*}/lib.sh"

message hello 'X-Old: one' 'X-Old: two' >"$T/mail"
story() { # rules options…
	fresh
	printf 'require ["editheader", "fileinto", "copy"];\n%s\n' "$1" | rules
	shift
	deliver -f alice@example.org "$@" <"$T/mail"
}
folder_of() { without_trace "$(stored)"; }

story 'addheader "X-New" "first"; addheader :last "X-Last" "end";'
is "$? $(everywhere)" "0 1" "an edited message is kept"
{
	echo 'X-New: first'
	sed '/^$/,$d' "$T/mail"
	echo 'X-Last: end'
	sed -n '/^$/,$p' "$T/mail"
} >"$T/wanted"
folder_of >"$T/found"
same "$T/found" "$T/wanted" "with the fields where the rules put them, and all else as it was"
is "$(head -n 1 "$(stored)")" "Return-Path: <alice@example.org>" "our own trace lines come first"
like "$(stored)" ",S=$(stat -c %s "$(stored)")(,|\$)" "S= is the size of the edited message"

story 'deleteheader "X-Old"; fileinto :copy "Clean"; addheader "X-New" "yes"; fileinto :copy "New";'
is "$? $(count Clean) $(count New) $(count)" "0 1 1 1" "three versions"
is "$(grep -c X-Old "$(stored Clean)") $(grep -c X-New "$(stored Clean)")" "0 0" "the first as it was then"
is "$(grep -c X-Old "$(stored New)") $(grep -c X-New "$(stored New)")" "0 1" "the second as it was later"
is "$(grep -c X-Old "$(stored)") $(grep -c X-New "$(stored)")" "0 1" "the implicit keep as it was at the end"

story 'deleteheader "X-Old"; addheader "X-New" "yes"; redirect "";'
is "$? $(grep -c X-Old "$(stored)") $(grep -c X-New "$(stored)")" "0 2 0" "rules with errors edit nothing"
story 'deleteheader "X-Old"; addheader "X-New" "${x}"; if header :matches "subject" "*" { addheader "Bad name" "x"; }'
is "$? $(grep -c X-Old "$(stored)")" "0 2" "nor do rules that do not compile"

fresh_mbox
printf 'require "editheader"; addheader "X-New" "yes"; deleteheader "X-Old";\n' | rules
deliver -o mail_location="mbox:$HOME/mail:INBOX=$HOME/mbox" -f alice@example.org <"$T/mail"
is "$? $(grep -c '^From ' "$HOME/mbox") $(grep -c '^X-New: yes$' "$HOME/mbox") $(grep -c X-Old "$HOME/mbox")" "0 1 1 0" "an mbox gets the same"

# Lines in CR LF, no body, no header, no line end.
sed 's/$/\r/' "$T/mail" >"$T/crlf"
fresh
printf 'require "editheader"; addheader "X-New" "yes";\n' | rules
deliver <"$T/crlf"
{ printf 'X-New: yes\r\n'; cat "$T/crlf"; } >"$T/wanted"
folder_of >"$T/found"
same "$T/found" "$T/wanted" "a message in CR LF gets its field in CR LF"
for what in 'Subject: no body\n' 'Subject: no line end' 'Subject: x\n\nno line end'; do
	fresh
	printf 'require "editheader"; addheader :last "X-New" "yes";\n' | rules
	printf "$what" | tee "$T/odd" | deliver
	is "$? $(everywhere) $(grep -c '^X-New: yes$' "$(stored)") $(grep -c '^Subject' "$(stored)")" "0 1 1 1" "'$what' gets its field"
done
fresh
printf 'require "editheader"; addheader "X-New" "yes";\n' | rules
printf 'just a text\nin two lines\n' | deliver
printf 'X-New: yes\n\njust a text\nin two lines\n' >"$T/wanted"
folder_of >"$T/found"
same "$T/found" "$T/wanted" "a message without a header gets one, and the text stays the body"

# Large messages are not read into memory for it.
(message large; yes 'a line of a large message, again and again' | head -c 30000000) >"$T/large"
fresh
printf 'require "editheader"; addheader "X-New" "yes";\n' | rules
deliver <"$T/large"
is "$?" 0 "a large message is edited"
{ echo 'X-New: yes'; cat "$T/large"; } >"$T/wanted"
folder_of >"$T/found"
same "$T/found" "$T/wanted" "and is whole"
cat "$T/large" | deliver
is "$? $(find "$HOME/Maildir/new" -type f | wc -l)" "0 2" "through a pipe too"

# What is sent on is edited as well.
cat >"$T/sendmail" <<'STUB'
#!/bin/sh
cat >>"$HOME/sent"
STUB
chmod 755 "$T/sendmail"
story 'deleteheader "X-Old"; redirect "bob@example.com";' -o sendmail="$T/sendmail"
is "$? $(grep -c X-Old "$HOME/sent") $(grep -c '^Subject: hello' "$HOME/sent")" "0 0 1" "redirect sends the edited message"

# What is sent, and what is answered: RFC 5293, 7.  The first version goes to one, the next to the other.
. "$TESTS/outgoing.sh"
edited() { # rules options…
	edited_rules=$1
	shift
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	printf 'require ["editheader", "vacation", "copy", "enclose"];\n%s\n' "$edited_rules" | rules
	send -f alice@example.org "$@" <"$T/mail"
}
goes_to() { grep -lxF "$1" "$HOME"/sent/*.argv | sed 's/argv$/mail/'; }
edited 'addheader "X-State" "one"; redirect :copy "ann@example.com"; deleteheader "X-State"; deleteheader "X-Old";
addheader "X-State" "two"; redirect "ben@example.com"; addheader "X-State" "three";'
is "$? $(sent) $(everywhere)" "0 2 0" "redirect between two edits"
is "$(header X-State "$(goes_to ann@example.com)") $(grep -c X-Old "$(goes_to ann@example.com)")" "one 2" "sends the state of that moment"
is "$(header X-State "$(goes_to ben@example.com)") $(grep -c X-Old "$(goes_to ben@example.com)")" "two 0" "each time"

AWAY='vacation :addresses "bob@example.net" "Away.";'
edited 'deleteheader "Subject"; addheader "Subject" "edited"; '"$AWAY"
is "$? $(header Subject "$HOME/sent/0.mail") $(header In-Reply-To "$HOME/sent/0.mail")" "0 Auto: edited <hello@example.org>" \
	"vacation answers the message as it has become"
edited "$AWAY"' deleteheader "Subject"; addheader "Subject" "edited";'
is "$? $(header Subject "$HOME/sent/0.mail")" "0 Auto: hello" "until then"
edited 'addheader "List-Id" "<birds.example.org>"; '"$AWAY"
is "$? $(sent)" "0 0" "a field that forbids an answer counts once it was added"
edited 'deleteheader "To"; '"$AWAY"
is "$? $(sent)" "0 0" "and so does one that is gone"
message hello 'List-Id: <birds.example.org>' >"$T/mail"
edited 'deleteheader "List-Id"; '"$AWAY"
is "$? $(sent)" "0 1" "or one that forbade it"
message hello 'Auto-Submitted: auto-generated' >"$T/mail"
edited 'deleteheader "Auto-Submitted"; enclose "Enclosed."; '"$AWAY"
is "$? $(sent)" "0 0" "but what a program sent is not answered, whatever was made of it (RFC 3834, 2)"
message hello >"$T/mail"
edited 'enclose :subject "outside" "Enclosed."; '"$AWAY"
is "$? $(header Subject "$HOME/sent/0.mail")" "0 Auto: hello" "of a message that was enclosed the inner one is answered"

message hello 'X-Old: one' 'X-Old: two' >"$T/mail"
fresh
mkdir "$HOME/sent"
own "$HOME"
printf '%s\n' 'require ["editheader", "reject"]; deleteheader "X-Old"; addheader "X-New" "yes"; deleteheader "Subject";
addheader "Subject" "edited"; reject "no birdseed";' | rules
send -f alice@example.org -o reject_by=mail <"$T/mail"
is "$? $(sent) $(everywhere)" "0 1 0" "a message that was edited is refused"
is "$(grep -c 'X-New\|edited' "$HOME/sent/0.mail") $(grep -c '^X-Old' "$HOME/sent/0.mail")" "0 2" "as it came: what is sent back is what was sent"
