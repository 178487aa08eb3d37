#!/bin/sh
# trommel check: all mistakes of a script, its includes too; status 0 good, 1 mistakes, 2 could not look.
set -u
: "${TROMMEL:=$(cd "$(dirname "$0")/../.." && pwd)/build/trommel}" "${TMPDIR:=/tmp}"
dir=$(mktemp -d "$TMPDIR/check.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
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

# check ARGUMENT...: what it prints, and "status N"
check() {
	"$TROMMEL" check -c "$dir/conf" "$@" 2>"$dir/err"
	echo "status $?"
}

cd "$dir" || exit 1
mkdir sieve global
printf 'sieve_dir = %s/sieve\nsieve_global_dir = %s/global\n' "$dir" "$dir" >conf
echo 'require "fileinto"; fileinto "a";' >good.sieve
printf 'if adress :is "from" "a@example.org" {\n\tkeep 5;\n}\n' >bad.sieve

is "$(check good.sieve)" "status 0" "nothing is said of a good script"
is "$(check bad.sieve)" "bad.sieve:1:4: error: unknown test 'adress'
    if adress :is \"from\" \"a@example.org\" {
       ^~~~~~ did you mean 'address'?
bad.sieve:2:7: error: 'keep' takes no arguments
    	keep 5;
    	     ^
status 1" "every mistake is shown with its line and a caret"
is "$(check good.sieve bad.sieve good.sieve | grep -c error:)" 2 "all scripts are looked at"
is "$(check <bad.sieve - | head -1)" "standard input:1:4: error: unknown test 'adress'" "standard input is a script too"
is "$(check --json bad.sieve | tail -n +2 | head -1)" \
	' {"file":"bad.sieve","line":1,"column":4,"length":6,"severity":"error","text":"unknown test '"'adress'"'","suggestion":"did you mean '"'address'?"'","source_line":"if adress :is \"from\" \"a@example.org\" {"},' \
	"editors get JSON"
is "$(check --json good.sieve | tr -d '\n')" "[]status 0" "and an empty list of none"

echo 'if address "subject" "x" { keep; }' >warned.sieve
is "$(check warned.sieve | tail -1)" "status 0" "a warning is no mistake"
is "$(check warned.sieve | head -1)" \
	"warned.sieve:1:12: warning: this field holds no addresses, so the test is always false" "but it is shown"

echo 'require "include"; include "part"; include :global "site";' >includes.sieve
echo 'wibble;' >sieve/part.sieve
echo 'wobble;' >global/site.sieve
is "$(check includes.sieve | grep error:)" "part:1:1: error: unknown command 'wibble'
global/site:1:1: error: unknown command 'wobble'" "included scripts are checked, and named"

echo 'require "regex"; if false { if header :regex "subject" "a(" { stop; } }' >pattern.sieve
is "$(check pattern.sieve | tail -1)" "status 1" "patterns are compiled although no message comes"

is "$(check nothing.sieve)" "status 2" "a script that is not there could not be looked at"
is "$(cat err)" "trommel check: read 'nothing.sieve': No such file or directory" "and that is said"
is "$(check nothing.sieve bad.sieve | grep -c error:)" 2 "the others are checked all the same"
is "$(check)" "status 2" "without a script there is nothing to do"
is "$(check --wibble x)" "status 2" "an unknown option is an error"
head -c 1048577 /dev/zero | tr '\0' '#' >long.sieve
is "$(check long.sieve | head -1)" \
	"long.sieve:1:1: error: the script is longer than 1048576 bytes (limit: script bytes)" "a script has a limit"
exit $failed
