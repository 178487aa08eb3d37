#!/bin/sh
# What comes in around a message, and what of it is stored.
. "${0%/*}/lib.sh"

message hello >"$T/mail"

in_maildir() { # expected-file what: delivers standard input
	fresh
	deliver -f alice@example.org
	is "$? $(count)" "0 1" "$2: delivered"
	without_trace "$(stored)" >"$T/found"
	same "$T/found" "$1" "$2"
}

(echo 'From alice@example.org  Thu Jan  1 12:00:00 2026'; cat "$T/mail") |
	in_maildir "$T/mail" "a From_ line is not part of the message"
(echo 'From alice Thu Jan  1 12:00:00 2026 remote from host'; echo '>From bob Thu Jan  1 12:00:00 2026'; cat "$T/mail") |
	in_maildir "$T/mail" "nor are the >From lines that relays put after it"
(printf '\n\n\n'; cat "$T/mail") | in_maildir "$T/mail" "blank lines before the header are not part of it"
(printf '\n'; echo 'From alice@example.org Thu Jan  1 12:00:00 2026'; cat "$T/mail") |
	in_maildir "$T/mail" "a blank line, then a From_ line"

# Bytes that text tools lose.
sed 's/$/\r/' "$T/mail" >"$T/crlf"
fresh
deliver -f alice@example.org <"$T/crlf"
is "$? $(count)" "0 1" "CRLF line ends are delivered"
sed 1d "$(stored)" | tr -d '\r' >"$T/found"
same "$T/found" "$T/mail" "and nothing but line ends could have changed"
fresh
printf 'require "fileinto"; if header :is "subject" "hello" { fileinto "found"; }\n' | rules
deliver <"$T/crlf"
is "$? $(count found)" "0 1" "rules see a header with CRLF line ends as any other"

printf 'Subject: bytes\n\nNUL \0 bare \r CR, 8-bit \351\200\377, no newline at the end' >"$T/bytes"
in_maildir "$T/bytes" "NULs, bare CRs, 8-bit bytes and a missing last newline stay" <"$T/bytes"
: >"$T/empty"
in_maildir "$T/empty" "no bytes at all are a message" <"$T/empty"
printf 'just text, no header\nand more\n' >"$T/text"
in_maildir "$T/text" "text without a header is a message" <"$T/text"
printf 'Subject: header only\n' >"$T/head"
in_maildir "$T/head" "a header without a body is a message" <"$T/head"
(printf 'Subject: long\n\n'; head -c 300000 /dev/zero | tr '\0' x; echo) >"$T/long"
in_maildir "$T/long" "a line of 300,000 bytes stays in one piece" <"$T/long"

# Trace lines.
(printf 'Return-Path: <old@example.org>\nReceived: from a by b; Thu, 01 Jan 2026 12:00:00 +0000\nReturn-Path: <older@example.org>\n'
	cat "$T/mail") >"$T/traced"
fresh
deliver -f alice@example.org <"$T/traced"
is "$(grep -c '^Return-Path:' "$(stored)")" 1 "older Return-Path lines are replaced by ours"
is "$(head -1 "$(stored)")" "Return-Path: <alice@example.org>" "which is the first line"
fresh
deliver -f alice@example.org -o add_return_path=no <"$T/mail"
same "$(stored)" "$T/mail" "with add_return_path=no nothing is added"
fresh
deliver -f alice@example.org -r reader@example.org -o add_delivered_to=yes <"$T/mail"
is "$? $(header Delivered-To "$(stored)")" "0 reader@example.org" "with add_delivered_to=yes the recipient is noted"
cp "$(stored)" "$T/again"
fresh
deliver -f alice@example.org -r Reader@Example.org -o add_delivered_to=yes <"$T/again"
is "$? $(everywhere)" "77 0" "and mail that was delivered to him before is a loop, and refused"
like "$(cat "$T/err")" '^5\.4\.6 mail forwarding loop for Reader@Example\.org$' "which the line says"
is "$(wc -l <"$T/err")" 1 "in one line"
fresh
deliver -f alice@example.org -r other@example.org -o add_delivered_to=yes <"$T/again"
is "$? $(everywhere)" "0 1" "which it is not for another recipient"
fresh
deliver -f alice@example.org -r reader@example.org <"$T/again"
is "$? $(everywhere)" "0 1" "nor where loops are not looked for"
# RFC 5322, 3.4.1: what is no atom stands in quotes; Postfix has it so too, and hands the bare address over.
fresh
environ "RECIPIENT=the reader@example.org" -- -o add_delivered_to=yes <"$T/mail"
is "$? $(header Delivered-To "$(stored)")" '0 "the reader"@example.org' "a recipient is quoted where he must be"
cp "$(stored)" "$T/again"
for recipient in 'the reader@example.org' '"the reader"@example.org'; do
	fresh
	environ "RECIPIENT=$recipient" -- -o add_delivered_to=yes <"$T/again"
	is "$? $(everywhere)" "77 0" "and known in both forms: $recipient"
