# bash completion for trommel(1)
# Written by `make tables` from the program's own table: `trommel help completion bash`
# shellcheck shell=bash

_trommel_files() { mapfile -t COMPREPLY < <(compgen -f -- "$1"); }
_trommel_directories() { mapfile -t COMPREPLY < <(compgen -d -- "$1"); }
_trommel_users() { mapfile -t COMPREPLY < <(compgen -u -- "$1"); }
_trommel_words() { mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1"); }

# The names of the settings, as the program knows them.
_trommel_settings()
{
	mapfile -t COMPREPLY < <(compgen -S = -W "$(trommel config --describe 2>/dev/null | cut -f 1)" -- "$1")
	compopt -o nospace
}

_trommel_runs()
{
	mapfile -t COMPREPLY < <(compgen -W "$(trommel undo 2>/dev/null | sed -n 's/^\([0-9][0-9-]*\)  .*/\1/p')" -- "$1")
}

_trommel()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}

	if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then
		_trommel_words "$word" 'deliver check fmt try grep split refile undo test state config doctor report help'
		return
	fi
	[[ $command == -* ]] && command=deliver
	case $command in
	deliver)
		case $before in
		-d) _trommel_users "$word"; return ;;
		-f) :; return ;;
		-r) :; return ;;
		-a) :; return ;;
		-m) :; return ;;
		-s) _trommel_files "$word"; return ;;
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-d -f -r -a -m -s -c -o ' && return
		:
		;;
	check)
		case $before in
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		--mail) :; return ;;
		--no-warn) :; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c -o --fix --json --mail --no-warn --strict ' && return
		_trommel_files "$word"
		;;
	fmt)
		case $before in
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-i --in-place --check ' && return
		_trommel_files "$word"
		;;
	try)
		case $before in
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		--sender) :; return ;;
		--recipient) :; return ;;
		--now) :; return ;;
		--mail) :; return ;;
		--diff) _trommel_files "$word"; return ;;
		--html) _trommel_files "$word"; return ;;
		-j) :; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c -o --sender --recipient --now --mail -v --verbose --trace --diff --json --html -j ' && return
		_trommel_files "$word"
		;;
	grep)
		case $before in
		-j) :; return ;;
		--config) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c --count -l --files-with-matches -q --quiet -v --invert-match --json --mbox -j --config -o ' && return
		_trommel_files "$word"
		;;
	split)
		case $before in
		--into) _trommel_directories "$word"; return ;;
		-j) :; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '--into -f --from-line -j -k --keep-going ' && return
		_trommel_files "$word"
		;;
	refile)
		case $before in
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		--into) :; return ;;
		-j) :; return ;;
		--shard) :; return ;;
		--resume) _trommel_runs "$word"; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c -o --into --move --allow-outgoing -y --yes -j --shard --resume ' && return
		_trommel_files "$word"
		;;
	undo)
		case $before in
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c -o --forget ' && return
		_trommel_runs "$word"
		;;
	test)
		case $before in
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		-W | --keep) _trommel_directories "$word"; return ;;
		--junit) _trommel_files "$word"; return ;;
		--timeout) :; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c -o -F --expect-failure -v --verbose -W --keep --junit --tap --timeout ' && return
		_trommel_files "$word"
		;;
	state)
		case $before in
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		--use) _trommel_words "$word" 'duplicate vacation redirect notice'; return ;;
		-d | --user) _trommel_users "$word"; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c -o --use --json -d --user --all -y --yes ' && return
		[[ $COMP_CWORD -eq 2 ]] && _trommel_words "$word" 'list show forget prune' && return
		_trommel_users "$word"
		;;
	config)
		case $before in
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c -o --json --describe ' && return
		:
		;;
	doctor)
		case $before in
		-c) _trommel_files "$word"; return ;;
		-o) _trommel_settings "$word"; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '-c -o --json ' && return
		_trommel_users "$word"
		;;
	report)
		case $before in
		--script) _trommel_files "$word"; return ;;
		--user) _trommel_users "$word"; return ;;
		--html) _trommel_files "$word"; return ;;
		esac
		[[ $word == -* ]] && _trommel_words "$word" '--script --user --json --html ' && return
		_trommel_files "$word"
		;;
	help)
		_trommel_words "$word" 'deliver check fmt try grep split refile undo test state config doctor report help rules mta extensions actions exit'
		;;
	esac
}

complete -o filenames -F _trommel trommel
