#!/bin/sh
# What rules cost grows no faster than the message that they look at, or than they do; 5,000 keys on 10 KB of header are
# less than 2 ms, and a script of 1 MB compiles in less than 50.  It is instructions that are counted, so that a busy
# machine changes nothing: two of them are taken for a nanosecond, which a slow server can do.
set -u
cd "${0%/*}/.." || exit 1
BUILD=${BUILD:-build}
if ! command -v valgrind >/dev/null; then
	echo "1..0 # SKIP no valgrind"
	exit 77
fi
if [ -n "${TROMMEL_SANITIZED-}" ]; then
	echo "1..0 # SKIP a sanitizer does not run in valgrind"
	exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/linear.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
valgrind -q --tool=callgrind --collect-atstart=no --toggle-collect=measured --dump-after=measured \
	--callgrind-out-file="$work/out" "$BUILD/bench/linear" "$BUILD" >"$work/lines" || exit 1

# A line of each, in order: kind, size, instructions, what it is.
number=0
while read -r kind size what; do
	number=$((number + 1))
	echo "$kind $size $(sed -n 's/^totals: //p' "$work/out.$number") $what"
done <"$work/lines" >"$work/counted"
awk '
	function result(good, sentence) {
		printf "%sok %d - %s\n", good ? "" : "not ", ++count, sentence
		bad = bad || !good
	}
	{
		kind = $1; size = $2; cost = $3
		$1 = $2 = $3 = ""
		what = substr($0, 4)
	}
	what == "5,000 keys" { result(cost < 4000000, what ": " cost " instructions (2 ms: 4,000,000)"); next }
	what == "a megabyte" {
		result(cost < 100000000 && size > 1000000, size " bytes compile in " cost " instructions (50 ms: 100,000,000)")
		next
	}
	!((kind what) in small) { small[kind what] = cost; before[kind what] = size; next }
	{
		times = size / before[kind what]; grown = cost / small[kind what]
		# What is square is times squared; what is the same for any size may be all that a small one costs.
		result(grown <= 1.3 * times, sprintf("%s: %.1f times the cost at %d times the size: %s", kind, grown, times, what))
	}
	END { printf "1..%d\n", count; exit bad || !count }
' "$work/counted"
