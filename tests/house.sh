#!/bin/sh
# The rules of the house that a machine can see: which floor includes which, where GLib lives, calls that have no
# place here, and that every file says what it is for.
set -u
cd "$(dirname "$0")/.." || exit 2
result=0

# holds SENTENCE LINES: the sentence is true when there are no lines; else they show where it is not.
holds() {
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$2" | sed 's/^/    /'
		result=1
	fi
}

sources=$(find src include -name '*.[ch]' 2>/dev/null | sort)
everything=$(find . \( -name .git -o -name build -o -name 'build-*' \) -prune -o -type f -print | sort)

# C without comments and the contents of strings, "file:line: code", so that words in them are no calls.
code() {
	echo "$sources" | xargs awk '
		FNR == 1 { comment = 0 }
		{
			line = $0
			gsub(/\\./, "", line)
			gsub(/"[^"]*"/, "\"\"", line)
			out = ""
			while (line != "") {
				if (comment) {
					at = index(line, "*/")
					if (!at) break
					line = substr(line, at + 2); comment = 0
				} else {
					at = index(line, "/*")
					if (!at) { out = out line; break }
					out = out substr(line, 1, at - 1); line = substr(line, at + 2); comment = 1
				}
			}
			sub(/\/\/.*/, "", out)
			print FILENAME ":" FNR ": " out
		}'
}

# Floors from the ground up; a file includes from its own floor and those below.  The languages share a height, so
# they cannot include each other.  Modules are opened by what stands above them and use the ground floors, but for the one that is the commands.
floors=$(echo "$sources" | xargs awk '
	BEGIN {
		n = split("base system state message mailbox plan language delivery commands main", floors)
		for (i = 1; i <= n; i++) height[floors[i]] = i
		height["sieve"] = height["procmail"] = height["language"]
		height["modules"] = height["message"] + 0.5
		height["tools"] = height["commands"] + 0.5	# the module that holds them
		height["trommel"] = 0	# include/trommel is for everybody
	}
	FNR == 1 {
		split(FILENAME, path, "/")
		here = path[1] == "include" ? "trommel" : path[2]
		sub(/\.c$/, "", here)
		if (here == "modules" && path[3] == "tools") here = "tools"
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, quoted, "\"")
		there = quoted[2]
		sub(/\/.*/, "", there)
		if (quoted[2] !~ /\//) print FILENAME ":" FNR ": " quoted[2] " does not name its floor"
		else if (!(there in height)) print FILENAME ":" FNR ": there is no floor " there
		else if (!(here in height)) print FILENAME ":" FNR ": is on no floor"
		else if (height[there] > height[here] || (height[there] == height[here] && there != here))
			print FILENAME ":" FNR ": " here " includes " quoted[2]
	}')
holds "an include points down, never up and never from one language to the other" "$floors"

holds "GLib and GMime are included by the mime module only" \
	"$(echo "$sources" | grep -v '^src/modules/mime/' | xargs grep -nE '#[[:space:]]*include[[:space:]]*<(glib|gmime|gio|gobject)')"

own_header() {
	for file in $(echo "$sources" | grep '\.c$'); do
		header=${file%.c}.h
		[ -e "$header" ] || continue
		first=$(grep -m 1 -E '^#[[:space:]]*include' "$file")
		[ "$first" = "#include \"${header#src/}\"" ] || echo "$file: $first"
	done
}
holds "a source opens with its own header, which so proves that it stands alone" "$(own_header)"

# The first comment of a module stands in its header.
without_purpose() {
	echo "$everything" | grep '\.[ch]$' | while read -r file; do
		case $file in *.c) [ -e "${file%.c}.h" ] && continue ;; esac
		[ "$(head -c 3 "$file")" = '/* ' ] || echo "$file"
	done
}
holds "every module begins by saying what it is for" "$(without_purpose)"

banned='strcpy|stpcpy|strcat|v?sprintf|gets|strtok|atoi|atol|atof|system|popen|mktemp|tmpnam|alloca|setjmp|longjmp'
holds "no call that has no place on a delivery path" "$(code | grep -E "[^_[:alnum:]>.]($banned)[[:space:]]*\(")"

holds "no #ifdef inside a function" "$(echo "$sources" | xargs awk '
	FNR == 1 || /^}/ { inside = 0 }
	/^{/ { inside = 1 }
	inside && /^[ \t]*#[ \t]*(if|else|elif)/ { print FILENAME ":" FNR ": " $0 }')"

# Strings are put together again where they go on in the next line.
named_limits() { tr -d '\n' | sed 's/"[[:space:]]*"//g' | grep -ao 'limit: [a-z_ ]*[a-z]' | sort -u; }
untested_limits() {
	tested=$(echo "$everything" | grep '^\./tests/' | xargs cat | named_limits)
	echo "$sources" | xargs sed 's,/\*.*,,' | named_limits | while read -r limit; do
		printf '%s\n' "$tested" | grep -qxF "$limit" || echo "$limit"
	done
}
holds "every limit that an error names is met in a test" "$(untested_limits)"

# The words are taken apart here so that this file does not hold them.
holds "nothing is left unfinished" "$(echo "$everything" | xargs grep -nIE \
	'\b(TO''DO|FIX''ME|XX''X|HA''CK)\b|not yet implem''ented')"
holds "the project speaks of itself alone" "$(echo "$everything" | xargs grep -nIiE \
	'/(wo''rk|fa''rm)/|/tmp/w''t\b|closing n''ote|suba''gent|steeri''ng|\bAI[- ](assist|generat)|\b(cla''ude|chatg''pt|anthr''opic|open''ai|copi''lot)\b')"

exit $result
