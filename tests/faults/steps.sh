#!/bin/sh
# A failure at each step of a delivery whose plan has several effects: after the MTA's next try each has happened once.
#
# FAULTS_STEP=1 takes every system call (make faults), 12 every twelfth (make check).
. "${0%/*}/../delivery/lib.sh"
need_root "to be several users"
need strace python3
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer makes calls of its own"

mkdir "$T/programs"
mkdir -m 1777 "$T/spool"
cat >"$T/sendmail" <<'STUB'
#!/bin/sh
cat >>"$HOME/sent/all" || exit 75
for argument; do :; done
echo "$argument" >>"$HOME/sent/log"
STUB
cat >"$T/programs/archive" <<'STUB'
#!/bin/sh
cat >/dev/null
echo archive >>"$HOME/sent/log"
STUB
chmod -R a+rX "$T/programs" "$T/sendmail"
chmod 755 "$T/programs/archive" "$T/sendmail"
message steps >"$T/mail"
FAULTS_STEP=${FAULTS_STEP:-12} ME=$ME python3 "$TESTS/steps.py" >"$T/report" 2>"$T/err"
status=$?
sed 's/^/# /' "$T/report"
is "$status" 0 "nothing is lost, doubled, damaged or stuck, and no exit status is wrong"
