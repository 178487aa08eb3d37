#!/bin/sh
# What is given on the command line, in every form in which an MTA's configuration writes it.
. "${0%/*}/lib.sh"

message hello >"$T/mail"

# A plain call files the message into the Maildir and says nothing.
deliver <"$T/mail"
is $? 0 "a call without any argument delivers"
is "$(count)" 1 "one copy lies in the inbox"
without_trace "$(stored)" >"$T/found"
same "$T/found" "$T/mail" "it is stored byte for byte"
is "$(cat "$T/out" "$T/err")" "" "nothing is printed on success"
no_litter

fresh
deliver deliver <"$T/mail"
is "$? $(count)" "0 1" "'trommel deliver' is the same"

# The sender: apart, joined, empty.
while IFS='|' read -r arguments path what; do
	fresh
	eval "deliver $arguments" <"$T/mail"
	is "$? $(header Return-Path "$(stored)")" "0 $path" "$what"
done <<'CASES'
-f alice@example.org|<alice@example.org>|-f takes the sender as the next word
-falice@example.org|<alice@example.org>|-f takes the sender joined to it
-f '<alice@example.org>'|<alice@example.org>|angle brackets around the sender are not part of it
-f ''|<>|an empty -f is the null sender and does not eat the next word
-f '' -m ''|<>|two empty values in a row
-f '<>'|<>|<> is the null sender
-f MAILER-DAEMON|<>|MAILER-DAEMON is the null sender
-f mailer-daemon|<>|in any case
-f mailer-daemon@example.org|<mailer-daemon@example.org>|with a domain it is an address like others
-m '' -f alice@example.org|<alice@example.org>|an empty -m is no folder
-s '' -f alice@example.org|<alice@example.org>|an empty -s is no script
-c '' -f alice@example.org|<alice@example.org>|an empty -c is no configuration of its own
-r '' -d '' -f alice@example.org|<alice@example.org>|an empty -r and -d are not given
-a '' -f alice@example.org|<alice@example.org>|an empty -a is no detail
CASES

# The detail and the recipient, as rules see them.
subaddress='require ["envelope", "subaddress", "fileinto", "mailbox", "variables"];
if envelope :detail :matches "to" "?*" { fileinto :create "detail-${0}"; stop; }
if envelope :matches "to" "*" { fileinto :create "to ${1}"; }'
while IFS='|' read -r arguments folder what; do
	fresh
	printf '%s\n' "$subaddress" | rules
	eval "deliver -f a@example.org $arguments" <"$T/mail"
	is "$?" 0 "$what: delivered"
	is "$(count "$folder")" 1 "$what"
done <<'CASES'
-a lists|detail-lists|-a with a word is the detail
-a +lists|detail-lists|-a takes the detail with its delimiter too
-a reader+lists@example-org|detail-lists|-a with an address is the recipient, detail included
-r reader+work@example-org|detail-work|-r is the final recipient
-alists|detail-lists|-a takes its value joined to it
-r bob@example-org|to bob@example-org|a recipient without detail
CASES

# The folder.
fresh
deliver -m Lists <"$T/mail"
is "$? $(count Lists) $(count)" "0 1 0" "-m files into a folder when the rules say nothing else"
# Whoever writes to bob+anything chooses it: it makes nothing, and leads nowhere else.
for folder in None ../../elsewhere a//b .. "$(head -c 400 /dev/zero | tr '\0' a)" "$(printf 'x\ny')"; do
	fresh
	call "$TROMMEL" -m "$folder" <"$T/mail" >"$T/out" 2>"$T/err"
	is "$? $(count) $(everywhere) $(ls -A "$HOME/Maildir" | wc -l)" "0 1 1 3" \
		"a folder that is not there is not made, the inbox takes the message: $(printf %s "$folder" | tr '\n' '?' | cut -c 1-20)"
done
fresh
mkdir -p "$HOME/Maildir/.Lists/new" "$HOME/Maildir/.Lists/cur" "$HOME/Maildir/.Lists/tmp"
own "$HOME"
call "$TROMMEL" -m Lists <"$T/mail" >"$T/out" 2>"$T/err"
is "$? $(count Lists) $(everywhere)" "0 1 1" "one that is there is used"
fresh
echo 'keep;' | rules
deliver -m Lists <"$T/mail"
is "$? $(everywhere)" "0 1" "-m with rules that keep: one copy"

# Other rules, other settings.
fresh
echo 'require "fileinto"; fileinto "other";' | mine "$HOME/other.sieve"
deliver -s "$HOME/other.sieve" <"$T/mail"
is "$? $(count other)" "0 1" "-s names the rules"
fresh
echo 'require "fileinto"; fileinto "own";' | rules
deliver -s '' <"$T/mail"
is "$? $(count own)" "0 1" "an empty -s leaves the user's own"
fresh
deliver -o "mail_location=maildir:$HOME/elsewhere" <"$T/mail"
is "$? $(find "$HOME/elsewhere/new" -type f 2>/dev/null | wc -l)" "0 1" "-o sets the mail location"
fresh
printf 'mail_location = maildir:%s/configured\n' "$HOME" | mine "$T/trommel.conf" 644
deliver -c "$T/trommel.conf" <"$T/mail"
is "$? $(find "$HOME/configured/new" -type f 2>/dev/null | wc -l)" "0 1" "-c reads another configuration"
fresh
deliver -c "$T/trommel.conf" -o "mail_location=maildir:$HOME/Maildir" <"$T/mail"
is "$? $(count)" "0 1" "-o wins over the configuration"

# Letters of other agents, in the combinations that stand in admins' files.
while IFS='|' read -r arguments what; do
	fresh
	eval "deliver $arguments" <"$T/mail"
	is "$? $(everywhere)" "0 1" "$what"
done <<'CASES'
-d "$ME"|-d with oneself
-f alice@example.org -a bob@example.net -d "$ME" -m ''|dovecot-lda as Postfix's pipe(8) calls it
-Y -a '' -d "$ME"|procmail as Sendmail calls it
-t -a ''|procmail as Postfix calls it
CASES
