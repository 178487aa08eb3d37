#!/bin/sh
# What cannot be written was not said: each command that prints ends with 2 and says why, and none waits for ever.
. "${0%/*}/lib.sh"
[ -w /dev/full ] || { echo "1..0 # SKIP no /dev/full"; exit 77; }

fresh
echo 'keep;' | mine "$HOME/rules"
echo 'kepe;' | mine "$HOME/bad"
# more messages than are under way at a time
i=0
while [ $i -lt 600 ]; do
	i=$((i + 1))
	printf 'From a@example.org  Thu Jan  1 12:00:00 2026\nSubject: %s\n\ntext\n\n' $i
done | mine "$HOME/box"
echo '{"time":"2026-11-24T08:00:00Z","user":"jo","size":100,"folder":"INBOX","result":"stored"}' | mine "$HOME/log"
printf 'require "vnd.dovecot.testsuite";\ntest "a" { keep; }\n' | mine "$HOME/good.svtest"
cd "$HOME" || exit 1

# lost COMMAND...: with standard output closed, and on a full disk
lost() {
	call timeout 20 "$TROMMEL" "$@" >&- 2>"$T/err" </dev/null
	is "$? $(grep -c 'write.*: Bad file descriptor$' "$T/err")" "2 1" "closed: $*"
	call timeout 20 "$TROMMEL" "$@" >/dev/full 2>"$T/err" </dev/null
	is "$? $(grep -c 'write.*: No space left on device$' "$T/err")" "2 1" "full: $*"
}
lost check bad
lost check --json bad
lost fmt rules
lost try rules box
lost try -j 1 --trace rules box
lost try --json rules box
lost try --html - rules box
lost try --diff bad rules box
lost refile rules box
is "$(find Maildir -type f | wc -l)" 0 "what cannot be shown is not done"
is "$(ls .local/state/trommel/refile)" "" "and no run is left"
for how in -c -l --json --mbox -j1; do
	lost grep $how true box
done
lost split -j 2 box -- cat
lost report log
lost report --json log
lost report --html - log
lost config
lost doctor --json
lost help
lost help check
lost help completion bash
lost --version
lost test good.svtest
lost undo

# The other descriptors: nothing that is opened gets their numbers.
call "$TROMMEL" refile rules box >"$T/out" 2>&- <&-
is "$? $(find Maildir -type f | wc -l)" "0 600" "refile without standard input and error"
is "$(find Maildir -type f -exec cat {} + | sort -u | grep -vc '^Subject: [0-9]*$')" 2 "what is filed is the messages alone"
call "$TROMMEL" check - >"$T/out" 2>"$T/err" <&-
is "$? $(cat "$T/err")" "2 trommel check: read '-': Bad file descriptor" "no script came, which is not an empty one"

# A file of tests that cannot be read has not failed.
printf 'require "vnd.dovecot.testsuite";\ntest "a" { keep; }\n' | mine "$HOME/shut.svtest" 000
call "$TROMMEL" test good.svtest shut.svtest >"$T/out" 2>"$T/err"
is "$? $(cat "$T/out" "$T/err")" "2 trommel test: read 'shut.svtest': Permission denied" "a file of tests without a right to read it"
