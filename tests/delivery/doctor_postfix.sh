#!/bin/sh
# trommel doctor asks a real postconf(1), and what it says would mend a trap mends it.
. "${0%/*}/lib.sh"
need_root "a configuration of Postfix of its own"
PATH=$PATH:/usr/sbin:/sbin
need postconf
[ -d /etc/postfix ] || skip_all "no /etc/postfix here"

mkdir "$T/etc"
mount --bind "$T/etc" /etc/postfix
cat >/etc/postfix/main.cf <<CONF
compatibility_level = 3.6
mail_owner = postfix
mailbox_command = $TROMMEL
command_time_limit = 3m
mailbox_transport = lmtp:unix:private/dovecot
mailbox_size_limit = 51200000
CONF
cat >/etc/postfix/master.cf <<CONF
smtp      inet  n       -       n       -       -       smtpd
trommel   unix  -       n       n       -       -       pipe
  flags=DRX user=$ME argv=$TROMMEL -d \${user}
CONF
doctor() { call "$TROMMEL" doctor "$@" >"$T/out" 2>"$T/err"; }
finds() { like "$(cat "$T/out")" "$1" "$2"; }
# Does what it says would mend that, in a shell.
mend() {
	sed -n 's/^ *mend it: \(postconf .*\)/\1/p' "$T/out" >"$T/mends"
	holds "how some is mended is told" test -s "$T/mends"
	while read -r command; do
		sh -c "$command" 2>"$T/err"
		is "$? $(cat "$T/err")" "0 " "a real postconf takes: $command"
	done <"$T/mends"
}

fresh_mbox
doctor -o "$MBOX_HERE"
is $? 1 "a configuration with traps has findings"
finds "mailbox_transport is 'lmtp:unix:private/dovecot'" "what goes before it"
finds "recipient_limit" "several recipients in one call of a service"
finds "null_sender" "a service without null_sender="
finds "trommel_time_limit is 180 s, but a delivery may take" "a time limit that comes from another setting"
mend

# What Postfix would have done before it called us is out of the way: what else is wrong.
doctor -o "$MBOX_HERE"
is $? 1 "there are more behind the first"
finds "mend it: deadline_s = 170 in trommel.conf" "which a setting of ours mends"
finds "command_time_limit is 180 s, but a delivery may take" "a time limit below our own"
finds "mailbox_size_limit is 51200000 bytes" "a limit on the size of mboxes"
mend
sed -i 's/flags=DRX/& null_sender=/' /etc/postfix/master.cf
doctor -o "$MBOX_HERE" -o deadline_s=170
is "$? $(grep '!!' "$T/out")" "0 " "then nothing is left to be found"
