#!/bin/sh
# trommel config: what is in force and where it came from; a mistake is shown where it stands.
set -u
: "${TROMMEL:=$(dirname "$0")/../../build/trommel}" "${TMPDIR:=/tmp}"
dir=$(mktemp -d "$TMPDIR/config.XXXXXX") || exit 1
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

printf '# ours\nhostname = mx.example.org\nredirect_max = 2\n' >"$dir/conf"
"$TROMMEL" config -o redirect_max=3 -c "$dir/conf" >"$dir/out" 2>&1
is $? 0 "a good configuration is printed with status 0"
is "$(grep '^hostname' "$dir/out" | tr -s ' ')" "hostname = mx.example.org # $dir/conf:2" "a value names its line"
is "$(grep '^redirect_max' "$dir/out" | tr -s ' ')" "redirect_max = 3 # -o" "-o wins, wherever it stands"
is "$(grep '^deadline_s' "$dir/out" | tr -s ' ')" "deadline_s = 240 # built in" "what nobody set is built in"

cp "$dir/out" "$dir/again"
"$TROMMEL" config -c "$dir/again" | sed 's/  *#.*//' >"$dir/second"
sed 's/  *#.*//' "$dir/out" | cmp -s - "$dir/second"
is $? 0 "what is printed is a configuration file that says the same"

"$TROMMEL" config --json -c "$dir/conf" | grep -q '{"key":"redirect_max","value":2,"origin":".*/conf","line":3}'
is $? 0 "JSON has value, origin and line"

is "$("$TROMMEL" config --describe | awk -F '\t' 'NF != 5 || $2 == "" || $4 == "" || $5 == ""')" "" \
	"every key is described in five columns"
is "$("$TROMMEL" config --describe | cut -f 1 | sort)" \
	"$("$TROMMEL" config --json | sed -n 's/.*"key":"\([^"]*\)".*/\1/p' | sort)" "all keys are described"

printf 'hostname = x\nredirct_max = 2\n' >"$dir/conf"
is "$("$TROMMEL" config -c "$dir/conf" 2>&1; echo $?)" \
	"trommel config: $dir/conf:2:1: unknown setting 'redirct_max', did you mean 'redirect_max'?
1" "a mistake is a finding, with its place"
is "$("$TROMMEL" config -o deadline_s=soon 2>&1; echo $?)" \
	"trommel config: -o: deadline_s wants a number from 1 to 290, found 'soon'
1" "so is a wrong option"
is "$("$TROMMEL" config --jsn 2>&1; "$TROMMEL" config extra >/dev/null 2>&1; echo $?)" \
	"trommel config: there is no option --jsn; did you mean --json?
usage: trommel config [-c FILE] [-o KEY=VALUE]... [--json] [--describe]
More: trommel help config
2" "a wrong command line could not run"
"$TROMMEL" config >/dev/full 2>/dev/null
is $? 2 "output that cannot be written is no success"
exit $failed
