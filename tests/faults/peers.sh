#!/bin/sh
# The faults of steps.sh on procmail, maildrop and dovecot-lda, where they are installed, and on trommel beside them.
#
# make faults-peers.  FAULTS_STEP=1 takes every system call, 5 every fifth; FAULTS_PROGRAMS=procmail,maildrop those alone.
. "${0%/*}/../delivery/lib.sh"
need_root "to be several users"
need python3
[ -d /var/mail ] || skip_all "no /var/mail, which programs look for"
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer makes calls of its own"
[ -e "$BUILD/tests/fault_shim.so" ] || skip_all "no $BUILD/tests/fault_shim.so"
[ -n "${FAULTS_STEP-}" ] || FAULTS_STEP=400 FAULTS_PROGRAMS=${FAULTS_PROGRAMS-trommel}
FAULT_SHIM=$T/fault_shim.so
export FAULT_SHIM FAULTS_STEP FAULTS_PROGRAMS ME
cp "$BUILD/tests/fault_shim.so" "$FAULT_SHIM"
chmod 755 "$FAULT_SHIM"
mkdir -p "$T/peers/dovecot" "$T/spool"
# Without their setuid and setgid bits: as who calls them, and so that they can be traced.
for peer in procmail maildrop; do
	if command -v $peer >/dev/null; then install -m 755 "$(command -v $peer)" "$T/peers/$peer"; fi
done
chmod 755 "$T/peers" "$T/peers/dovecot"
message peers >"$T/mail"
python3 "$TESTS/peers.py" >"$T/report" 2>"$T/err"
status=$?
sed 's/^/# /' "$T/report"
is "$status" 0 "trommel loses, doubles and damages nothing, and is never stuck"
