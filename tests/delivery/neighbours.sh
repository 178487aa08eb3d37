#!/bin/sh
# Other people on this machine: what they put in our way, and change while we look.  What stands still is told in
# privileges.sh and spool.sh; here it moves.  What they write is told in injection.sh.
. "${0%/*}/lib.sh"
need_root "two users"
need python3
[ -d /var/mail ] || skip_all "no /var/mail here"
. "$TESTS/outgoing.sh"

message hello >"$T/mail"
RUNS=${RUNS:-$([ -n "${TROMMEL_SANITIZED-}" ] && echo 50 || echo 150)}
SPOOL=/var/mail/$ME
as_root() { env -i PATH="$PATH" "$UNTRACED" "$TROMMEL" "$@" >"$T/out" 2>"$T/err"; }

# ---- directories that change while we look
# Somebody who puts other things under the same names, as fast as he can, until the file `stop` is there.
cat >"$T/racer.py" <<'END'
import os, shutil, socket, sys
stop, target, kinds, names = sys.argv[1], sys.argv[2], sys.argv[3].split(), sys.argv[4:]
def make(kind, name):
    if kind == "symlink": os.symlink(target, name)
    elif kind == "dangling": os.symlink(target + ".none", name)
    elif kind == "hardlink": os.link(target, name)
    elif kind == "fifo": os.mkfifo(name, 0o666)
    elif kind == "directory": os.mkdir(name, 0o777)
    elif kind == "file": os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    elif kind == "socket":
        s = socket.socket(socket.AF_UNIX); s.bind(name); s.close()
def remove(name):
    os.rmdir(name) if os.path.isdir(name) and not os.path.islink(name) else os.unlink(name)
turn = 0
while not os.path.exists(stop):
    turn += 1
    for number, name in enumerate(names):
        try: make(kinds[(turn + number) % len(kinds)], name)
        except OSError: pass
    for name in names:
        try: remove(name)
        except OSError: pass
print(turn)
END
# The same for what exists: exchanges each name with name.evil, in one step.
cat >"$T/swapper.py" <<'END'
import ctypes, os, sys
libc, stop, names = ctypes.CDLL(None, use_errno=True), sys.argv[1], [n.encode() for n in sys.argv[2:]]
turn = 0
while not os.path.exists(stop):
    turn += 1
    for name in names:
        libc.renameat2(-100, name, -100, name + b".evil", 2)
print(turn)
END
race() { # user program arguments...
	racer=$1
	shift
	rm -f "$T/stop"
	setpriv --reuid "$racer" --regid "$racer" --clear-groups env -i PATH="$PATH" python3 "$@" >"$T/turns" 2>&1 &
	race_pid=$!
}
raced() {
	: >"$T/stop"
	wait $race_pid
	turns=$(cat "$T/turns")
	holds "the other was at work: $turns turns" test "$turns" -ge "$RUNS"
}
statuses() { sort "$T/statuses" | uniq -c | awk '{ printf "%s%d times %s", (NR > 1 ? ", " : ""), $1, $2 }'; }
only_right_statuses() { is "$(grep -vxE '0|75' "$T/statuses")" "" "$1: every status is 0 or 75 ($(statuses))"; }

# A file of the recipient's that another would like to have mail in: his keys.
victim=$T/home/.keys
echo 'the key' >"$T/key"
chmod 755 "$T/home"
for mode in 1777 2777; do
	find /var/mail -mindepth 1 -delete
	chown root:mail /var/mail
	chmod $mode /var/mail
	fresh
	mine "$victim" 666 <"$T/key"
	race "$OTHER" "$T/racer.py" "$T/stop" "$victim" "symlink hardlink fifo file directory dangling socket" "$SPOOL" "$SPOOL.lock"
	: >"$T/statuses"
	stored=0
	for _ in $(seq "$RUNS"); do
		as_root -d "$ME" -o "mail_location=mbox:~/mail:INBOX=$SPOOL" -o lock_timeout_s=0 <"$T/mail"
		echo $? >>"$T/statuses"
		# What was stored is taken away, so that he can go on; without the sticky bit he can take it away himself.
		[ $mode = 1777 ] || continue
		if [ -f "$SPOOL" ] && [ ! -L "$SPOOL" ] && [ "$(stat -c %u "$SPOOL" 2>/dev/null)" = "$(id -u "$ME")" ]; then
			mv "$SPOOL" "$T/box"
			stored=$((stored + $(grep -c '^From ' "$T/box")))
		fi
	done
	raced
	only_right_statuses "a spool of mode $mode"
	[ $mode != 1777 ] || is "$stored" "$(grep -cx 0 "$T/statuses")" "and whatever was 0 is in a box of the recipient's, once"
	same "$victim" "$T/key" "and his keys, to which links led, are as they were"
	is "$(find "$T/home" -name '.keys.none*')" "" "and nothing was made where they led"
