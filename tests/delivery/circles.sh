#!/bin/sh
# Rules that meet rules: redirects in circles, answers to answers, refusals, all by way of a real Postfix.
#
# Postfix (Debian's programs; a configuration, a queue and a network of its own) calls trommel as mailbox_command,
# and trommel hands over to Debian's sendmail.  circles.py has the stories: who has which rules, what is
# sent, and exactly which messages lie in whose mailbox when the queue has run empty.
# RFC 5228, 4.2 and 10; RFC 5230, 4.5 to 5.8; RFC 5429, 2; RFC 5436, 2.7; RFC 3834, 2 and 3.
# shellcheck disable=SC2034
STAGE_USERS="ann bea cid dora carol" STAGE_NETWORK=own
. "${0%/*}/lib.sh"
need_root "a Postfix of its own"
PATH=$PATH:/usr/sbin:/sbin
need postfix sendmail python3
[ -d /etc/postfix ] || skip_all "no /etc/postfix to put another in place of"

# postdrop(1) belongs to a group of its own and takes no configuration from where just anybody says it is,
# so ours lies where the system's is, in this mount namespace.
PF=$T/postfix
CALLED="$TROMMEL -o postmaster=postmaster@mail.example"
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
myorigin = mail.example
mydestination = mail.example
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps = inline:{ { postmaster = $OTHER } }
alias_database =
recipient_delimiter = +
notify_classes = 2bounce
in_flow_delay = 0
maximal_queue_lifetime = 1d
bounce_queue_lifetime = 1d
minimal_backoff_time = 600s
queue_run_delay = 600s
mailbox_command = $CALLED
mailbox_command_maps = inline:{ { cid = $CALLED -o reject_by=mail }, { dora = $CALLED -o mail_location=mbox:~/mail:INBOX=~/inbox -o lock_timeout_s=1 } }
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
CONF
cp "$TESTS/postfix-services" "$PF/etc/master.cf"
for part in postfix-files postfix-files.d dynamicmaps.cf dynamicmaps.cf.d postfix-script post-install; do
	[ ! -e /etc/postfix/$part ] || cp -R /etc/postfix/$part "$PF/etc/$part"
done
mount --bind "$PF/etc" /etc/postfix || skip_all "nothing can be put in the place of /etc/postfix"
python3 "$TESTS/postfix.py" loopback || skip_all "no loopback of its own"
if ! postfix start >"$PF/start" 2>&1; then
	cat "$PF/start" "$PF/log" 2>/dev/null | sed 's/^/# /'
	fail "Postfix starts"
	exit 1
fi
trap 'postfix stop >/dev/null 2>&1; finish' EXIT
pass "Postfix starts"

# Each line of the stories is "ok WHAT", "no WHAT" or something about the line before it.
python3 "$TESTS/circles.py" "$T" >"$T/stories" 2>"$T/trouble"
status=$?
while IFS= read -r line; do
	case $line in
	"ok "*) pass "${line#ok }" ;;
	"no "*) fail "${line#no }" ;;
	*) printf '#   %s\n' "$line" ;;
	esac
done <"$T/stories"
is "$status $(cat "$T/trouble")" "0 " "all stories were told"
is "$(grep -c 'fatal\|panic' "$PF/log")" 0 "nothing went wrong in Postfix"
is "$(grep -c 'status=deferred' "$PF/log")" 1 "and but one message had to be tried again"
