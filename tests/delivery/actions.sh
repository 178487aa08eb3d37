#!/bin/sh
# What the rules decided is what lies on disk afterwards: folders, copies, flags.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
story() { # rules: delivers with them; the status stays in $?
	fresh
	printf '%s\n' "$1" | rules
	deliver -f alice@example.org <"$T/mail"
}
folder_of() { without_trace "$(stored "$1")"; }

story 'require "fileinto"; fileinto "Lists";'
is "$? $(count Lists) $(count)" "0 1 0" "fileinto files into the folder, made when it is missing, and not into the inbox"
folder_of Lists >"$T/found"
same "$T/found" "$T/mail" "byte for byte"
is "$(ls -A "$HOME/Maildir/.Lists" | sort | tr '\n' ' ')" "cur maildirfolder new tmp " "a new folder is a Maildir++ folder"
is "$(stat -c %a "$HOME/Maildir/.Lists" "$HOME/Maildir/.Lists/new" | tr '\n' ' ')" "700 700 " "which nobody else can read"
is "$(stat -c %a "$(stored Lists)")" 600 "nor the message"
no_litter
story 'require "fileinto"; fileinto "Lists"; fileinto "Work"; keep;'
is "$? $(count Lists) $(count Work) $(count)" "0 1 1 1" "three copies"
story 'require "fileinto"; fileinto "Lists"; fileinto "Lists";'
is "$? $(count Lists)" "0 1" "twice into one folder is one copy"
story 'keep; keep;'
is "$? $(count)" "0 1" "as is keep twice"
story 'require "fileinto"; fileinto "INBOX";'
is "$? $(count)" "0 1" "INBOX is the inbox"
story 'require "fileinto"; fileinto "inbox";'
is "$? $(count)" "0 1" "in any case"
story 'require ["fileinto", "copy"]; fileinto :copy "Lists";'
is "$? $(count Lists) $(count)" "0 1 1" ":copy leaves the implicit keep"
story 'discard;'
is "$? $(everywhere)" "0 0" "discard leaves nothing"
story 'require "fileinto"; discard; fileinto "Lists";'
is "$? $(count Lists) $(count)" "0 1 0" "discard only cancels the implicit keep"
story 'require "fileinto"; fileinto "A.B";'
is "$? $(find "$HOME/Maildir/.A.B/new" -type f | wc -l)" "0 1" "levels of folders"
story 'require "fileinto"; fileinto "Entw&APw-rfe"; fileinto "Entwürfe";'
is "$?" 0 "a folder beyond ASCII"
is "$(find "$HOME/Maildir/.Entw&APw-rfe/new" -type f | wc -l)" 1 "is in modified UTF-7 on disk"

# Flags.
story 'require ["fileinto", "imap4flags"]; addflag ["\\Seen", "\\Flagged"]; fileinto "Lists";'
is "$? $(count Lists)" "0 1" "a message with flags"
like "$(stored Lists)" '/cur/[^/]*:2,FS$' "flags stand in its name, in cur/"
story 'require "imap4flags"; keep :flags ["\\Answered", "work", "later"];'
is "$? $(count)" "0 1" "a message with keywords"
like "$(stored)" '/cur/[^/]*:2,Rab$' "keywords are letters in its name"
is "$(cat "$HOME/Maildir/dovecot-keywords")" "0 work
1 later" "which dovecot-keywords explains"
deliver -f alice@example.org <"$T/mail"
is "$(sort "$HOME/Maildir/dovecot-keywords" | tr '\n' ,)" "0 work,1 later," "and which are not added twice"
story 'require "imap4flags"; keep :flags ["Work", "WORK", "\\Seen"];'
is "$(cat "$HOME/Maildir/dovecot-keywords")" "0 Work" "a keyword has no case"
printf '%s\n' 'require "imap4flags"; keep :flags ["wORK", "\\Seen"];' | rules
deliver <"$T/mail"
is "$(cat "$HOME/Maildir/dovecot-keywords") $(find "$HOME/Maildir/cur" -name '*:2,Sa' | wc -l)" "0 Work 2" "nor when it is known"
# RFC 5232, 2: what cannot be kept is no reason to keep the message waiting.
fresh
seq -f 'k%g' 0 25 | awk '{ print NR - 1, $0 }' | mine "$HOME/Maildir/dovecot-keywords" 600
printf '%s\n' 'require "imap4flags"; keep :flags ["k25", "k3", "another", "\\Seen"];' | rules
cp "$HOME/Maildir/dovecot-keywords" "$T/keywords"
deliver <"$T/mail"
is "$? $(count)" "0 1" "a folder that has no letter left for a keyword"
like "$(stored)" '/cur/[^/]*:2,Sdz$' "the others and the flags are there"
same "$HOME/Maildir/dovecot-keywords" "$T/keywords" "and the list is as it was"
like "$(told)" 'a keyword is not kept in "INBOX": the folder has 26 keywords, .* .another. is none of them' "which the owner is told"
story 'require "imap4flags"; setflag "\\Seen";'
like "$? $(stored)" '^0 .*/cur/[^/]*:2,S$' "flags for the implicit keep"