done

# The same where each has a directory there, with a Maildir or an mbox in it: a link of another's in its place would lead
# the mail to any directory of the recipient's, one that he shows to everybody, say.
shown=$T/home/shown
ln -s /var/mail "$T/way"
for mode in 1777 2777; do
	for layout in maildir mbox linked; do
		case $layout in
		maildir) location="maildir:$SPOOL" ;;
		linked) location="maildir:$T/way/$ME" ;; # a link of root's on the way
		mbox) location="mbox:~/mail:INBOX=$SPOOL/box" ;;
		esac
		find /var/mail -mindepth 1 -delete
		chown root:mail /var/mail
		chmod $mode /var/mail
		fresh
		mkdir -m 755 "$shown"
		: | mine "$shown/box"
		chown "$ME:$ME" "$shown"
		# Without a race: all that a stranger can put there.
		for thing in link linked-link directory directories; do
			find /var/mail "$shown" -mindepth 1 ! -name box -exec rm -rf {} +
			case $thing in
			link) ln -s "$shown" "$SPOOL" ;;
			linked-link) # his own, to which link(2) has given a second name
				ln -s "$shown" "$SPOOL.his"
				chown -h "$ME:$ME" "$SPOOL.his"
				ln -P "$SPOOL.his" "$SPOOL"
				;;
			directory) mkdir -m 777 "$SPOOL" ;;
			directories) mkdir -m 777 "$SPOOL" "$SPOOL/new" "$SPOOL/cur" "$SPOOL/tmp" ;;
			esac
			[ $thing = linked-link ] || chown -h -R "$OTHER" "$SPOOL"
			as_root -d "$ME" -o "mail_location=$location" -o lock_timeout_s=1 <"$T/mail"
			is "$? $(find "$shown" /var/mail -type f -size +0)" "75 " \
				"a $layout in a directory of mode $mode, where a stranger has put a $thing: again later"
		done
		find /var/mail -mindepth 1 -delete
		race "$OTHER" "$T/racer.py" "$T/stop" "$shown" "symlink directory dangling file fifo" "$SPOOL"
		: >"$T/statuses"
		stored=0
		for _ in $(seq $((RUNS / 5))); do
			as_root -d "$ME" -o "mail_location=$location" -o lock_timeout_s=0 <"$T/mail"
			status=$?
			echo $status >>"$T/statuses"
			# Whatever stands there and is not the other's is taken away, so that he can go on.
			if [ "$(stat -c %u "$SPOOL" 2>/dev/null)" = "$(id -u "$ME")" ] && mv "$SPOOL" "$T/moved" 2>/dev/null; then
				stored=$((stored + $(find "$T/moved" -type f -size +0 | wc -l)))
				rm -rf "$T/moved"
			fi
		done
		raced
		only_right_statuses "a $layout in a directory of mode $mode"
		is "$(find "$shown" -type f -size +0)$(find "$shown" -mindepth 1 ! -name box)" "" \
			"a $layout in a directory of mode $mode: nothing went where links of another lead"
		[ $mode != 1777 ] || is "$stored" "$(grep -cx 0 "$T/statuses")" "and whatever was 0 is in a directory of the recipient's"
	done
done
# Between the look at such a way and the opening of what it leads to: the second openat2 waits.
if can_trace; then
	fresh
	find /var/mail -mindepth 1 -delete
	mkdir "$SPOOL" "$SPOOL/new" "$SPOOL/cur" "$SPOOL/tmp"
	chmod -R 700 "$SPOOL"
	chown -R "$ME:$ME" "$SPOOL"
	mkdir -m 755 "$shown"
	chown "$ME:$ME" "$shown"
	setsid env -i PATH="$PATH" "$UNTRACED" strace -qq -o "$T/trace" -e trace=openat2 -e inject=openat2:delay_enter=6000000:when=2 \
		"$TROMMEL" -d "$ME" -o "mail_location=maildir:$T/way/$ME" <"$T/mail" >"$T/out" 2>"$T/err" &
	pid=$!
	for _ in $(seq 100); do grep -q ELOOP "$T/trace" 2>/dev/null || sleep 0.02; done
	mv "$SPOOL" "$SPOOL.was"
	setpriv --reuid "$OTHER" --regid "$OTHER" --clear-groups ln -s "$shown" "$SPOOL"
	wait $pid
	is "$? $(find "$shown" "$SPOOL.was" -mindepth 1 ! -type d)" "75 " "a directory that becomes a link when it has been looked at: again later"
