#!/bin/sh
# The reading of headers held against GMime's on real mail, and against the bytes on hostile mail.
#
# Every difference from GMime stands in tests/corpus/expected-differences.tsv with its reason; one that does not
# is a failure.  One that stands there and is gone is reported, so that the list can be cut.
# tests/corpus/compare_gmime -v shows both readings.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}" "${TROMMEL_CORPUS:=../shared/corpus}"
compare=$BUILD/tests/compare_gmime
expected=tests/corpus/expected-differences.tsv
work=$(mktemp -d "${TMPDIR:-/tmp}/corpus.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
result=0

# is_empty SENTENCE FILE: the sentence is true when the file is empty; else it shows where it is not.
is_empty() {
	if [ -s "$2" ]; then
		echo "not ok - $1"
		sed 's/^/    /' "$2"
		result=1
	else
		echo "ok - $1"
	fi
}

if [ ! -d "$TROMMEL_CORPUS/mail" ]; then
	echo "no mail in $TROMMEL_CORPUS (TROMMEL_CORPUS says where it is)"
	exit 77
fi

find "$TROMMEL_CORPUS/mail" -name '*.eml' -o -name '*.mbox' | sort >"$work/files"
xargs "$compare" -s "$TROMMEL_CORPUS/mail/" <"$work/files" >"$work/found" 2>"$work/broken"
is_empty 'in real mail the fields are the header, byte for byte' "$work/broken"
sort -u "$work/found" >"$work/found.sorted"
grep -v '^#' "$expected" | cut -f 1-3 | sort -u >"$work/expected.sorted"
comm -13 "$work/expected.sorted" "$work/found.sorted" >"$work/new"
is_empty 'headers of real mail are read as GMime reads them, but for the differences listed' "$work/new"
comm -23 "$work/expected.sorted" "$work/found.sorted" | sed 's/^/# no longer different: /'

if [ -e "$TROMMEL_CORPUS/make-hostile.py" ]; then
	python3 "$TROMMEL_CORPUS/make-hostile.py" "$work/hostile" >/dev/null
	find "$work/hostile" -type f >"$work/files"
	xargs "$compare" -b <"$work/files" >/dev/null 2>"$work/broken" || echo "status $?" >>"$work/broken"
	is_empty "in $(wc -l <"$work/files") hostile messages the fields are the header, byte for byte" "$work/broken"
fi
exit $result
