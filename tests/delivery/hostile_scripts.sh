#!/bin/sh
# Scripts of the largest size that are too much of one thing: a clear error or none, in bounded time, and the message kept.
. "${0%/*}/lib.sh"
need python3
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer has costs of its own"

fresh
for part in hostile.py hostile_kinds.py hostile_bounds.py hostile_scripts.py; do cp "$TESTS/$part" "$T/$part"; done
call python3 "$T/hostile_scripts.py" "$HOME" "$TROMMEL" >"$T/report" 2>&1
is "$?" 0 "all were looked at"
is "$(grep -v '^#' "$T/report")" "" "each is told about and delivered in spite of, in time that grows with its size"
grep '^#' "$T/report" | awk '{ for (i = 1; i < NF && $i != "s"; i++); print $(i - 1) "\t" $0 }' | sort -rn | cut -f 2 | head -3
no_litter
