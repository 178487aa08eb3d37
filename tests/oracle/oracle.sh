#!/bin/sh
# The same rules on the same mail: trommel and Pigeonhole (Debian's sieve-test) decide alike.
#
# ORACLE_STEP=1 takes every message of the corpus (make oracle), 32 every 32nd (make check).  Where the two differ,
# differences.tsv says what sieve-test decides, and why.  ORACLE_SCRIPTS='body-*' takes those scripts alone.
. "${0%/*}/../delivery/lib.sh"
need sieve-test python3
need_corpus

mkdir "$T/scripts" "$HOME/sieve"
for script in "$TESTS"/scripts/${ORACLE_SCRIPTS:-*}.sieve; do cp "$script" "$T/scripts"; done
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
mail_attribute_dict = file:$HOME/attributes
namespace inbox {
  inbox = yes
  mailbox Junk {
    special_use = \\Junk
  }
  mailbox Sent {
    special_use = \\Sent
  }
}
plugin {
  sieve_plugins = sieve_extprograms
  sieve_pipe_bin_dir = $T
  sieve_extensions = +editheader +spamtest +spamtestplus +virustest +imapflags +special-use +mboxmetadata +servermetadata +vacation-seconds +vnd.dovecot.environment +vnd.dovecot.report +vnd.dovecot.pipe
  sieve = file:$HOME/sieve;active=$HOME/.dovecot.sieve
  recipient_delimiter = +
  sieve_spamtest_status_header = X-Spam-Status: [a-z]+, hits=([0-9.]+)
  sieve_spamtest_status_type = score
  sieve_spamtest_max_value = 10
  sieve_virustest_status_header = X-Spam-Level
  sieve_virustest_status_type = strlen
  sieve_virustest_max_value = 5
}
CONF
cat >"$T/trommel.conf" <<CONF
special_use = \Junk=Junk \Sent=Sent
spamtest_status_header = X-Spam-Status: [a-z]+, hits=([0-9.]+)
spamtest_score_max_value = 10
virustest_status_header = X-Spam-Level
virustest_status_type = strlen
virustest_score_max_value = 5
CONF
mkdir -p "$HOME/Maildir/.Junk/new" "$HOME/Maildir/.Junk/cur" "$HOME/Maildir/.Junk/tmp"
chmod 755 "$T/scripts"
own "$T/scripts" "$HOME"
for file in oracle.py differences.tsv; do cp "$TESTS/$file" "$T/$file"; done
find "$TROMMEL_CORPUS/mail" -name '*.eml' | sort | awk -v n="${ORACLE_STEP:-32}" 'NR % n == 0' >"$T/list"
# One line for each script; those on lines with # are for people.
call ORACLE_SHOWN="${ORACLE_SHOWN:-6}" python3 "$T/oracle.py" "$T" "$TROMMEL_CORPUS/mail" "${ORACLE_STEP:-32}" "$TROMMEL" >"$T/report" 2>&1 || {
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
