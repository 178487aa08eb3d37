#!/bin/sh
# Nothing makes a delivery wait for ever: whatever does not answer, it ends in time, with 75 where the mail is not safe,
# and leaves no child behind.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
DEADLINE_S=3
GRACE_S=$((DEADLINE_S * 2 + 4 * SLOWER)) # a busy machine
# In this pid namespace there is nobody's delivery but ours.
# One that has ended and that only init has still to bury is none.
left_running() { pgrep -ax -r D,R,S,T,t "${TROMMEL##*/}"; }
# Delivers with a short deadline; $status and $took say what came of it.
timed() {
	began=$(date +%s)
	deliver -o deadline_s=$DEADLINE_S "$@" <"${MAIL:-$T/mail}"
	status=$?
	took=$(($(date +%s) - began))
}
in_time() { # expected-status what
	is "$status" "$1" "$2: $1"
	holds "$2: in time ($took s)" test "$took" -le $GRACE_S
	is "$(left_running)" "" "$2: no process is left"
}

# ---- locks that are never given up
if command -v python3 >/dev/null; then
	fresh_mbox
	hold_lock "$MBOX"
	timed -o "$MBOX_HERE" -o lock_timeout_s=100
	in_time 75 "a kernel lock that is never given up"
	is "$(wc -c <"$MBOX")" 0 "and the mailbox is as it was"
	no_litter
	let_go

	# A lease: whoever opens the file waits until its holder has been asked for it, for 45 s (lease-break-time).
	cat >"$T/lease.py" <<'END'
import fcntl, os, signal, sys, time
file = os.open(sys.argv[1], os.O_RDONLY)
asked = []
signal.signal(signal.SIGIO, lambda *_: asked.append(1))
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
os.close(os.open(sys.argv[2], os.O_CREAT | os.O_WRONLY))
until = time.time() + 120
while time.time() < until and not (asked and sys.argv[3] == "gentle"):
    time.sleep(0.1)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
END
	for manner in gentle stubborn; do
		fresh_mbox
		: | mine "$HOME/mail/Lists"
		echo 'require ["fileinto", "copy"]; fileinto :copy "Lists";' | rules
		call python3 "$T/lease.py" "$HOME/mail/Lists" "$HOME/held" $manner 2>"$T/err" &
		holder=$!
		for _ in $(seq 100); do [ -e "$HOME/held" ] || sleep 0.05; done
		if [ ! -e "$HOME/held" ]; then
			echo "# no leases on this file system: $(tail -n 1 "$T/err")"
			break
		fi
		began=$(date +%s)
		deliver -o "$MBOX_HERE" -o lock_timeout_s=2 <"$T/mail"
		status=$?
		took=$(($(date +%s) - began))
		case $manner in
		gentle) in_time 0 "a mailbox that is lent, whose borrower gives it back when he is asked" ;;
		stubborn) in_time 75 "one whose borrower does not" ;;
		esac
		is "$(cat "$MBOX" "$HOME/mail/Lists" | grep -c '^From ')" $((status ? 0 : 2)) "and the message is in both mailboxes or in none"
		no_litter
		kill $holder 2>/dev/null
		wait $holder 2>/dev/null
	done
fi
fresh_mbox
sleep 120 &
holder=$!
printf '%d:%s' $holder "$(uname -n)" | mine "$MBOX.lock"
timed -o "$MBOX_HERE" -o lock_timeout_s=100
in_time 75 "the dotlock of a process that lives on and on"
is "$(cat "$MBOX.lock")" "$holder:$(uname -n)" "whose lock is left alone"
rm "$MBOX.lock"
# One of two mailboxes: the one that could be had is given back.
: | mine "$HOME/mail/Lists"
printf '%d:%s' $holder "$(uname -n)" | mine "$HOME/mail/Lists.lock"
echo 'require ["fileinto", "copy"]; fileinto :copy "Lists";' | rules
timed -o "$MBOX_HERE" -o lock_timeout_s=100
in_time 75 "one of two mailboxes locked for ever"
is "$(cat "$MBOX" "$HOME/mail/Lists" | wc -c) $(find "$HOME" -name '*.lock')" "0 $HOME/mail/Lists.lock" "neither has the message"
# A keyword is worth no waiting without end.
fresh
echo 'require ["imap4flags"]; keep :flags "word";' | rules
printf '%d:%s' $holder "$(uname -n)" | mine "$HOME/Maildir/dovecot-uidlist.lock"
DEADLINE_S=30
timed
DEADLINE_S=3
is "$status $(count)" "0 1" "keywords that are locked for ever: the message is delivered without"
like "$(told)" 'a keyword is not kept in "INBOX": .*locked' "and its owner is told"
holds "in time ($took s)" test "$took" -le $((8 + 4 * SLOWER))
kill $holder

