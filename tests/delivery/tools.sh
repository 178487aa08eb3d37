#!/bin/sh
# What an MTA starts is the delivery alone: the commands that people type are a module, which it neither opens nor needs.
. "${0%/*}/lib.sh"
need strace

message hello >"$T/mail"
mkdir -p "$T/here"
cp "$TROMMEL" "$T/here/trommel"
cp -r "$BUILD/modules" "$T/here/modules"
chmod -R a+rX "$T/here"
TROMMEL=$T/here/trommel

fresh
rules <<'RULES'
require ["fileinto", "mailbox"];
if header :contains "subject" "hello" { fileinto :create "seen"; }
RULES
# shellcheck disable=SC2086 # options
call $UNTRACED strace -f -o "$HOME/calls" "$TROMMEL" -o "mail_location=maildir:$HOME/Maildir" <"$T/mail"
is "$? $(count seen)" "0 1" "a message is delivered by rules"
is "$(grep -c 'tools\.so\|modules/' "$HOME/calls")" 0 "and no module was opened for it"

fresh
printf 'keep;\n' >"$T/good.sieve"
"$TROMMEL" check "$T/good.sieve" >"$T/out" 2>&1
is "$?" 0 "a command is run"
rm "$T/here/modules/tools.so"
deliver <"$T/mail"
is "$? $(count)" "0 1" "without the module of the commands mail is delivered"
deliver check "$T/good.sieve" <"$T/mail"
is "$? $(count)" "75 1" "and a command is put off, as an MTA would have it"
like "$(cat "$T/err")" "unexpected argument 'check', and no command can be run: .*tools" "and the line names what is missing"
