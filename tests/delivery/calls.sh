#!/bin/sh
# What a delivery asks of the system: few calls behind the message, none for what a message does not need.  Each call is
# a place to fail.
. "${0%/*}/lib.sh"
need_trace
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer has calls of its own"

message hello >"$T/mail"
(message large; head -c 400000 /dev/zero | tr '\0' x | fold -w 72; echo) >"$T/large"
# One delivery of standard input; $HOME/trace is what the courier called, $HOME/trace.PID each of its children.
traced() { # option…
	rm -f "$HOME"/trace*
	call "$UNTRACED" strace -qq -ff -y -o "$HOME/trace" "$TROMMEL" "$@" -o log_facility= >"$T/out" 2>"$T/err"
	traced_status=$?
	mv "$(grep -lE '^read\(0<' "$HOME"/trace.* | head -1)" "$HOME/trace"
	return $traced_status
}
children() { find "$HOME" -name 'trace.*' | wc -l; }
# The calls from where the message has been read to the exit.
behind() { awk '/^read\(0</ { n = 0 } { n++ } END { print n - 2 }' "$HOME/trace"; }

traced <"$T/mail"
is "$? $(count)" "0 1" "a keep into a Maildir"
holds "in at most 40 calls behind the message ($(behind))" test "$(behind)" -le 40
is "$(children)" 0 "without rules there is no judge"
fresh_mbox
traced -o "$MBOX_HERE" <"$T/mail"
is "$? $(grep -c '^From ' "$MBOX")" "0 1" "a keep into an mbox"
holds "in at most 60 calls behind the message ($(behind))" test "$(behind)" -le 60
is "$(grep -c '\.so' "$HOME/trace")" "$(grep -c 'libc\.so\|ld-linux\|ld\.so' "$HOME/trace")" "nothing but libc is loaded"
traced -o "$MBOX_HERE" <"$T/mail"
holds "and no more into one that has mail ($(behind))" test "$(behind)" -le 60

# Modules are for rules that need them.
opened() { cat "$HOME"/trace* | grep -c "^openat.*modules/$1\.so.* = [0-9]"; }
fresh
echo 'require ["fileinto", "regex", "variables", "imap4flags"]; if header :regex "subject" "h(e)" { fileinto "x"; }' | rules
traced <"$T/mail"
is "$? $(children) $(opened '[a-z-]*')" "0 1 0" "rules on the header need a judge, and no module"
fresh
echo 'require "body"; if body :raw :contains "short" { keep; }' | rules
traced <"$T/mail"
is "$? $(opened '[a-z-]*')" "0 0" "nor do rules on the raw body"
fresh
echo 'require "body"; if body :text :contains "short" { keep; }' | rules
traced <"$T/mail"
is "$? $(opened mime) $(opened '[a-z-]*')" "0 1 1" "rules on its text need GMime"

# A large body is written once, into an unnamed file where it will be filed, and linked there.
written() { grep -E '^(p?writev?(64)?|sendfile|copy_file_range)\(' "$HOME/trace" | grep -c '/#'; }
fresh
# shellcheck disable=SC2002 # a pipe, not the file
cat "$T/large" | traced
is "$? $(count)" "0 1" "a large message through a pipe"
like "$(grep -E '^openat.*O_TMPFILE' "$HOME/trace")" "^openat\([^ ]*<$HOME/Maildir>, \"tmp\".* = [0-9]+<$HOME/Maildir/tmp/#[0-9]+" \
	"lies in an unnamed file of the Maildir's file system"
is "$(grep -cE '^openat.*O_TMPFILE' "$HOME/trace")" 1 "the only one"
once=$(written)
# A file is read where it is.
fresh
traced <"$T/large"
is "$? $(count)" "0 1" "the same from a file"
is "$(grep -cE '^openat.*O_TMPFILE' "$HOME/trace")" 1 "which is not copied but into its place"
fresh
echo discard\; | rules
traced <"$T/large"
is "$? $(everywhere) $(written)" "0 0 0" "and not at all when it goes nowhere"
fresh
echo 'require ["fileinto"]; fileinto "a"; fileinto "b"; keep;' | rules
# shellcheck disable=SC2002
cat "$T/large" | traced -o folder_autocreate=yes
is "$? $(everywhere)" "0 3" "in three folders"
holds "it is written no more often ($(written), and $once in one)" test "$(written)" -le $((once + 2))
