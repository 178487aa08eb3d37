#!/bin/sh
# Called by each MTA with no arguments of ours: what it leaves in the environment, on the command line
# and in front of the message says who sent it and for whom it is.
. "${0%/*}/lib.sh"

cat >"$T/rules" <<'SIEVE'
require ["envelope", "subaddress", "variables", "fileinto", "mailbox"];
set "from" "none"; set "to" "none"; set "detail" "none";
if envelope :matches "from" "*" { set "from" "${1}"; }
if envelope :matches :user "to" "*" { set "to" "${1}"; }
if envelope :matches :detail "to" "*" { set "detail" "${1}"; }
if string :is "${from}" "" { set "from" "null"; }
fileinto :create "${from} ${to} ${detail}";
SIEVE
# Files one message and says where it went; dots are levels of folders, so domains here have none.
seen() { find "$HOME/Maildir" -path '*/new/*' -type f | sed 's|/new/[^/]*$||; s|.*/\.*||'; }
story() { fresh; rules <"$T/rules"; }

message hello >"$T/mail"
(printf 'From alice@example  Thu Jan  1 12:00:00 2026\nReturn-Path: <alice@example>\n'
	printf 'X-Original-To: webmaster@here\nDelivered-To: reader@here\n'; cat "$T/mail") >"$T/postfix"
(printf 'Return-Path: <alice@example>\n'; cat "$T/mail") >"$T/returnpath"
(printf 'From alice@example Thu Jan  1 12:00:00 2026\nReturn-path: <alice@example>\nEnvelope-to: reader@here\n'
	printf 'Delivery-date: Thu, 01 Jan 2026 12:00:00 +0000\n'; cat "$T/mail"; echo) >"$T/exim"
(printf 'From MAILER-DAEMON  Thu Jan  1 12:00:00 2026\nReturn-Path: <>\n'; cat "$T/mail") >"$T/bounce"

# Postfix local(8)
story
environ SENDER=alice@example RECIPIENT=reader@here ORIGINAL_RECIPIENT=webmaster@here LOCAL=reader DOMAIN=here \
	SHELL=/bin/sh CLIENT_ADDRESS=127.0.0.1 CLIENT_PROTOCOL=ESMTP -- <"$T/postfix"
is "$? $(seen)" "0 alice@example reader none" "Postfix: sender and recipient from the environment"
is "$(grep -c '^Return-Path:' "$(files "*" | head -1; find "$HOME" -path '*/new/*' -type f)")" 1 "Postfix: one Return-Path"
story
environ SENDER=alice@example RECIPIENT=reader+lists@here LOCAL=reader+lists EXTENSION=lists DOMAIN=here <"$T/postfix"
is "$? $(seen)" "0 alice@example reader lists" "Postfix: an extension is the detail"
story
environ SENDER= RECIPIENT=reader@here LOCAL=reader DOMAIN=here <"$T/bounce"
is "$? $(seen)" "0 null reader none" "Postfix: an empty SENDER is the null sender"

# Postfix pipe(8)
story
environ -- -f alice@example -a reader+lists@here -d "$ME" <"$T/mail"
is "$? $(seen)" "0 alice@example reader lists" "Postfix pipe: all on the command line"
story
environ -- -f MAILER-DAEMON -a reader@here -d "$ME" -m '' <"$T/mail"
is "$? $(seen)" "0 null reader none" "Postfix pipe: MAILER-DAEMON is the null sender"

# Exim
story
environ SENDER=alice@example RECIPIENT=reader@here LOCAL_PART=reader DOMAIN=here QUALIFY_DOMAIN=here \
	MESSAGE_ID=1abc-2def-3g SHELL=/bin/sh TZ=UTC <"$T/exim"
is "$? $(seen)" "0 alice@example reader none" "Exim: sender and recipient from the environment"
without_trace "$(find "$HOME" -path '*/new/*' -type f)" | sed '/^Envelope-to:/d; /^Delivery-date:/d' >"$T/found"
same "$T/found" "$T/mail" "Exim: the newline it adds after the message is not stored"
story
environ SENDER=alice@example RECIPIENT=reader+lists@here LOCAL_PART=reader LOCAL_PART_SUFFIX=+lists DOMAIN=here <"$T/exim"
is "$? $(seen)" "0 alice@example reader lists" "Exim: the suffix, delimiter included, is the detail"
story
environ SENDER=alice@example LOCAL_PART=reader LOCAL_PART_SUFFIX=+lists DOMAIN=here <"$T/exim"
is "$? $(seen)" "0 alice@example reader lists" "Exim: the same without RECIPIENT"

# OpenSMTPD
story
environ SENDER=alice@example RECIPIENT=reader+lists@here ORIGINAL_RECIPIENT=reader+lists@here LOCAL=reader \
	DOMAIN=here EXTENSION=lists SHELL=/bin/sh <"$T/returnpath"
is "$? $(seen)" "0 alice@example reader lists" "OpenSMTPD: all from the environment"

# qmail
story
environ SENDER=alice@example NEWSENDER=alice@example RECIPIENT=reader-lists@here LOCAL=reader-lists EXT=lists \
	HOST=here DTLINE='Delivered-To: reader-lists@here
' RPLINE='Return-Path: <alice@example>
' UFLINE='From alice@example Thu Jan  1 12:00:00 2026
' DEFAULT=lists <"$T/mail"
is "$? $(seen | sed 's/ .* / * /')" "0 alice@example * lists" "qmail: EXT is the detail"

# Sendmail: nothing in the environment
story
environ AGENT=sendmail -- -Y -a lists -d "$ME" <"$T/returnpath"
is "$? $(seen)" "0 alice@example $ME lists" "Sendmail: the sender from Return-Path, the detail from -a"
story
environ AGENT=sendmail -- -f alice@example -Y -a '' -d "$ME" <"$T/mail"
is "$? $(seen | cut -d' ' -f1,2)" "0 alice@example $ME" "Sendmail: the sender from -f"
story
environ AGENT=sendmail <"$T/postfix"
is "$? $(seen | cut -d' ' -f1)" "0 alice@example" "a program in .forward: the sender from the From_ line"

# What wins.
story
environ SENDER=bob@example RECIPIENT=x@here -- -f alice@example -r reader@here <"$T/bounce"
is "$? $(seen)" "0 alice@example reader none" "the command line wins over the environment and the message"
story
environ SENDER=alice@example RECIPIENT=reader@here <"$T/bounce"
is "$? $(seen)" "0 alice@example reader none" "the environment wins over the message"
is "$(header Return-Path "$(find "$HOME" -path '*/new/*' -type f)")" "<alice@example>" "and the old Return-Path is replaced"
story
environ <"$T/mail"
is "$? $(seen | cut -d' ' -f1,2)" "0 null $ME" "without any word about them: the null sender, the user's name"
