#!/bin/sh
# Rules that have errors: those that had none decide in their place, and their owner is told.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
bring() { deliver -f alice@example.org "$@" <"$T/mail"; }
kept() { find "$HOME/.local/state/trommel/rules" -type f 2>/dev/null | wc -l | tr -d ' '; }

fresh
printf 'require "fileinto";\nfileinto "Good";\n' | rules
bring
is "$? $(count Good) $(kept)" "0 1 1" "rules that compile are kept"
printf 'require "fileinto";\nfileinto "Better";;\nwibble;\n' | rules
bring
is "$? $(count Good) $(count)" "0 2 0" "with errors, the last that had none decide"
like "$(told)" "sieve:3:1: error: unknown command 'wibble'" "and the owner is told what is wrong"
like "$(told)" "the last rules without errors were used, those of " "and what was done"
bring
is "$(count Good)" 3 "as long as the errors stand"
printf 'require "fileinto";\nfileinto "Better";\n' | rules
touch -d '1 minute ago' "$HOME/.sieve"
bring
is "$(count Better) $(count Good)" "1 3" "corrected, they are used"
echo wibble | rules
bring
is "$(count Better)" 2 "and are the last good ones from then on"
rm "$HOME/.sieve"
printf 'wibble;\n' | mine "$HOME/.dovecot.sieve"
bring
is "$(count)" 1 "those of another script are not"
like "$(told)" "the message was kept" "which is told"

# What is included belongs to it.
fresh
printf 'require "include"; include "part"; include "other";\n' | rules
printf 'require "fileinto"; fileinto "One";\n' | mine "$HOME/sieve/part.sieve"
printf 'require ["fileinto", "copy"]; fileinto :copy "Two";\n' | mine "$HOME/sieve/other.sieve"
bring
is "$(count One) $(count Two) $(kept)" "1 1 1" "included scripts are kept, too"
echo 'wibble;' | mine "$HOME/sieve/part.sieve"
bring
is "$(count One) $(count Two) $(count)" "2 2 0" "one of them has errors: all is as it was"
like "$(told)" "part:1:1: error: unknown command" "and it is named"
printf 'require "fileinto"; fileinto "Three";\n' | mine "$HOME/sieve/part.sieve"
bring
is "$(count Three)" 1 "corrected, it is used"
echo 'wibble;' | mine "$HOME/sieve/other.sieve"
bring
is "$(count Three) $(count Two)" "2 4" "and kept, although the main script is the same"

# What others could have written is not believed.
fresh
printf 'require "fileinto";\nfileinto "Good";\n' | rules
bring
echo 'wibble;' | rules
chmod 666 "$HOME"/.local/state/trommel/rules/*
bring
is "$(count) $(count Good)" "1 1" "kept rules that others could have changed are not used"

# What a delivery that was killed has left half written is neither used nor followed, and goes.
fresh
printf 'require "fileinto";\nfileinto "Good";\n' | rules
bring
kept=$(find "$HOME/.local/state/trommel/rules" -type f)
draft=${kept%/*}/.${kept##*/}.new
find "$HOME/Maildir" -type f -path '*/new/*' -delete
for left in file link pipe; do
	rm -f "$draft"
	echo 'half' | mine "$HOME/decoy"
	case $left in
	file) echo 'half' | mine "$draft" ;;
	link) ln "$HOME/decoy" "$draft" ;;
	pipe) mkfifo "$draft" && own "$draft" ;;
	esac
	printf 'require "fileinto";\nfileinto "Good";\n# %s\n' $left | rules
	touch -d "${minutes=9} minutes ago" "$HOME/.sieve"
	minutes=$((minutes - 1))
	bring
	is "$? $(count Good) $(cat "$HOME/decoy")" "0 1 half" "a $left draft in the way: the rules decide"
	is "$(grep -c "^# $left" "$kept") $(kept)" "1 1" "a $left draft in the way: and they are kept"
	find "$HOME/Maildir" -type f -path '*/new/*' -delete
done

# Nothing is remembered where the site does not want it.
fresh
printf 'require "fileinto";\nfileinto "Good";\n' | rules
bring -o state_dir=
is "$? $(count Good) $(find "$HOME/.local" 2>/dev/null)" "0 1 " "without a state_dir nothing is kept"

# By mail.
fresh
printf 'require "fileinto";\nfileinto "Good";\n' | rules
bring
printf 'wibble;\n' | rules
NOTICE=yes bring
is "$? $(count) $(count Good)" "0 1 2" "the owner gets a message about it"
like "$(header Subject "$(stored)") $(header Auto-Submitted "$(stored)")" "Your mail rules have errors auto-generated" "which says what it is"
like "$(cat "$(stored)")" "error: unknown command 'wibble'" "and what is wrong"
NOTICE=yes bring
is "$? $(count) $(count Good)" "0 1 3" "once a day"
