#!/bin/sh
# A failure at each step of a delivery whose plan has several effects: after the MTA's next try each has happened once.
#
# FAULTS_STEP=1 takes every system call (make faults), 24 every 24th (make check); FAULTS_PLAN those plans whose
# title has it; FAULTS_CALL and FAULTS_ERROR one call and one fault.  strace is done without where it is not allowed.
. "${0%/*}/../delivery/lib.sh"
need_root "to be several users"
need python3
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer makes calls of its own"

[ -e "$BUILD/tests/fault_shim.so" ] || skip_all "no $BUILD/tests/fault_shim.so"
FAULT_SHIM=$T/fault_shim.so
export FAULT_SHIM
cp "$BUILD/tests/fault_shim.so" "$FAULT_SHIM"
chmod 755 "$FAULT_SHIM"
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
cat >"$T/programs/tell" <<'STUB'
#!/bin/sh
cat >/dev/null
echo "${1#tell:}" >>"$HOME/sent/log"
STUB
cat >"$T/programs/shout" <<'STUB'
#!/bin/sh
echo shout >>"$HOME/sent/log"
exec sed 's/^Subject: steps/Subject: STEPS/'
STUB
cat >"$T/programs/folder" <<'STUB'
#!/bin/sh
echo folder >>"$HOME/sent/log"
printf one
STUB
chmod -R a+rX "$T/programs" "$T/sendmail"
chmod 755 "$T"/programs/* "$T/sendmail"
message steps >"$T/mail"
cat >"$T/invitation" <<'MAIL'
From: alice@example.org
To: bob@example.net
Subject: steps
MIME-Version: 1.0
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:steps
SEQUENCE:0
DTSTAMP:20260101T120000Z
DTSTART:20260201T120000Z
ORGANIZER:mailto:alice@example.org
ATTENDEE:mailto:bob@example.net
END:VEVENT
END:VCALENDAR
MAIL
sed 's/^SEQUENCE:0/SEQUENCE:1/' "$T/invitation" >"$T/update"
FAULTS_STEP=${FAULTS_STEP:-24}
export ME FAULTS_STEP
sweep() { # what
	python3 "$TESTS/steps.py" >"$T/report" 2>"$T/err"
	status=$?
	sed 's/^/# /' "$T/report"
	is "$status" 0 "$1"
}
sweep "nothing is lost, doubled, damaged or stuck, and no exit status is wrong"
FAULTS_PLAN="programs that rules ask" FAULTS_STEP=1 FAULTS_CALL=read FAULTS_ERROR=EIO \
	sweep "the beginning of what a program wrote is never taken for the whole"
# Where nobody may trace: few of them, since they are the same.
FAULTS_UNTRACED=1 FAULTS_STEP=$((FAULTS_STEP * 4)) sweep "nor where strace is not allowed"
