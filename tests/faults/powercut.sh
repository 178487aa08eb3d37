#!/bin/sh
# The power fails in the middle of a delivery: what a disk may hold then, and what the MTA's next try makes of it.
#
# POWERCUT_STATES=2000 looks at most of the trees that the model gives (make faults), 12 at so many of each target
# (make check).
. "${0%/*}/../delivery/lib.sh"
need_root "to be several users"
need_trace "without a record of its calls there is no delivery to be cut: no power cut is looked at"
need python3
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer makes calls of its own"

cat >"$T/sendmail" <<STUB
#!/bin/sh
cat >/dev/null
echo "\$*" >>"$T/sent/log"
STUB
mkdir "$T/sent"
chmod 777 "$T/sent"
chmod 755 "$T/sendmail"
message power >"$T/mail"
POWERCUT_STATES=${POWERCUT_STATES:-12} ME=$ME python3 "$TESTS/powercut.py" >"$T/report" 2>"$T/err"
status=$?
sed 's/^/# /' "$T/report"
is "$status" 0 "after exit 0 nothing is lost; before it nothing old is damaged, and the next try files the message"
