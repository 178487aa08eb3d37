#!/bin/sh
# trommel doctor: what stands in the way of a user's mail is found, shown with what mends it, and nothing is changed.
. "${0%/*}/lib.sh"

# Mail servers that answer what is in $T/mta: no server of this machine has a say.
stubs=$T/stubs
mkdir "$stubs" "$T/mta"
for stub in postconf exim4; do
	# shellcheck disable=SC2016
	printf '#!/bin/sh\n[ -f "%s/mta/%s$1" ] || exit 1\ncat "%s/mta/%s$1"\n' "$T" $stub "$T" $stub >"$stubs/$stub"
	chmod 755 "$stubs/$stub"
done
chmod 755 "$T/mta"
PATH=$stubs:$PATH
doctor() {
	call "$TROMMEL" doctor "$@" >"$T/out" 2>"$T/err"
}
# finds REGEX SENTENCE: a line of the output
finds() { like "$(cat "$T/out")" "$1" "$2"; }

fresh
state=$HOME/.local/state/trommel
before=$(cd "$HOME" && find . | sort)
doctor
is $? 0 "a good home has no finding"
finds "ok +a copy can be written and flushed" "a copy was tried"
finds "ok +there are none: all mail goes to the inbox" "no rules, no harm"
finds "$HOME/.sieve: not there" "each place is named"
is "$(cd "$HOME" && find . | sort)" "$before" "nothing was changed"

# Rules: which, and why not the others.
echo 'keep;' | rules
echo 'keep;' | mine "$HOME/.dovecot.sieve"
doctor
is $? 0 "two scripts are no finding"
finds "ok +$HOME/.dovecot.sieve is what would run" "the first one would run"
finds "$HOME/.sieve: not used, since $HOME/.dovecot.sieve is there" "and why not the other"
rm "$HOME/.dovecot.sieve"
chmod 666 "$HOME/.sieve"
chmod 777 "$HOME"
doctor
is $? 1 "what others can write is a finding"
finds "mend it: chmod go-w $HOME\$" "the directory's chmod"
finds "mend it: chmod go-w $HOME/.sieve\$" "the file's chmod, in the same run"
finds "is not run: all mail goes to the inbox" "and what becomes of the mail"
chmod 700 "$HOME"
chmod 600 "$HOME/.sieve"
doctor
is $? 0 "what it named mends it"
if [ -n "$OTHER" ]; then
	chown "$OTHER" "$HOME/.sieve"
	chmod 644 "$HOME/.sieve"
	doctor
	is $? 1 "another's file is a finding"
	finds "mend it: chown 61990 $HOME/.sieve\$" "with its chown"
	chown "$ME" "$HOME/.sieve"
fi

# Rules with errors: what is kept of better days.
echo 'keep;' | rules
message one | deliver
echo 'kep;' | rules
doctor
is $? 1 "an error in the rules is a finding"
finds "it has 1 error, the first in line 1: " "with its line"
finds "mend it: trommel check $HOME/.sieve" "and who shows it"
finds "the last rules without errors decide, those of" "and what decides in the meantime"
rm -r "$HOME/.sieve" "$state"

# What was left behind.
touch -d '3 days ago' "$HOME/Maildir/tmp/1.old"
touch "$HOME/Maildir/tmp/2.young"
mkdir -p "$state/journal" "$state/poison"
touch "$state/journal/abc" "$state/poison/abc.1" "$state/poison/abc.2"
chmod -R go-w "$HOME/.local"
own "$HOME"
doctor
is $? 1 "litter is a finding"
finds "1 file in tmp/ older than 36 hours, such as $HOME/Maildir/tmp/1.old" "an old file in tmp/"
finds "1 younger ones" "a young one may be a delivery"
finds "1 delivery was left half done" "a journal"
finds "twice, so that it is filed without the rules" "a message that stops its delivery"
call "$TROMMEL" doctor --json >"$T/json"
is "$(python3 -c 'import json,sys; print(sum(l["level"] == "finding" for l in json.load(open(sys.argv[1]))))' "$T/json")" 3 \
	"the same as JSON"
rm -r "$HOME/Maildir/tmp/1.old" "$HOME/Maildir/tmp/2.young" "$HOME/.local"

