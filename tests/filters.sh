#!/bin/sh
# What filters/NAME.test says becomes of the sample messages is what `trommel try` plans for them.
#
# A line of a test is  MESSAGE [OPTION...]  PLAN : the options are those of `trommel try` that tell the envelope,
# the plan is its actions, joined by "; ", without the rule's line and without ", made if missing".
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}"
result=0

work=$(mktemp -d "${TMPDIR:-/tmp}/filters.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
chmod 700 "$work"
umask 077
mkdir "$work/sieve"
cp filters/*.sieve "$work/sieve/"

planned() { # script message option...
	script=$1 message=$2
	shift 2
	"$BUILD/trommel" try -o "sieve_dir=$work/sieve" "$@" "$work/sieve/$script" "tests/data/$message" 2>&1 |
		sed -e '1{/^tests\/data\//d}' -e 's/^ *//; s/ *\[[^]]*\]$//; s/, made if missing//; s/^keep in the inbox/keep/' |
		awk '{ all = all (NR > 1 ? "; " : "") $0 } END { print all }'
}

for test in filters/*.test; do
	name=$(basename "$test" .test)
	count=0
	while read -r message rest; do
		case $message in '' | '#'*) continue ;; esac
		# The options end where the plan begins, which is a word without a dash.
		set -- "$message"
		while :; do
			case $rest in
			-*)
				option=${rest%% *} rest=${rest#* }
				value=${rest%% *} rest=${rest#* }
				[ "$value" = '<>' ] && value=
				set -- "$@" "$option" "$value"
				while [ "$rest" != "${rest# }" ]; do rest=${rest# }; done
				;;
			*) break ;;
			esac
		done
		found=$(planned "$name.sieve" "$@")
		count=$((count + 1))
		if [ "$found" = "$rest" ]; then
			echo "ok - $name: $*: $rest"
		else
			echo "not ok - $name: $*"
			echo "    wanted: $rest"
			echo "    found:  $found"
			result=1
		fi
	done <"$test"
	[ $count -gt 0 ] || { echo "not ok - $name has no tests"; result=1; }
done
for script in filters/*.sieve; do
	[ -e "${script%.sieve}.test" ] && continue
	echo "not ok - $script has no test beside it"
	result=1
done
exit $result
