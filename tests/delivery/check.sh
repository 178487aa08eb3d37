#!/bin/sh
# trommel check: all mistakes of a script, its includes too; status 0 good, 1 mistakes, 2 could not look.
set -u
: "${TROMMEL:=$(cd "$(dirname "$0")/../.." && pwd)/build/trommel}" "${TMPDIR:=/tmp}"
dir=$(mktemp -d "$TMPDIR/check.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
umask 022
failed=0

# is FOUND WANTED SENTENCE
is() {
	if [ "$1" = "$2" ]; then
		echo "ok - $3"
	else
		printf 'not ok - %s\n    found  %s\n    wanted %s\n' "$3" "$1" "$2"
		failed=1
	fi
}

# check ARGUMENT...: what it prints, and "status N"
check() {
	"$TROMMEL" check -c "$dir/conf" "$@" 2>"$dir/err"
	echo "status $?"
}

cd "$dir" || exit 1
mkdir sieve global
printf 'sieve_dir = %s/sieve\nsieve_global_dir = %s/global\nuser_email = me@example.org\n' "$dir" "$dir" >conf
echo 'require "fileinto"; fileinto "a";' >good.sieve
printf 'if adress :is "from" "a@example.org" {\n\tkeep 5;\n}\n' >bad.sieve

is "$(check good.sieve)" "status 0" "nothing is said of a good script"
is "$(check bad.sieve)" "bad.sieve:1:4: error: unknown test 'adress'
    if adress :is \"from\" \"a@example.org\" {
       ^~~~~~ did you mean 'address'?
bad.sieve:2:7: error: 'keep' takes no arguments
    	keep 5;
    	     ^
status 1" "every mistake is shown with its line and a caret"
is "$(check good.sieve bad.sieve good.sieve | grep -c error:)" 2 "all scripts are looked at"
is "$(check <bad.sieve - | head -1)" "standard input:1:4: error: unknown test 'adress'" "standard input is a script too"
is "$(check --json bad.sieve | head -1)" \
	'{"file":"bad.sieve","line":1,"column":4,"end":{"line":1,"column":10},"level":"error","name":"unknown","message":"unknown test '"'adress'"'","expected":null,"suggestion":"did you mean '"'address'?"'","fix":[{"offset":3,"length":6,"text":"address"}],"source_line":"if adress :is \"from\" \"a@example.org\" {"}' \
	"editors get JSON, one object for each finding"
is "$(check --json good.sieve)" "status 0" "and nothing of none"
printf 'keep' >open.sieve
is "$(check --json open.sieve | grep -o '"expected":"[^"]*"')" "\"expected\":\"';'\"" "what was expected is in it"

echo 'if address "subject" "x" { keep; }' >warned.sieve
is "$(check warned.sieve | tail -1)" "status 0" "a warning is no mistake"
is "$(check warned.sieve | head -1)" \
	"warned.sieve:1:12: warning: this field holds no addresses, so the test is always false [always-false]" "but it is shown"

echo 'require "include"; include "part"; include :global "site";' >includes.sieve
echo 'wibble;' >sieve/part.sieve
echo 'wobble;' >global/site.sieve
is "$(check includes.sieve | grep error:)" "part:1:1: error: unknown command 'wibble'
global/site:1:1: error: unknown command 'wobble'" "included scripts are checked, and named"

echo 'require "regex"; if false { if header :regex "subject" "a(" { stop; } }' >pattern.sieve
is "$(check pattern.sieve | tail -1)" "status 1" "patterns are compiled although no message comes"

is "$(check nothing.sieve)" "status 2" "a script that is not there could not be looked at"
is "$(cat err)" "trommel check: read 'nothing.sieve': No such file or directory" "and that is said"
is "$(check nothing.sieve bad.sieve | grep -c error:)" 2 "the others are checked all the same"
is "$(check)" "status 2" "without a script there is nothing to do"
is "$(check --wibble x)" "status 2" "an unknown option is an error"
head -c 1048577 /dev/zero | tr '\0' '#' >long.sieve
is "$(check long.sieve | head -1)" \
	"long.sieve:1:1: error: the script is longer than 1048576 bytes (limit: script bytes)" "a script has a limit"
head -c 1100000 /dev/zero | tr '\0' '#' >long.sieve
is "$(check long.sieve) $(cat err)" "status 2 trommel check: 'long.sieve' is longer than 1048576 bytes, which no script may be" "and is not read for ever"

# warnings
is "$(check --strict warned.sieve | tail -1)" "status 1" "--strict takes warnings for mistakes"
is "$(check --strict --no-warn always-false warned.sieve)" "status 0" "a warning can be switched off"
is "$(check --no-warn all --strict warned.sieve)" "status 0" "and all of them"
is "$(check --no-warn always-flase warned.sieve)" "status 2" "an unknown name is an error"
is "$(cat err)" \
	"trommel check: no warning is called 'always-flase'; did you mean 'always-false'?; trommel-check(1) has the list" \
	"which is told with what is near"

# a delivery's settings decide what compiles
echo 'require "enotify"; if valid_notify_method "mailto:a@example.org" { stop; }' >notify.sieve
is "$(check notify.sieve)" "status 0" "settings are those of the configuration"
echo 'require "vacation"; vacation "away";' >away.sieve
is "$(check away.sieve)" "status 0" "an answer knows the address that is set"
is "$(check -o user_email= away.sieve | grep -o '\[.*\]$' | head -1)" "[vacation-addresses]" "and is warned of without"

# --fix
printf '# rules\r\nrequire ["fileinto"]; # mine\r\nif adress :contians "from" "x" { /* a  b */\r\n\tfileinto :copy "y" ; }\r\n' >broken.sieve
chmod 640 broken.sieve
is "$(check --fix broken.sieve)" "status 0" "what is clear is mended"
is "$(cat broken.sieve)" "$(printf '# rules\r\nrequire ["fileinto", "copy"]; # mine\r\nif address :contains "from" "x" { /* a  b */\r\n\tfileinto :copy "y" ; }\r\n')" \
	"and every other byte stays"
is "$(stat -c %a broken.sieve)" 640 "the mode too"
printf 'keep' >one.sieve
ln -s one.sieve link.sieve
before=$(stat -c %i one.sieve)
is "$(check --fix link.sieve | tail -1)" "status 1" "what is not clear is left"
is "$(cat one.sieve) $(stat -c %i one.sieve)" "keep $before" "byte for byte, in the same file"
echo 'fileinto "a";' >one.sieve
is "$(check --fix link.sieve)" "status 0" "a link is followed"
is "$([ -L link.sieve ] && cat one.sieve)" 'require "fileinto";
fileinto "a";' "and stays one"
is "$(echo 'fileinto "a"; kepe;' | check --fix - 2>&1)" 'require "fileinto";
fileinto "a"; kepe;
status 1' "standard input is mended to standard output"
is "$(sed -n 1p err)" "standard input:2:15: error: unknown command 'kepe'" "and what is left is told beside it"
printf 'require ["imapflags", "fileinto"];\nmark;\nfileinto "a";\n' >old.sieve
is "$(check --fix old.sieve)" "status 0" "old names are written as they are now"
is "$(cat old.sieve)" 'require ["imap4flags", "fileinto"];
addflag "\\Flagged";
fileinto "a";' "with what they had of their own"
printf 'require "notify";\nnotify :message "x";\n' >old.sieve
is "$(check --fix old.sieve | grep -c old-name)" 1 "but where that means something else"
is "$(cat old.sieve)" "$(printf 'require "notify";\nnotify :message "x";\n')" "nothing is changed"
printf 'require "fileinto"; # mine\nif size over 5M { fileinto copy Lists/big; }\nif header contains [subject, "from"] spam { keep; }\n' >bare.sieve
is "$(check --fix bare.sieve)" "status 0" "words get the quotes and colons that they lack"
is "$(cat bare.sieve)" 'require ["fileinto", "copy"]; # mine
if size :over 5M { fileinto :copy "Lists/big"; }
if header :contains ["subject", "from"] "spam" { keep; }' "where they lack them"
printf 'require ["fileinto", "variables"];\nset "a" "b";\nfileinto a;\nredirect two words;\nif header "subject" is "x" { keep; }\n' >bare.sieve
cp bare.sieve before.sieve
is "$(check --fix bare.sieve | grep -c error:)" 3 "where it is not clear what was meant"
is "$(cat bare.sieve)" "$(cat before.sieve)" "they do not"
is "$(find . -maxdepth 1 -name '*.sieve.*' | wc -l)" 0 "no draft is left"
exit $failed
