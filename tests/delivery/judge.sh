#!/bin/sh
# Rules and messages that keep the judge busy, kill it or fill it up cost the sorting of one message, not the message.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
kept() { # what seconds: the last delivery kept the message in time
	is "$status $(count) $(everywhere)" "0 1 1" "$1: kept in the inbox"
	holds "$1: within ${2:-10} s ($took s)" test "$took" -le $((${2:-10} * SLOWER))
	isnt "$(told)" "" "$1: the owner is told"
	is "$(cat "$T/out" "$T/err")" "" "$1: the MTA is not"
}
story() { # file of the message; the rules are in $T/rules
	fresh
	rules <"$T/rules"
	start=$(date +%s)
	deliver <"$1"
	status=$?
	took=$(($(date +%s) - start))
}

# PCRE2's match limit does not see these: the processor's clock does.
(message bomb; echo) | sed "s/^Subject:.*/Subject: $(head -c 8000 /dev/zero | tr '\0' a)/" >"$T/bomb"
printf 'require ["regex", "fileinto", "mailbox"];\nif header :regex "subject" "a*a*a*a*(b|c)" { fileinto :create "hit"; } else { fileinto :create "miss"; }\n' >"$T/rules"
story "$T/bomb"
kept "a pattern that never comes to an end"
printf 'require ["regex", "fileinto", "mailbox"];\nif header :regex "subject" "(a+)+$x" { fileinto :create "hit"; }\nfileinto :create "miss";\n' >"$T/rules"
story "$T/bomb"
case $status-$(everywhere) in
0-1) pass "a pattern that backtracks: one copy, somewhere ($took s)" ;;
*) fail "a pattern that backtracks: $status with $(everywhere) copies" ;;
esac
holds "within 10 s" test $took -le $((10 * SLOWER))

# Wildcards are linear.
printf 'require ["fileinto", "mailbox"];\nif header :matches "subject" "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b" { discard; } else { fileinto :create "miss"; }\n' >"$T/rules"
story "$T/bomb"
is "$status $(count miss)" "0 1" "a wildcard bomb is no bomb"
holds "and takes no time ($took s)" test $took -le $((2 * SLOWER))

# Variables that double.
(echo 'require ["variables", "fileinto", "mailbox"]; set "a" "xxxxxxxxxxxxxxxx";'
	yes 'set "a" "${a}${a}";' | head -32
	echo 'fileinto :create "end";') >"$T/rules"
story "$T/mail"
case $status-$(everywhere) in
0-1) pass "a variable that doubles 32 times: one copy" ;;
*) fail "a variable that doubles 32 times: $status with $(everywhere) copies" ;;
esac
holds "within 10 s ($took s)" test $took -le $((10 * SLOWER))

# Many rules, deep rules, large rules.
(awk 'BEGIN { print "require [\"fileinto\", \"mailbox\"];"; for (i = 0; i < 5000; i++) printf "if header :contains \"subject\" \"number %d of many\" { fileinto \"f%d\"; stop; }\n", i, i; print "fileinto :create \"end\";" }') >"$T/rules"
story "$T/mail"
is "$status $(count end)" "0 1" "5,000 rules are fine"
holds "and quick ($took s)" test $took -le $((2 * SLOWER))
(echo 'require ["fileinto", "mailbox"]; if '; head -c 60000 /dev/zero | sed 's/\x00/not /g'; echo 'true { fileinto :create "deep"; }') >"$T/rules"
story "$T/mail"
case $status-$(everywhere) in
0-1) pass "60,000 times not: one copy ($(count) kept)" ;;
*) fail "60,000 times not: $status with $(everywhere) copies" ;;
esac
(awk 'BEGIN { for (i = 0; i < 20000; i++) printf "if true { "; for (i = 0; i < 20000; i++) printf "} " }') >"$T/rules"
story "$T/mail"
is "$status $(count)" "0 1" "20,000 blocks in each other: kept in the inbox"
(awk 'BEGIN { print "require [\"fileinto\", \"mailbox\"];"; for (i = 0; i < 100000; i++) printf "fileinto :create \"f%d\";", i }') >"$T/rules"
story "$T/mail"
kept "100,000 folders"

# Messages.
(message many; awk 'BEGIN { for (i = 0; i < 200000; i++) printf "X-%d: %d\n", i, i }') | awk 'NR > 5 && /^$/ && !seen { seen = 1; next } 1' >"$T/many"
printf 'require ["fileinto", "mailbox"]; if exists "x-199999" { fileinto :create "found"; }\n' >"$T/rules"
story "$T/many"
is "$status $(everywhere)" "0 1" "200,000 header fields: one copy"
holds "within 10 s ($took s)" test $took -le $((10 * SLOWER))
(printf 'Subject: nested\nMIME-Version: 1.0\n'
	awk 'BEGIN { for (i = 0; i < 3000; i++) printf "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i; print "Content-Type: text/plain\n\nneedle" }') >"$T/nested"
printf 'require ["body", "fileinto", "mailbox"]; if body :text :contains "needle" { fileinto :create "found"; }\n' >"$T/rules"
story "$T/nested"
is "$status $(everywhere)" "0 1" "3,000 levels of MIME: one copy"
holds "within 10 s ($took s)" test $took -le $((10 * SLOWER))
# The header on which GMime never comes back.
(message name 'MIME-Version: 1.0' "Content-Type: multipart/mixed; $(head -c 71 /dev/zero | tr '\0' n)=\"$(printf '\351\350')\"") >"$T/gmime"
printf 'require ["body", "fileinto", "mailbox"]; if body :text :contains "short" { fileinto :create "found"; }\n' >"$T/rules"
story "$T/gmime"
is "$status $(everywhere)" "0 1" "a parameter name on which libraries loop: one copy"
holds "within 12 s ($took s)" test $took -le $((12 * SLOWER))

is "$(ps -eo args | grep -c '[t]rommel ')" "$(ps -eo args | grep '[t]rommel ' | grep -c "$0")" "no judge is left running"

# What the courier itself cannot do is no fault of the rules: without them mail would go where nobody wants it.
if can_trace && [ -z "${TROMMEL_SANITIZED-}" ]; then
	for fault in sendmsg:error=ENOBUFS recvfrom:error=ENOMEM poll:error=ENOMEM:when=2+; do
		fresh
		rules <<'R'
require ["fileinto", "mailbox"];
if not mailboxexists "elsewhere" { fileinto :create "found"; }
R
		strace -o "$T/trace" -e "inject=$fault" "$TROMMEL" -d "$ME" -o "mail_location=maildir:$HOME/Maildir" \
			<"$T/mail" >"$T/out" 2>"$T/err"
		is "$? $(everywhere)" "75 0" "the courier's $fault: try again, and nothing is filed"
	done
fi
