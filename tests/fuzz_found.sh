#!/bin/sh
# What a fuzz target finds is told so that a log alone repeats it (tests/fuzz/run): the law, where it was broken, and the
# input, whole when it is short.  The targets are stand-ins.
set -u
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/fuzz-found.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/targets"
failed=0

ok() { # SENTENCE, then a command that is to be true
	sentence=$1
	shift
	if "$@"; then echo "ok - $sentence"; else echo "not ok - $sentence"; sed 's/^/    /' "$work/said"; failed=1; fi
}

# target NAME BYTES: one that ends at once over an input of so many bytes, NULs among them
target() {
	cat >"$work/targets/$1" <<TARGET
#!/bin/sh
for option do case \$option in -artifact_prefix=*) prefix=\${option#*=} ;; esac; done
yes "From here
on" | head -c $2 | tr 'h' '\\000' >"\${prefix}crash-1"
cp "\${prefix}crash-1" "$work/$1.input"
echo "tests/fuzz/fuzz_$1.c:7: broken law: all is well"
echo "==1== ERROR: libFuzzer: deadly signal"
echo "    #0 0x55aa in __sanitizer_print_stack_trace (/build/targets/$1+0xde901) (BuildId: 00)"
echo "    #1 0x55ab in fuzzer::PrintStackTrace() (/build/targets/$1+0x534f8) (BuildId: 00)"
for i in 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
	echo "    #\$i 0x55\$i in frame_\$i /src/base/text.c:\$i:3"
done
echo "artifact_prefix='\$prefix'; Test unit written to \${prefix}crash-1"
exit 77
TARGET
	chmod +x "$work/targets/$1"
	BUILD=$work FUZZ_SECONDS=1 tests/fuzz/run "$1" >"$work/said" 2>&1
	status=$?
}
told() { grep -q -- "$1" "$work/said"; }
input() { sed -n '/repeat it with/q; s/^    \([A-Za-z0-9+/=]*\)$/\1/p' "$work/said" | base64 -d; }

target short 1500
ok 'what was found is a failure' test $status -ne 0
ok 'the law is told' told 'fuzz_short.c:7: broken law: all is well'
ok 'and where it was broken' told '#2 frame_2 /src/base/text.c:2:3'
ok 'twelve frames deep' told '#13 frame_13 '
ok 'and no deeper' sh -c '! grep -q "#14 " "$1"' sh "$work/said"
ok 'without those of the sanitizer' sh -c '! grep -q "PrintStackTrace\|__sanitizer" "$1"' sh "$work/said"
input >"$work/back"
ok 'a short input is told, byte for byte' cmp -s "$work/back" "$work/short.input"

target long 1501
input >"$work/back"
ok 'of a long one the first bytes' sh -c 'head -c 1500 "$1" | cmp -s - "$2"' sh "$work/long.input" "$work/back"
ok 'and that there are more' told 'the first 1500 of its 1501 bytes'
exit $failed
