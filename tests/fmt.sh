#!/bin/sh
# trommel fmt: prints, writes back, or only says what would change; and lays out every script there is.
set -u
: "${TROMMEL:=$(cd "$(dirname "$0")/.." && pwd)/build/trommel}"
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/fmt.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
umask 022
failed=0

# is FOUND WANTED SENTENCE
is() {
	if [ "$1" = "$2" ]; then
		echo "ok - $3"
	else
		printf 'not ok - %s\n    found  %s\n    wanted %s\n' "$3" "$1" "$2"
		failed=1
	fi
}

# fmt ARGUMENT...: what it prints, and "status N"
fmt() {
	"$TROMMEL" fmt "$@" 2>"$work/err"
	echo "status $?"
}

# said SCRIPT: what is found in it, without places
said() {
	"$TROMMEL" check --json "$1" 2>&1 | sed 's/^.*"level":/"level":/; s/"fix".*//; s/line [0-9]*/line/g' | tr A-Z a-z | sort
}

# What was laid out stays as it is, and says the same to the compiler but for places.  A sanitizer, which makes each
# start slow, sees every fifth of them.
changed='' differs='' number=0
for script in filters/*.sieve tests/oracle/scripts/*.sieve tests/sieve/*/*.sieve tests/sieve/*/*.svtest; do
	number=$((number + 1))
	[ -z "${TROMMEL_SANITIZED-}" ] || [ $((number % 5)) -eq 0 ] || continue
	"$TROMMEL" fmt "$script" >"$work/once.sieve" 2>/dev/null || continue
	"$TROMMEL" fmt "$work/once.sieve" | cmp -s - "$work/once.sieve" || changed="$changed $script"
	said "$script" >"$work/before"
	said "$work/once.sieve" | cmp -s - "$work/before" || differs="$differs $script"
done
is "$changed" "" "a script that was laid out stays as it is"
is "$differs" "" "and the compiler finds as much in it as before"

cd "$work" || exit 2
printf 'IF true {keep;}\n' >loose.sieve
printf 'if true {\n\tkeep;\n}\n' >tidy.sieve
cp loose.sieve before
is "$(fmt loose.sieve)" "$(cat tidy.sieve)
status 0" "a script is printed"
is "$(fmt - <loose.sieve)" "$(cat tidy.sieve)
status 0" "and one from standard input"
is "$(fmt loose.sieve | cmp -s - tidy.sieve; cmp -s loose.sieve before && echo same)" same "the file is left"
is "$(fmt --check tidy.sieve loose.sieve)" "loose.sieve
status 1" "--check names what would change"
is "$(fmt --check tidy.sieve)" "status 0" "and says yes when nothing would"
chmod 604 loose.sieve
ln -s loose.sieve link.sieve
is "$(fmt -i link.sieve)" "status 0" "-i prints nothing"
is "$(cat loose.sieve; stat -c %a loose.sieve; [ -L link.sieve ] && echo link)" "$(cat tidy.sieve)
604
link" "and writes the file that a link names, with the mode it had"
inode=$(stat -c %i tidy.sieve)
is "$(fmt -i tidy.sieve; stat -c %i tidy.sieve)" "status 0
$inode" "what is tidy is not written"

printf 'keep\nif {' >broken.sieve
cp broken.sieve before
is "$(fmt -i broken.sieve)" "status 1" "what does not parse has status 1"
is "$(head -1 err)" "broken.sieve:1:5: error: ';' is missing here" "and the error is shown"
is "$(cmp broken.sieve before && find . -name '*broken.sieve*' | wc -l)" 1 "and nothing is written"
is "$(fmt broken.sieve tidy.sieve | tail -1)" "status 1" "the others are laid out all the same"
printf 'keep;\n\0' >nul.sieve
is "$(fmt nul.sieve; head -1 err)" "status 1
nul.sieve:2:1: error: a NUL byte: this is no script" "a NUL byte is shown, too"
printf 'wibble "x";' >unknown.sieve
is "$(fmt unknown.sieve)" 'wibble "x";
status 0' "words need not be known"
is "$(fmt none.sieve)" "status 2" "a script that is not there cannot be read"
is "$(fmt)" "status 2" "and none is too few"
exit $failed
