#!/bin/sh
# Mail on a network file system: lost replies, stale handles, late errors, no locks, a server whose clock differs.
#
# FAULTS_STEP=1 takes every call (make faults), 7 every seventh (make check).  Titles of targets: only those.
. "${0%/*}/../delivery/lib.sh"
need_root "to be several users"
need python3
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer must be loaded before all others"
[ -e "$BUILD/tests/nfs_shim.so" ] || skip_all "no $BUILD/tests/nfs_shim.so"
NFS_SHIM=$T/nfs_shim.so
export NFS_SHIM
cp "$BUILD/tests/nfs_shim.so" "$NFS_SHIM"
chmod 755 "$NFS_SHIM"
message nfs >"$T/mail"
(message large; head -c 300000 /dev/zero | tr '\0' 'x' | fold -w 72; echo) >"$T/large"

# From here the mail is on a server whose clock is $skew seconds ahead.
remotely() { # skew [option...]
	remotely_skew=$1
	shift
	call LD_PRELOAD="$NFS_SHIM" NFS_ROOT="$HOME" NFS_LOG="$T/calls" NFS_SKEW="$remotely_skew" "$TROMMEL" "$@" \
		-o folder_autocreate=yes -o rules_notice=no <"$T/mail" >"$T/out" 2>"$T/err"
}

# Nothing that changes a name, or forces to disk, gets past the shim.
if can_trace; then
	fresh
	printf '%s\n' 'require ["fileinto", "imap4flags"]; fileinto :flags "word" "Made";' | rules
	: | mine "$T/calls"
	call "$UNTRACED" strace -qq -y -o "$HOME/trace" -E LD_PRELOAD="$NFS_SHIM" -E NFS_ROOT="$HOME" -E NFS_LOG="$T/calls" \
		-e trace=link,linkat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fsync,fdatasync,ftruncate,openat2 \
		"$TROMMEL" -o folder_autocreate=yes <"$T/mail" >"$T/out" 2>"$T/err"
	is "$? $(count Made)" "0 1" "a folder is made and filed into, on a server"
	seen=$(grep -cE '^(link|rename|unlink|mkdir|flush|cut)$' "$T/calls")
	is "$seen" "$(grep "$HOME" "$HOME/trace" | grep -vc '^openat2')" "the shim has caught every change of a name and every flush ($seen)"
fi

# Locks: who lives keeps his, and who is gone does not, wherever the clocks stand.
foreign() { printf '4711:elsewhere.example' | mine "$1" 644; }
for skew in 0 -3600 3600; do
	fresh_mbox
	foreign "$MBOX.lock"
	remotely $skew -o "$MBOX_HERE" -o lock_timeout_s=1
	is "$? $(wc -c <"$MBOX") $(cat "$MBOX.lock")" "75 0 4711:elsewhere.example" \
		"server $skew s ahead: a dotlock of another machine is waited for, and stays"
	sleep 2
	remotely $skew -o "$MBOX_HERE" -o lock_timeout_s=4 -o lock_stale_s=1
	is "$? $(grep -c '^From ' "$MBOX")" "0 1" "server $skew s ahead: and is broken when it is older than lock_stale_s"
	printf '4194000:%s' "$(uname -n)" | mine "$MBOX.lock"
	remotely $skew -o "$MBOX_HERE" -o lock_timeout_s=4
	is "$? $(grep -c '^From ' "$MBOX")" "0 2" "server $skew s ahead: one of a process that is gone is broken at once"

	# In a directory where we may make no lock of our own.
	fresh_mbox
	mkdir "$HOME/spool"
	: | mine "$HOME/spool/box"
	printf '4711:elsewhere.example' >"$HOME/spool/box.lock"
	chown root:root "$HOME/spool" "$HOME/spool/box.lock"
	remotely $skew -o "mail_location=mbox:$HOME/mail:INBOX=$HOME/spool/box" -o lock_timeout_s=1
	is "$? $(wc -c <"$HOME/spool/box")" "75 0" "server $skew s ahead: a lock that we could not break is waited for"
	sleep 2
	remotely $skew -o "mail_location=mbox:$HOME/mail:INBOX=$HOME/spool/box" -o lock_timeout_s=1 -o lock_stale_s=1
	is "$? $(grep -c '^From ' "$HOME/spool/box")" "0 1" "server $skew s ahead: and is passed by when it is old"

	# Beside a Maildir, where Dovecot locks.
	fresh
	printf '%s\n' 'require ["fileinto", "imap4flags"]; fileinto :flags "word" "Made";' | rules
	foreign "$HOME/Maildir/subscriptions.lock"
	mkdir -p "$HOME/Maildir/.Made/new" "$HOME/Maildir/.Made/cur" "$HOME/Maildir/.Made/tmp"
	own "$HOME/Maildir"
	foreign "$HOME/Maildir/.Made/dovecot-uidlist.lock"
	remotely $skew
	is "$? $(count Made) $(cat "$HOME/Maildir/.Made/dovecot-uidlist.lock")" "0 1 4711:elsewhere.example" \
		"server $skew s ahead: a keyword waits no longer than for its lock, and leaves it alone"
	rm -r "$HOME/Maildir/.Made"
	remotely $skew
	is "$? $(count Made) $(cat "$HOME/Maildir/subscriptions.lock")" "0 1 4711:elsewhere.example" \
		"server $skew s ahead: so does the list of folders"
done

FAULTS_STEP=${FAULTS_STEP:-7} ME=$ME python3 "$TESTS/nfs.py" "$@" >"$T/report" 2>"$T/err"
status=$?
sed 's/^/# /' "$T/report"
is "$status" 0 "nothing is lost, doubled, damaged or stuck, and no exit status is wrong"