done
fresh
environ RECIPIENT=reader@example.org ORIGINAL_RECIPIENT=sales@example.org -- -o add_original_to=yes <"$T/mail"
is "$? $(header X-Original-To "$(stored)")" "0 sales@example.org" "with add_original_to=yes the original recipient is noted"
is "$(sed -n 1p "$(stored)")" "X-Original-To: sales@example.org" "in front"
fresh
environ RECIPIENT=reader@example.org ORIGINAL_RECIPIENT=sales@example.org <"$T/mail"
is "$? $(grep -c '^X-Original-To' "$(stored)")" "0 0" "and not otherwise"

# The same in an mbox.
in_mbox() { # expected-file what
	fresh_mbox
	deliver -f alice@example.org -o "$MBOX_HERE" -o add_return_path=no
	is $? 0 "$2: delivered"
	like "$(head -1 "$MBOX")" '^From alice@example\.org  ?[A-Z][a-z][a-z] [A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]{8} [0-9]{4}$' "$2: begins with a From_ line"
	sed 1d "$MBOX" >"$T/found"
	same "$T/found" "$1" "$2"
}
(cat "$T/mail"; echo) >"$T/expected"
in_mbox "$T/expected" "a message and one blank line" <"$T/mail"
(cat "$T/mail"; printf 'no newline at the end\n\n') >"$T/expected"
(cat "$T/mail"; printf 'no newline at the end') | in_mbox "$T/expected" "a missing newline is added"
printf 'Subject: quoting\n\n>From here on\n>>From there on\nFrom-less\n >From\n\n' >"$T/expected"
printf 'Subject: quoting\n\nFrom here on\n>From there on\nFrom-less\n >From\n' |
	in_mbox "$T/expected" "lines that look like separators are quoted so that it can be undone"
printf 'Subject: quoting\n\n>From here on\n>From there on\nFrom-less\n\n' >"$T/expected"
fresh_mbox
printf 'Subject: quoting\n\nFrom here on\n>From there on\nFrom-less\n' |
	deliver -f alice@example.org -o "$MBOX_HERE" -o add_return_path=no -o mbox_format=mboxo
sed 1d "$MBOX" >"$T/found"
same "$T/found" "$T/expected" "with mbox_format=mboxo only lines without a sign get one"
printf 'Subject: stale\n\nbody\n\n' >"$T/expected"
printf 'Status: RO\nSubject: stale\nX-Status: A\nContent-Length: 3\nx-uid: 7\nX-IMAP: 1 2\nX-IMAPbase: 1 2\nX-Keywords: a\n\nbody\n' |
	in_mbox "$T/expected" "fields that mbox readers believe are not taken from strangers"
fresh_mbox
printf 'From x Thu Jan  1 12:00:00 2026\nSubject: torn\n\nbody without an end' | mine "$MBOX"
cp "$MBOX" "$T/before"
deliver -f alice@example.org -o "$MBOX_HERE" -o add_return_path=no <"$T/mail"
(cat "$T/before"; printf '\n\n') >"$T/expected"
head -c "$(wc -c <"$T/expected")" "$MBOX" >"$T/found"
same "$T/found" "$T/expected" "a torn tail that was there is closed off"
is "$(grep -c '^From ' "$MBOX")" 2 "and does not swallow what comes after it"
fresh_mbox
deliver -f '' -o "$MBOX_HERE" <"$T/mail"
is "$? $(head -1 "$MBOX" | cut -d' ' -f1,2)" "0 From MAILER-DAEMON" "the null sender's From_ line names MAILER-DAEMON"