# An mbox: locks are tried; a dead one's lock is found, a living one's is not.
fresh_mbox
doctor -o "$MBOX_HERE"
is $? 0 "an mbox that can be locked"
for method in dotlock fcntl; do finds "ok +$method works there" "$method was tried"; done
finds "flock works there \(mbox_locks does not name it\)" "flock, which is not used"
is "$(find "$HOME" -type f)" "$MBOX" "the scratch file is gone"
sh -c 'exit' &
dead=$!
wait $dead
printf '%s:%s' "$dead" "$(uname -n)" | mine "$MBOX.lock"
doctor -o "$MBOX_HERE"
is $? 1 "a dead one's lock is a finding"
finds "the lock of process $dead, which is gone" "which names it"
finds "mend it: rm $MBOX.lock" "and mends it"
printf '%s:%s' "$$" "$(uname -n)" | mine "$MBOX.lock"
doctor -o "$MBOX_HERE"
is $? 0 "a living one's is none"
rm "$MBOX.lock"
if [ "$(id -u)" = 0 ]; then
	chown 0:0 "$HOME"
	chmod 755 "$HOME"
	doctor -o "$MBOX_HERE" -o mbox_dotlock_required=yes
	finds "they cannot be tried: no file can be made beside $MBOX" "a directory that refuses it"
	own "$HOME"
	chmod 700 "$HOME"
fi

# Postfix.
cat >"$T/mta/postconfmailbox_command" <<-EOF
	mailbox_command = /usr/local/bin/trommel
	mailbox_command_maps =
	mailbox_transport =
	mailbox_size_limit = 51200000
	command_time_limit = 1000s
EOF
: >"$T/mta/postconf-M"
doctor -o "$MBOX_HERE"
is $? 1 "mailbox_size_limit with an mbox is a finding"
finds "mend it: postconf -e mailbox_size_limit=0" "and mended"
fresh
doctor
is $? 0 "and none with a Maildir"
sed -i 's/1000s/3m/; s/^mailbox_transport =/& lmtp:unix:x/' "$T/mta/postconfmailbox_command"
doctor
finds "mailbox_transport is 'lmtp:unix:x', which goes before mailbox_command" "what goes before us"
sed -i 's/^mailbox_transport = .*/mailbox_transport =/' "$T/mta/postconfmailbox_command"
doctor
is $? 1 "a time limit below our own is a finding"
finds "command_time_limit is 180 s, but a delivery may take 240 s" "with both"
sed -i 's/3m/1000s/' "$T/mta/postconfmailbox_command"
echo 'trommel unix - n n - - pipe flags=DRX user=vmail argv=/usr/bin/trommel -d ${user}' >"$T/mta/postconf-M"
printf 'trommel_destination_recipient_limit = $default\ntrommel_time_limit = $command_time_limit\n' \
	>"$T/mta/postconftrommel_destination_recipient_limit"
doctor
is $? 1 "a service in master.cf"
finds "has no null_sender=" "null sender"
finds "mend it: postconf -e trommel_destination_recipient_limit=1" "several recipients in a call"
rm "$T"/mta/*

# Exim.
cat >"$T/mta/exim4-bP" <<-EOF

	other transport:
	driver = appendfile
	file = /dev/null

	trommel_pipe transport:
	command = /usr/bin/trommel
	driver = pipe
	return_output
	no_return_path_add
	temp_errors = 73
	timeout = 2m
	no_timeout_defer
EOF
doctor
is "$? $(grep -c '!!' "$T/out")" "1 3" "three traps in a transport of Exim"
finds "'trommel_pipe' has return_output" "return_output"
finds "timeout of 120 s, but a delivery may take 240 s" "timeout"
finds "temp_errors = 73" "temp_errors"
sed -i 's/^return_output/no_return_output/; s/= 73/= 73:75/; s/2m/1h/' "$T/mta/exim4-bP"
doctor
is $? 0 "and a good one"
rm "$T"/mta/*

# Who.
doctor nobody-of-this-name
is $? 2 "no such user"
if [ "$(id -u)" = 0 ]; then
	"$TROMMEL" doctor >"$T/out" 2>"$T/err"
	is "$? $(cat "$T/err")" "2 trommel doctor: as root, name the user whose mail it is about" "root names one"
	"$TROMMEL" doctor "$ME" >"$T/out" 2>"$T/err"
	is $? 0 "and sees what the user would"
	doctor "$OTHER"
	is $? 2 "nobody else does"
fi
doctor -o mail_location=nonsense
is $? 2 "with a location that is none nothing can be looked at"
like "$(cat "$T/err")" "mail_location wants auto, maildir:PATH or mbox:PATH" "and what one looks like is told"
