#!/bin/sh
# Who we are while we deliver: as root the recipient, for good; as anybody else ourselves alone.
. "${0%/*}/lib.sh"

message hello >"$T/mail"

# A hostile start: no descriptors, no name, no directory, no environment.
fresh
call sh -c 'exec "$0" <"$1" >&- 2>&-' "$TROMMEL" "$T/mail"
is "$? $(count)" "0 1" "without descriptors 1 and 2 mail is delivered"
without_trace "$(stored)" >"$T/found"
same "$T/found" "$T/mail" "and no line of ours went into it"
fresh
call sh -c 'exec "$0" 0<&- 1>&- 2>&-' "$TROMMEL"
is "$? $(everywhere)" "75 0" "without any descriptor there is no message: 75"
if command -v python3 >/dev/null; then
	fresh
	call python3 -c '
import ctypes, os, sys
os.dup2(os.open(sys.argv[2], os.O_RDONLY), 0)
none = (ctypes.c_char_p * 1)(None)
ctypes.CDLL(None).execve(sys.argv[1].encode(), none, none)' "$TROMMEL" "$T/mail" >"$T/out" 2>"$T/err"
	status=$?
	case $status-$(everywhere) in
	64-0 | 75-0 | 0-1) pass "without a name of our own (argc 0) nothing is lost ($status)" ;;
	*) fail "without a name of our own (argc 0): $status" ;;
	esac
	fresh
	call python3 -c '
import os, signal, sys
for s in (signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD, signal.SIGALRM, signal.SIGXFSZ): signal.signal(s, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 30))
os.dup2(os.open(sys.argv[2], os.O_RDONLY), 0)
os.execv(sys.argv[1], [sys.argv[1]])' "$TROMMEL" "$T/mail" >"$T/out" 2>"$T/err"
	is "$? $(count)" "0 1" "with all signals ignored or blocked mail is delivered"
	fresh
	echo 'require ["fileinto", "mailbox"]; fileinto :create "Found";' | rules
	call python3 -c '
import os, signal, sys
for s in (signal.SIGCHLD, signal.SIGALRM): signal.signal(s, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 30))
os.dup2(os.open(sys.argv[2], os.O_RDONLY), 0)
os.execv(sys.argv[1], [sys.argv[1]])' "$TROMMEL" "$T/mail" >"$T/out" 2>"$T/err"
	is "$? $(count Found)" "0 1" "and with rules too, though SIGCHLD is ignored"
fi
fresh
call env -i "$TROMMEL" <"$T/mail" >"$T/out" 2>"$T/err"
is "$? $(count)" "0 1" "with an empty environment mail is delivered"
fresh
call HOME=/nonexistent USER=root LOGNAME=root "$TROMMEL" <"$T/mail" >"$T/out" 2>"$T/err"
status=$?
is "$status $(count)" "0 1" "HOME and USER of the caller do not say where the mail goes; the account does"
fresh
call sh -c 'umask 000; exec "$0" <"$1"' "$TROMMEL" "$T/mail"
is "$(stat -c %a "$(stored)")" 600 "the caller's umask does not open the mail to others"
fresh
call LD_PRELOAD=/nonexistent.so MALLOC_CHECK_=3 IFS=x "$TROMMEL" <"$T/mail" >"$T/out" 2>"$T/err.ld"
is "$? $(count)" "0 1" "odd variables do not matter"

# Another user's mail.
fresh
deliver -d root <"$T/mail"
status=$?
if [ "$(id -u)" = 0 ]; then
	is "$status $(everywhere)" "77 0" "as an ordinary user, for another: refused"
	like "$(cat "$T/err")" '^5\.[0-9.]+ ' "with a status of class 5"
