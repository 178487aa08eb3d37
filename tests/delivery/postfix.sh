#!/bin/sh
# A real Postfix hands over real mail, a real Dovecot and a real mutt read it back.
#
# Postfix (Debian's programs, a configuration, queue and network of its own) calls trommel as mailbox_command
# without any argument.  Every message also goes to a witness, a user whose mail is written down
# as Postfix hands it over; what IMAP, POP3 and mutt show afterwards must be the same bytes.
# shellcheck disable=SC2034
STAGE_USERS="boxer witness full locked slow secret wrong" STAGE_NETWORK=own
. "${0%/*}/lib.sh"
need_root "a Postfix of its own"
PATH=$PATH:/usr/sbin:/sbin
need postfix postconf smtp-source dovecot mutt python3 script
[ -d /var/mail ] || skip_all "no /var/mail here"

home_of() { echo "$T/homes/$1"; }
# What a user's home holds, from standard input: own it to the user.
give() { # user path…
	give_to=$1
	shift
	chown -R "$give_to:$give_to" "$@"
}
maildir_for() {
	mkdir -p "$(home_of "$1")/Maildir/new" "$(home_of "$1")/Maildir/cur" "$(home_of "$1")/Maildir/tmp"
	chmod -R go= "$(home_of "$1")"
	give "$1" "$(home_of "$1")"
}

# ---- the stage
chgrp mail /var/mail
chmod 2775 /var/mail
for user in boxer locked; do
	: >/var/mail/$user
	chown $user:mail /var/mail/$user
	chmod 660 /var/mail/$user
done
for user in slow secret wrong; do maildir_for $user; done
mkdir -p "$T/other/Maildir/new" "$T/other/Maildir/cur" "$T/other/Maildir/tmp"
give "$OTHER" "$T/other/Maildir"
mkdir "$(home_of full)/Maildir"
mount -t tmpfs -o size=128k,mode=700 none "$(home_of full)/Maildir"
maildir_for full
mkdir "$(home_of witness)/mail"
give witness "$(home_of witness)"
cat >"$T/witness" <<'WITNESS'
#!/bin/sh
umask 022
exec cat >"$HOME/mail/$$.$(date +%s%N)"
WITNESS
cat >"$T/hang" <<'HANG'
#!/bin/sh
cat >/dev/null
sleep 300
HANG
chmod 755 "$T/witness" "$T/hang"

# Rules for both: a folder by subject, flags and keywords, a body, the rest in the inbox.
cat >"$T/rules" <<'SIEVE'
require ["fileinto", "imap4flags", "envelope", "body", "mailbox", "regex"];
if header :contains "list-id" "notmuch" { fileinto :create "Lists"; stop; }
if envelope :localpart "from" "flagged" { addflag ["\\Flagged", "\\Seen", "work", "Later"]; keep; stop; }
if header :regex "subject" "^\\[?(patch|rfc)" { fileinto :create :flags "\\Seen" "Patches"; stop; }
if body :text :contains "unsubscribe" { fileinto :create "Spam"; stop; }
SIEVE
rules <"$T/rules"
cp "$T/rules" "$(home_of boxer)/.sieve"
give boxer "$(home_of boxer)"
chmod 600 "$(home_of boxer)/.sieve"
echo 'redirect "somebody@elsewhere.example";' >"$(home_of slow)/.sieve"
echo 'keep;' >"$(home_of secret)/.sieve"
printf 'require "fileinto";\nfileinto "half' >"$(home_of wrong)/.sieve"
for user in slow secret wrong; do
	give $user "$(home_of $user)"
	chmod 600 "$(home_of $user)/.sieve"
done
chmod 000 "$(home_of secret)/.sieve"

# ---- Postfix
PF=$T/postfix
mkdir "$PF" "$PF/etc" "$PF/queue" "$PF/data"
chown postfix "$PF/data"
cat >"$PF/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $PF/queue
data_directory = $PF/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $PF/log
maillog_file_prefixes = $PF
myhostname = mail.example
mydestination = mail.example
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
local_recipient_maps =
local_header_rewrite_clients =
alias_maps =
alias_database =
recipient_delimiter = +
notify_classes =
maximal_queue_lifetime = 1d
minimal_backoff_time = 600s
queue_run_delay = 600s
mailbox_command = $TROMMEL
mailbox_command_maps = inline:{ { witness = $T/witness }, { slow = $TROMMEL -o deadline_s=3 -o sendmail=$T/hang }, { locked = $TROMMEL -o lock_timeout_s=2 } }
virtual_alias_maps = inline:{ { to-reader@mail.example = witness+m, reader }, { to-boxer@mail.example = witness+b, boxer } }
transport_maps = inline:{ { pipe.example = handover: } }
handover_destination_recipient_limit = 1
relay_domains = pipe.example
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
CONF
cp "$TESTS/postfix-services" "$PF/etc/master.cf"
cat >>"$PF/etc/master.cf" <<CONF
handover  unix  -       n       n       -       -       pipe
  flags=DRX user=$ME null_sender= argv=$TROMMEL -f \${sender} -a \${original_recipient} -d \${user}
