#!/bin/sh
# The same rules on the same mail: trommel and Pigeonhole (Debian's sieve-test) decide alike.
#
# ORACLE_STEP=1 takes every message of the corpus (make oracle), 16 every sixteenth (make check).  Where the two differ,
# differences.tsv says what sieve-test decides, and why.
. "${0%/*}/../delivery/lib.sh"
need sieve-test python3
need_corpus

mkdir "$T/scripts" "$HOME/sieve"
cp "$TESTS"/scripts/*.sieve "$T/scripts"
cp "$TESTS"/scripts/personal/*.sieve "$HOME/sieve"
cat >"$T/conf" <<CONF
mail_location = maildir:$HOME/Maildir
mail_home = $HOME
mail_uid = $ME
mail_gid = $(call id -gn)
first_valid_uid = 1
ssl = no
log_path = /dev/stderr
protocols =
plugin {
  sieve = file:$HOME/sieve;active=$HOME/.dovecot.sieve
  recipient_delimiter = +
}
CONF
chmod 755 "$T/scripts"
own "$T/scripts" "$HOME"
for file in oracle.py differences.tsv; do cp "$TESTS/$file" "$T/$file"; done
find "$TROMMEL_CORPUS/mail" -name '*.eml' | sort | awk -v n="${ORACLE_STEP:-16}" 'NR % n == 0' >"$T/list"
# One line for each script; those on lines with # are for people.
call ORACLE_SHOWN="${ORACLE_SHOWN:-6}" python3 "$T/oracle.py" "$T" "$TROMMEL_CORPUS/mail" "${ORACLE_STEP:-16}" "$TROMMEL" >"$T/report" 2>&1 || {
	sed 's/^/# /' "$T/report"
	fail "the oracle can be asked"
	exit 1
}
while IFS= read -r line; do
	case $line in
	"# "*) printf '%s\n' "$line" ;;
	*": alike") pass "$line" ;;
	*) fail "$line" ;;
	esac
done <"$T/report"