fi
# The state of a user in such a directory, and the list of what was done: a link of another's leads none of it elsewhere.
mkdir -m 1777 "$T/states"
chown root:root "$T/states"
fresh
mkdir -m 755 "$shown"
for name in journal poison rules duplicate; do
	mkdir -m 700 "$shown/$name"
	for file in 0 1; do echo mine | mine "$shown/$name/$(printf '%064d' $file)"; done
done
touch -d '3 years ago' "$shown"/*/*
own "$shown"
find "$shown" -type f | sort >"$T/before"
printf '%s\n' 'require ["duplicate", "copy"]; if duplicate { keep; }' 'redirect :copy "bob@example.com";' | rules
for engine in files sqlite; do
	race "$OTHER" "$T/racer.py" "$T/stop" "$shown" "symlink directory dangling file fifo" "$T/states/$ME"
	: >"$T/statuses"
	for run in $(seq $((RUNS / 6))); do
		printf 'X-Run: %s\n' "$run" | cat - "$T/mail" >"$T/one"
		as_root -d "$ME" -f alice@example.org -r bob@example.net -o state_engine=$engine -o state_dir="$T/states/%u" -o sendmail="$SINK" \
			-o rules_notice=no <"$T/one"
		echo $? >>"$T/statuses"
		if [ "$(stat -c %u "$T/states/$ME" 2>/dev/null)" = "$(id -u "$ME")" ]; then rm -rf "$T/states/$ME"; fi
	done
	raced
	only_right_statuses "state in $engine where a stranger can put links"
	find "$shown" -type f | sort | diff - "$T/before" >"$T/changed"
	is "$(cat "$T/changed")" "" "state in $engine where a stranger can put links: nothing comes or goes where they lead"
done
# A link of root's there, as spools that have moved have one, leads the mail on.
chmod 1777 /var/mail
find /var/mail -mindepth 1 -delete
fresh
mkdir -m 755 "$T/moved-spool"
mkdir -m 700 "$T/moved-spool/$ME"
chown "$ME:$ME" "$T/moved-spool/$ME"
ln -s "$T/moved-spool" /var/mail/all
as_root -d "$ME" -o "mail_location=maildir:/var/mail/all/%u" <"$T/mail"
is "$? $(find "$T/moved-spool/$ME/new" -type f | wc -l)" "0 1" "a link of root's is followed"
# Where the kernel, or a container, has no openat2 each name is opened after the other.
if can_trace; then
	for error in ENOSYS EPERM; do
		rm -f "$T/moved-spool/$ME/new"/*
		call "$UNTRACED" strace -f -qq -o "$HOME/trace" -e trace=openat2 -e inject=openat2:error=$error "$TROMMEL" \
			-o "mail_location=maildir:/var/mail/all/%u" <"$T/mail" >"$T/out" 2>"$T/err"
		is "$? $(find "$T/moved-spool/$ME/new" -type f | wc -l) $(grep -c INJECTED "$HOME/trace" | sed 's/[1-9].*/some/')" "0 1 some" \
			"and so it is where openat2 says $error"
		setpriv --reuid "$OTHER" --regid "$OTHER" --clear-groups ln -s "$T/moved-spool" /var/mail/theirs
		call "$UNTRACED" strace -f -qq -o "$HOME/trace" -e trace=openat2 -e inject=openat2:error=$error "$TROMMEL" \
			-o "mail_location=maildir:/var/mail/theirs/%u" <"$T/mail" >"$T/out" 2>"$T/err"
		is "$? $(find "$T/moved-spool/$ME/new" -type f | wc -l)" "75 1" "but not a stranger's"
		rm /var/mail/theirs
	done
fi
find /var/mail -mindepth 1 -delete

