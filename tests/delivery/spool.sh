#!/bin/sh
# A mail spool as Debian has it, /var/mail at 2775 root:mail, without any setuid or setgid bit of ours.
. "${0%/*}/lib.sh"
need_root "a mail spool of its own"
[ -d /var/mail ] || skip_all "no /var/mail here"

message hello >"$T/mail"
SPOOL=/var/mail/$ME
as_root() { env -i PATH="$PATH" "$UNTRACED" "$TROMMEL" "$@" >"$T/out" 2>"$T/err"; }
spool() { # owner:group mode
	find /var/mail -mindepth 1 -delete
	chown "$1" /var/mail
	chmod "$2" /var/mail
	fresh
	rm -r "$HOME/Maildir"
}
left() { find /var/mail -mindepth 1 ! -name "$ME" | tr '\n' ' '; }

is "$(find "$TROMMEL" -perm /6000)" "" "the program has no setuid or setgid bit"

# Debian.
spool root:mail 2775
as_root -d "$ME" <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "0 1" "as root, 2775 root:mail: the box is made and delivered to"
is "$(stat -c '%U:%G %a' "$SPOOL")" "$ME:mail 660" "it is the user's, and its group is mail"
is "$(left)" "" "no lock is left"
as_root -d "$ME" <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "0 2" "the second message is added"
chgrp "$ME" "$SPOOL"
chmod 600 "$SPOOL"
as_root -d "$ME" <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL") $(stat -c %a "$SPOOL")" "0 3 600" "a box whose owner closed it to the group stays closed"
# The dotlock works: another program's is waited for.
printf '%d:%s' $$ "$(uname -n)" >"$SPOOL.lock"
as_root -d "$ME" -o lock_timeout_s=1 <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "75 3" "a locked box is waited for, then 75"
rm "$SPOOL.lock"
# We are seen by others: while the box is written, the lock exists.
if can_trace; then
	strace -f -qq -e trace=link,linkat,unlink,unlinkat -o "$T/trace" env -i "$UNTRACED" "$TROMMEL" -d "$ME" <"$T/mail" 2>/dev/null
	like "$(cat "$T/trace")" "link(at)?\(.*$ME\.lock.* = 0" "a dotlock was made"
fi
is "$(left)" "" "and taken away"
# As the user himself, who cannot make locks there: kernel locks serve, unless the site says otherwise.
logged() { sed -n 's/.*"dotlock":\([^,]*\),.*/\1/p' "$HOME/log"; }
deliver -o log_json="$HOME/log" <"$T/mail"
is "$? $(left)" "0 " "as the user, without the right to make a lock: delivered under kernel locks"
is "$(logged)" '"refused"' "which the log says"
rm "$HOME/log"
as_root -d "$ME" -o log_json="$HOME/log" <"$T/mail"
is "$? $(logged)" "0 null" "and not where a dotlock was made"
before=$(grep -c '^From ' "$SPOOL")
deliver -o mbox_dotlock_required=yes <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "75 $before" "unless dotlocks are required: 75"
# Somebody else's lock counts there, whether or not it can be read just now.
printf '4711:elsewhere.example' >"$SPOOL.lock"
deliver -o lock_timeout_s=1 <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "75 $before" "a lock of another's there: 75"
if can_trace; then
	for error in EIO ESTALE; do
		call "$UNTRACED" strace -qq -o "$HOME/trace" -P "$SPOOL.lock" -e trace=read -e inject=read:error=$error \
			"$TROMMEL" -o lock_timeout_s=1 <"$T/mail" >"$T/out" 2>"$T/err"
		is "$? $(grep -c '^From ' "$SPOOL") $(grep -c INJECTED "$HOME/trace" | sed 's/[1-9].*/some/')" "75 $before some" \
			"one that cannot be read: the same ($error)"
	done
fi
rm "$SPOOL.lock"
# No box yet, and no right to make one.
rm "$SPOOL"
deliver <"$T/mail"
is "$? $(find /var/mail -mindepth 1 | wc -l)" "75 0" "as the user, without a box: 75"
like "$(cat "$T/err")" "root has to: 'install -o [0-9]+ -m 600 /dev/null $SPOOL'" "and how there will be one"
eval "$(sed "s/.*root has to: '\(.*\)'.*/\1/" "$T/err")"
deliver <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "0 1" "that is done, and it is delivered"
chown "$OTHER" "$SPOOL"
deliver <"$T/mail"
is "$?" 75 "a box of somebody else's: 75"
like "$(cat "$T/err")" "belongs to uid .* 'chown [0-9]+ $SPOOL' mends it" "and what mends it"
# With Debian's group as a setgid program would have it.
spool root:mail 2775
setpriv --reuid "$ME" --regid "$ME" --groups mail env -i "$UNTRACED" "$TROMMEL" <"$T/mail" >"$T/out" 2>"$T/err"
status=$?
case $status-$(grep -c '^From ' "$SPOOL" 2>/dev/null) in
0-1 | 75-*) pass "as a member of group mail: delivered or again later ($status)" ;;
*) fail "as a member of group mail: $status" ;;
esac
is "$(left)" "" "no lock is left"

