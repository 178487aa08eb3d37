#!/bin/sh
# What `trommel check` says of a script, word for word: tests/check/*.sieve and the text that goes with each; and that
# it says nothing wrong of the scripts that people and programs write: tests/check/warnings lists all that it does say.
#
#   tests/findings.sh --write    writes what is said now, to be read before it is committed
set -u
: "${TROMMEL:=$(cd "$(dirname "$0")/.." && pwd)/build/trommel}"
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/findings.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/sieve" "$work/mail" "$work/mail/cur" "$work/mail/new" "$work/mail/tmp" "$work/mail/.Lists"
mkdir "$work/mail/.Lists/cur" "$work/mail/.Lists/new" "$work/mail/.Lists/tmp"
umask 022
failed=0

# said SCRIPT: what is said of it, with the options that its first line may name, and the status
said() {
	options=$(sed -n "1s|^# options: ||p" "$1" | sed "s|MAIL|maildir:$work/mail|")
	# shellcheck disable=SC2086
	"$TROMMEL" check -c "$work/conf" $options "$1" 2>&1
	echo "status $?"
}

# same SENTENCE FILE: is what stands in the file what is in $work/now?
same() {
	if [ "$write" ]; then
		cp "$work/now" "$2"
	elif ! diff "$2" "$work/now" >"$work/difference" 2>&1; then
		echo "not ok - $1"
		sed 's/^/    /' "$work/difference"
		failed=1
		return
	fi
	echo "ok - $1"
}

write=
[ "${1-}" = --write ] && write=1
printf 'user_email = me@example.org\nsieve_dir = %s/filters\nsieve_global_dir = %s/tests/oracle/scripts/personal\n' \
	"$PWD" "$PWD" >"$work/conf"

cd tests/check || exit 2
for script in *.sieve; do
	said "$script" >"$work/now"
	same "${script%.sieve}" "${script%.sieve}.out"
done
cd ../.. || exit 2

for script in filters/*.sieve tests/oracle/scripts/*.sieve tests/sieve/generators/*.sieve \
	tests/sieve/*/examples/*.sieve; do
	"$TROMMEL" check -c "$work/conf" "$script" 2>&1
done >"$work/now"
same "real scripts are warned of for good reasons alone" tests/check/warnings
exit $failed