CONF
python3 "$TESTS/postfix.py" loopback || skip_all "no loopback of its own"
if ! postfix -c "$PF/etc" start >"$PF/start" 2>&1; then
	cat "$PF/start" "$PF/log" 2>/dev/null | sed 's/^/# /'
	fail "Postfix starts"
	exit 1
fi
trap 'postfix -c "$PF/etc" stop >/dev/null 2>&1; finish' EXIT
pass "Postfix starts"
mail_client() { python3 "$TESTS/postfix.py" "$@"; }
queued() { postqueue -c "$PF/etc" -j | wc -l | tr -d ' '; }
settle() { # seconds: until nothing is in the active or incoming queue
	settle_end=$(($(date +%s) + $1))
	while postqueue -c "$PF/etc" -j | grep -q '"queue_name": "\(active\|incoming\|maildrop\)"'; do
		[ "$(date +%s)" -lt $settle_end ] || return 1
		sleep 0.2
	done
}
# What the log says of a recipient: "dsn status (text)" of the last attempt.
fate() { grep "to=<$1>" "$PF/log" | tail -1 | sed 's/.*dsn=\([0-9.]*\), status=\(.*\)/\1 \2/'; }

# ---- 1,000 messages by smtp-source (fewer for a sanitizer, which makes each start slow), 200 real ones
bulk=$([ -n "${TROMMEL_SANITIZED-}" ] && echo 50 || echo 500)
for user in reader boxer; do
	smtp-source -s 5 -m "$bulk" -l 2000 -f load@sender.example -t to-$user@mail.example 127.0.0.1:2525 ||
		fail "smtp-source sends $bulk messages to $user"
done
if [ -d "$TROMMEL_CORPUS/mail" ]; then
	is "$(mail_client send "$TROMMEL_CORPUS/mail" 100 to-reader to-boxer)" "100 100" "200 real messages are sent"
	real=100
else
	echo "# no corpus of real mail at $TROMMEL_CORPUS: only those of smtp-source"
	real=0
fi
mail_client flagged 5 to-reader to-boxer >/dev/null
holds "the queue runs empty" settle 600
is "$(queued)" 0 "and nothing is deferred"
is "$(find "$(home_of witness)/mail" -type f | wc -l)" $((2 * (bulk + 5 + real))) "Postfix handed over what was sent"
is "$(grep -c 'to=<\(reader\|boxer\)@mail.example>.*status=sent' "$PF/log")" $((2 * (bulk + 5 + real))) "and every delivery was a success"
is "$(grep 'to=<\(reader\|boxer\)@mail.example>.*status=sent' "$PF/log" | grep -vc '(delivered to command: ')" 0 "by a command"
is "$(everywhere)" $((bulk + 5 + real)) "the Maildir holds them all"
no_litter

# ---- read back
mkdir "$T/dovecot"
mail_client dovecot "$T" "$ME" boxer >"$T/dovecot/conf"
if dovecot -c "$T/dovecot/conf" >"$T/dovecot/start" 2>&1; then
	for protocol in imap pop3; do
		for user in "$ME" boxer; do
			if mail_client "$protocol" "$user" "$(home_of witness)/mail" >"$T/result" 2>&1; then
				pass "$protocol: $user reads every message back byte for byte ($(tail -1 "$T/result"))"
			else
				fail "$protocol: $user reads every message back byte for byte"
				sed 's/^/#   /' "$T/result" | tail -20
			fi
		done
	done
	for user in "$ME" boxer; do
		# In an mbox Dovecot knows only the keywords that the first message's X-IMAPbase lists.
		keywords=' later work'
		[ "$user" = boxer ] && keywords=
		is "$(mail_client flags "$user")" "5 with \\Flagged \\Seen$keywords" "imap: $user sees flags and keywords"
		is "$(mail_client folders "$user" | tr '\n' ' ')" "$([ $real = 0 ] && echo INBOX || echo INBOX Lists Patches Spam) " "imap: $user sees the folders"
	done
	doveadm -c "$T/dovecot/conf" stop
