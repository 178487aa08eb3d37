#!/bin/sh
# Every delivery leaves one line: who, which message, what decided, where it went, how long it took, what came of it.
. "${0%/*}/lib.sh"
need python3

message hello >"$T/mail"
cat >"$T/rules" <<'SIEVE'
require ["fileinto", "mailbox", "ereject"];

if header :is "subject" "lists" { fileinto :create "Lists"; }
elsif header :is "subject" "work" { fileinto :create "Work"; fileinto :create "Copy"; }
elsif header :is "subject" "junk" { discard; }
elsif header :is "subject" "no" { ereject "No."; }
SIEVE
# What the log says of the delivery of a message with this subject.
logged() { # subject options…
	fresh
	rules <"$T/rules"
	rm -f "$T/log"
	: >"$T/log"
	chmod 666 "$T/log"
	message "$1" >"$T/mail"
	shift
	deliver -f alice@example.org -r bob@example.net -o log_json="$T/log" "$@" <"$T/mail"
	python3 - "$T/log" "$(wc -c <"$T/mail")" <<'PYTHON'
import json, sys
lines = open(sys.argv[1]).read().splitlines()
it = json.loads(lines[0])
came = int(sys.argv[2])
assert len(lines) == 1, lines
assert it["sender"] == "alice@example.org" and it["recipient"] == "bob@example.net", it
assert 0 < it["duration_us"] < 60_000_000, it
assert it["size_bytes"] == came or not it["message_id"], it
print(it["user"], it["message_id"], (it["script"] or "no").rsplit("/", 1)[-1], it["line"], it["folder"], it["result"], it["status"])
PYTHON
}

is "$(logged lists)" "$ME <lists@example.org> .sieve 3 Lists stored 0" "filed: the line that did, and the folder"
is "$(logged work)" "$ME <work@example.org> .sieve 4 Work, Copy stored 0" "two folders"
is "$(logged junk)" "$ME <junk@example.org> .sieve 5 discarded discarded 0" "discarded"
is "$(logged other)" "$ME <other@example.org> .sieve 0 INBOX stored 0" "kept, since no line decided"
is "$(logged no)" "$ME <no@example.org> .sieve 6 refused refused 77" "refused"
is "$(logged lists -o "mail_location=maildir:/nonexistent/%u" | sed 's/ [^ ]* deferred/ deferred/')" \
	"$ME <lists@example.org> .sieve 3 deferred 75" "put off, with nothing stored"
like "$(cat "$T/log")" '"reason":"[^"]*/nonexistent' "and why"
is "$(logged other -s /dev/null | cut -d' ' -f 1-2,6-)" "$ME <other@example.org> stored 0" "other rules"
