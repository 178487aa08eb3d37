#!/bin/sh
# The library that is installed: a program in plain C links it, and sees nothing of it but its interface.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}" "${CC:=cc}" "${TMPDIR:=/tmp}"
dir=$(mktemp -d "$TMPDIR/embed.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
result=0

check() { # check SENTENCE COMMAND...
	sentence=$1
	shift
	if "$@" >"$dir/out" 2>&1; then echo "ok - $sentence"; else
		echo "not ok - $sentence"
		sed 's/^/    /' "$dir/out" | head -20
		result=1
	fi
}

library=$BUILD/public/libtrommel.a
foreign() { ! nm -g --defined-only "$library" | grep ' [A-Z] ' | grep -v ' T trommel_'; }
check "no name of ours can be seen but the interface" foreign

cat >"$dir/example.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <trommel/trommel.h>

/* A name that the library uses inside, too. */
int text_append(void);
int text_append(void)
{
	return 1;
}

int main(void)
{
	static const char source[] = "require \"fileinto\"; if header :contains \"subject\" \"list\" { fileinto \"Lists\"; }";
	static const char message[] = "Subject: a list\n\nbody\n";
	TrommelScript *script = trommel_script_compile("rules", source, strlen(source), NULL);
	TrommelPlan *plan = trommel_script_run(script, message, strlen(message), NULL, NULL);

	fputs(trommel_plan_text(plan), stdout);
	trommel_plan_free(plan);
	trommel_script_free(script);
	return text_append() - 1;
}
END
[ -z "${TROMMEL_SANITIZED-}" ] || sanitize=-fsanitize=address,undefined
pcre2=$(pkg-config --variable=libdir libpcre2-8)/libpcre2-8.a
check "a program in C99 compiles without a warning and links" \
	"$CC" -std=c99 -pedantic -Wall -Wextra -Werror ${sanitize-} -Iinclude -o "$dir/example" "$dir/example.c" \
	"$library" "$pcre2"
says() { [ "$("$dir/example")" = 'file into "Lists" [line 1]' ]; }
check "and does what its rules say" says
if command -v c++ >/dev/null; then
	printf '#include <trommel/trommel.h>\nTrommelSetup setup = TROMMEL_SETUP;\n' >"$dir/header.cc"
	check "the header is one for C++, too" c++ -pedantic -Wall -Wextra -Werror -Iinclude -c -o "$dir/header.o" "$dir/header.cc"
else
	echo "ok - the header is one for C++, too # SKIP no C++ compiler"
fi
exit $result
