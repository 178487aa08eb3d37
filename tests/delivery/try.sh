#!/bin/sh
# trommel try: what the rules would do is said, for every message of whatever people have, and nothing is done.
. "${0%/*}/lib.sh"

fresh
try() { call "$TROMMEL" try -v "$@" >"$T/out" 2>"$T/err"; }
said() { cat "$T/out"; }

mine "$HOME/rules" <<'END'
require ["fileinto", "envelope", "subaddress", "mailbox", "imap4flags", "date", "copy"];
if header :contains "subject" "list" {
	addflag "\\Seen";
	fileinto :create "Lists";
} elsif envelope :is "from" "boss@example.org" {
	redirect :copy "me@example.net";
} elsif envelope :detail "to" "junk" {
	discard;
} elsif currentdate :originalzone :is "year" "1999" {
	fileinto "Old";
}
END
# Only currentdate knows no :originalzone; the first story is of a mistake.
mine "$HOME/plain.eml" <<'END'
Return-Path: <someone@example.org>
Subject: hello
From: someone@example.org

body
END

try "$HOME/rules" "$HOME/plain.eml"
is $? 1 "a script that does not compile: status 1"
like "$(cat "$T/err")" "rules:9:.*error" "its mistakes are shown with their places"
is "$(said)" "$HOME/plain.eml: someone@example.org: hello
    the rules have errors
    keep in the inbox [implicit keep]" "and what would become of the message"
call "$TROMMEL" try "$HOME/rules" "$HOME/plain.eml" >"$T/out" 2>/dev/null
like "$(said)" ": hello -> the rules have errors; keep in the inbox \[implicit keep\]$" "on one line, too"
call "$TROMMEL" try --json "$HOME/rules" "$HOME/plain.eml" >"$T/out" 2>/dev/null
like "$(said)" '"outcome":"errors","text":"the rules have errors; keep in the inbox \[implicit keep\]","error":"[^"]*rules:9:' "an object has them with it"

sed 's/ :originalzone//' "$HOME/rules" | mine "$HOME/rules.sieve"
rm "$HOME/rules"
before=$(cd "$HOME" && find . -type f -exec cksum {} + -o -print | sort)
try "$HOME/rules.sieve" "$HOME/plain.eml"
is "$? $(cat "$T/err")" "0 " "good rules: status 0, nothing on standard error"
is "$(said)" "$HOME/plain.eml: someone@example.org: hello
    keep in the inbox [implicit keep]" "one line for the message, one for each action"

sed 's/hello/a =?utf-8?q?li=73t?= for =?utf-8?q?K=C3=B6ln?=/' "$HOME/plain.eml" | mine "$HOME/list.eml"
try "$HOME/rules.sieve" "$HOME/list.eml"
is "$(said)" "$HOME/list.eml: someone@example.org: a list for Köln
    file into \"Lists\", made if missing (flag \\Seen) [line 4]" "an action names its line, a title is readable"

try --sender boss@example.org "$HOME/rules.sieve" "$HOME/plain.eml"
is "$(said | sed 1d)" "    redirect to \"me@example.net\" [line 6]
    keep in the inbox [implicit keep]" "the sender can be given"
sed 's/someone@example.org>/boss@example.org>/' "$HOME/plain.eml" | mine "$HOME/boss.eml"
try "$HOME/rules.sieve" "$HOME/boss.eml"
like "$(said)" "redirect to" "else it is that of the Return-Path"
try --recipient me+junk@example.org "$HOME/rules.sieve" "$HOME/plain.eml"
is "$(said | sed 1d)" "    discard [line 8]" "the recipient can be given"
sed 's/^Subject/Delivered-To: me+junk@example.org\n&/' "$HOME/plain.eml" | mine "$HOME/junk.eml"
try "$HOME/rules.sieve" "$HOME/junk.eml"
is "$(said | sed 1d)" "    discard [line 8]" "else it is that of Delivered-To"
call EXTENSION=junk RECIPIENT=x+junk@y.example SENDER=boss@example.org "$TROMMEL" try -v "$HOME/rules.sieve" "$HOME/plain.eml" >"$T/out"
is "$(said | sed 1d)" "    keep in the inbox [implicit keep]" "the environment of an MTA has no say"
try --now 1999-06-01T00:00:00Z "$HOME/rules.sieve" "$HOME/plain.eml"
is "$(said | sed 1d)" "    file into \"Old\" [line 10]" "the time can be given"
try --now yesterday "$HOME/rules.sieve" "$HOME/plain.eml"
is $? 2 "what is no date is refused"

