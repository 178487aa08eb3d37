# completions.zsh - what zsh offers for a line:  zsh -f completions.zsh DIRECTORY-OF-_trommel LINE
#
# A shell on a terminal of its own completes the line; each word that is offered is written to a file.
zmodload zsh/zpty || exit 1
offered=$(mktemp)
trap 'rm -f $offered $offered.end' EXIT
zpty shell zsh -f -i
zpty -w shell "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D; unsetopt beep; PROMPT="
zpty -w shell 'compadd() {
	local -a found
	if [[ " $*" != *" -"[OAD]" "* ]]; then
		builtin compadd -A found "$@"
		(( $#found )) && print -rl -- $found >>'$offered'
	fi
	builtin compadd "$@"
}'
zpty -w shell 'tell_end() { : >'$offered'.end; }; zle -N tell_end; bindkey "^T" tell_end'
zpty -w -n shell "$2"$'\t\x14'
for ((i = 0; i < 200; i++)); do
	[[ -e $offered.end ]] && break
	zpty -r -t shell seen
	sleep 0.05
done
sort -u $offered
[[ -e $offered.end ]] || { print -u 2 "zsh did not complete"; exit 1; }
