#!/bin/sh
# What hostile messages cost: little memory, and time that grows no faster than they do, whatever rules look at.
# HOSTILE_LARGE: the largest ones, those of the corpus's maker too (`make hostile`); else a fiftieth of ours.
. "${0%/*}/lib.sh"
need python3
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer has costs of its own"

fresh
mkdir "$T/rules"
echo 'keep;' >"$T/rules/none"
cat >"$T/rules/header" <<'SIEVE'
require ["fileinto", "envelope", "regex", "date", "index", "variables", "subaddress", "relational", "comparator-i;ascii-numeric", "editheader"];
if header :is ["subject", "to"] "no such words" { stop; }
if header :contains ["from", "to", "cc", "subject", "x-none"] ["no such words", "nor these"] { stop; }
if header :matches "subject" "*a*b*no*such*words*" { stop; }
if header :regex "subject" ["^(re|aw): *no such words", "(x+x+)+y$"] { stop; }
if header :count "gt" :comparator "i;ascii-numeric" ["received", "subject"] "2000000" { stop; }
if header :value "lt" "subject" "" { stop; }
if header :index 2 :contains "received" "no such words" { stop; }
if header :index 1 :last :contains "subject" "no such words" { stop; }
if address :all :matches ["from", "to", "cc", "reply-to"] "*@*.*.nowhere" { stop; }
if address :detail :is ["from", "to"] "no such words" { stop; }
if address :domain :regex ["from", "to"] "^(a|b)*nowhere$" { stop; }
if date :value "lt" "date" "year" "1900" { stop; }
if date :index 1 :last "received" "hour" "99" { stop; }
if exists ["x-99999999", "x-none"] { stop; }
if header :matches "subject" "*" { set :lower "s" "${1}"; set :length "l" "${s}"; set :quotewildcard "q" "${s}"; }
if string :contains "${s}${q}" "no such words" { stop; }
SIEVE
cat >"$T/rules/body" <<'SIEVE'
require "body";
if body :raw :contains "no such words" { stop; }
if body :text :contains ["no such words at all", "nor these"] { stop; }
if body :content "text" :contains "no such words at all" { stop; }
if body :content ["message", "multipart"] :contains "no such words at all" { stop; }
SIEVE
cat >"$T/rules/patterns" <<'SIEVE'
require ["body", "regex", "variables"];
if header :regex "subject" "(a|b|ab)*c$" { stop; }
if body :raw :matches "*no*such*words*" { stop; }
if body :text :matches "*no?such?words*" { stop; }
if body :raw :regex "no *(such|of those) words" { stop; }
if body :text :regex "^(a+)+$no such words" { stop; }
if body :content "text" :is "no such words" { stop; }
SIEVE
cat >"$T/rules/parts" <<'SIEVE'
require ["mime", "foreverypart", "extracttext", "variables", "fileinto"];
if header :mime :anychild :contains "subject" "no such words" { stop; }
if header :mime :anychild :param ["name", "filename", "charset"] :contains ["content-type", "content-disposition"] "no such words" { stop; }
if header :mime :type "content-type" "no such type" { stop; }
if exists :mime :anychild "x-none" { stop; }
if address :mime :anychild :all :is "from" "no@such.words" { stop; }
foreverypart {
	if header :mime :subtype "content-type" "html" { extracttext :first 1000 "text"; }
	if header :mime :contenttype "content-type" "text/plain" { extracttext "text"; }
	if string :contains "${text}" "no such words" { stop; }
}
SIEVE
chmod -R a+rX "$T/rules"
for part in hostile.py hostile_kinds.py hostile_bounds.py; do cp "$TESTS/$part" "$T/$part"; done
mkdir "$HOME/mail"
own "$HOME"
steps=small maker=
if [ -n "${HOSTILE_LARGE-}" ]; then
	steps=large maker=$TROMMEL_CORPUS/make-hostile.py
	[ -f "$maker" ] || { maker='' && echo "# no maker of hostile mail at $TROMMEL_CORPUS: ours alone"; }
fi
call HOSTILE_KINDS="${HOSTILE_KINDS-}" python3 "$T/hostile_bounds.py" $steps "$HOME" "$T/rules" "$TROMMEL" ${maker:+"$maker"} >"$T/report" 2>&1
is "$?" 0 "all were looked at"
is "$(grep -v '^#' "$T/report")" "" "each was stored as it came, in 64 MB, in time that grows with its size"
if [ -n "${HOSTILE_LARGE-}" ]; then cat "$T/report"; else grep '^#' "$T/report" | awk '{ for (i = 1; i < NF && $i != "s"; i++); print $(i - 1) "\t" $0 }' | sort -rn | cut -f 2 | head -3; fi
no_litter
