#!/bin/sh
# Which rules are in force, and what happens when they are wrong, refused, or cannot be read.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
files_into() { printf 'require ["fileinto", "mailbox"]; fileinto :create "%s";\n' "$1"; }

# The first that exists is in force.
fresh
for place in .sieve .dovecot.sieve .config/trommel/active.sieve; do
	name=$(echo "$place" | tr -d ./)
	files_into "$name" | mine "$HOME/$place"
	own "$HOME"
	deliver <"$T/mail"
	is "$? $(count "$name")" "0 1" "$place is in force, before those after it in the search"
done
files_into configured | mine "$HOME/rules.sieve"
deliver -o "sieve_script=~/rules.sieve" <"$T/mail"
is "$? $(count configured)" "0 1" "sieve_script of the configuration comes before all of them"
files_into given | mine "$HOME/given.sieve"
deliver -o "sieve_script=~/rules.sieve" -s "$HOME/given.sieve" <"$T/mail"
is "$? $(count given)" "0 1" "and -s before that"

# Dovecot's way: ~/.dovecot.sieve is a link to the active script in ~/sieve.
fresh
files_into active | mine "$HOME/sieve/active.sieve"
ln -s sieve/active.sieve "$HOME/.dovecot.sieve"
own "$HOME"
deliver <"$T/mail"
is "$? $(count active)" "0 1" "a symbolic link of the user's own is followed"
fresh
mkdir "$HOME/sieve"
files_into included | mine "$HOME/sieve/more.sieve"
echo 'require "include"; include :personal "more";' | rules
own "$HOME"
deliver <"$T/mail"
is "$? $(count included)" "0 1" "personal includes lie in ~/sieve"

# Rules that another user could have written are not followed.
refused() { # what
	is "$? $(count)" "0 1" "$1: kept in the inbox"
	like "$(told)" "can be written by|belongs to|can write" "$1: its owner is told why"
	is "$(cat "$T/out" "$T/err")" "" "$1: the MTA is told nothing"
}
fresh
files_into hit | mine "$HOME/.sieve" 620
deliver <"$T/mail"
refused "rules that a group can write"
like "$(told)" "chmod|writ" "rules that a group can write: the log says what to do"
fresh
files_into hit | mine "$HOME/.sieve" 602
deliver <"$T/mail"
refused "rules that anybody can write"
fresh
mkdir "$HOME/open"
files_into hit | mine "$HOME/open/rules.sieve"
chmod 777 "$HOME/open"
deliver -s "$HOME/open/rules.sieve" <"$T/mail"
refused "rules in a directory that anybody can write"
if [ "$(id -u)" = 0 ]; then
	fresh
	files_into hit | mine "$HOME/.sieve" 644
	chown "$OTHER:" "$HOME/.sieve"
	deliver <"$T/mail"
	refused "rules of another user"
else
	echo "# rules of another user: only as root"
fi

# Rules that are wrong.
fresh
printf 'require "fileinto";\nfileinto "here"\nif adress :is "a" "b" { stop; }\n' | rules
deliver <"$T/mail"
is "$? $(count) $(everywhere)" "0 1 1" "a script with errors keeps the message in the inbox"
like "$(told)" "sieve:3:" "and its owner is told file and line"
is "$(cat "$T/out" "$T/err")" "" "and the MTA nothing"
fresh
printf 'require ["fileinto", "mailbox", "nonesuch"];\nfileinto :create "here";\nnonesuch;\n' | rules
deliver <"$T/mail"
is "$? $(count) $(count here)" "0 1 0" "an unknown extension keeps the message in the inbox"
like "$(told)" "nonesuch" "and is named"
fresh
printf 'require ["fileinto", "mailbox", "nonesuch"];\nfileinto :create "here";\n' | rules
deliver <"$T/mail"
is "$? $(count) $(count here)" "0 0 1" "one that the script does not use keeps nothing from being done"
fresh
printf 'require ["fileinto", "mailbox", "include"];\nfileinto :create "here";\ninclude "absent";\n' | rules
deliver <"$T/mail"
is "$? $(count) $(count here)" "0 1 0" "an include that does not exist keeps the message in the inbox"
fresh
mkdir "$HOME/sieve"
echo 'require "include"; include "b";' | mine "$HOME/sieve/a.sieve"
echo 'require "include"; include "a";' | mine "$HOME/sieve/b.sieve"
echo 'require "include"; include "a";' | rules
own "$HOME"
deliver <"$T/mail"
is "$? $(count)" "0 1" "rules that include each other keep the message in the inbox"
fresh
printf 'require ["fileinto", "variables"];\nfileinto "one/${no";\nset "x" "../../../tmp/escaped"; fileinto "${x}";\n' | rules
deliver <"$T/mail"
is "$? $(count)" "0 1" "a folder name that leaves the mail is a run-time error: kept in the inbox"
is "$(everywhere)" 1 "and what the script did before it has no effect"
like "$(told)" "\.\./" "and the name is told"
fresh
head -c 3000000 /dev/zero | tr '\0' '#' | rules
deliver <"$T/mail"
is "$? $(count)" "0 1" "a script of 3 MB keeps the message in the inbox"
fresh
: | rules
deliver <"$T/mail"
is "$? $(count)" "0 1" "an empty script keeps"
fresh
mkdir "$HOME/.sieve"
own "$HOME"
deliver <"$T/mail"
status=$?
case $status-$(count) in
0-1 | 75-0) pass "a directory instead of rules: kept, or asked for again ($status)" ;;
*) fail "a directory instead of rules: $status, $(count) kept" ;;
esac
fresh
mkfifo "$HOME/.sieve"
own "$HOME"
deliver <"$T/mail"
status=$?
case $status-$(count) in
0-1 | 75-0) pass "a FIFO instead of rules does not hang ($status)" ;;
*) fail "a FIFO instead of rules: $status, $(count) kept" ;;
esac

# Rules that cannot be read just now: it is not known what their owner wants.
fresh
files_into hit | mine "$HOME/.sieve" 000
deliver <"$T/mail"
is "$? $(everywhere)" "75 0" "rules without permission to read them are 75"
like "$(cat "$T/err")" "^4\.[0-9.]+ .*\.sieve" "and the line names them"
fresh
printf 'require ["fileinto", "mailbox", "include"];\nfileinto :create "here";\ninclude "part";\n' | rules
mkdir "$HOME/sieve"
files_into hit | mine "$HOME/sieve/part.sieve" 000
own "$HOME/sieve"
deliver <"$T/mail"
is "$? $(everywhere)" "75 0" "nor are rules without an included part that cannot be read"
like "$(cat "$T/err")" "part\.sieve" "which the line names"
fresh
mkdir "$HOME/locked"
files_into hit | mine "$HOME/locked/rules.sieve"
ln -s locked/rules.sieve "$HOME/.sieve"
own "$HOME"
chmod 000 "$HOME/locked"
deliver <"$T/mail"
is "$? $(everywhere)" "75 0" "rules in a directory without permission to search it are 75"
chmod 700 "$HOME/locked"
fresh
deliver -s "$HOME/none.sieve" <"$T/mail"
is "$? $(everywhere)" "75 0" "rules that -s names and that are not there are 75"

# The log that tells the owner does not grow for ever, and is his alone.
fresh
printf 'stop' | rules
deliver <"$T/mail"
is "$(stat -c '%a %U' "$HOME/.sieve.log")" "600 $ME" "the log is the owner's alone"