# Others' spools.
spool root:root 755
: >"$SPOOL"
chown "$ME" "$SPOOL"
chmod 600 "$SPOOL"
as_root -d "$ME" <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "0 1" "BSD's 0755: an existing box is delivered to"
spool root:mail 1777
as_root -d "$ME" <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "0 1" "the old 1777: a box is made and delivered to"
is "$(stat -c %U "$SPOOL")" "$ME" "as the user"
# There, others may have been first.
spool root:mail 1777
: >"$SPOOL"
chown "$OTHER" "$SPOOL"
chmod 666 "$SPOOL"
as_root -d "$ME" <"$T/mail"
is "$? $(wc -c <"$SPOOL")" "75 0" "a box that another user made: 75"
spool root:mail 1777
ln -s "$T/home/elsewhere" "$SPOOL"
as_root -d "$ME" <"$T/mail"
is "$? $(test -e "$T/home/elsewhere" && echo made)" "75 " "a box that is a link: 75, and nothing is made"
like "$(cat "$T/err")" "is a symbolic link, .*: name what it leads to in mail_location" "and what to do instead"
spool root:mail 1777
as_root -d "$ME" <"$T/mail"
ln "$SPOOL" /var/mail/second
as_root -d "$ME" <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "75 1" "a box with a second name: 75"

# A spool of an account that the site has given it: it could not have taken it, so it is as good as root's.
spool "$OTHER:mail" 1777
as_root -d "$ME" <"$T/mail"
is "$? $(grep -c '^From ' "$SPOOL")" "0 1" "a spool that root has given to another account: delivered to"
spool root:mail 1777
mkdir -m 777 /var/mail/taken
chown "$OTHER" /var/mail/taken
as_root -d "$ME" -o "mail_location=mbox:~/mail:INBOX=/var/mail/taken/%u" <"$T/mail"
is "$? $(find /var/mail -type f)" "75 " "a directory that another has made where everybody may: 75, and nothing in it"
like "$(cat "$T/err")" "'/var/mail/taken' belongs to uid .*, who could have put it there; 'chown root /var/mail/taken' mends it" \
	"and how it is mended"
rmdir /var/mail/taken

# The user decides what is in his own directories: no link of his may get him a group of root's.
spool root:mail 2775
mkdir -p "$T/data/$ME" "$T/shared"
own "$T/data/$ME"
chown root:mail "$T/shared"
chmod 2775 "$T/shared"
ln -s "$T/shared" "$T/data/$ME/box"
as_root -d "$ME" -o "mail_location=mbox:~/mail:INBOX=$T/data/%u/box/inbox" <"$T/mail"
is "$? $(find "$T/shared" -type f)" "75 " "a link of the user's does not lead into a directory of another group"
mkdir "$T/spool" "$T/spool/real"
chown root:mail "$T/spool/real"
chmod 2775 "$T/spool/real"
ln -s real "$T/spool/link"
as_root -d "$ME" -o "mail_location=mbox:~/mail:INBOX=$T/spool/link/%u" <"$T/mail"
status=$?
if [ "$(stat -c %u "$T")" = 0 ]; then
	is "$status $(find "$T/spool/real" -type f -printf '%f %u:%g')" "0 $ME $ME:mail" "a link of root's does"
fi

# With a set-gid bit, as other programs have it, the group makes locks and a box of one's own, and is for nothing else.
cp "$TROMMEL" "$T/setgid"
cp /usr/bin/id "$T/id"
chgrp mail "$T/setgid" "$T/id"
chmod 2755 "$T/setgid" "$T/id"
if [ -n "${TROMMEL_SANITIZED-}" ]; then
	echo "# a set-gid program: a sanitizer cannot read its options in one, nor look for leaks"
elif call "$T/id" | grep -q 'egid=[0-9]*(mail)'; then
	spool root:mail 2775
	setgid() { call "$UNTRACED" "$T/setgid" "$@" >"$T/out" 2>"$T/err"; }
	setgid <"$T/mail"
	is "$? $(stat -c %U:%G "$SPOOL") $(left)" "0 $ME:mail " "a set-gid program makes the user's box"
	victim=/var/mail/$OTHER
	setgid -o "log_json=$victim" <"$T/mail"
	is "$? $(left)" "0 " "a log that the caller names is opened with his rights"
	setgid -o "mail_location=mbox:~/mail:INBOX=$victim" <"$T/mail"
	is "$? $(left)" "75 " "and so is a mailbox: nobody makes another's"
	printf 'mail_location = mbox:~/mail:INBOX=%s\n' "$victim" | mine "$HOME/conf"
	setgid -c "$HOME/conf" <"$T/mail"
	is "$? $(left)" "75 " "the same by a configuration of his own"
	as_root -d "$OTHER" <"$T/mail"
	chown root:mail "$victim"
	chmod 660 "$victim"
	: | mine "$HOME/rules"
	# Its modules come from where they are installed alone: whoever called it may have linked it to anywhere.
	installed=$("$TROMMEL" --version | sed -n 's/^modules: //p')
	mount -t tmpfs none "${installed%/*}"
	setgid check "$victim"
	like "$? $(cat "$T/err")" "^75 .*$installed/tools\.so" "a module beside a set-gid program is not opened"
	cp -r "$BUILD/modules" "$installed"
	chmod -R a+rX "$installed"
	for command in "try $HOME/rules" check; do
		# shellcheck disable=SC2086 # two words
		setgid $command "$victim"
		is "$? $(grep -c hello "$T/out")" "2 0" "'${command%% *}' does not show another's mail"
	done
else
	echo "# a set-gid program: such bits do not count here"
fi