# ---- a server that does not answer: what is opened is a FIFO that nobody writes to
silent() { # path what [option...]
	silent_path=$1 silent_what=$2
	shift 2
	mkdir -p "${silent_path%/*}"
	rm -rf "$silent_path"
	mkfifo "$silent_path"
	chmod 600 "$silent_path"
	own "$silent_path" "${silent_path%/*}"
	timed "$@"
	case $status-$(everywhere) in
	75-0 | 0-1) pass "$silent_what that does not answer: $status" ;;
	*) fail "$silent_what that does not answer: $status, $(everywhere) stored" ;;
	esac
	holds "$silent_what: in time ($took s)" test "$took" -le $GRACE_S
	is "$(left_running)" "" "$silent_what: no process is left"
	find "$HOME/Maildir" -type f -path '*/new/*' -delete
}
# What is only noted or read beside the mail is not worth the deadline.
beside() { # path what [option...]
	silent "$@"
	is "$status" 0 "$2: and the mail is delivered without it"
}
state=$HOME/.local/state/trommel
for engine in files sqlite; do
	fresh
	echo 'require "duplicate"; if duplicate { discard; }' | rules
	deliver -o state_engine=$engine <"$T/mail"
	find "$HOME/Maildir" -type f -delete
	find "$state" -type f >"$T/kept"
	while read -r file; do
		silent "$file" "state in $engine, ${file##*/}," -o state_engine=$engine
	done <"$T/kept"
done
fresh
silent "$HOME/.sieve" "a script"
fresh
echo 'require "include"; include "other";' | rules
silent "$HOME/sieve/other.sieve" "an included script"
fresh
echo 'require "extlists"; if address :list "from" ":addrbook:friends" { discard; }' | rules
silent "$HOME/.config/trommel/lists/friends" "a list"
fresh
echo 'require ["imap4flags"]; keep :flags "word";' | rules
beside "$HOME/Maildir/dovecot-keywords" "the file of keywords"
fresh
echo 'broken' | rules
beside "$HOME/.sieve.log" "the user's log"
# Directories: of the mail, of what is included, of lists, of programs, of calendars, of state.
for place in Maildir Maildir/tmp Maildir/new Maildir/cur Maildir/.Lists Maildir/.Lists/tmp; do
	fresh
	case $place in *Lists*) echo 'require "fileinto"; fileinto "Lists";' ;; *) echo 'keep;' ;; esac | rules
	mkdir -p "$HOME/Maildir/.Lists/new" "$HOME/Maildir/.Lists/cur" "$HOME/Maildir/.Lists/tmp"
	own "$HOME"
	silent "$HOME/$place" "$place" -o "mail_location=maildir:$HOME/Maildir"
