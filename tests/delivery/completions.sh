#!/bin/sh
# What shells offer for a line that has begun: the shells themselves are asked, with what is made for them.
. "${0%/*}/lib.sh"

fresh
: >"$T/rules.sieve"
echo 'keep;' | mine "$HOME/rules"
printf 'Subject: one\n\nbody\n' | mine "$HOME/one.eml"
call "$TROMMEL" refile "$HOME/rules" "$HOME/one.eml" >"$T/out" 2>"$T/err"
run=$(ls "$HOME/.local/state/trommel/refile")
PATH=${TROMMEL%/*}:$PATH

# Each prints what its shell offers for the line $1, a word in a line.
offered_by_bash() {
	# shellcheck disable=SC2016 # expanded inside
	call bash -c '
		source "$1"
		read -ra COMP_WORDS <<<"$2"
		[[ $2 == *" " ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		compopt() { :; }
		_trommel
		printf "%s\n" "${COMPREPLY[@]}"' bash "$T/bash/trommel.bash" "$1"
}
offered_by_zsh() { call zsh -f "$TESTS/completions.zsh" "$T/zsh" "$1"; }
offered_by_fish() {
	# shellcheck disable=SC2016
	call fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$T/fish/trommel.fish" "$1" | cut -f 1
}

for shell in bash:trommel.bash zsh:_trommel fish:trommel.fish; do
	file=${shell#*:} shell=${shell%:*}
	if ! command -v "$shell" >/dev/null; then
		pass "# SKIP no $shell to complete with"
		continue
	fi
	mkdir "$T/$shell"
	"$TROMMEL" help completion "$shell" >"$T/$shell/$file"
	$shell -n "$T/$shell/$file"
	is $? 0 "$shell reads what is made for it"
	# line (the last word is completed) | what is offered; after a "!": what is not | what it is
	while IFS='|' read -r line expected what; do
		"offered_by_$shell" "$line" >"$T/offered" 2>"$T/err"
		case $expected in
		!*) ! grep -qxF -e "${expected#!}" "$T/offered" ;;
		*) grep -qxF -e "$expected" -e "$expected=" "$T/offered" ;;
		esac
		is "$? $(cat "$T/err")" "0 " "$shell: $what"
	done <<-END
	trommel che|check|a command
	trommel try --re|--recipient|an option of it
	trommel check --se|!--sender|not that of another
	trommel -|-d|options without a command are a delivery's
	trommel try ru|rules.sieve|a file
	trommel try -c ru|rules.sieve|a file for an option
	trommel state |forget|a word that comes first
	trommel state |!root|and nothing else in its place
	trommel state list roo|root|what stands behind it
	trommel state list --use va|vacation|words for an option
	trommel -o redirect_m|redirect_max|a setting
	trommel -d roo|root|a user
	trommel help mt|mta|a topic
	trommel undo |$run|a run
	trommel refile --resume |$run|a run for an option
	END
done
call "$TROMMEL" help completion csh 2>"$T/err"
is "$? $(cat "$T/err")" "2 usage: trommel help completion bash|zsh|fish" "no other shell"