fi
fresh
deliver -d "$ME@example.net" <"$T/mail"
is "$? $(count)" "0 1" "an address names the account of its local part"
fresh
deliver -d no-such-user-here@example.net <"$T/mail"
is "$? $(everywhere)" "67 0" "if there is one"
# Postfix hands mail for root over with the rights of nobody.
fresh
environ USER=root RECIPIENT=root@example.net <"$T/mail"
is "$? $(everywhere)" "75 0" "mail for root with another's rights is put off"
like "$(cat "$T/err")" "^4\..*: alias root to a person" "and the line says what to do"
# A Maildir elsewhere, to which a link in the home leads; umask 002, so that the user's own group may write.
fresh
mv "$HOME/Maildir" "$HOME/disk"
ln -s disk "$HOME/Maildir"
[ "$(id -u)" != 0 ] || chown -h "$ME:$ME" "$HOME/Maildir"
chmod 775 "$HOME"
deliver -o "mail_location=maildir:~/Maildir" <"$T/mail"
is "$? $(find "$HOME/disk/new" -type f | wc -l)" "0 1" "a link in a home that the user's own group may write leads to a Maildir"
chmod 777 "$HOME"
deliver -o "mail_location=maildir:~/Maildir" <"$T/mail"
is "$? $(find "$HOME/disk/new" -type f | wc -l)" "75 1" "but none in a home that everybody may"
like "$(cat "$T/err")" "'$HOME/Maildir' stands where others can put one; 'chmod go-w $HOME' mends it" "with what mends it"
chmod 700 "$HOME"
# Where others could put mail of their own, or take some away.
fresh
chmod 777 "$HOME/Maildir"
deliver -o "mail_location=maildir:~/Maildir" <"$T/mail"
is "$? $(everywhere)" "75 0" "a Maildir that others can write: 75, and nothing in it"
like "$(cat "$T/err")" "others can write '$HOME/Maildir': chmod o-w mends it" "with what mends it"
fresh_mbox
chmod 606 "$MBOX"
deliver -o "$MBOX_HERE" <"$T/mail"
is "$? $(wc -c <"$MBOX")" "75 0" "an mbox that others can write: the same"
like "$(cat "$T/err")" "others can write '$MBOX': chmod o-w mends it" "with what mends it"
[ "$(id -u)" = 0 ] || { echo "# what root does: only as root"; exit 0; }