done
for place in dovecot-uidlist.lock dovecot-keywords.lock subscriptions subscriptions.lock; do
	fresh
	echo 'require ["imap4flags", "fileinto"]; fileinto :flags "word" "Made";' | rules
	mkdir -p "$HOME/Maildir/.Made/new" "$HOME/Maildir/.Made/cur" "$HOME/Maildir/.Made/tmp"
	[ "${place#subscriptions}" = "$place" ] || rmdir "$HOME/Maildir/.Made"/* "$HOME/Maildir/.Made"
	own "$HOME"
	case $place in
	subscriptions*) beside "$HOME/Maildir/$place" "$place" -o subscribe_created=yes ;;
	*) silent "$HOME/Maildir/.Made/$place" "$place" ;;
	esac
done
for place in trommel-folder dovecot-uidlist; do
	fresh
	echo 'require ["mailboxid", "mboxmetadata", "fileinto"]; if anyof (mailboxidexists "x", metadata "INBOX" "/shared/comment" "x") { stop; }' | rules
	beside "$HOME/Maildir/$place" "$place"
done
fresh
echo 'require "include"; include :optional "other";' | rules
silent "$HOME/sieve" "the directory of scripts"
fresh
echo 'require "include"; include :optional :global "other";' | rules
silent "$HOME/global" "the site's directory of scripts" -o sieve_global_dir="$HOME/global"
fresh
echo 'require "extlists"; if address :list "from" ":addrbook:friends" { discard; }' | rules
silent "$HOME/.config/trommel/lists" "the directory of lists"
silent "$HOME/friends" "a list of the site's" -o "lists=:addrbook:friends=$HOME/friends"
fresh
echo 'require ["vnd.dovecot.pipe", "copy"]; pipe :copy "archive"; keep;' | rules
silent "$HOME/programs" "the directory of programs" -o pipe_bin_dir="$HOME/programs"
rm "$HOME/programs"
mkdir "$HOME/programs"
silent "$HOME/programs/archive" "a program" -o pipe_bin_dir="$HOME/programs"
fresh
printf '%s\n' 'require ["processcalendar", "fileinto"]; processcalendar; keep;' | rules
silent "$HOME/calendars" "the directory of calendars" -o calendar_dir="~/calendars"
for place in "$state" "$state/duplicate" "$state/journal" "$state/rules" "$state/poison"; do
	fresh
	echo 'require ["duplicate", "copy"]; if duplicate { discard; } redirect :copy "bob@example.com";' | rules
	mkdir -p "$state"
	own "$HOME"
	silent "$place" "the directory ${place#"$HOME/"}" -o state_engine=files -o sendmail="$SINK"
done

# What an earlier delivery has left there.
fresh
echo 'require ["copy", "fileinto"]; redirect :copy "bob@example.com"; redirect :copy "carol@example.com"; keep;' | rules
printf '#!/bin/sh\ncat >/dev/null\ncase "$*" in *carol*) exit 75 ;; esac\n' >"$T/half"
chmod 755 "$T/half"
deliver -o sendmail="$T/half" <"$T/mail"
find "$state" -type f >"$T/kept"
holds "a delivery that was half done has left files" test -s "$T/kept"
while read -r file; do
	silent "$file" "what is left in ${file#"$state/"}" -o sendmail="$SINK"
done <"$T/kept"

# An mbox, and its lock.
for place in inbox inbox.lock mail/Lists mail/Lists.lock; do
	fresh_mbox
	echo 'require "fileinto"; fileinto "Lists"; keep;' | rules
	rm -f "$HOME/$place"
	mkfifo "$HOME/$place"
	own "$HOME"
	timed -o "$MBOX_HERE" -o lock_timeout_s=100
	# A folder that is no file is none: the inbox has the message then.
	case $place in
	mail/Lists) wanted=0 boxes=$MBOX ;;
	*) wanted=75 boxes= ;;
	esac
	in_time $wanted "mbox: $place that does not answer"
	is "$(find "$HOME" -type f -size +0 -exec grep -l '^From ' {} +)" "$boxes" "and that is where the message is"
done

# Logs: of the site, and a daemon that reads nothing.
fresh
beside "$HOME/log" "the site's log" -o log_json="$HOME/log"
mkfifo "$T/config"
chmod 644 "$T/config"
fresh
timed -c "$T/config"
in_time 75 "the site's configuration"

# ---- programs that do not end
cat >"$T/stubborn" <<'END'
#!/bin/sh
trap '' TERM HUP INT ALRM
cat >/dev/null
(trap '' TERM HUP INT ALRM; sleep 4343) &
sleep 4343
END
cat >"$T/aloof" <<'END'
#!/bin/sh
trap '' TERM HUP INT ALRM
sleep 4343
END
chmod 755 "$T/stubborn" "$T/aloof"
(message large; head -c 3000000 /dev/zero | tr '\0' 'x' | fold -w 72; echo) >"$T/large"
for program in stubborn aloof; do
	fresh
	echo 'redirect "bob@example.com";' | rules
	MAIL=$T/large timed -o sendmail="$T/$program"
	in_time 75 "a sendmail that ignores every signal ($program)"
	is "$(everywhere) $(pgrep -fc '^sleep 4343')" "0 0" "and what it had started is gone too ($program)"
done

# ---- a database that somebody has locked
if command -v python3 >/dev/null; then
	cat >"$T/lockdb.py" <<'END'
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
open(sys.argv[2], "w").close()
time.sleep(120)
END
	fresh
	echo 'require "duplicate"; if duplicate { discard; }' | rules
	deliver -o state_engine=sqlite <"$T/mail"
	find "$HOME/Maildir" -type f -delete
	call python3 "$T/lockdb.py" "$state/state.db" "$HOME/held" &
	holder=$!
	while [ ! -e "$HOME/held" ]; do sleep 0.05; done
	timed -o state_engine=sqlite
	case $status-$(everywhere) in
	75-0 | 0-1) pass "a state database that is locked for ever: $status" ;;
	*) fail "a state database that is locked for ever: $status, $(everywhere) stored" ;;
	esac
	holds "in time ($took s)" test "$took" -le $GRACE_S
	kill $holder
fi

# ---- who starts us and sends nothing, or stops in the middle
for sent in 0 100 200000; do
	for shape in maildir mbox; do
		[ $shape = maildir ] && fresh || fresh_mbox
		[ $shape = maildir ] && set -- || set -- -o "$MBOX_HERE"
		rm -f "$T/fifo"
		mkfifo "$T/fifo"
		began=$(date +%s)
		instead "$TROMMEL" -o deadline_s=2 "$@" <"$T/fifo" >"$T/out" 2>"$T/err" &
		pid=$!
		exec 9>"$T/fifo"
		head -c $sent "$T/large" >&9
		wait $pid
		status=$?
		took=$(($(date +%s) - began))
		exec 9>&-
		in_time 75 "$sent bytes and then silence ($shape)"
		is "$(find "$HOME" -type f -size +0 | wc -l)" 0 "and nothing is stored ($shape)"
	done
done
