#!/bin/sh
# The scripts that the RFCs print are taken as they stand there, but for those with mistakes in print: so many of each.
#
#   TROMMEL_RFCS   their texts (default: ../shared/reference/rfc)
set -u
cd "${0%/*}/.." || exit 1
RFCS=${TROMMEL_RFCS:-../shared/reference/rfc}
if [ ! -d "$RFCS" ] || ! command -v python3 >/dev/null; then
	echo "1..0 # SKIP no texts of RFCs at $RFCS, or no python3"
	exit 77
fi
found=$(python3 tests/rfc_scripts.py "$RFCS" "${TROMMEL:-${BUILD:-build}/trommel}") || exit 1
failed=0 count=0
while read -r number scripts wrong reason; do
	count=$((count + 1))
	if printf '%s\n' "$found" | grep -qx "$number $scripts $wrong"; then
		echo "ok $count - RFC $number: $scripts scripts are taken${reason:+, but $wrong: $reason}"
	else
		echo "not ok $count - RFC $number: $scripts scripts, of which $wrong are wrong"
		printf '%s\n' "$found" | grep -E "^(# )?${number}[, ]" | sed 's/^/#   /'
		failed=1
	fi
done <<'END'
5173 3 -
5228 2 -
5229 2 1,2 a missing ";", and "fileinfo"
5230 8 4 a missing ";"
5231 1 -
5232 1 1 "anyof" without parentheses
5233 1 -
5235 3 1,3 a capability broken over two lines
5260 7 7 a comma behind a test
5429 4 4 extensions not required
5435 5 -
5436 1 -
5490 3 2 a missing ";"
6131 2 -
6609 8 -
6785 2 -
7352 8 -
END
echo "1..$count"
exit $failed
