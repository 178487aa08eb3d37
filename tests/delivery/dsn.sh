#!/bin/sh
# Delivery reports and deadlines: what the sender asked for reaches the rules, and what the rules ask for sendmail(1).
# RFC 6009
. "${0%/*}/lib.sh"
. "$TESTS/outgoing.sh"

message hello >"$T/mail"
# ---- what came: from the environment to "envelope" (RFC 6009, 4 and 5)
seen() { # variables…: the folder that the rules chose
	fresh
	rules <<'SIEVE'
require ["envelope", "envelope-dsn", "envelope-deliverby", "variables", "relational", "comparator-i;ascii-numeric",
	 "fileinto"];
set "seen" "";
if envelope "notify" "success" { set "seen" "${seen} success"; }
if envelope "notify" "failure" { set "seen" "${seen} failure"; }
if envelope "notify" "delay" { set "seen" "${seen} delay"; }
if envelope "notify" "never" { set "seen" "${seen} never"; }
if envelope :matches "ret" "*" { set "seen" "${seen} ret ${1}"; }
if envelope :matches "envid" "*" { set "seen" "${seen} envid ${1}"; }
if envelope :matches "orcpt" "*" { set "seen" "${seen} orcpt ${1}"; }
if envelope :matches "bymode" "*" { set "seen" "${seen} by ${1}"; }
if envelope :is "bytrace" "trace" { set "seen" "${seen} trace"; }
if envelope :matches "bytimerelative" "-*" { set "seen" "${seen} late"; }
elsif envelope :value "gt" :comparator "i;ascii-numeric" "bytimerelative" "7000" { set "seen" "${seen} later"; }
if envelope :matches :zone "+0000" "bytimeabsolute" "20??-??-??T??:??:??Z" { set "seen" "${seen} at"; }
fileinto "seen${seen}";
SIEVE
	environ SENDER=alice@example.org RECIPIENT=reader@example.net "$@" -- <"$T/mail"
	for seen_folder in "$HOME"/Maildir/.seen*; do
		[ -d "$seen_folder" ] && printf '%s' "${seen_folder##*/.}"
	done
}
is "$(seen)" "seen" "nothing is known without the variables"
is "$(seen DSN_NOTIFY=SUCCESS,DELAY)" "seen success delay" "DSN_NOTIFY holds conditions, each a value (4.1)"
is "$(seen DSN_NOTIFY=NEVER DSN_RET=HDRS)" "seen never ret HDRS" "DSN_RET is there as it came (4.3)"
is "$(seen DSN_ENVID=QQ314159+3D1+2B)" "seen envid QQ314159=1+" "DSN_ENVID is read as xtext (4.4)"
is "$(seen 'DSN_ORCPT=rfc822;bob+2Bx@net')" "seen orcpt rfc822;bob+x@net" "and so is DSN_ORCPT (4.2)"
is "$(seen DSN_ENVID=a+4)" "seen envid a+4" "half a code is no code"
is "$(seen DSN_ENVID=a+0Ab+00c)" "seen envid a?b?c" "line breaks and NULs do not get through"
is "$(seen DSN_NOTIFY= DSN_RET= DSN_ENVID= DSN_ORCPT= DELIVER_BY=)" "seen" "an empty variable is none"
is "$(seen 'DELIVER_BY=7200;R')" "seen by return later at" "DELIVER_BY: a deadline ahead, after which it goes back (5)"
is "$(seen 'DELIVER_BY=-5;NT')" "seen by notify trace late at" "one that has passed, with notice and trace"
for nonsense in '120' '120;' '120;X' ';R' 'soon;R' '99999999999;R' '-9223372036854775808;R' '120R'; do
	is "$(seen "DELIVER_BY=$nonsense")" "seen" "DELIVER_BY=$nonsense is none"
done

# ---- what is asked for: from the tags of "redirect" to sendmail(1) (RFC 6009, 6 and 7)
story 'require "redirect-dsn"; redirect :notify "failure,Delay" :ret "hdrs" "bob@example.com";' -f alice@example.org
is "$? $(sent) $(everywhere)" "0 1 0" "a redirect that asks for reports is passed on"
is "$(argv)" "-oi -f reader@example.net -N FAILURE,DELAY -R HDRS -- bob@example.com " \
	"reports go to the owner of the rules, not to the sender (6.1)"
story "require \"redirect-dsn\"; redirect :notify \"DELAY$(printf ',SUCCESS%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 \
	20 21 22 23 24 25 26 27 28 29 30 31 32)\" \"bob@example.com\";" -f alice@example.org
is "$(sent) $(argv)" "1 -oi -f reader@example.net -N SUCCESS,DELAY -- bob@example.com " "a condition that is named again is one"
story 'require "redirect-dsn"; redirect :notify "NEVER" "bob@example.com";' -f alice@example.org
is "$(argv)" "-oi -f reader@example.net -N NEVER -- bob@example.com " ":notify alone"
story 'require "redirect-dsn"; redirect :ret "FULL" "bob@example.com";' -f alice@example.org -o redirect_sender=postmaster
is "$(argv)" "-oi -f reader@example.net -R FULL -- bob@example.com " ":ret alone; redirect_sender is for the others"
story 'require "redirect-dsn"; redirect :notify "FAILURE" "bob@example.com";' -f ''
is "$(argv)" "-oi -f <> -N FAILURE -- bob@example.com " "the null sender stays null: no path for bounces is made"
story 'require "redirect-dsn"; redirect :notify "DELAY" "bob@example.com"; redirect "carol@example.com";' -f alice@example.org
is "$(argv 0)|$(argv 1)" \
	"-oi -f reader@example.net -N DELAY -- bob@example.com |-oi -f alice@example.org -- carol@example.com " \
	"each redirect asks for itself"
story 'require ["redirect-dsn", "variables"]; set "when" "sometimes"; redirect :notify "${when}" "bob@example.com";' -f alice@example.org
is "$? $(sent) $(count)" "0 0 1" "a condition that there is not is an error of the rules: kept, not sent"

# Deadlines: sendmail(1) cannot be told of one.
story 'require "redirect-deliverby"; redirect :bytimerelative 600 :bymode "return" "bob@example.com";' -f alice@example.org
is "$? $(sent) $(count)" "0 0 1" "a message that must return after its deadline is kept instead (RFC 2852, 4.1.4)"
like "$(told)" "not redirected to bob@example.com, kept instead: .*deadline" "and its owner is told"
story 'require "redirect-deliverby"; redirect :bytimerelative 600 "bob@example.com";' -f alice@example.org
is "$? $(sent) $(count)" "0 0 1" "so is one that says no mode: it is \"return\" (7.1)"
story 'require ["redirect-deliverby", "copy"]; redirect :copy :bytimerelative 600 "bob@example.com"; redirect "carol@example.com";' -f alice@example.org
is "$? $(sent) $(count) $(argv)" "0 1 1 -oi -f alice@example.org -- carol@example.com " "one beside another: that one goes"
story 'require "redirect-deliverby"; redirect :bytimerelative 600 :bymode "notify" "bob@example.com";' -f alice@example.org
is "$? $(sent) $(count) $(argv)" "0 1 0 -oi -f reader@example.net -- bob@example.com " \
	"one whose sender is to be told only goes, with its owner as the sender (7.1)"
no_litter
