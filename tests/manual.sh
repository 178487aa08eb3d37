#!/bin/sh
# The pages are true where a machine can tell: settings, commands, capabilities, limits, and pages that they name.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}"
trommel=$BUILD/trommel
result=0

# same SENTENCE EXPECTED FOUND
same() {
	if [ "$2" = "$3" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$2" >"$work/expected"
		printf '%s\n' "$3" >"$work/found"
		diff "$work/expected" "$work/found" | sed -n 's/^</    missing or otherwise:/p; s/^>/    but there is:        /p'
		result=1
	fi
}

work=$(mktemp -d "${TMPDIR:-/tmp}/manual.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT

# Every key in the order of the program's table, under its heading, with its default and its range.
in_program=$("$trommel" config --describe | awk -F '\t' '{
	range = $2 ~ /^a number/ ? $2 : ""
	sub(/^a number from /, ", of ", range)
	print $4 ": " $1 " = " ($3 == "\"\"" ? "empty" : $3) range }')
in_page=$(awk '
	/^\.Ss / { section = substr($0, 5) }
	/^\.It Ic / { key = $3 }
	/^Default:$/ { getline; value = substr($0, 5); sub(/ \.$/, "", value); print section ": " key " = " value; next }
	/^Default: / { value = substr($0, 10); sub(/\.$/, "", value); print section ": " key " = " value }' man/trommel.conf.5 |
	sed 's/\\e/\\/g')
same "trommel.conf(5) has every setting, its default and its range" "$in_program" "$in_page"

in_program=$("$trommel" help | sed -n '/^Topics:/q; s/^  \([a-z][a-z]*\) .*/\1/p' | sort)
in_page=$(sed -n '/^The commands are:/,/^\.El/s/^\.It Cm //p' man/trommel.1 | sort)
same "trommel(1) has every command" "$in_program" "$in_page"
for shell in bash:trommel.bash zsh:_trommel fish:trommel.fish; do
	same "completions for ${shell%:*} are what the program's table says (make tables)" \
		"$("$trommel" help completion "${shell%:*}")" "$(cat "man/completions/${shell#*:}")"
done

# Each names its page, which has every option that help shows.
for command in $in_program; do
	"$trommel" help "$command" >"$work/help"
	page=$(sed -n 's/^More: \(trommel[^ ]*\)(\([1-8]\))$/\1.\2/p' "$work/help")
	[ -e "man/$page" ] || { echo "$command: no page '$page'"; continue; }
	awk '/^Options:/ { inside = 1; next }
		/^$/ { inside = 0 }
		inside { sub(/,/, "", $1); print $1; if ($2 ~ /^--/) print $2 }' "$work/help" |
		sed 's/^--/Fl \\(Fl \\|-\\)/; s/^-/Fl /' | while read -r option; do
		grep -q -e "$option\( \|\$\)" "man/$page" || echo "$command: $page has no $option"
	done
done >"$work/missing"
same "pages have every option that help shows" "" "$(cat "$work/missing")"

tests/manual-tables "$BUILD/trommel" man/trommel-sieve.7 >"$work/page"
same "trommel-sieve(7) has the tables that the program prints (make tables)" "$(cat "$work/page")" \
	"$(cat man/trommel-sieve.7)"

same "trommel-sieve(7) names a capability once" "" \
	"$(sed -n '/^\.Ss Capabilities/,/^\.El/s/^\.It //p' man/trommel-sieve.7 | sort | uniq -d)"

# A quote ends with its line, and one within it ends there too: `first, `second''.
quote='(Dq|Ql|Sq|Qq)'
same "pages have no quotes within quotes" "" "$(grep -nE "^\.(.* )?$quote .* $quote " man/*.[1-8])"

# In the page the name of a limit is a comment above the item that has its value.  Some no author of rules can meet.
inner='LIMIT_STEPS?_[A-Z]*|LIMIT_IMAGES|LIMIT_MEMORY_BYTES|LIMIT_PLAN_BYTES|LIMIT_WARNING_LENGTH|LIMIT_ERROR_LENGTH|SIEVE_LIMIT_POSITIONAL|STATE_LIMIT_COUNT_EVERY'
in_program=$(cat src/*/limits.h | sed -n 's/^[[:blank:]]*\([A-Z_]*LIMIT[A-Z_]*\|SIEVE_DEFAULT_[A-Z]*\) = \([0-9 *]*\),.*/\1 \2/p' |
	while read -r name value; do echo "$name $(($value))"; done | grep -vE "^($inner) " | sort)
in_page=$(awk '/^\.\\" [A-Z_]+$/ {
		name = $2
		getline
		value = $2
		gsub(/,/, "", value)
		if ($3 == "KB") value *= 1024
		if ($3 == "MB") value *= 1048576
		print name, value
	}' man/trommel-sieve.7 | sort)
same "trommel-sieve(7) has every limit" "$in_program" "$in_page"

for page in man/*.[1-8]; do
	sed -n 's/^\.Xr \(trommel[^ ]*\) \([1-8]\).*/\1.\2/p' "$page" | while read -r other; do
		[ -e "man/$other" ] || echo "$page: $other"
	done
done >"$work/missing"
same "pages name pages that exist" "" "$(cat "$work/missing")"

in_page=$(sed -n '/^\.Sh SEE ALSO/,/^\.Sh STANDARDS/s/^\.Xr \(trommel[^ ]*\) \([1-8]\).*/\1.\2/p' man/trommel.1 | sort)
same "trommel(1) leads to every other page" "$(cd man && printf '%s\n' *.[1-8] | grep -vx 'trommel\.1' | sort)" "$in_page"
in_program=$("$trommel" help | sed -n '/^Topics:/q; s/^  \([a-z][a-z]*\) .*/\1/p' | sort)
in_page=$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' man/trommel.1 | grep -A 1 '^\.Nm' |
	sed -n 's/^\.\(Op \)*Cm \([a-z]*\)$/\2/p' | sort)
same "trommel(1) shows how each command is called" "$in_program" "$in_page"

exit $result