as_root() { env -i PATH="$PATH" "$TROMMEL" "$@" >"$T/out" 2>"$T/err"; }
fresh
as_root -d "$ME" <"$T/mail"
is "$? $(count)" "0 1" "as root, for a user: delivered to him"
is "$(stat -c %U:%G "$(stored)")" "$ME:$ME" "the message is his"
is "$(find "$HOME" ! -user "$ME" | wc -l)" 0 "and so is everything else"
fresh
rmdir "$HOME"/Maildir/* "$HOME/Maildir"
echo 'require ["fileinto", "mailbox"]; fileinto :create "Lists";' | rules
as_root -d "$ME" -o "mail_location=maildir:~/Maildir" <"$T/mail"
is "$? $(count Lists) $(find "$HOME" ! -user "$ME" | wc -l)" "0 1 0" "a Maildir and a folder made on the way are his too"
fresh
as_root <"$T/mail"
is "$? $(everywhere)" "75 0" "as root, for nobody: put off, since a bounce would be wrong"
like "$(cat "$T/err")" "^4\..*name the recipient with -d USER" "and the line says what is missing"
fresh
as_root -d "$ME" -d "$OTHER" <"$T/mail"
status=$?
[ $status = 0 ] && status=75 # one of them, or refused: but not both statuses
is "$status" 75 "two users at once are not asked for"

# Set-uid it would make everybody root, or whoever owns it.
if [ -n "${TROMMEL_SANITIZED-}" ]; then
	echo "ok - set-uid # SKIP the leak checker cannot look there, and cannot be told so"
else
	for owner in root "$OTHER"; do
		fresh
		cp "$TROMMEL" "$T/set-uid"
		chown "$owner" "$T/set-uid"
		chmod 4755 "$T/set-uid"
		call "$T/set-uid" -o "mail_location=maildir:~/Maildir" <"$T/mail" >"$T/out" 2>"$T/err"
		is "$? $(everywhere)" "75 0" "set-uid $owner: nothing is delivered"
		call "$T/set-uid" -d "$OTHER" <"$T/mail" >"$T/out" 2>"$T/err"
		is "$? $(find "$T/other" -type f | wc -l)" "75 0" "nor is it to another"
		like "$(cat "$T/err")" "must not be installed set-uid; chmod u-s mends it" "with what mends it"
	done
	rm "$T/set-uid"
fi

# The rules, the log and the mail of a user are touched as that user: nothing leads out.
printf 'secret of root\n' >"$T/secret"
chmod 600 "$T/secret"
fresh
ln -s "$T/secret" "$HOME/.sieve"
as_root -d "$ME" <"$T/mail"
status=$?
case $status-$(count) in
75-0 | 0-1) pass "rules that are a link to a file of root's: not read ($status)" ;;
*) fail "rules that are a link to a file of root's: $status" ;;
esac
is "$(grep -r -c 'secret of root' "$HOME" 2>/dev/null | grep -v ':0$')" "" "and not shown"
fresh
printf 'broken' | rules
ln -s "$T/target" "$HOME/.sieve.log"
as_root -d "$ME" -o rules_notice=no <"$T/mail"
is "$? $(count)" "0 1" "a log that is a link: the mail is delivered"
is "$(test -e "$T/target" && stat -c %U "$T/target")" "" "and nothing is made where it leads"
fresh
: >"$T/rootfile"
rm -r "$HOME/Maildir"
mkdir "$HOME/mail"
own "$HOME/mail"
ln -s "$T/rootfile" "$HOME/inbox"
as_root -d "$ME" -o "$MBOX_HERE" <"$T/mail"
is "$? $(wc -c <"$T/rootfile")" "75 0" "an mbox that is a link to a file of root's: 75, and untouched"
# Nor is what it leads to opened: it would be waited for here.
if command -v python3 >/dev/null; then
	: | mine "$HOME/held"
	ln -sf held "$HOME/inbox"
	hold_lock "$HOME/held"
	began=$(date +%s)
	as_root -d "$ME" -o "$MBOX_HERE" -o lock_timeout_s=30 <"$T/mail"
	is "$? $(wc -c <"$HOME/held")" "75 0" "a link to a mailbox of the recipient's own that somebody has locked: 75"
	like "$(cat "$T/err")" "'$HOME/inbox' is a symbolic link, which is not followed" "because it is a link"
	holds "and at once" test $(($(date +%s) - began)) -le $((5 * SLOWER))
	let_go
fi
ln -sf "$T/none" "$HOME/inbox"
as_root -d "$ME" -o "$MBOX_HERE" <"$T/mail"
is "$? $(test -e "$T/none" && echo made)" "75 " "a link to nowhere: 75, and nothing is made there"
like "$(cat "$T/err")" "is a symbolic link, which is not followed" "because it is a link"
rm "$HOME/inbox"
ln "$T/rootfile" "$HOME/inbox"
as_root -d "$ME" -o "$MBOX_HERE" <"$T/mail"
is "$? $(wc -c <"$T/rootfile")" "75 0" "a hard link to one: the same"
rm "$HOME/inbox"
: | mine "$HOME/.keys"
ln "$HOME/.keys" "$HOME/inbox"
as_root -d "$ME" -o "$MBOX_HERE" <"$T/mail"
is "$? $(wc -c <"$HOME/.keys")" "75 0" "a hard link to another file of the recipient's own: the same"
rm "$HOME/inbox"
mkfifo "$HOME/inbox"
own "$HOME/inbox"
as_root -d "$ME" -o "$MBOX_HERE" -o lock_timeout_s=2 <"$T/mail"
is "$?" 75 "a FIFO in place of the mbox: 75"
fresh_mbox
chown "$OTHER" "$MBOX"
chmod 666 "$MBOX"
as_root -d "$ME" -o "$MBOX_HERE" <"$T/mail"
is "$? $(wc -c <"$MBOX")" "75 0" "an mbox that is another user's: 75, and untouched"
is "$(grep -c . "$T/err")" 1 "with one line that says so"
fresh
chown "$OTHER" "$HOME/Maildir"
chmod 777 "$HOME/Maildir"
as_root -d "$ME" -o "mail_location=maildir:~/Maildir" <"$T/mail"
is "$? $(everywhere)" "75 0" "a Maildir that is another user's: 75, and nothing in it"
like "$(cat "$T/err")" "belongs to uid .*: 'chown 61990 $HOME/Maildir' mends it if it is to be his alone" "and how it is mended"

# A home that is not there (an automounter asleep): again later, and not in /.
fresh
mv "$T/home" "$T/away"
as_root -d "$ME" <"$T/mail"
is "$?" 75 "a home that is not there: again later"
like "$(cat "$T/err")" "^4\.3\.0 the home directory '$T/home' of '$ME' does not exist, .*: mount or make it, or alias '$ME' to a person$" \
	"and the line says whose it is and what to do"
# Mail that goes elsewhere would be stored without the rules, which may be in that home.
mkdir -m 700 "$T/elsewhere"
own "$T/elsewhere"
as_root -d "$ME" -o "mail_location=maildir:$T/elsewhere/Maildir" -o require_home=yes <"$T/mail"
is "$? $(find "$T/elsewhere" -type f | wc -l)" "75 0" "the same where only the rules are looked for in it, with require_home"
as_root -d "$ME" -o "mail_location=maildir:$T/elsewhere/Maildir" -o user_log= <"$T/mail"
is "$? $(find "$T/elsewhere/Maildir/new" -type f | wc -l)" "0 1" "without it a site needs no homes"
is "$(find "$T/home" 2>/dev/null)" "" "and no delivery makes it"
mv "$T/away" "$T/home"
is "$(find "$T/home" -type f | wc -l)" 0 "and nothing was stored anywhere"
printf 'homeless:x:61998:61998:::/bin/sh\nservice:x:61999:61999::/nonexistent:/bin/sh\n' >>"$T/passwd"
as_root -d homeless <"$T/mail"
is "$?" 75 "an account without a home: again later"
like "$(cat "$T/err")" "^4\.3\.0 the passwd entry of 'homeless' has '' for a home directory, .*'usermod -d PATH homeless' mends it, or alias" \
	"and the line says whose it is and what to do"
as_root -d service <"$T/mail"
is "$?" 75 "an account that is to have none: again later"
like "$(cat "$T/err")" "^4\.3\.0 the home directory '/nonexistent' of 'service' does not exist, .* alias 'service' to a person" \
	"which says the same"
mkdir -m 700 "$T/service"
chown 61999:61999 "$T/service"
as_root -d service -o "mail_location=maildir:$T/service/Maildir" -o user_log= <"$T/mail"
is "$? $(find "$T/service/Maildir/new" -type f | wc -l)" "0 1" "it has mail where the site says so, and no rules"

# The judge, the courier: who are they?
fresh
mkfifo "$T/fifo"
printf 'circle:x:61997:%s\n' "$ME" >>"$T/group"
cd "$T" || exit 1
exec 7<"$T/secret" 8<"$T/secret"
setpriv --groups 0,61995 env -i PATH="$PATH" "$TROMMEL" -d "$ME" <"$T/fifo" >"$T/out" 2>"$T/err" &
pid=$!
exec 7<&- 8<&-
exec 9>"$T/fifo"
cat "$T/mail" >&9
sleep 0.3
is "$(awk '/^(Uid|Gid):/ { print $2, $3, $4, $5 } /^Groups:/ { print NF - 1 > "/dev/stderr" }' /proc/$pid/status 2>"$T/groups" | sort -u)" \
	"61990 61990 61990 61990" "while it reads the message the process is the user in all its ids"
is "$(awk '/^Groups:/ { $1 = ""; print }' /proc/$pid/status | tr -s ' ' '\n' | grep . | sort | tr '\n' ' ')" "61990 61997 " \
	"with the groups that are the user's, and none of the caller's"
is "$(find /proc/$pid/fd -lname "$T/secret")" "" "without descriptors that the caller left open"
is "$(readlink /proc/$pid/cwd)" "$HOME" "and in the user's home"
exec 9>&-
wait $pid
is "$? $(count)" "0 1" "then it delivers"