else
	sed 's/^/#   /' "$T/dovecot/start"
	fail "Dovecot starts"
fi
like "$(grep -c -i 'error\|corrupt\|panic' "$T/dovecot/log")" '^0$' "Dovecot found nothing to complain about"
[ "$(grep -c -i 'error\|corrupt\|panic' "$T/dovecot/log")" = 0 ] || grep -i 'error\|corrupt\|panic' "$T/dovecot/log" | head -5 | sed 's/^/#   /'

# mutt writes every message of the mbox out again.
printf 'set mbox_type=mbox folder=%s pipe_split=no pipe_decode=no\nset wait_key=no sort=mailbox-order confirmappend=no confirmcreate=no quit=yes mark_old=no\n' "$T" >"$T/muttrc"
cp /var/mail/boxer "$T/box"
grep -c '^From ' "$T/box" >"$T/boxed"
# shellcheck disable=SC2016
HOME=$T TERM=xterm COLUMNS=80 LINES=24 timeout 60 script -qec "mutt -n -R -F $T/muttrc -f $T/box -e 'push \"<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>$T/copied<enter><exit>\"'" /dev/null >/dev/null 2>&1 </dev/null
is "$(grep -c '^From ' "$T/copied" 2>/dev/null)" "$(cat "$T/boxed")" "mutt opens the mbox and finds as many messages"
if mail_client mbox "$T/copied" "$T/box" >"$T/result" 2>&1; then pass "mutt: each is what was stored"; else
	fail "mutt: each is what was stored"
	sed 's/^/#   /' "$T/result" | tail
fi

# ---- what goes wrong is deferred or bounced as it should be, and no mail is lost
printf '%d:%s' $$ "$(uname -n)" >/var/mail/locked.lock
head -c 100000 /dev/zero >"$(home_of full)/Maildir/filling"
smtp-source -m 1 -l 60000 -f "$OTHER@mail.example" -t full@mail.example 127.0.0.1:2525
for recipient in locked slow secret wrong nobody-here; do
	smtp-source -m 1 -l 2000 -f "$OTHER@mail.example" -t $recipient@mail.example 127.0.0.1:2525
done
for recipient in "$ME" nobody-here "$OTHER"; do
	smtp-source -m 1 -l 2000 -f "$OTHER@mail.example" -t "$recipient@pipe.example" 127.0.0.1:2525
done
holds "all of it was tried" settle 120
like "$(fate full@mail.example)" '^4\.[23]\.[0-9] deferred' "a full disk: deferred"
like "$(fate locked@mail.example)" '^4\.[0-9.]+ deferred' "a locked mailbox: deferred"
like "$(fate locked@mail.example)" "$$" "and the log names who holds it"
like "$(fate slow@mail.example)" '^4\.[0-9.]+ deferred' "an over-long run: deferred"
like "$(fate secret@mail.example)" '^4\.[0-9.]+ deferred' "rules that cannot be read: deferred"
like "$(fate wrong@mail.example)" '^2\.0\.0 sent' "rules that are wrong: delivered"
is "$(grep -rL 'rules have errors' "$(home_of wrong)/Maildir/new" | wc -l) $(grep -rl 'rules have errors' "$(home_of wrong)/Maildir/new" | wc -l)" \
	"1 1" "to the inbox, with word of the rules"
like "$(fate nobody-here@mail.example)" '^5\.1\.1 bounced' "a missing user: bounced"
like "$(fate "$ME@pipe.example")" '^2\.0\.0 sent' "by pipe(8): delivered"
like "$(fate nobody-here@pipe.example)" '^5\.1\.1 bounced' "a missing user by pipe(8): bounced, with our word for it"
like "$(fate "$OTHER@pipe.example")" '^5\.[0-9.]+ bounced' "mail for another user than the one we run as: bounced"
is "$(queued)" 4 "the queue holds what was deferred"
is "$(find "$T/other/Maildir/new" -type f | wc -l)" 3 "the sender has three bounces"

# Put right, everything arrives, once.
rm /var/mail/locked.lock "$(home_of full)/Maildir/filling" "$(home_of slow)/.sieve"
chmod 600 "$(home_of secret)/.sieve"
postqueue -c "$PF/etc" -f
sleep 1
holds "all of it was tried again" settle 120
is "$(queued)" 0 "put right, the queue runs empty"
is "$(for user in full slow secret; do find "$(home_of $user)/Maildir" -path '*/new/*' -type f | wc -l; done | tr '\n' ' ')$(grep -c '^From ' /var/mail/locked)" \
	"1 1 1 1" "and each message is there once"
