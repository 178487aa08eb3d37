#!/bin/sh
# Where strace is there and may not trace (a container, a kernel that lets nobody): the faults of steps.sh are those of the
# preloaded library, which is said, and what cannot be looked at without a tracer is skipped, and says why.
set -u
tests=$(cd "${0%/*}" && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/untraced.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/bin"
cat >"$work/bin/strace" <<'STUB'
#!/bin/sh
echo 'strace: attach: ptrace(PTRACE_SEIZE, 4711): Operation not permitted' >&2
exit 1
STUB
chmod -R a+rX "$work/bin"
chmod 755 "$work/bin/strace"
PATH=$work/bin:$PATH
export PATH
failed=0

is() { # found expected what
	if [ "$1" = "$2" ]; then echo "ok - $3"; else echo "not ok - $3" && echo "#   found: $1" && failed=1; fi
}
says() { grep -q -- "$1" "$work/said"; echo $?; }

FAULTS_STEP=40 FAULTS_PLAN='a refusal' TMPDIR=$work "$tests/steps.sh" >"$work/said" 2>&1
status=$?
[ $status != 77 ] || { tail -n 1 "$work/said"; exit 77; }
is "$status" 0 "a sweep goes on without strace"
is "$(says '^# strace may not trace here: all faults are those of a preloaded library')" 0 "and says so"
is "$(says '^# .*a refusal')" 0 "and what it did"
for test in ../faults/powercut ../delivery/poison; do
	TMPDIR=$work "$tests/$test.sh" >"$work/said" 2>&1
	is "$? $(tail -n 1 "$work/said" | sed 's/, and .*//')" "77 1..0 # SKIP strace may not trace here" "${test##*/} is skipped, and says why"
done
TMPDIR=$work "$tests/powercut.sh" >"$work/said" 2>&1
is "$(says 'no power cut is looked at$')" 0 "powercut says what is not looked at then"
exit $failed