# The recipient himself, against root and the others: everything in his home leads out of it every other moment.
mkdir "$T/outside" "$T/outside/new" "$T/outside/cur" "$T/outside/tmp"
echo 'keep; # secret of root' >"$T/outside/script"
: >"$T/outside/log"
chmod -R go-w "$T/outside"
chmod 600 "$T/outside/script"
find "$T/outside" -printf '%p %u %m %s %T@ %n\n' | sort >"$T/before"
fresh
echo 'require ["fileinto", "imap4flags", "duplicate"]; if duplicate { keep; } fileinto :flags "word" "Lists"; error' | rules
mkdir -p "$HOME/Maildir/.Lists/new" "$HOME/Maildir/.Lists/cur" "$HOME/Maildir/.Lists/tmp" "$HOME/.local/state/trommel"
echo 'require ["fileinto", "imap4flags"]; fileinto :flags "word" "Lists";' | rules
: >"$HOME/.sieve.log"
: >"$HOME/Maildir/subscriptions"
chmod -R u=rwX,go= "$HOME"
for name in Maildir Maildir/new Maildir/tmp Maildir/.Lists Maildir/.Lists/new Maildir/.Lists/cur .local/state/trommel; do
	ln -s "$T/outside" "$HOME/$name.evil"
done
ln -s "$T/outside/script" "$HOME/.sieve.evil"
ln -s "$T/outside/log" "$HOME/.sieve.log.evil"
ln -s "$T/outside/log" "$HOME/Maildir/subscriptions.evil"
own "$HOME"
chown -h -R "$ME:$ME" "$HOME"
race "$ME" "$T/swapper.py" "$T/stop" "$HOME/.sieve" "$HOME/.sieve.log" "$HOME/Maildir/subscriptions" "$HOME/Maildir/new" \
	"$HOME/Maildir/tmp" "$HOME/Maildir/.Lists/new" "$HOME/Maildir/.Lists/cur" "$HOME/Maildir/.Lists" \
	"$HOME/.local/state/trommel" "$HOME/Maildir"
: >"$T/statuses"
for _ in $(seq "$RUNS"); do
	as_root -d "$ME" -o "mail_location=maildir:~/Maildir" -o rules_notice=no <"$T/mail"
	echo $? >>"$T/statuses"
done
raced
only_right_statuses "a home that changes all the time"
find "$T/outside" -printf '%p %u %m %s %T@ %n\n' | sort >"$T/after"
same "$T/after" "$T/before" "nothing outside it has changed"
is "$(find "$HOME" -type f -path '*/new*' -size +0 -o -type f -path '*/cur*' -size +0 | wc -l)" "$(grep -cx 0 "$T/statuses")" \
	"and whatever was 0 is in it, once"
is "$(find "$HOME" ! -user "$ME")" "" "all of it the recipient's"
is "$(find "$HOME" -type f -exec grep -l 'secret of root' {} +)" "" "and nothing of root's was shown to him"

