#!/bin/sh
# The rules that people copy do what they say: each has tests beside it.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}"
"$BUILD/trommel" test --tap filters
result=$?
for script in filters/*.sieve; do
	[ -e "${script%.sieve}.svtest" ] && continue
	echo "not ok - $script has no tests beside it"
	result=1
done
exit $result
