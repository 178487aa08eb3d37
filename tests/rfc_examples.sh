#!/bin/sh
# The example scripts of every document on Sieve, as tests/sieve/rfc-examples/list names them: so many of each, all of
# them compile, a test runs each, and no line of Sieve that a document prints is left out.
#
#   TROMMEL_RFCS   the documents' texts (default: ../shared/reference/rfc); without them the last is not tried
set -u
cd "${0%/*}/.." || exit 1
RFCS=${TROMMEL_RFCS:-../shared/reference/rfc}
TROMMEL=${TROMMEL:-${BUILD:-build}/trommel}
LIST=tests/sieve/rfc-examples/list
failed=0 count=0

result() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed 's/^/#   /'
		failed=1
	fi
}

files() { awk -F '\t' -v number="$1" '$1 == number { print "tests/sieve/" $3 }' $LIST; }

# What the program says of those that it does not take; scripts that others include need not be whole.
complaints() {
	for file in $(files "$1"); do
		"$TROMMEL" check -o notify_program=/usr/bin/true -o notify_schemes="xmpp tel" "$file" 2>&1 >/dev/null ||
			echo "$file does not compile"
	done | grep -E 'error:|does not compile'
}

# Those that no test compiles: directly, or because a script includes them.
untested() {
	for file in $(files "$1"); do
		directory=${file%/*} name=${file##*/}
		case $file in
		*/included*/*) grep -q "\"${name%.sieve}\"" "${directory%/*}"/*.sieve || echo "$file is included by none" ;;
		*) grep -q "/$name\"\|\"$name\"" "$directory"/*.svtest "${directory%/*}"/*.svtest 2>/dev/null ||
			echo "$file is in no test" ;;
		esac
	done
}

while read -r number examples title; do
	found=$(files "$number" | wc -l)
	said=$(complaints "$number"; untested "$number")
	[ "$found" -eq "$examples" ] || said="the list has $found
$said"
	result "$title: $examples examples" "$said"
done <<'END'
3894 3 RFC 3894 (copy)
5173 3 RFC 5173 (body)
5183 2 RFC 5183 (environment)
5228 20 RFC 5228 (Sieve)
5229 6 RFC 5229 (variables)
5230 8 RFC 5230 (vacation)
5231 2 RFC 5231 (relational)
5232 10 RFC 5232 (imap4flags)
5233 1 RFC 5233 (subaddress)
5235 4 RFC 5235 (spamtest, virustest)
5260 7 RFC 5260 (date, index)
5293 6 RFC 5293 (editheader)
5429 4 RFC 5429 (reject, ereject)
5435 6 RFC 5435 (enotify)
5436 1 RFC 5436 (notify by mail)
5490 3 RFC 5490 (mailbox, mboxmetadata, servermetadata)
5703 8 RFC 5703 (mime, foreverypart, replace, enclose, extracttext)
6009 9 RFC 6009 (envelope-dsn, envelope-deliverby, redirect-dsn, redirect-deliverby)
6131 2 RFC 6131 (vacation-seconds)
6132 3 RFC 6132 (notify by presence)
6133 5 RFC 6133 (answers by presence)
6134 6 RFC 6134 (extlists)
6558 4 RFC 6558 (convert)
6609 9 RFC 6609 (include)
6785 2 RFC 6785 (imapsieve)
7352 8 RFC 7352 (duplicate)
8579 4 RFC 8579 (special-use)
8580 3 RFC 8580 (fcc)
9042 3 RFC 9042 (mailboxid)
9671 3 RFC 9671 (processcalendar)
regex 1 draft-murchison-sieve-regex (regex)
debug 2 vnd.dovecot.debug
environment 1 vnd.dovecot.environment
extprograms 5 vnd.dovecot.pipe, filter, execute
report 1 vnd.dovecot.report
END

total=$(grep -c -v '^#' $LIST)
named=$(grep -v '^#' $LIST | cut -f 3 | sort -u | wc -l)
[ "$total" -eq "$named" ] && said= || said="$total rows name $named files"
result "$total examples in all, each with its own file" "$said"

if [ -d "$RFCS" ] && command -v python3 >/dev/null; then
	lines=$(python3 -B tests/rfc_lines.py "$RFCS" $LIST) || failed=1
	result "$(printf '%s\n' "$lines" | awk '!/^#/ { sum += $2 } END { print sum + 0 }') lines of Sieve in print, \
none of them is left out" "$(printf '%s\n' "$lines" | grep '^#')"
fi
echo "1..$count"
exit $failed