# No part of a name has a meaning that it should not have.
fresh
deliver -o hostname='a/b:c,d e' <"$T/mail"
like "$(ls "$HOME/Maildir/new")" '^[0-9]+\.M[0-9]+P[0-9]+\.a\\057b\\072c\\054d_e,S=[0-9]+,W=[0-9]+$' "what a host may not be called in a file's name is written otherwise"

# Folders that rules make, in the list of what IMAP clients show: when asked.
story 'require ["fileinto", "mailbox"]; fileinto :create "Lists/sieve";'
is "$? $(find "$HOME/Maildir" -name 'subscriptions*')" "0 " "nobody is subscribed to a folder that is made"
fresh
printf '%s\n' 'require ["fileinto", "mailbox"]; fileinto :create "Lists/sieve";' | rules
deliver -o subscribe_created=yes <"$T/mail"
is "$? $(tr '\t\n' '>,' <"$HOME/Maildir/subscriptions")" "0 V>2,,Lists>sieve," "with subscribe_created=yes he is"
cp "$HOME/Maildir/subscriptions" "$T/subscriptions"
deliver -o subscribe_created=yes <"$T/mail"
same "$HOME/Maildir/subscriptions" "$T/subscriptions" "once"

# Sizes in the name are true.
story 'keep;'
size=$(stat -c %s "$(stored)")
like "$(stored)" ",S=$size(,|\$)" "S= in the name is the size on disk"
like "$(stored)" ",W=$((size + $(wc -l <"$(stored)")))\$" "W= is the size with CRLF line ends"
is "$(dirname "$(stored)")" "$HOME/Maildir/new" "a message without flags is new"

# Other shapes of mail.
fresh
rm -r "$HOME/Maildir"
echo 'require "fileinto"; fileinto "A/B";' | rules
deliver -o "mail_location=maildir:$HOME/Mail:LAYOUT=fs" <"$T/mail"
is "$? $(find "$HOME/Mail/A/B/new" -type f | wc -l)" "0 1" "LAYOUT=fs nests directories"
fresh_mbox
printf '%s\n' 'require ["fileinto", "imap4flags"]; fileinto :flags "\\Seen" "Lists"; keep;' | rules
deliver -f alice@example.org -o "$MBOX_HERE" <"$T/mail"
is "$? $(grep -c '^From ' "$MBOX") $(grep -c '^From ' "$HOME/mail/Lists")" "0 1 1" "mbox folders lie in the mail directory"
is "$(sed -n '/^$/q; s/^Status: //p' "$HOME/mail/Lists")" "RO" "their flags are Status lines"
fresh_mbox
echo 'require "fileinto"; fileinto "a/b/c";' | rules
deliver -o "$MBOX_HERE" <"$T/mail"
is "$? $(grep -c '^From ' "$HOME/mail/a/b/c")" "0 1" "levels of folders are directories there"
fresh
rm -r "$HOME/Maildir"
deliver -o "mail_location=maildir:~/Maildir" <"$T/mail"
is "$? $(count)" "0 1" "the first mail makes the Maildir"

# Questions to the world.
story 'require ["fileinto", "mailbox"]; if mailboxexists "Lists" { fileinto "Lists"; } else { fileinto :create "None"; }'
is "$? $(count None)" "0 1" "mailboxexists is false for a folder that is not there"
deliver <"$T/mail"
printf 'require ["fileinto", "mailbox"]; if mailboxexists "None" { fileinto "Yes"; }\n' | rules
deliver <"$T/mail"
is "$? $(count Yes)" "0 1" "and true for one that is"
# RFC 5490, 3.1: and allows the user to deliver into it
chmod 500 "$HOME/Maildir/.None/new"
deliver <"$T/mail"
is "$? $(count Yes) $(count)" "0 1 1" "and false for one that mail cannot be put into"
chmod 700 "$HOME/Maildir/.None/new"