# What people have.
{
	printf 'From a@b.example Thu Jan  1 12:00:00 2026\n' && cat "$HOME/plain.eml"
	printf '>From here on\n\nFrom nowhere\n\n'
	printf 'From a@b.example Thu Jan  1 12:00:00 2026\n' && cat "$HOME/list.eml" && echo
} | mine "$HOME/box"
try "$HOME/rules.sieve" "$HOME/box"
is "$(said | grep -v '^ ')" "$HOME/box, message 1: someone@example.org: hello
$HOME/box, message 2: someone@example.org: a list for Köln" "an mbox is taken apart"
call "$TROMMEL" try -v "$HOME/rules.sieve" - <"$HOME/box" >"$T/out"
is "$(said | grep -v '^ ')" "-, message 1: someone@example.org: hello
-, message 2: someone@example.org: a list for Köln" "so is one on standard input"
# shellcheck disable=SC2002 # a pipe is meant
cat "$HOME/plain.eml" | call "$TROMMEL" try -v "$HOME/rules.sieve" - >"$T/out"
is "$(said | grep -v '^ ')" "-: someone@example.org: hello" "a message comes through a pipe"
mine "$HOME/Maildir/cur/2.b:2,S" <"$HOME/plain.eml"
mine "$HOME/Maildir/new/1.a" <"$HOME/list.eml"
mine "$HOME/Maildir/tmp/3.c" <"$HOME/plain.eml"
try "$HOME/rules.sieve" "$HOME/Maildir"
is "$(said | grep -v '^ ')" "$HOME/Maildir/new/1.a: someone@example.org: a list for Köln
$HOME/Maildir/cur/2.b:2,S: someone@example.org: hello" "a Maildir gives what is in new/ and cur/, and not what is in tmp/"
try "$HOME/rules.sieve" "$HOME/plain.eml" "$HOME/missing.eml" "$HOME/list.eml"
is "$? $(said | grep -cv '^ \|^$')" "2 2" "a source that is missing: status 2, and the others are tried"
like "$(cat "$T/err")" "missing.eml" "and it is named"
call "$TROMMEL" try -v "$HOME/rules.sieve" "$HOME/plain.eml" >/dev/full 2>"$T/err"
is $? 2 "output that cannot be written is an error"

# Folders.
mine "$HOME/ask" <<'END'
require ["fileinto", "mailbox"];
if mailboxexists "Lists" { fileinto "Lists"; } else { fileinto "Else"; }
END
try "$HOME/ask" "$HOME/plain.eml"
like "$(said)" '"Lists"' "without a location every folder exists"
chmod 0 "$HOME/Maildir/new/1.a"
try "$HOME/rules.sieve" "$HOME/Maildir"
is "$? $(said | grep -c '^[^ ].*hello')" "2 1" "one that cannot be read: status 2, and the others of its Maildir are tried"
like "$(cat "$T/err")" "new/1.a.: Permission denied" "and it is named"
chmod 600 "$HOME/Maildir/new/1.a"
try --mail "maildir:$HOME/Maildir" "$HOME/ask" "$HOME/plain.eml"
like "$(said)" '"Else"' "with one it is looked for"
for part in cur new tmp; do mkdir -p "$HOME/Maildir/.Lists/$part"; done
own "$HOME/Maildir"
try --mail "maildir:$HOME/Maildir" "$HOME/ask" "$HOME/plain.eml"
like "$(said)" '"Lists"' "and found"

# Names that would write to the terminal.
printf 'require ["fileinto", "variables"];\nif header :matches "subject" "*" { fileinto "${1}"; }\n' | mine "$HOME/name"
printf 'Subject: a\033[2Jb\n\n' | mine "$HOME/escape.eml"
try "$HOME/name" "$HOME/escape.eml"
is "$? $(said | tr -d '[:print:]\n')" "1 " "no control character of a message reaches the terminal"

rm -r "$HOME/Maildir/.Lists" "$HOME/ask" "$HOME/name" "$HOME"/*.eml "$HOME/box" "$HOME/Maildir/cur/2.b:2,S" \
	"$HOME/Maildir/new/1.a" "$HOME/Maildir/tmp/3.c"
printf '%s\n' "$before" | grep -v '\.eml' >"$T/before"
(cd "$HOME" && find . -type f -exec cksum {} + -o -print | sort) >"$T/after"
same "$T/before" "$T/after" "nothing was done"

# Help.
call "$TROMMEL" --version >"$T/out"
like "$(said)" "^trommel [0-9]+\.[0-9]+\.[0-9]+$" "--version names the version"
like "$(said)" "confined by: process limits" "and what confines the rules"
call "$TROMMEL" help >"$T/out"
for command in deliver check try config help; do
	like "$(said)" "^  $command " "help lists '$command'"
	call "$TROMMEL" help $command >"$T/err"
	is $? 0 "and explains it"
done
call "$TROMMEL" help tyr >"$T/out" 2>"$T/err"
is "$? $(cat "$T/err")" "2 trommel help: nothing is known about 'tyr'; did you mean 'try'?" "help suggests what was meant"
