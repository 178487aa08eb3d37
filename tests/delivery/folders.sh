#!/bin/sh
# Folders that rules find by what they are for, by their ids, by what is noted of them: what Dovecot notes and
# what we do, on Maildirs of both layouts and on mboxes.
. "${0%/*}/lib.sh"

message hello >"$T/mail"
make_folder() { # name…
	for folder; do
		mkdir -p "$HOME/Maildir/.$folder/new" "$HOME/Maildir/.$folder/cur" "$HOME/Maildir/.$folder/tmp"
	done
	own "$HOME/Maildir"
}
# As Dovecot 2.3 writes them.
uidlist() { # id directory
	printf '3 V1795872018 N1 G%s\n' "$1" | mine "$2/dovecot-uidlist"
}
story() { # rules options…
	printf 'require ["fileinto", "special-use", "mailboxid", "mboxmetadata", "servermetadata", "mailbox", "copy", "imap4flags"];\n%s\n' "$1" | rules
	shift
	call "$TROMMEL" "$@" <"$T/mail" >"$T/out" 2>"$T/err"
}
true_of() { # test what: it files into Yes
	rm -f "$HOME"/Maildir/.Yes/new/* "$HOME"/Maildir/new/*
	story "if $1 { fileinto \"Yes\"; }"
	is "$? $(count Yes) $(told)" "0 1 " "$2"
}
false_of() {
	rm -f "$HOME"/Maildir/.Yes/new/* "$HOME"/Maildir/new/*
	story "if $1 { fileinto \"Yes\"; }"
	is "$? $(count Yes) $(count) $(told)" "0 0 1 " "$2"
}

# ---- special uses: RFC 8579, 4
fresh; make_folder Junk Spam
story 'fileinto :specialuse "\\Junk" "Spam";'
is "$? $(count Junk) $(count Spam)" "0 1 0" "a folder that the setting names is found by its use"
fresh; make_folder Spam
story 'fileinto :specialuse "\\Junk" "Spam";'
is "$? $(count Spam)" "0 1" "without one the folder that is named gets the message"
fresh; make_folder Spam "Sent Messages"
story 'fileinto :specialuse "\\Sent" "Spam";'
is "$? $(count "Sent Messages")" "0 1" "the second folder of a use counts when the first is not there"
fresh; make_folder Sent "Sent Messages"
story 'fileinto :specialuse "\\sent" "INBOX";'
is "$? $(count Sent) $(count)" "0 1 0" "a use has no case, and the first folder wins"
story 'fileinto :specialuse "\\sent" "Sent Messages";'
is "$? $(count Sent) $(count "Sent Messages")" "0 1 1" "unless the folder that is named has the use too"
fresh; make_folder Junk Marked
printf 'use \\Junk\n' | mine "$HOME/Maildir/.Marked/trommel-folder"
story 'fileinto :specialuse "\\Junk" "Marked";'
is "$? $(count Junk) $(count Marked)" "0 0 1" "by the setting or by its own mark"
fresh; make_folder Sondermüll
story 'fileinto :specialuse "\\Junk" "INBOX";' -o 'special_use=\Trash=Bin \Junk=No such \Junk=INBOX'
is "$? $(count)" "0 1" "a setting may name the inbox"
fresh; make_folder Later
story 'fileinto :specialuse "\\Junk" "Later";' -o 'special_use=Junk'
is "$? $(everywhere)" "75 0" "a setting that cannot be understood is a reason to wait"
like "$(cat "$T/err")" "special_use wants .Use=Folder" "and says what it wants"

fresh
story 'fileinto :specialuse "\\Junk" :create "Spam";'
is "$? $(count Spam) $(cat "$HOME/Maildir/.Spam/trommel-folder")" '0 1 use \Junk' "a folder that is made gets the use"
story 'fileinto :specialuse "\\Junk" "INBOX";'
is "$? $(count Spam) $(count)" "0 2 0" "and is found by it from then on"
mv "$HOME/Maildir/.Spam" "$HOME/Maildir/.Renamed"
story 'fileinto :specialuse "\\Junk" "INBOX";'
is "$? $(count Renamed)" "0 3" "under any name"
fresh; make_folder Spam
story 'fileinto :specialuse "\\Junk" :create "Spam";'
is "$? $(count Spam) $(ls "$HOME/Maildir/.Spam")" "0 1 cur
new
tmp" "a folder that is there already is left as it is"

# Of mboxes a folder that has others in it is a directory, and takes no mail.
for rules in 'fileinto :create "A"; fileinto :create "A/B";' 'fileinto :create "A/B"; fileinto :create "A";'; do
	fresh_mbox
	story "$rules" -o "$MBOX_HERE"
	is "$? $(grep -c '^From ' "$HOME/mail/A/B") $(grep -c '^From ' "$MBOX")" "0 1 1" "the inbox stands for it at once: $rules"
	story "$rules" -o "$MBOX_HERE"
	is "$? $(grep -c '^From ' "$HOME/mail/A/B") $(grep -c '^From ' "$MBOX")" "0 2 2" "and the next time"
	like "$(cat "$HOME/.sieve.log")" "holds no messages itself" "why is told"
done
fresh_mbox
own "$HOME/mail"; : >"$HOME/mail/A"; own "$HOME/mail/A"
story 'fileinto :create "A/B"; fileinto "A";' -o "$MBOX_HERE"
is "$? $(grep -c '^From ' "$HOME/mail/A") $(grep -c '^From ' "$MBOX")" "0 1 1" "a folder in an mbox is replaced by the inbox"
like "$(cat "$HOME/.sieve.log")" "an mbox can have no folders in it" "and why is told"
no_litter

fresh; make_folder A B
printf 'use \\Archive\n' | mine "$HOME/Maildir/.B/trommel-folder"
printf 'use \\Archive\n' | mine "$HOME/Maildir/.A/trommel-folder"
story 'fileinto :specialuse "\\Archive" "INBOX";'
is "$? $(count A) $(count B)" "0 1 0" "of several folders the first by name"
story 'fileinto :specialuse "\\Archive" "INBOX"; fileinto "A"; fileinto :copy "B";'
is "$? $(count A) $(count B) $(count)" "0 2 1 0" "a folder meant by its use and by its name gets one copy"

# Hostile files.
fresh; make_folder A
printf 'use \\Archive\n' | mine "$HOME/facts"
ln -s "$HOME/facts" "$HOME/Maildir/.A/trommel-folder"
story 'fileinto :specialuse "\\Archive" "INBOX";'
is "$? $(count A) $(count)" "0 0 1" "a link in the file's place is not followed"
rm -f "$HOME/Maildir/.A/trommel-folder" "$HOME/Maildir/.A/new/"*
head -c 100000 /dev/urandom | mine "$HOME/Maildir/.A/trommel-folder"
head -c 100000 /dev/zero | mine "$HOME/Maildir/.A/dovecot-uidlist"
story 'if anyof(specialuse_exists "\\Archive", mailboxidexists "x") { discard; } fileinto :specialuse "\\Archive" :create "A";'
is "$? $(count A)" "0 1" "noise in the files is no use and no id"
mkdir "$HOME/Maildir/.Deep" && chmod 0 "$HOME/Maildir/.Deep"; own "$HOME/Maildir/.Deep"
story 'fileinto :specialuse "\\Archive" "A";'
is "$? $(count A)" "0 2" "a folder that may not be read is none that is looked for"
chmod 700 "$HOME/Maildir/.Deep"

fresh; make_folder Yes Junk Post
printf 'use \\Archive\nuse \\Important\n' | mine "$HOME/Maildir/.Post/trommel-folder"
true_of 'specialuse_exists "\\Junk"' "specialuse_exists: by the setting"
true_of 'specialuse_exists ["\\Junk", "\\Archive"]' "each by another folder"
true_of 'specialuse_exists "Post" ["\\Archive", "\\important"]' "several by one"
true_of 'specialuse_exists "INBOX/Junk" "\\Junk"' "the folder by another of its names"
false_of 'specialuse_exists "Post" "\\Junk"' "another folder's use"
false_of 'specialuse_exists "\\Trash"' "a use that nothing has"
false_of 'specialuse_exists "Nowhere" "\\Junk"' "a folder that is not there"
false_of 'specialuse_exists "../../etc" "\\Junk"' "a name that leads out"

# ---- ids: RFC 9042
fresh; make_folder Yes Lists.sieve Named
uidlist c8edc51512d50a6bc577000083ecc375 "$HOME/Maildir/.Lists.sieve"
uidlist 5889b11712d50a6bc577000083ecc375 "$HOME/Maildir"
printf 'id F1_own-id\n' | mine "$HOME/Maildir/.Named/trommel-folder"
true_of 'mailboxidexists "c8edc51512d50a6bc577000083ecc375"' "mailboxidexists: Dovecot's id of a folder"
true_of 'mailboxidexists ["5889b11712d50a6bc577000083ecc375", "F1_own-id"]' "of the inbox, and ours"
false_of 'mailboxidexists ["5889b11712d50a6bc577000083ecc375", "F2"]' "all must be there"
false_of 'mailboxidexists ""' "a folder without an id does not have the empty one"
story 'fileinto :mailboxid "c8edc51512d50a6bc577000083ecc375" "Named";'
is "$? $(count Lists.sieve) $(count Named)" "0 1 0" "a folder is found by its id"
mv "$HOME/Maildir/.Lists.sieve" "$HOME/Maildir/.Old"
story 'fileinto :mailboxid "c8edc51512d50a6bc577000083ecc375" "Named";'
is "$? $(count Old)" "0 2" "when it was renamed too"
story 'fileinto :mailboxid "nobody" "Named";'
is "$? $(count Named)" "0 1" "without one the folder that is named gets the message"
story 'fileinto :mailboxid "nobody" :create "New";'
is "$? $(count New) $(ls "$HOME/Maildir/.New")" "0 1 cur
maildirfolder
new
tmp" "and may be made, without that id"
story 'fileinto :mailboxid "F1_own-id" :create "Never";'
is "$? $(count Named) $(ls -d "$HOME/Maildir/.Never" 2>/dev/null)" "0 2 " "a folder that is not used is not made"

# ---- annotations: RFC 5490
fresh; make_folder Yes Lists Other
uidlist c8edc51512d50a6bc577000083ecc375 "$HOME/Maildir/.Lists"
uidlist 5889b11712d50a6bc577000083ecc375 "$HOME/Maildir"
printf '%b' 'priv/5889b11712d50a6bc577000083ecc375/comment\nhello world\n' \
	'shared/c8edc51512d50a6bc577000083ecc375/comment\na\001nb\n' \
	'priv/c8edc51512d50a6bc577000083ecc375/vendor/vendor.isode/auto-replies\non\n' \
	'priv/5889b11712d50a6bc577000083ecc375/vendor/vendor.dovecot/pvt/server/vendor/x/y\nsrv\n' |
	mine "$HOME/Maildir/dovecot-attributes"
printf '/private/comment mine\n/shared/two a\\nb\n' | mine "$HOME/Maildir/.Other/trommel-folder"
printf '/private/own yes\n' | mine "$HOME/Maildir/trommel-server"
true_of 'metadata "INBOX" "/private/comment" "hello world"' "metadata: Dovecot's of the inbox"
true_of 'metadata "Lists" "/private/vendor/vendor.isode/Auto-Replies" "ON"' "of a folder, without case"
true_of 'metadata :matches "Lists" "/shared/comment" "a*b"' "a value in two lines"
false_of 'metadata :contains "Lists" "/private/comment" ""' "private is not shared"
true_of 'metadata "Other" "/private/comment" "mine"' "metadata: ours"
true_of 'metadataexists "Other" ["/private/comment", "/shared/two"]' "metadataexists"
false_of 'metadataexists "Other" ["/private/comment", "/shared/three"]' "all must be there"
false_of 'metadataexists "Nowhere" "/private/comment"' "no folder, no annotation"
true_of 'servermetadata "/private/vendor/x/y" "srv"' "servermetadata: Dovecot's"
true_of 'servermetadataexists ["/private/vendor/x/y", "/private/own"]' "and ours"
false_of 'servermetadata :contains "/private/comment" ""' "the inbox is not the server"
false_of 'metadata :contains "INBOX" "/private/vendor/x/y" ""' "nor the server the inbox"

# ---- the other layouts
fresh
mkdir -p "$HOME/Maildir/Lists/sieve/new" "$HOME/Maildir/Lists/sieve/cur" "$HOME/Maildir/Lists/sieve/tmp"
own "$HOME/Maildir"
uidlist c8edc51512d50a6bc577000083ecc375 "$HOME/Maildir/Lists/sieve"
story 'fileinto :mailboxid "c8edc51512d50a6bc577000083ecc375" "INBOX";' -o 'mail_location=maildir:~/Maildir:LAYOUT=fs'
is "$? $(find "$HOME/Maildir/Lists/sieve/new" -type f | wc -l)" "0 1" "LAYOUT=fs: a folder in a folder by its id"
story 'fileinto :specialuse "\\Junk" :create "Spam/New";' -o 'mail_location=maildir:~/Maildir:LAYOUT=fs'
is "$? $(cat "$HOME/Maildir/Spam/New/trommel-folder")" '0 use \Junk' "one that is made gets the use"
story 'fileinto :specialuse "\\Junk" "INBOX";' -o 'mail_location=maildir:~/Maildir:LAYOUT=fs'
is "$? $(find "$HOME/Maildir/Spam/New/new" -type f | wc -l)" "0 2" "and is found by it"

fresh_mbox
story 'fileinto :specialuse "\\Junk" :create "Lists/Spam";' -o "$MBOX_HERE"
is "$? $(grep -c '^From ' "$HOME/mail/Lists/Spam") $(cat "$HOME/mail/Lists/.Spam.trommel-folder")" '0 1 use \Junk' "mbox: one that is made gets the use"
story 'fileinto :specialuse "\\Junk" "INBOX";' -o "$MBOX_HERE"
is "$? $(grep -c '^From ' "$HOME/mail/Lists/Spam")" "0 2" "and is found by it"
printf 'id X1\n/private/comment box\n' | mine "$HOME/mail/.INBOX.trommel-folder"
story 'if allof(mailboxidexists "X1", metadata "INBOX" "/private/comment" "box") { fileinto :mailboxid "X1" "Lists/Spam"; }' -o "$MBOX_HERE"
is "$? $(grep -c '^From ' "$MBOX")" "0 1" "what is noted of an mbox that is the inbox"

# One folder by several names is one folder: the message goes there once, as the last of them says (RFC 5228, 2.10.3).
fresh; make_folder Lists.x
story 'fileinto "Lists/x"; fileinto "Lists.x"; fileinto "INBOX/Lists/x"; fileinto :flags "\\Seen" "INBOX.Lists.x";'
is "$? $(count Lists.x) $(find "$HOME/Maildir/.Lists.x/cur" -name '*:2,S' | wc -l) $(everywhere)" "0 1 1 1" \
	"names of one folder of a Maildir++ are one copy, with the flags of the last"
for name in INBOX/INBOX inbox.Inbox; do
	fresh
	story "fileinto :create \"$name\";"
	is "$? $(count) $(everywhere)" "0 1 1" "$name would be a folder that no reader shows: the inbox takes it"
	like "$(told)" "cannot file into \"$name\".* is that of the inbox" "and its owner is told"
done
fresh; make_folder Lists.x; make_folder INBOX.Lists.x
story 'fileinto "INBOX/Lists/x"; fileinto "Lists/x"; fileinto "INBOX.Lists.x";'
is "$? $(count Lists.x) $(count INBOX.Lists.x) $(everywhere)" "0 1 1 2" "where there is a folder of each name, they are two"
fresh
story 'fileinto :create "Lists.x"; fileinto :create "Lists/x"; keep;'
is "$? $(count Lists.x) $(count)" "0 1 1" "so they are of one that is made"
fresh_mbox
story 'fileinto :create "box"; fileinto "INBOX/box"; keep;' -o "mail_location=mbox:$HOME/mail:INBOX=$HOME/mail/box"
is "$? $(grep -c '^From ' "$HOME/mail/box")" "0 1" "a folder whose file is the inbox is the inbox"
mkdir "$HOME/mail/INBOX"; : >"$HOME/mail/INBOX/x"; : >"$HOME/mail/x"; own "$HOME/mail/INBOX" "$HOME/mail/INBOX/x" "$HOME/mail/x"
story 'fileinto "INBOX/x"; fileinto "x";' -o "$MBOX_HERE"
is "$? $(grep -c '^From ' "$HOME/mail/INBOX/x" "$HOME/mail/x" | cut -d: -f2 | tr '\n' ' ')" "0 1 1 " "two mboxes are two"

# Of mboxes a folder that has others in it is a directory, and takes no mail.
no_litter
