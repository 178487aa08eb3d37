#!/bin/sh
# trommel refile --allow-outgoing: what leaves goes out as from a delivery, and once, however often it is killed.
. "${0%/*}/lib.sh"
need python3

fresh
mine "$HOME/rules" <<'END'
require ["fileinto", "copy", "vacation"];
if header :contains "subject" "both" { redirect :copy "both@example.net"; fileinto "Both"; }
elsif header :contains "subject" "away" { redirect "away@example.net"; }
elsif header :contains "subject" "ask" { vacation :days 3 "I am away"; keep; }
else { discard; }
END
letter() { # number subject
	printf 'From a@example.org  Thu Jan  1 12:00:00 2026\nFrom: a%s@example.org\nTo: %s@%s\n' "$1" "$ME" example.com
	printf 'Return-Path: <a%s@example.org>\nDelivered-To: %s@example.com\n' "$1" "$ME"
	printf 'Message-ID: <%s@example.org>\nX-Id: %s\nSubject: %s\n\nbody\n\n' "$1" "$1" "$2"
}
{ letter 1 both; letter 2 away; letter 3 ask; letter 4 junk; letter 5 away; } | mine "$HOME/box"
cp "$HOME/box" "$T/box"
# Stands for sendmail: a line for each message, "RECIPIENT ID", and fails while $HOME/down is there.
mine "$HOME/sendmail" 700 <<'END'
#!/bin/sh
if [ -e "$HOME/down" ]; then cat >/dev/null; exit 75; fi
if [ -e "$HOME/no" ]; then cat >/dev/null; exit 65; fi
for recipient; do :; done
id=$(sed -n 's/^X-Id: //p; s/^Subject: Auto: /answer /p' | head -n 1)
echo "$recipient $id" >>"$HOME/sent"
[ -e "$HOME/kill" ] && { rm "$HOME/kill"; kill -9 "$(cat "$HOME/pid")"; sleep 1; }
exit 0
END
refile() { call "$TROMMEL" refile -o "sendmail=$HOME/sendmail" -o "mail_location=maildir:$HOME/Maildir" "$@" </dev/null >"$T/out" 2>"$T/err"; }
undo() { call "$TROMMEL" undo "$@" </dev/null >"$T/out" 2>"$T/err"; }
last_run() { ls "$HOME/.local/state/trommel/refile" | tail -n 1; }
sent() { sort "$HOME/sent" 2>/dev/null | tr '\n' ';'; }
forget() { rm -rf "$HOME/.local" "$HOME/sent" "$HOME/Maildir"; cp "$T/box" "$HOME/box"; own "$HOME/box"; }
ALL='a@example.org answer ask;away@example.net 2;away@example.net 5;both@example.net 1;'

# ---- asked for
refile "$HOME/rules" "$HOME/box"
is "$? $(sent)" "0 " "nothing is sent without --allow-outgoing"
like "$(cat "$T/out")" "3  redirects: not sent" "and that is told"
forget
refile --allow-outgoing "$HOME/rules" "$HOME/box"
is "$? $(sent)" "2 " "where nobody can be asked nothing is sent without --yes"
like "$(cat "$T/err")" "mail would be sent" "and why is told"

# ---- sent
refile --allow-outgoing --move --yes "$HOME/rules" "$HOME/box"
is "$? $(cat "$T/err")" "0 " "sent and moved"
is "$(sent)" "$ALL" "redirects and answers have left, once"
is "$(count Both) $(count) $(wc -c <"$HOME/box" | tr -d ' ')" "1 1 0" "copies are filed, and the source is empty"
is "$(find "$HOME/.local/state/trommel" -path '*/journal/*' -type f)" "" "no journal is left"
undo "$(last_run)"
like "$(cat "$T/out")" "^4 messages, .* have left" "what has left cannot be undone, which is told"
same "$HOME/box" "$T/box" "everything else is"

# ---- no way out just now
forget
touch "$HOME/down"
refile --allow-outgoing --move --yes "$HOME/rules" "$HOME/box"
is "$? $(sent)" "1 " "while mail cannot be sent the run ends"
same "$HOME/box" "$T/box" "with everything where it was"
rm "$HOME/down"
refile --resume "$(last_run)" --yes
is "$? $(sent)" "0 $ALL" "and goes on later"

# ---- refused for good
forget
touch "$HOME/no"
refile --allow-outgoing --move --yes "$HOME/rules" "$HOME/box"
is "$? $(sent)" "0 " "what is refused for good is not sent"
is "$(files | xargs cat | grep -c '^X-Id: [1235]')" 4 "and is kept in the inbox instead"
like "$(cat "$T/err")" "message .*not redirected to away@example.net, kept instead" "which is told"
rm "$HOME/no"

# ---- killed between the handing over and the word of it
forget
touch "$HOME/kill"
call sh -c 'echo $$ >"$HOME/pid"; exec "$@"' sh "$TROMMEL" refile -o "sendmail=$HOME/sendmail" \
	-o "mail_location=maildir:$HOME/Maildir" --allow-outgoing --move \
	--yes "$HOME/rules" "$HOME/box" </dev/null >"$T/out" 2>"$T/err"
is "$(sent)" "both@example.net 1;" "killed just when the first had left"
refile --resume "$(last_run)" --yes
is "$?" 0 "the run goes on"
is "$(sent)" "$ALL" "nothing is sent twice"
is "$(files | xargs cat | grep -c '^X-Id: 1')" 1 "what may have been sent is kept as well"
like "$(cat "$T/err")" "may have been sent already" "which is told"

# ---- killed there, and resumed when deliveries have swept the journals of theirs that are old
forget
touch "$HOME/kill"
call sh -c 'echo $$ >"$HOME/pid"; exec "$@"' sh "$TROMMEL" refile -o "sendmail=$HOME/sendmail" \
	-o "mail_location=maildir:$HOME/Maildir" --allow-outgoing --move \
	--yes "$HOME/rules" "$HOME/box" </dev/null >"$T/out" 2>"$T/err"
journal=$(find "$HOME/.local/state/trommel" -path '*/journal/*' -type f)
isnt "$journal" "" "killed just when the first had left: a journal is there"
touch -d '20 days ago' "$journal"
mkdir -p "$HOME/.local/state/trommel/journal"
own "$HOME/.local"
call touch -d '20 days ago' "$HOME/.local/state/trommel/journal/old"
echo 'require ["copy", "fileinto"]; redirect :copy "b@example.net"; fileinto "Else";' | rules
letter 9 both | sed 1d | deliver -o "sendmail=$HOME/sendmail" -f c@example.org
is "$? $(ls "$HOME/.local/state/trommel/journal" 2>/dev/null)" "0 " "a delivery sweeps what is 20 days old"
rm "$HOME/.sieve"
refile --resume "$(last_run)" --yes
is "$? $(sent)" "0 $(echo "$ALL" | sed 's/both@/b@example.net 9;&/')" "the run is gone on with, and nothing is sent twice"
run=$(last_run)
undo "$run"
is "$? $(last_run)" "0 " "undone, and nothing is left of the run"

# ---- killed anywhere
call python3 "$TESTS/refile_send.py" "$TROMMEL" "$HOME/killed" "${REFILE_KILLS:-20}" >"$T/out" 2>&1
is "$(cat "$T/out")" "" "killed at random moments and resumed: nothing is lost, doubled or sent twice"