# The same with mboxes: the inbox, a folder and their directory lead out every other moment; then their locks.
outside_is_as_it_was() { # what
	find "$T/outside" -printf '%p %u %m %s %T@ %n\n' | sort >"$T/after"
	same "$T/after" "$T/before" "$1: nothing outside it has changed"
}
mkdir "$T/outside/mail"
: >"$T/outside/box"
find "$T/outside" -printf '%p %u %m %s %T@ %n\n' | sort >"$T/before"
messages_in() { cat /dev/null "$@" 2>/dev/null | grep -ac '^From '; }
for raced_names in boxes locks; do
	fresh_mbox
	echo 'require "fileinto"; fileinto "Lists";' | rules
	: | mine "$HOME/mail/Lists"
	if [ $raced_names = boxes ]; then
		ln -s "$T/outside/box" "$HOME/inbox.evil"
		ln -s "$T/outside/mail" "$HOME/mail.evil"
		chown -h "$ME:$ME" "$HOME"/*.evil
		race "$ME" "$T/swapper.py" "$T/stop" "$MBOX" "$HOME/mail"
	else
		race "$ME" "$T/racer.py" "$T/stop" "$T/outside/log" "symlink hardlink fifo file directory dangling socket" \
			"$MBOX.lock" "$HOME/mail/Lists.lock"
	fi
	: >"$T/statuses"
	for _ in $(seq $((RUNS / 3))); do
		as_root -d "$ME" -o "$MBOX_HERE" -o lock_timeout_s=0 <"$T/mail"
		echo $? >>"$T/statuses"
	done
	raced
	only_right_statuses "mboxes, $raced_names that change all the time"
	outside_is_as_it_was "mboxes, $raced_names"
	find "$HOME" -type f \( -name 'inbox*' -o -name Lists \) >"$T/boxes"
	# shellcheck disable=SC2046 # a list of paths
	is "$(messages_in $(cat "$T/boxes"))" "$(grep -cx 0 "$T/statuses")" "mboxes, $raced_names: whatever was 0 is in one of them, once"
done

# A place of another's: what he puts in the place of the site's configuration, or of a script, is neither's.
mkdir "$T/open"
chmod 777 "$T/open"
printf 'mail_location = "maildir:%s"\n' "$HOME/Maildir" >"$T/open/conf"
echo 'keep;' >"$T/open/script"
echo 'mail_location = "maildir:~/elsewhere"' >"$T/open/conf.evil" # where he may write: it would be believed with 0
echo 'discard;' >"$T/open/script.evil"
chmod 644 "$T/open"/*
chown "$ME" "$T/open/script"
chown "$OTHER" "$T/open"/*.evil
for thing in conf script; do
	fresh
	race "$OTHER" "$T/swapper.py" "$T/stop" "$T/open/$thing"
	: >"$T/statuses"
	for _ in $(seq $((RUNS / 3))); do
		case $thing in
		conf) as_root -d "$ME" -c "$T/open/conf" <"$T/mail" ;;
		script) as_root -d "$ME" -o sieve_script="$T/open/script" -o rules_notice=no <"$T/mail" ;;
		esac
		echo $? >>"$T/statuses"
	done
	raced
	only_right_statuses "a $thing that another exchanges"
	is "$(everywhere)" "$(grep -cx 0 "$T/statuses")" "whatever was 0 is where the $thing of root's or the recipient's says"
	is "$(find "$T/other" "$HOME/elsewhere" -type f 2>/dev/null)" "" "and nothing is where the other says"
done

# Links, made beforehand, to what others can write as well: what is noted beside the mail does not go there.
victims=$T/victims
for link in no symbolic hard dangling; do
	for place in .sieve.log .local/state/trommel/state.db .local/state/trommel/duplicate .local/state/trommel/journal \
		.local/state/trommel/rules Maildir/dovecot-keywords Maildir/dovecot-keywords.lock Maildir/dovecot-uidlist.lock \
		Maildir/subscriptions Maildir/subscriptions.lock Maildir/trommel-folder Maildir/.Lists Maildir/tmp log; do
		fresh
		rm -rf "$victims"
		mkdir -m 755 "$victims"
		printf 'theirs\n' >"$victims/file"
		chmod 666 "$victims/file"
		chown "$OTHER" "$victims/file"
		find "$victims" -printf '%p %u %m %s\n' | sort >"$T/before"
		printf '%s\n' 'require ["fileinto", "imap4flags", "duplicate", "copy"]; if duplicate { discard; }' \
			'redirect :copy "bob@example.com"; fileinto :flags "word" "Lists"; keep :flags "other";' | rules
		[ $place != .sieve.log ] || echo 'broken' | rules
		mkdir -p "$HOME/.local/state/trommel"
		rm -rf "${HOME:?}/$place"
		case $link in
		symbolic) ln -s "$victims/file" "$HOME/$place" ;;
		hard) ln "$victims/file" "$HOME/$place" ;;
		dangling) ln -s "$victims/none" "$HOME/$place" ;;
		esac
		find "$HOME" ! -user "$OTHER" -exec chown -h "$ME:$ME" {} +
		chmod 777 "$victims"
		as_root -d "$ME" -f alice@example.org -r bob@example.net -o "mail_location=maildir:~/Maildir" -o folder_autocreate=yes \
			-o subscribe_created=yes -o rules_notice=no -o sendmail="$SINK" -o log_json="$HOME/log" -o lock_timeout_s=1 \
			-o deadline_s=10 <"$T/mail"
		status=$?
		case $status-$(everywhere) in
		0-2 | 75-0) ;;
		0-1) case $place in .sieve.log | *.Lists) ;; *) fail "a $link link in the place of $place: $status, one stored" ;; esac ;;
		*) fail "a $link link in the place of $place: $status, $(everywhere) stored" ;;
		esac
		chmod 755 "$victims"
		is "$(find "$victims" -printf '%p %u %m %s\n' | sort | diff - "$T/before")$(cat "$victims/file")" theirs \
			"a $link link in the place of $place: $status, and nothing is written where it leads"
	done
done

# ---- what is no file: it stands there still, and neither holds the delivery up nor takes the mail
put() { # thing path
	rm -rf "$2"
	mkdir -p "${2%/*}"
	case $1 in
	device) mknod "$2" c 1 5 ;; # /dev/zero: it never ends
	socket) python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$2" ;;
	directory) mkdir "$2" ;;
	file) : >"$2" ;;
	esac
}
at_once() { # what
	holds "$1: at once" test $(($(date +%s) - began)) -le $((8 * SLOWER))
}
for thing in device socket directory; do
	for place in .sieve .sieve.log .local/state/trommel Maildir Maildir/new Maildir/tmp Maildir/dovecot-keywords \
		Maildir/subscriptions Maildir/.Lists sieve/other.sieve; do
		fresh
		broken=
		[ $place = .sieve.log ] && broken=error
		printf '%s\n' 'require ["include", "fileinto", "imap4flags", "duplicate"]; if duplicate { discard; }' \
			"include :optional \"other\"; fileinto :flags \"word\" \"Lists\"; keep :flags \"other\"; $broken" | rules
		mkdir -p "$HOME/sieve" "$HOME/.local/state"
		case $thing-$place in
		directory-Maildir*) put file "$HOME/$place" ;; # a file for a directory
		*) put $thing "$HOME/$place" ;;
		esac
		own "$HOME"
		began=$(date +%s)
		as_root -d "$ME" -o "mail_location=maildir:~/Maildir" -o folder_autocreate=yes -o rules_notice=no <"$T/mail"
		status=$?
		case $status-$(everywhere) in
		0-1 | 0-2 | 75-0) pass "a $thing in the place of $place: $status" ;;
		*) fail "a $thing in the place of $place: $status, $(everywhere) stored" ;;
		esac
		at_once "a $thing in the place of $place"
	done
	for place in Maildir/.Lists/new Maildir/.Lists/tmp Maildir/dovecot-uidlist.lock Maildir/dovecot-keywords.lock \
		Maildir/trommel-folder .config/trommel/lists/friends log; do
		fresh
		printf '%s\n' 'require ["extlists", "fileinto", "imap4flags", "mboxmetadata", "copy"];' \
			'if header :list "from" ":addrbook:friends" { keep; }' \
			'if metadata "INBOX" "/shared/comment" "x" { keep; } fileinto :copy "Lists"; keep :flags "word";' | rules
		mkdir -p "$HOME/Maildir/.Lists/new" "$HOME/Maildir/.Lists/cur" "$HOME/Maildir/.Lists/tmp"
		echo bob@example.org | mine "$HOME/.config/trommel/lists/friends"
		put $thing "$HOME/$place"
		own "$HOME"
		began=$(date +%s)
		as_root -d "$ME" -o "mail_location=maildir:~/Maildir" -o rules_notice=no -o log_json="$HOME/log" <"$T/mail"
		status=$?
		case $thing-$place:$status-$(everywhere) in
		directory-Maildir/.Lists/*:0-2 | *Maildir/.Lists/*:75-0 | *.Lists/*:0-1) pass "a $thing in the place of $place: $status" ;;
		*.Lists/*) fail "a $thing in the place of $place: $status, $(everywhere) stored" ;;
		*friends:75-0) pass "a $thing in the place of $place: $status" ;;
		*:0-2) pass "a $thing in the place of $place: the mail is where it belongs" ;;
		*) fail "a $thing in the place of $place: $status, $(everywhere) stored" ;;
		esac
		at_once "a $thing in the place of $place"
	done
	for place in inbox inbox.lock mail/Lists mail/Lists.lock; do
		fresh_mbox
		echo 'require "fileinto"; fileinto "Lists"; keep;' | rules
		: | mine "$HOME/mail/Lists"
		put $thing "$HOME/$place"
		[ $thing-$place != device-inbox ] || { rm "$HOME/$place" && mknod "$HOME/$place" c 1 3; } # /dev/null: it takes everything
		own "$HOME"
		began=$(date +%s)
		as_root -d "$ME" -o "$MBOX_HERE" -o lock_timeout_s=1 -o rules_notice=no <"$T/mail"
		status=$?
		boxes=$(find "$HOME" -type f -size +0 -exec grep -l '^From ' {} +)
		case $place in
		mail/Lists) is "$status $boxes" "0 $MBOX" "a $thing in the place of $place: it is no folder, and the inbox has the mail" ;;
		*) is "$status $boxes" "75 " "a $thing in the place of $place: again later" ;;
		esac
		at_once "a $thing in the place of $place"
		holds "a $thing in the place of $place stays" test -e "$HOME/$place" -a ! -f "$HOME/$place"
	done
	fresh
	put $thing "$T/strange"
	began=$(date +%s)
	as_root -d "$ME" -c "$T/strange" <"$T/mail"
	is "$? $(everywhere)" "75 0" "a $thing in the place of the configuration: again later"
	at_once "a $thing in the place of the configuration"
done
