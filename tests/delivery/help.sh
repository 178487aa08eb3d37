#!/bin/sh
# What people are told: on a terminal, about a command, when they mistype.
. "${0%/*}/lib.sh"

# on_terminal COMMAND: standard input and outputs are a terminal; what it said, without carriage returns, is in $T/out.
on_terminal() {
	TERM=xterm script -qec "$1" /dev/null </dev/null >"$T/typescript" 2>&1
	status=$?
	tr -d '\r' <"$T/typescript" >"$T/out"
	return $status
}
if ! command -v script >/dev/null; then
	pass "# SKIP no script(1) to make a terminal with"
else
	on_terminal "'$TROMMEL'"
	is $? 64 "on a terminal alone it delivers nothing"
	like "$(cat "$T/out")" "^  .*try .*say what rules would do" "but says what there is"
	is "$(find "$HOME" -type f)" "" "and stores nothing"
	esc=$(printf '\033')
	like "$(cat "$T/out")" "$esc\\[1m" "with colour"
	NO_COLOR=1 on_terminal "'$TROMMEL' help"
	is "$? $(grep -c "$esc" "$T/out")" "0 0" "and without when NO_COLOR says so"
	NO_COLOR='' on_terminal "'$TROMMEL' help"
	like "$(cat "$T/out")" "$esc\\[1m" "which counts when it is not empty"
	message hello >"$T/mail"
	on_terminal "'$TROMMEL' -x <'$T/mail'"
	is "$? $(everywhere)" "64 0" "a wrong option, by hand: 64, since nobody would try again"
	like "$(cat "$T/out")" '^4\.3\.5 unknown option -x' "and it is named"
fi
call "$TROMMEL" help >"$T/out"
is "$? $(grep -c "$(printf '\033')" "$T/out")" "0 0" "what is not a terminal gets no colour"

# Every command: examples before all else, then usage, then options.
commands=$("$TROMMEL" help | sed -n '/^Topics:/q; s/^  \([a-z][a-z]*\) .*/\1/p')
for command in $commands; do
	call "$TROMMEL" help "$command" | grep -E '^(Examples|Usage|Options|More)' | tr -d '\n' >"$T/out"
	like "$(cat "$T/out")" "^Examples:Usage:(Options:)?More: trommel" "help $command begins with examples"
done

for command in try deliver help; do
	call "$TROMMEL" help $command >"$T/expected"
	for option in --help -h; do
		call "$TROMMEL" $command $option >"$T/out" 2>"$T/err"
		is "$? $(cat "$T/err")" "0 " "'$command $option' explains it, too"
		same "$T/out" "$T/expected" "as 'help $command' does"
	done
done

# Mistakes.
call "$TROMMEL" chekc x 2>"$T/err" </dev/null
is "$? $(cat "$T/err")" "75 4.3.5 unexpected argument 'chekc', did you mean 'trommel check'; see trommel --help" \
	"a command that is not there: what was meant"
call "$TROMMEL" try --sendr me a b 2>"$T/err"
is "$? $(head -n 1 "$T/err")" "2 trommel try: there is no option --sendr; did you mean --sender?" "a long option"
call "$TROMMEL" check -json a 2>"$T/err"
is "$? $(head -n 1 "$T/err")" "2 trommel check: there is no option -j; did you mean --json?" "one dash for two"
call "$TROMMEL" test -vx a 2>"$T/err"
is "$? $(head -n 1 "$T/err")" "2 trommel test: there is no option -x" "a letter among letters"
call "$TROMMEL" check --json=yes a 2>"$T/err"
is "$? $(head -n 1 "$T/err")" "2 trommel check: --json takes no value" "a value for nothing"
call "$TROMMEL" try --now 2>"$T/err"
is "$? $(head -n 1 "$T/err")" "2 trommel try: --now wants a value: DATE" "a value that is missing"

# What is missing or too much on a command line is named, before how it is to be used.
while IFS='|' read -r words wanted; do
	# shellcheck disable=SC2086 # words
	call "$TROMMEL" $words >"$T/out" 2>"$T/err" </dev/null
	is "$? $(head -n 1 "$T/err")" "2 trommel ${words%% *}: $wanted" "trommel $words"
	like "$(sed -n 2p "$T/err")" "^usage: trommel ${words%% *} " "and its usage follows"
done <<'END'
check|wanted is a script; nothing was given
fmt|wanted is a script; nothing was given
report|wanted is a log; nothing was given
report --json --html x log|--json and --html cannot go together
test|wanted is a file of tests, or a directory of such; nothing was given
grep true|wanted is a test, and behind it where to search; nothing stands behind 'true'
try rules|wanted is a script, and behind it saved messages; nothing stands behind 'rules'
try --diff a --trace b c|--diff and --trace cannot go together
refile rules|wanted is a script, and behind it saved messages; nothing stands behind 'rules'
refile --resume 1 2|'2' is one word too many
undo 1 2|'2' is one word too many
undo --forget|wanted is a run; nothing was given
split box|wanted is a command behind '--', or --into a directory
split -- cat|wanted is saved messages; nothing was given
split --into d box -- cat|--into and a command behind '--' cannot go together
config x|'x' is one word too many
doctor a b|'b' is one word too many
state|wanted is one of list, show, forget and prune
state lst|'lst' is none of list, show, forget and prune; did you mean 'list'?
state list --all|--all and --yes go with 'forget' alone
state prune --use vacation|'prune' is for all uses: --use does not go with it
state show|wanted are ids, as 'trommel state list' shows them
state forget|wanted are ids, as 'trommel state list' shows them, or --use, or --all
state forget --all x|--all is everything: neither --use nor ids go with it
END

# What is wrong with a file whose name is a stranger's, out of an archive perhaps, is said without what is in that
# for the terminal.
echo 'keep;' | mine "$HOME/rules"
call mkdir "$HOME/box"
message hello >"$T/strange"
mv "$T/strange" "$HOME/box/$(printf 'a\033[31mb\nc')"
own "$HOME/box"
chmod 000 "$HOME/box"/*
for command in "try $HOME/rules" "grep true" split "refile $HOME/rules" fmt report check test "config -c"; do
	case $command in
	fmt | report | check | test | config*) set -- "$HOME/box"/* ;;
	split) set -- "$HOME/box" -- cat ;;
	*) set -- "$HOME/box" ;;
	esac
	# shellcheck disable=SC2086 # words
	call "$TROMMEL" $command "$@" >"$T/out" 2>"$T/err"
	isnt $? 0 "$command: a file that cannot be read"
	is "$(grep -c 'a?\[31mb' "$T/err") $(grep -c "$(printf '\033')" "$T/err")" "1 0" "has a name that does nothing"
done
