#!/bin/sh
# Hostile messages: exit 0 and exactly one copy, byte for byte, or 75 and none; and what a person is shown of them by
# `try --trace` is fit for a terminal.  Each in little memory (HOSTILE_MB, 64) and time.
#
# HOSTILE_STEP=1 takes all of the real mail too (make hostile), 4 every fourth of it (make check).
. "${0%/*}/lib.sh"
need python3

if [ -f "$TROMMEL_CORPUS/make-hostile.py" ]; then
	python3 "$TROMMEL_CORPUS/make-hostile.py" "$T/hostile" >/dev/null || skip_all "the hostile set cannot be made"
	chmod -R a+rX "$T/hostile"
	find "$T/hostile" -type f ! -name MANIFEST.tsv >"$T/list"
else
	skip_all "no maker of hostile mail at $TROMMEL_CORPUS"
fi
[ -d "$TROMMEL_CORPUS/mail" ] && find "$TROMMEL_CORPUS/mail" -name '*.eml' | sort | awk -v n="${HOSTILE_STEP:-4}" 'NR % n == 0' >>"$T/list"
cp "$TESTS/hostile.py" "$T/hostile.py"
cat >"$T/rules" <<'SIEVE'
require ["fileinto", "envelope", "body", "regex", "date", "index", "imap4flags", "variables", "subaddress", "relational", "comparator-i;ascii-numeric"];
if allof (header :contains ["from", "to", "cc", "subject", "x-none"] "no such words", true) { stop; }
if address :all :matches ["from", "to", "cc", "reply-to"] "*@*.*.nowhere" { stop; }
if header :regex "subject" "^(re|aw): *no such words" { stop; }
if header :matches "subject" "*no*such*words*" { stop; }
if date :value "lt" "date" "year" "1900" { stop; }
if header :index 2 :contains "received" "no such words" { stop; }
if body :raw :contains "no such words" { stop; }
if body :text :contains "no such words at all" { stop; }
if size :over 1G { stop; }
SIEVE
# Their parts, one after the other.
cat >"$T/parts" <<'SIEVE'
require ["mime", "foreverypart", "extracttext", "variables", "body", "fileinto"];
if header :mime :anychild :contains "subject" "no such words" { stop; }
if header :mime :anychild :param ["name", "filename", "charset", "boundary"] :contains ["content-type", "content-disposition"] "no such words" { stop; }
if exists :mime :anychild "x-none" { stop; }
if address :mime :anychild :all :is "from" "no@such.words" { stop; }
if body :content ["text", "message", "multipart"] :contains "no such words at all" { stop; }
foreverypart {
	if header :mime :subtype "content-type" "html" { extracttext :first 1000 "text"; }
	if header :mime :contenttype "content-type" "text/plain" { extracttext "text"; }
	if string :contains "${text}" "no such words" { stop; }
}
SIEVE
megabytes=${HOSTILE_MB:-64}
[ -z "${TROMMEL_SANITIZED-}" ] || megabytes=100000 # a sanitizer has costs of its own
run() { # shape what arguments…
	shape=$1 what=$2
	shift 2
	report=$(call HOSTILE_MB="$megabytes" python3 "$T/hostile.py" "$shape" "$T/list" "$HOME" "$TROMMEL" "$@" 2>&1)
	is "$(echo "$report" | grep -v '^#')" "" "$what"
	echo "$report" | grep '^#'
}
fresh
run maildir "every message into a Maildir, byte for byte"
no_litter
fresh_mbox
run mbox "every message into an mbox, byte for byte but for its quoting and fields" -o "$MBOX_HERE"
fresh
rules <"$T/rules"
run maildir "every message through rules, byte for byte"
no_litter
fresh
rules <"$T/parts"
run maildir "every message through rules for its parts, byte for byte"
no_litter
fresh
for shown in rules parts; do
	cp "$T/$shown" "$T/$shown.sieve"
	chmod a+r "$T/$shown.sieve"
	run trace "every message shown, with what the $shown do, and nothing stored" try --trace "$T/$shown.sieve"
done
is "$(everywhere)" 0 "and nothing is stored"
no_litter
