#!/bin/sh
# A courier whose rules only file puts everything but the mail, its state and the owner's log out of its own reach,
# before it hears of a judge that a message may have taken over.  It costs no mail: where a directory is missing, or
# the kernel cannot do it, or the rules need more, all is as it was.
. "${0%/*}/lib.sh"
need grep python3
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer needs more than a courier keeps"
SHIPPED=$TROMMEL
SHIM=$T/kernel_shim.so
cp "$BUILD/tests/kernel_shim.so" "$SHIM"
cp "$BUILD/attacker/trommel" "$T/attacker"
cp -r "$BUILD/modules" "$T/modules"
chmod -R a+rX "$SHIM" "$T/attacker" "$T/modules"
case $("$TROMMEL" --version) in
*"Landlock (ABI 6)"*) ;;
*) skip_all "this kernel has no Landlock of ABI 6 to begin with" ;;
esac

cat >"$T/sendmail" <<'STUB'
#!/bin/sh
cat >/dev/null
echo "$*" >>"$HOME/sent"
STUB
chmod 755 "$T/sendmail"
home() { # a home in which rules have run before
	fresh
	echo treasure | mine "$HOME/decoy"
	echo key | mine "$HOME/.ssh/id"
	mkdir -p "$HOME/.local/state/trommel"
	listen daemon
	own "$HOME"
}
# A socket in the home on which a daemon of somebody's listens; what it hears, as text, with a file name.
listen() { # name
	[ -z "${listening-}" ] || kill $listening 2>/dev/null
	python3 -c '
import socket, sys, time
daemon = socket.socket(socket.AF_UNIX)
daemon.bind(sys.argv[1])
daemon.listen(9)
time.sleep(600)' "$HOME/$1" &
	listening=$!
	while [ ! -S "$HOME/$1" ]; do sleep 0.01; done
	chmod 666 "$HOME/$1"
}
FILE='require "fileinto"; fileinto "Lists";'
attack() { # [setting...] -- [option...]: can: what the courier can
	settings=
	while [ "$1" != -- ]; do settings="$settings $1" && shift; done
	shift
	message courier >"$T/mail"
	# shellcheck disable=SC2086
	call $settings "$T/attacker" -f alice@example.org -r bob@example.net -o folder_autocreate=yes -o rules_notice=no \
		-o sendmail="$T/sendmail" "$@" <"$T/mail" >"$T/out" 2>"$T/err"
	status=$?
	can=$(told | sed -n 's/^the courier can: *\(.*\)\.$/\1/p')
}
OPEN='read-system read-home read-key read-rules make-key make-home make-tmp cut write move-out run tcp udp unix make-mail make-state'
MAIL='make-mail make-state'

# What is installed holds nothing of it.
is "$(grep -c 'the courier can' "$SHIPPED")" 0 "the attack is not in the program that is installed"

home
echo "$FILE" | rules
attack --
is "$status $(count Lists) $(everywhere)" "0 1 1" "rules that file: the message is there, in a new folder"
is "$can" "$MAIL" "and its courier reached the mail and its state alone; the owner was told of it"
without_trace "$(stored Lists)" >"$T/kept"
same "$T/kept" "$T/mail" "byte for byte"
is "$(cat "$HOME/decoy" "$HOME/.ssh/id")" "treasure
key" "what is not mail is untouched"
no_litter

# Each kernel: without Landlock, with each ABI (the first lets no file move between directories), with none that can
# be entered.
while IFS=: read -r setting expected; do
	home
	echo "$FILE" | rules
	# shellcheck disable=SC2086 # words
	attack "LD_PRELOAD=$SHIM" $setting --
	is "$status $(count Lists) $(everywhere)" "0 1 1" "$setting: the message is filed"
	is "$can" "$expected" "$setting: $expected"
done <<LIST
KERNEL_LANDLOCK=-38:$OPEN
KERNEL_LANDLOCK=-95:$OPEN
KERNEL_LANDLOCK=1:$OPEN
KERNEL_LANDLOCK=2:cut $MAIL
KERNEL_LANDLOCK=3:$MAIL
KERNEL_LANDLOCK=2 KERNEL_SECCOMP=22:cut tcp udp unix $MAIL
KERNEL_LANDLOCK=3 KERNEL_SECCOMP=22:tcp udp unix $MAIL
KERNEL_LANDLOCK=6 KERNEL_SECCOMP=22:udp unix $MAIL
KERNEL_LANDLOCK=4:$MAIL
KERNEL_LANDLOCK=5:$MAIL
KERNEL_LANDLOCK=6:$MAIL
KERNEL_LANDLOCK=7:$MAIL
KERNEL_RESTRICT=7:$OPEN
KERNEL_RULE=22:$OPEN
KERNEL_NO_NEW_PRIVS=22:$OPEN
LIST

# Rules that need more keep what they need.
while IFS='|' read -r title script; do
	home
	echo alice@example.org | mine "$HOME/.config/trommel/lists/friends"
	echo "$script" | rules
	attack --
	is "$status $can" "0 $OPEN" "$title: nothing is given up"
