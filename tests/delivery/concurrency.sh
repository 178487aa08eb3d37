#!/bin/sh
# 64 deliveries at once, while other programs write to the same mailbox under their own locks:
# every message is there, whole, once.
. "${0%/*}/lib.sh"
need python3

cp "$TESTS/concurrency.py" "$T/concurrency.py"
crowd() { call python3 "$T/concurrency.py" "$@" 2>&1; }

fresh_mbox
report=$(crowd mbox 256 64 "$MBOX" "$TROMMEL" -o "$MBOX_HERE" -o lock_timeout_s=100)
is "$(echo "$report" | grep -v '^#')" "all there, whole, once" "256 deliveries, 64 at a time, into one mbox"
echo "$report" | grep '^#'
no_litter
fresh_mbox
report=$(crowd mbox+writers 256 64 "$MBOX" "$TROMMEL" -o "$MBOX_HERE" -o lock_timeout_s=100)
is "$(echo "$report" | grep -v '^#')" "all there, whole, once" "the same while a dotlocking and an fcntl-locking program write too"
echo "$report" | grep '^#'
no_litter
fresh
report=$(crowd maildir+writers 256 64 "$HOME/Maildir" "$TROMMEL")
is "$(echo "$report" | grep -v '^#')" "all there, whole, once" "256 deliveries, 64 at a time, into one Maildir while another program delivers too"
echo "$report" | grep '^#'
no_litter
fresh
echo 'require ["fileinto", "imap4flags", "mailbox"]; fileinto :create :flags ["one", "two"] "New";' | rules
report=$(crowd maildir 64 64 "$HOME/Maildir/.New" "$TROMMEL")
is "$(echo "$report" | grep -v '^#')" "all there, whole, once" "64 at a time into a folder that does not exist yet, with keywords"
is "$(sort "$HOME/Maildir/.New/dovecot-keywords" | tr '\n' ,)" "0 one,1 two," "which has its keywords once"
no_litter
fresh_mbox
rm "$MBOX"
report=$(crowd mbox 64 64 "$MBOX" "$TROMMEL" -o "$MBOX_HERE" -o lock_timeout_s=100)
is "$(echo "$report" | grep -v '^#')" "all there, whole, once" "64 at a time into an mbox that does not exist yet"
no_litter
