# shellcheck shell=sh
# lib.sh - what every test of the whole program begins with:  . "${0%/*}/lib.sh"
#
# A test is a story about one home directory: some mail comes, and then the bytes on disk and the
# exit status are what they should be.  It prints a TAP line for each thing that is so, and exits
# 0 (all of it is true), 1 (something is not) or 77 (it cannot be told here; the reason is printed).
#
# Each test runs in mount and pid namespaces of its own in which the account database names the users below
# and their homes lie in a scratch directory.  So it can be run as root or as anybody,
# side by side with others, and neither a file nor a process outlives it.
#
#   TROMMEL         the program under test       (default: build/trommel)
#   BUILD           the build directory          (default: build)
#   TROMMEL_CORPUS  real mail                    (default: ../shared/corpus)
#
# For the story:
#   $T       the scratch directory; $HOME, the recipient's home, is $T/home; $ME is his name
#   $SINK    a sendmail that takes everything and does nothing with it
#   $OTHER   another user; as root only (see need_root)
# and before this file is read:
#   STAGE_USERS    more users, with homes $T/homes/NAME (as root only)
#   STAGE_NETWORK  not empty: a loopback network of its own (as root only)
set -u
umask 022
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1

# ---- the stage: outside, make it and clean up; inside, go on with the story
if [ -z "${TROMMEL_STAGE-}" ]; then
	tests=$(cd "${0%/*}" && pwd -P)
	BUILD=${BUILD:-$tests/../../build}
	[ -d "$BUILD" ] && BUILD=$(cd "$BUILD" && pwd -P)
	TROMMEL=${TROMMEL:-$BUILD/trommel}
	case $TROMMEL in /*) ;; *) TROMMEL=$PWD/$TROMMEL ;; esac
	TROMMEL_CORPUS=${TROMMEL_CORPUS:-$tests/../../../shared/corpus}
	[ -d "$TROMMEL_CORPUS" ] && TROMMEL_CORPUS=$(cd "$TROMMEL_CORPUS" && pwd -P)
	if [ ! -x "$TROMMEL" ]; then
		echo "Bail out!  no program at $TROMMEL"
		exit 1
	fi
	T=$(mktemp -d "${TMPDIR:-/tmp}/trommel.XXXXXX") || exit 1
	stage_pid=
	trap 'if [ -n "$stage_pid" ]; then kill -9 $stage_pid 2>/dev/null; wait $stage_pid; fi; rm -rf "$T"' EXIT
	trap 'exit 143' HUP INT TERM
	chmod 755 "$T"
	mkdir "$T/home" "$T/other" "$T/homes"
	export T TROMMEL BUILD TROMMEL_CORPUS TESTS="$tests"
	export TROMMEL_STAGE=1
	if [ "$(id -u)" = 0 ]; then
		ME=reader OTHER=stranger
		printf '%s:x:61990:61990::%s:/bin/sh\n' "$ME" "$T/home" >"$T/passwd"
		printf '%s:x:61991:61991::%s:/bin/sh\n' "$OTHER" "$T/other" >>"$T/passwd"
		printf '%s:x:61990:\n%s:x:61991:\n' "$ME" "$OTHER" >"$T/group"
		chown 61990:61990 "$T/home" && chown 61991:61991 "$T/other"
		stage_uid=61992
		for stage_user in ${STAGE_USERS-}; do
			mkdir -m 700 "$T/homes/$stage_user"
			printf '%s:x:%d:%d::%s:/bin/sh\n' "$stage_user" $stage_uid $stage_uid "$T/homes/$stage_user" >>"$T/passwd"
			printf '%s:x:%d:\n' "$stage_user" $stage_uid >>"$T/group"
			chown $stage_uid:$stage_uid "$T/homes/$stage_user"
			stage_uid=$((stage_uid + 1))
		done
	else
		ME=$(id -un) OTHER=
		printf '%s:x:%d:%d::%s:/bin/sh\n' "$ME" "$(id -u)" "$(id -g)" "$T/home" >"$T/passwd"
		: >"$T/group"
	fi
	chmod 700 "$T/home" "$T/other"
	grep -v "^$ME:" /etc/passwd >>"$T/passwd"
	cat /etc/group >>"$T/group"
	export ME OTHER
	# shellcheck disable=SC2016  # expanded inside
	stage='mount --bind "$T/passwd" /etc/passwd && mount --bind "$T/group" /etc/group &&
		{ [ ! -d /etc/trommel ] || mount -t tmpfs none /etc/trommel; } &&
		{ [ ! -d /var/mail ] || mount -t tmpfs -o mode=1777 none /var/mail; } && exec "$@"'
	if [ "$(id -u)" = 0 ]; then
		set -- unshare -m -p ${STAGE_NETWORK:+-n} --fork --kill-child --mount-proc --propagation private \
			sh -c "$stage" stage "$0" "$@"
		probe='unshare -m -p --fork --mount-proc true'
	else
		# Root in a namespace to mount, then ourselves again in another.
		set -- unshare -r -m -p --fork --kill-child --mount-proc sh -c "$stage" stage \
			unshare -U --map-user="$(id -u)" --map-group="$(id -g)" "$0" "$@"
		probe='unshare -r -m -p --fork --mount-proc true'
	fi
	if ! $probe 2>/dev/null; then
		echo "1..0 # SKIP no namespaces here, and the homes of real users are not to be touched"
		exit 77
	fi
	"$@" &
	stage_pid=$!
	wait $stage_pid
	status=$?
	stage_pid=
	exit $status
fi

# ---- inside
HOME=$T/home
export HOME
cd "$T" || exit 1
# The program, and its modules beside it, where the users of the test can reach them.
if [ "$(id -u)" = 0 ] && ! setpriv --reuid 61990 --regid 61990 --clear-groups test -x "$TROMMEL"; then
	mkdir "$T/bin"
	cp "$TROMMEL" "$T/bin/trommel"
	[ -d "$BUILD/modules" ] && cp -r "$BUILD/modules" "$T/bin/modules"
	chmod -R a+rX "$T/bin"
	TROMMEL=$T/bin/trommel
fi
SINK=$T/takes-all
printf '#!/bin/sh\nexec cat >/dev/null\n' >"$SINK"
chmod 755 "$SINK"

tap_count=0 tap_failed=0
finish() {
	status=$?
	trap - EXIT
	[ $status = 77 ] && exit 77
	if [ -n "${TROMMEL_SANITIZED-}" ]; then
		grep -rlaE --exclude=findings "$FINDING" "$T" | while read -r log; do cat "$log"; done >>"$T/findings"
	fi
	if [ -s "$T/findings" ]; then
		fail "no sanitizer found anything"
		sed 's/^/#   /' "$T/findings" | head -60
	fi
	echo "1..$tap_count"
	[ $status = 0 ] || echo "# ended early with status $status"
	[ $status = 0 ] && [ $tap_failed = 0 ] && [ ! -e "$T/tap-failed" ] && [ $tap_count -gt 0 ] && exit 0
	exit 1
}
trap finish EXIT
trap 'exit 143' HUP INT TERM

skip_all() { # reason
	echo "1..0 # SKIP $*"
	exit 77
}
need_root() { [ "$(id -u)" = 0 ] || skip_all "$* needs root"; }
need() { # programs
	for need_it; do
		command -v "$need_it" >/dev/null || skip_all "$need_it is not installed"
	done
}
# A container may let nobody trace though strace is there: what takes it is left out then, and that is said.
can_trace() {
	command -v strace >/dev/null || return 1
	[ -n "${lib_traces-}" ] || { call strace -o /dev/null true >/dev/null 2>&1 && lib_traces=yes; } || {
		echo "# strace may not trace here"
		lib_traces=no
	}
	[ $lib_traces = yes ]
}
need_trace() { # [what it is needed for]
	need strace
	can_trace >/dev/null || skip_all "strace may not trace here${1:+, and $1}"
}
need_corpus() {
	[ -d "$TROMMEL_CORPUS/mail" ] || skip_all "no corpus of real mail at $TROMMEL_CORPUS"
}

pass() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}
fail() { # what is not so; what is known goes to notes, after it
	tap_count=$((tap_count + 1)) tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $*"
	: >"$T/tap-failed" # in a pipeline what is counted is forgotten
	if [ -s "$T/err" ]; then sed 's/^/#   stderr: /' "$T/err" | head -5; fi
}
is() { # found expected what
	if [ "$1" = "$2" ]; then pass "$3"; else
		fail "$3"
		printf '%s\n' "found: $1" "expected: $2" | head -20 | sed 's/^/#   /'
	fi
}
isnt() { # found unwanted what
	if [ "$1" != "$2" ]; then pass "$3"; else
		fail "$3"
		echo "#   found: $1"
	fi
}
like() { # text extended-regex what
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then pass "$3"; else
		fail "$3"
		printf '%s\n' "found: $1" "expected: /$2/" | head -20 | sed 's/^/#   /'
	fi
}
same() { # file file what
	if cmp -s "$1" "$2"; then pass "$3"; else
		fail "$3"
		cmp "$1" "$2" 2>&1 | sed 's/^/#   /'
		diff -a "$1" "$2" 2>/dev/null | cat -v | head -20 | sed 's/^/#   /'
	fi
}
holds() { # what command…: the command succeeds
	holds_what=$1
	shift
	if "$@"; then pass "$holds_what"; else fail "$holds_what"; fi
}

# ---- people
# What measures time gets so many times as much of it under a sanitizer.
SLOWER=${TROMMEL_SANITIZED:+4}
SLOWER=${SLOWER:-1}
# For the environment of a program whose leaks cannot be looked for: one that is traced, or has two groups.
# shellcheck disable=SC2034
UNTRACED=ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
# Runs a command as the recipient, with nothing in its environment but what leads it: as "call SENDER=a@b trommel".
# `instead` takes the place of the shell, so that a signal to `instead ... &` reaches the program.
call() { (instead "$@"); }
instead() {
	if [ "$(id -u)" = 0 ]; then
		exec setpriv --reuid "$ME" --regid "$ME" --clear-groups env -i PATH="$PATH" HOME="$HOME" USER="$ME" \
			LOGNAME="$ME" ${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"} "$@"
	else
		exec env -i PATH="$PATH" HOME="$HOME" USER="$ME" LOGNAME="$ME" \
			${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"} "$@"
	fi
}
# Somebody who has the kernel's lock on a file until `let_go`.  Needs python3.
hold_lock() { # file
	: >"$T/held"
	instead python3 -c '
import fcntl, sys, time
file = open(sys.argv[1], "r+")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(120)' "$1" >"$T/held" &
	holder=$!
	while [ ! -s "$T/held" ] && kill -0 $holder 2>/dev/null; do sleep 0.05; done
}
let_go() {
	kill $holder
	wait $holder 2>/dev/null
}
# Delivers standard input as the recipient; $T/out and $T/err are what was said.
# Folders are made when rules file into them; what happens without that setting is told in actions.sh.  Word of
# wrong rules is told in the inbox with NOTICE=yes only.
deliver() {
	call "$TROMMEL" "$@" -o folder_autocreate=yes -o rules_notice="${NOTICE:-no}" >"$T/out" 2>"$T/err"
	delivered=$?
	look_for_findings
	return $delivered
}
# What a sanitizer wrote, the judge's too, makes the test fail whatever became of the message.
FINDING='ERROR: [A-Za-z]*Sanitizer|[0-9]: runtime error:|Sanitizer has encountered'
look_for_findings() {
	if [ -n "${TROMMEL_SANITIZED-}" ] && grep -aqE "$FINDING" "$T/err"; then cat "$T/err" >>"$T/findings"; fi
}
# The same with an environment, as an MTA sets it: environ SENDER=a@b EXTENSION=x -- -f ''
environ() {
	environ_set=
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		environ_set="$environ_set '$(printf %s "$1" | sed "s/'/'\\\\''/g")'"
		shift
	done
	[ $# -gt 0 ] && shift
	eval "call $environ_set \"\$TROMMEL\" \"\$@\" -o folder_autocreate=yes -o rules_notice=no" >"$T/out" 2>"$T/err"
	delivered=$?
	look_for_findings
	return $delivered
}

# ---- homes and mail
# A file that belongs to the recipient, from standard input.
mine() { # path [mode]
	mkdir -p "${1%/*}"
	cat >"$1"
	chmod "${2:-600}" "$1"
	own "$1"
}
own() { # path…
	if [ "$(id -u)" = 0 ]; then chown -R "$ME:$ME" "$@"; fi
}
# An empty home with an empty Maildir.
fresh() {
	find "$HOME" -mindepth 1 -delete
	mkdir -p "$HOME/Maildir/new" "$HOME/Maildir/cur" "$HOME/Maildir/tmp"
	chmod 700 "$HOME/Maildir" "$HOME"/Maildir/*
	own "$HOME"
}
# An empty home with an empty mbox, ~/inbox, named by $MBOX_HERE: deliver -o "$MBOX_HERE"
MBOX=$HOME/inbox
# shellcheck disable=SC2034
MBOX_HERE="mail_location=mbox:$HOME/mail:INBOX=$MBOX"
fresh_mbox() {
	find "$HOME" -mindepth 1 -delete
	mkdir "$HOME/mail"
	: >"$MBOX"
	chmod 700 "$HOME/mail"
	chmod 600 "$MBOX"
	own "$HOME"
}
# The files of a folder ("" is the inbox), and their number.
files() { find "$HOME/Maildir${1:+/.$1}/new" "$HOME/Maildir${1:+/.$1}/cur" -type f 2>/dev/null; }
count() { files "${1-}" | wc -l | tr -d ' '; }
# The one file of a folder.
stored() {
	stored_file=$(files "${1-}")
	case $stored_file in
	"" | *"
"*) echo /dev/null ;;
	*) echo "$stored_file" ;;
	esac
}
# All messages of all folders.
everywhere() { find "$HOME/Maildir" -path '*/new/*' -type f -o -path '*/cur/*' -type f | wc -l | tr -d ' '; }
# Nothing is left in any tmp/, and no lock.
no_litter() { # what
	litter=$(find "$HOME" \( -path "$HOME/*/tmp/*" -o -name '*.lock' -o -name '*.lock.*' \) -type f 2>/dev/null)
	is "$litter" "" "${1:-nothing is left in tmp/ and no lock}"
}
# A message without the Return-Path that delivery put first.
without_trace() { sed '1{/^Return-Path:/d}' "$1"; }
header() { # name file: its value, unfolded lines as they are
	sed -n '/^\r*$/q; p' "$2" | sed -n "s/^$1: *//p"
}
message() { # subject [further header line…]: a small message
	printf 'From: Alice Example <alice@example.org>\nTo: Bob Example <bob@example.net>\n'
	printf 'Date: Thu, 01 Jan 2026 12:00:00 +0000\nMessage-ID: <%s@example.org>\n' "$(printf %s "$1" | tr -cd a-z0-9)"
	printf 'Subject: %s\n' "$1"
	shift
	for message_line; do printf '%s\n' "$message_line"; done
	printf '\nA short body.\n'
}
rules() { mine "$HOME/.sieve"; }
# Is the script's owner told?  The text of ~/.sieve.log.
told() { cat "$HOME/.sieve.log" 2>/dev/null; }
fresh