done <<'LIST'
redirect|redirect :copy "carol@example.com"; 
vacation|require "vacation"; vacation "Away.";
a list|require ["extlists", "fileinto"]; if header :list "from" ":addrbook:friends" { fileinto "Lists"; }
a known list|require ["extlists", "fileinto"]; if valid_ext_list ":addrbook:friends" { fileinto "Lists"; }
duplicate|require "duplicate"; if duplicate { discard; }
notify|require "enotify"; notify "mailto:carol@example.com";
LIST
home
echo 'require "copy"; redirect :copy "carol@example.com";' | rules
message x >"$T/mail"
deliver -f alice@example.org -r bob@example.net -o sendmail="$T/sendmail" <"$T/mail"
is "$? $(count) $(grep -c carol "$HOME/sent")" "0 1 1" "and a redirect leaves"

# What is missing is made, as ever, by a courier that stays as it is; the next one is secluded.
home
rm -rf "$HOME/.local" "$HOME/Maildir"
echo "$FILE keep;" | rules
attack -- -o "mail_location=maildir:$HOME/Maildir"
like "$status $can" "^0 read-system.* run tcp udp unix make-state$" "without a Maildir and a state directory: nothing is given up"
is "$(count Lists) $(count)" "1 1" "and both are made"
rm -f "$HOME/.sieve.log"
attack -- -o "mail_location=maildir:$HOME/Maildir"
is "$status $(count Lists) $can" "0 2 $MAIL" "the next courier is secluded"

# Mail behind links: all of it elsewhere, a folder beside another, a folder that leads out (which is not followed).
home
mv "$HOME/Maildir" "$HOME/elsewhere"
ln -s elsewhere "$HOME/Maildir"
mkdir -p "$HOME/elsewhere/.Real/new" "$HOME/elsewhere/.Real/cur" "$HOME/elsewhere/.Real/tmp"
ln -s .Real "$HOME/elsewhere/.Linked"
mkdir -p "$HOME/out/new" "$HOME/out/cur" "$HOME/out/tmp"
ln -s "$HOME/out" "$HOME/elsewhere/.Out"
own "$HOME/elsewhere" "$HOME/out"
echo 'require "fileinto"; fileinto "Linked"; keep; fileinto "Out";' | rules
for secluded in no yes; do
	case $secluded in no) kernel=KERNEL_LANDLOCK=1 ;; *) kernel=KERNEL_LANDLOCK=6 ;; esac
	rm -f "$HOME/.sieve.log"
	find "$HOME/elsewhere" -type f -delete
	attack "LD_PRELOAD=$SHIM" $kernel --
	is "$status $(find "$HOME/elsewhere/.Real/new" -type f | wc -l) $(find "$HOME/elsewhere/new" -type f | wc -l)" \
		"0 1 1" "secluded: $secluded: a Maildir behind a link, and a folder behind another"
	is "$(find "$HOME/out" -type f | wc -l)" 0 "secluded: $secluded: a folder that leads out is not followed"
	case $secluded in no) expected=$OPEN ;; *) expected=$MAIL ;; esac
	is "$can" "$expected" "secluded: $secluded: $expected"
done

# mbox: locks, one of a process that is gone among them, and an inbox apart from the folders.
fresh_mbox
mkdir -p "$HOME/.local/state/trommel" "$HOME/spool"
own "$HOME"
: | mine "$HOME/spool/box"
printf '4194000:%s' "$(uname -n)" | mine "$HOME/spool/box.lock"
echo 'require "fileinto"; fileinto "Lists"; keep;' | rules
attack -- -o "mail_location=mbox:$HOME/mail:INBOX=$HOME/spool/box" -o lock_timeout_s=4
is "$status $(grep -c '^From ' "$HOME/mail/Lists") $(grep -c '^From ' "$HOME/spool/box")" "0 1 1" \
	"mbox: a new folder and the inbox, past the lock of a process that is gone"
like "$can" "make-state$" "with a secluded courier"
is "$(echo "$can" | grep -c 'run\|read')" 0 "which can read and run nothing else"

# A large message is linked into a folder, not copied; an edited one is written.
home
{ message large; head -c 3000000 /dev/zero | tr '\0' x | fold -w 72; } >"$T/mail"
echo 'require ["fileinto", "editheader"]; fileinto "Lists"; addheader "X-A" "b"; keep;' | rules
: | mine "$HOME/.sieve.log"
deliver <"$T/mail"
is "$? $(count) $(count Lists) $(header X-A "$(stored)")" "0 1 1 b" "a large message, filed and edited"
no_litter

# The log of the owner: of the rules' errors at run time, renamed when it has grown.
home
head -c 300000 /dev/zero | tr '\0' x | mine "$HOME/.sieve.log"
echo "$FILE" | rules
attack --
is "$status $can $(wc -c <"$HOME/.sieve.log.0")" "0 $MAIL 300000" "a log that has grown is renamed"
home
ln -s decoy "$HOME/.sieve.log"
echo "$FILE" | rules
attack --
is "$status $(count Lists) $(head -1 "$HOME/decoy")" "0 1 treasure" "a log that is a link is not followed, and mail is filed"
