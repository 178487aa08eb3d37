#!/bin/sh
# A message of any size needs the same memory.
. "${0%/*}/lib.sh"
need python3

cat >"$T/measure" <<'PYTHON'
import os, sys
# Runs argv with standard input from a file or, with "|", through a pipe; prints status and peak memory in KB.
how, path, argv = sys.argv[1], sys.argv[2], sys.argv[3:]
if how == "|":
    r, w = os.pipe()
    feeder = os.fork()
    if feeder == 0:
        os.close(r)
        with open(path, "rb") as f:
            while chunk := f.read(1 << 20):
                os.write(w, chunk)
        os._exit(0)
    os.close(w)
else:
    r = os.open(path, os.O_RDONLY)
pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, r, 0)])
os.close(r)
_, status, usage = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
PYTHON
LARGEST=16 # MB
[ -z "${TROMMEL_SANITIZED-}" ] || LARGEST=32 # a sanitizer keeps books of its own
measure() { call python3 "$T/measure" "$1" "$2" "$TROMMEL" 2>"$T/err"; }
large() { # megabytes
	message large 'MIME-Version: 1.0' 'Content-Type: multipart/mixed; boundary=b'
	printf -- '--b\nContent-Type: text/plain\n\nhere\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n'
	head -c $(($1 * 1000000)) /dev/zero | tr '\0' A | fold -w 76
	printf '\n--b--\n'
}
delivers() { # message how what
	set -- "$1" "$2" "$3" "$(measure "$2" "$1")"
	is "${4% *} $(everywhere)" "0 1" "$3: delivered"
	without_trace "$(find "$HOME/Maildir" -path '*/new/*' -type f)" | cmp -s - "$1" && pass "$3: byte for byte" || fail "$3: byte for byte"
	holds "$3: in less than $LARGEST MB (${4#* } KB)" test "${4#* }" -lt $((LARGEST * 1024))
}

large 60 >"$T/60"
fresh
delivers "$T/60" '<' "60 MB from a file"
fresh
delivers "$T/60" '|' "60 MB through a pipe"
fresh
echo 'require "fileinto"; if header :contains "subject" "large" { fileinto "Large"; }' | rules
delivers "$T/60" '|' "60 MB with a header rule"
fresh
echo 'require ["body", "fileinto"]; if body :raw :contains "no such words" { discard; }' | rules
delivers "$T/60" '|' "60 MB with a rule on the raw body"
fresh
echo 'require ["body", "fileinto"]; if body :text :contains "no such words" { discard; }' | rules
delivers "$T/60" '|' "60 MB with a rule on the text"
rm "$T/60"

large 500 >"$T/500"
fresh
delivers "$T/500" '|' "500 MB through a pipe"

fresh_mbox
result=$(call python3 "$T/measure" '|' "$T/500" "$TROMMEL" -o "$MBOX_HERE" 2>"$T/err")
is "${result% *} $(grep -c '^From ' "$MBOX")" "0 1" "500 MB into an mbox"
holds "500 MB into an mbox: in less than $LARGEST MB (${result#* } KB)" test "${result#* }" -lt $((LARGEST * 1024))
