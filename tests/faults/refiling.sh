#!/bin/sh
# A failure at each step of a refiling that moves messages, and of its undoing: what is begun can be resumed or undone,
# and no message is lost or doubled.
#
# FAULTS_STEP=1 takes every system call (make faults), 48 every 48th (make check).
. "${0%/*}/../delivery/lib.sh"
need_root "to be several users"
need python3
need strace
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer makes calls of its own"
call strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
FAULTS_STEP=${FAULTS_STEP:-48}
export ME FAULTS_STEP
sweep() { # what
	python3 "$TESTS/refiling.py" >"$T/report" 2>"$T/err"
	status=$?
	sed 's/^/# /' "$T/report" "$T/err"
	is "$status" 0 "$1"
}
sweep "whatever fails, a run and its undoing can be brought to their end"
FAULTS_STEP=1 FAULTS_CALL=sendmsg FAULTS_ERROR=ENOBUFS sweep "a message that a judge did not get is not treated as another is"
