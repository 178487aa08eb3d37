# bash completion for trommel(1)

_trommel()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}

	case $before in
	-d)
		mapfile -t COMPREPLY < <(compgen -u -- "$word")
		return
		;;
	-s | -c | -W | --keep | --junit)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	-o)
		mapfile -t COMPREPLY < <(compgen -S = -W "$(_trommel_keys)" -- "$word")
		compopt -o nospace
		return
		;;
	--use)
		mapfile -t COMPREPLY < <(compgen -W 'duplicate vacation redirect notice' -- "$word")
		return
		;;
	-f | -a | -r | -m | --sender | --recipient | --now | --mail | --timeout)
		return
		;;
	esac
	if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'deliver check try test state config help' -- "$word")
		return
	fi
	case $command in
	try)
		mapfile -t COMPREPLY < <(compgen -f -W '-c -o --sender --recipient --now --mail' -- "$word")
		;;
	test)
		mapfile -t COMPREPLY < <(compgen -f -W '-c -o -F -v --keep --junit --tap --timeout --expect-failure' -- "$word")
		;;
	check)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	state)
		if [[ $COMP_CWORD -eq 2 ]]; then
			mapfile -t COMPREPLY < <(compgen -W 'list show forget prune' -- "$word")
		else
			mapfile -t COMPREPLY < <(compgen -W '-c -o -d --use --json --all --yes' -- "$word")
		fi
		;;
	help)
		mapfile -t COMPREPLY < <(compgen -W 'deliver check try test state config rules mta exit' -- "$word")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W '-d -f -a -r -m -s -c -o' -- "$word")
		;;
	esac
}

# The names of the settings, as the program knows them.
_trommel_keys()
{
	trommel config --describe 2>/dev/null | cut -f 1
}

complete -o filenames -F _trommel trommel
