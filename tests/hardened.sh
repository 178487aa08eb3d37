#!/bin/sh
# What was built is what the loader can protect: the flags of the Makefile, read back from the files.
set -u
: "${BUILD:=$(dirname "$0")/../build}"
result=0

check() { # check SENTENCE COMMAND...
	sentence=$1
	shift
	if "$@"; then echo "ok - $sentence"; else
		echo "not ok - $sentence"
		result=1
	fi
}

has() { readelf -W "$1" "$2" | grep -qE "$3"; }
lacks() { ! has "$@"; }
calls() { nm "$BUILD/libtrommel.a" | grep -qE " U $1$"; }
libraries() { readelf -W -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '; }

program=$BUILD/trommel
check "the program is position independent" has -h "$program" 'Type: +DYN'
check "the program is an executable, not a library" has -d "$program" 'FLAGS_1.*PIE'
for file in "$program" "$BUILD"/modules/*.so; do
	[ -e "$file" ] || continue
	name=${file##*/}
	check "$name: relocations are read-only after start" has -l "$file" 'GNU_RELRO'
	check "$name: and all of them are done at start" has -d "$file" '(FLAGS.*BIND_NOW|FLAGS_1.*NOW)'
	check "$name: the stack is not executable" lacks -l "$file" 'GNU_STACK.*RWE'
	check "$name: no segment is writable and executable" lacks -l "$file" 'LOAD.*RWE'
	check "$name: no path to libraries is built in" lacks -d "$file" 'RPATH|RUNPATH'
	check "$name: no code has to be changed at start" lacks -d "$file" 'TEXTREL'
done

if [ -n "${TROMMEL_SANITIZED-}" ]; then
	echo "ok - fortified # SKIP a sanitizer brings its own libraries and checks"
else
	check "the program needs libc alone (it needs: $(libraries "$program"))" \
		test "$(libraries "$program")" = "libc.so.6 "
	check "calls of libc know their buffers" calls '__[a-z]+_chk'
	check "the stack is checked" calls '__stack_chk_fail'
fi
exit $result
