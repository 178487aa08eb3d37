# shellcheck shell=sh
# outgoing.sh - for stories about mail that leaves: . "$TESTS/outgoing.sh", behind lib.sh
#
# A sendmail that notes how it was called and what it was given, and answers as told: ~/status is its exit
# status, with ~/refuse, a pattern, only for such recipients; ~/slow makes it take a minute.
cat >"$T/sendmail" <<'STUB'
#!/bin/sh
n=$(ls "$HOME/sent" | grep -c '\.argv$')
[ -f "$HOME/slow" ] && sleep 60
if [ -f "$HOME/status" ] && { [ ! -f "$HOME/refuse" ] || printf '%s\n' "$*" | grep -q -f "$HOME/refuse"; }; then
	cat >/dev/null
	exit "$(cat "$HOME/status")"
fi
cat >"$HOME/sent/$n.mail"
env >"$HOME/sent/$n.env"
for argument; do printf '%s\n' "$argument"; done >"$HOME/sent/$n.argv"
exit 0
STUB
chmod 755 "$T/sendmail"
send() { deliver -o sendmail="$T/sendmail" -r reader@example.net "$@"; }
# A home with these rules, and the delivery of $T/mail there.
story() { # rules options…
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	printf '%s\n' "$1" | rules
	shift
	send "$@" <"$T/mail"
}
sent() { find "$HOME/sent" -name '*.argv' | wc -l | tr -d ' '; }
argv() { tr '\n' ' ' <"$HOME/sent/${1:-0}.argv"; }
# The recipients of all that was sent, sorted.
sent_to() {
	for sent_argv in "$HOME"/sent/*.argv; do
		[ -f "$sent_argv" ] && sed '1,/^--$/d' "$sent_argv"
	done | sort | tr '\n' ' '
}