# The body: text in an encoding, in a charset.
fresh
(message encoded 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=iso-8859-1' 'Content-Transfer-Encoding: base64' | sed '/^$/q'
	printf 'gr\374\337e aus K\366ln\n' | base64) >"$T/encoded"
printf 'require ["body", "fileinto"]; if body :text :contains "grüße aus köln" { fileinto "found"; }\n' | rules
deliver <"$T/encoded"
is "$? $(everywhere)" "0 1" "a message with a base64 body is delivered"
is "$(count found)" 1 "body :text sees decoded UTF-8"
without_trace "$(stored found)" >"$T/found"
same "$T/found" "$T/encoded" "what is stored is what came"

# A name that can never be a folder: the inbox takes the copy, and the owner is told.
fresh
echo 'in the way' | mine "$HOME/Maildir/.Second"
echo 'require "fileinto"; fileinto "First"; fileinto "Second";' | rules
deliver <"$T/mail"
is "$? $(count First) $(count)" "0 1 1" "a folder that cannot be had is replaced by the inbox"
like "$(cat "$HOME/.sieve.log")" 'Second' "and the owner is told"
no_litter
# Without the setting no folder is made unless the rules say :create.
fresh
echo 'require "fileinto"; fileinto "Lists";' | rules
call "$TROMMEL" <"$T/mail"
is "$? $(count Lists) $(count)" "0 0 1" "a missing folder is not made: the inbox takes the message"
like "$(cat "$HOME/.sieve.log")" 'Lists' "and its owner is told which folder is missing"
fresh
echo 'require "fileinto"; fileinto "Lists"; keep;' | rules
call "$TROMMEL" <"$T/mail"
is "$? $(everywhere) $(count) $(grep -c 'cannot file into' "$HOME/.sieve.log")" "0 1 1 1" "beside a keep it is one copy, and told once"
fresh
echo 'require ["fileinto", "mailbox"]; fileinto :create "Lists";' | rules
call "$TROMMEL" <"$T/mail"
is "$? $(count Lists) $(count)" "0 1 0" "with :create it is made"

# What is closed in a Maildir does not keep the message waiting.
while read -r closed flags; do
	fresh
	mkdir -p "$HOME/Maildir/.Lists/tmp" "$HOME/Maildir/.Lists/new" "$HOME/Maildir/.Lists/cur"
	chmod 500 "$HOME/Maildir/.Lists/$closed"
	own "$HOME"
	echo "require [\"fileinto\", \"imap4flags\"]; fileinto $flags \"Lists\";" | rules
	deliver <"$T/mail"
	is "$? $(count Lists) $(count)" "0 0 1" "a folder whose $closed may not be written: the inbox"
	like "$(told)" 'into the inbox instead.*Permission denied' "and the owner is told"
done <<'END'
tmp
new
cur :flags "\\Seen"
END

# What can never be an mbox to append to does not either.
for thing in directory link fifo names 'read-only' 'others may write'; do
	fresh_mbox
	case $thing in
	directory) mkdir "$HOME/mail/Lists" ;;
	link) ln -s /dev/null "$HOME/mail/Lists" ;;
	fifo) mkfifo "$HOME/mail/Lists" ;;
	names) : >"$HOME/mail/Lists" && ln "$HOME/mail/Lists" "$HOME/mail/Second" ;;
	read-only) : >"$HOME/mail/Lists" && chmod 400 "$HOME/mail/Lists" ;;
	*) : >"$HOME/mail/Lists" && chmod 666 "$HOME/mail/Lists" ;;
	esac
	own "$HOME"
	for create in '' :create; do
		: >"$MBOX"
		rm -f "$HOME/.sieve.log"
		echo "require [\"fileinto\", \"mailbox\"]; fileinto $create \"Lists\";" | rules
		call "$TROMMEL" -o "$MBOX_HERE" <"$T/mail" >"$T/out" 2>"$T/err"
		is "$? $(grep -c '^From ' "$MBOX")" "0 1" "a folder that cannot be an mbox ($thing, ${create:-as it is}): the inbox"
		like "$(told)" 'into the inbox instead' "and the owner is told"
	done
done
