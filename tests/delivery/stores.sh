#!/bin/sh
# The same rules on a Maildir and on mboxes: the same folders, flags, bytes, answers and statuses.
. "${0%/*}/lib.sh"
need python3
. "$TESTS/outgoing.sh"

# ---- mail, the odd kinds that text tools lose bytes of among it
mkdir "$T/mails"
mail() { cat >"$T/mails/$1"; }
message plain | mail plain
message crlf | sed 's/$/\r/' | mail crlf
message binary | { cat; printf 'NUL \0, two \0\0, bare CR \r inside, \r\r\nlast'; } | mail binary
printf 'Subject: nul \0 in it\nFrom: a@example.org\n\nA body.\n' | mail nul-header
printf 'Subject: caf\351 \200\377\nFrom: J\303\266rg <joerg@example.org>\nX-Plain: no\n\n8-bit \351\n' | mail 8bit
printf 'Subject: From here\n\nFrom the beginning\n>From the second\n\nFrom bob@example.org Thu Jan  1 12:00:00 2026\n' |
	mail separators
printf 'Subject: quoted\n\n\n\n>>>From far\n> From\nFrom: none\n From\nFrom\nFrom \n\n\n' | mail brackets
printf 'Subject: bare\rFrom x\r\n\r\n\rFrom y\r\rFrom z\r' | mail bare-cr
printf 'Subject: torn\n\nno newline at the end' | mail torn
printf 'Subject: torn\n\nFrom ' | mail torn-separator
printf 'Subject: header only\n' | mail header
printf 'Subject: header only, torn' | mail header-torn
printf 'Subject: no body\n\n' | mail no-body
printf '\nFrom: the body\n' | mail no-header
printf 'no header\nbut From lines\nFrom x\n' | mail text
: | mail nothing
{ printf 'Subject: long\n\n'; head -c 70000 /dev/zero; printf '\nFrom '; head -c 70000 /dev/zero | tr '\0' '>'; echo; } | mail long
printf 'Subject: parts\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\nFrom the prologue\n--b\n\nFrom one\n--b\nContent-Type: text/html\n\n<p>two</p>\n--b--\nFrom the epilogue' |
	mail parts

# Everything of it, under these rules, in one kind of store.  $T/KIND is what came of it.
deliver_all() { # kind options…
	kind=$1
	shift
	mkdir "$HOME/sent"
	own "$HOME"
	mine "$HOME/.sieve" <"$T/rules"
	for mail in "$T"/mails/*; do
		send -f alice@example.org "$@" <"$mail"
		echo "${mail##*/}: status $?"
	done >"$T/$kind"
	for sent_mail in "$HOME"/sent/*.mail; do
		[ -f "$sent_mail" ] && cat "${sent_mail%.mail}.argv" "$sent_mail"
	done | sed 's/trommel[^ ]*@[^ ]*/ID/; s/^Date: .*/Date/; s/^Message-ID: .*/Message-ID/' >>"$T/$kind"
	told | sed '/^[A-Z][a-z][a-z], [0-9 ]* .* +0000:$/d' >>"$T/$kind"
	case $kind in
	maildir) python3 "$TESTS/stores.py" maildir "$HOME/Maildir" >>"$T/$kind" ;;
	mbox) python3 "$TESTS/stores.py" mbox "$HOME/mail" "$MBOX" >>"$T/$kind" ;;
	esac
}
both() { # what folder-count-line…: the rules come from standard input; each line is in what came of them
	what=$1
	shift
	cat >"$T/rules"
	fresh
	deliver_all maildir
	fresh_mbox
	deliver_all mbox -o "$MBOX_HERE"
	same "$T/maildir" "$T/mbox" "$what: both stores agree"
	for line; do
		holds "$what: $line" grep -aqxF -e "$line" "$T/mbox"
	done
	is "$(find "$HOME" -name '*.lock*')" "" "$what: no lock is left"
}

: | both "no rules" "INBOX: 18" "torn: status 0" "text: status 0" "nothing: status 0"
# What was read back is what came, byte for byte.
python3 - "$T" >"$T/bytes" <<'END'
import ast, os, sys
root = sys.argv[1]
found = sorted(ast.literal_eval(line.split("  ", 1)[1]) for line in open(root + "/mbox") if line.startswith("INBOX  "))
trace = b"Return-Path: <alice@example.org>\n"
came = []
for name in os.listdir(root + "/mails"):
    content = open(f"{root}/mails/{name}", "rb").read()
    line_end = b"\r\n" if content.split(b"\n")[0].endswith(b"\r") else b"\n"
    content = trace.replace(b"\n", line_end) + content.lstrip(b"\n")
    came.append(content if content.endswith(b"\n") else content + b"\n")
for one in sorted(came):
    if one not in found:
        print("not found:", one[:200])
for one in found:
    if one not in came:
        print("found:", one[:200])
END
is "$(cat "$T/bytes")" "" "and every byte of it is there"

both "several folders" "INBOX: 18" "a: 18" "b/c: 18" <<'END'
require ["fileinto", "mailbox"];
fileinto "a"; fileinto :create "b/c"; fileinto "a"; fileinto "inbox"; keep;
END
both "by what is in them" "caf: 1" "from: 1" "nul: 1" "torn: 4" <<'END'
require ["fileinto", "body", "encoded-character", "variables", "regex"];
if header :contains "subject" "caf" { fileinto "caf"; }
elsif header :is "subject" "From here" { fileinto "from"; }
elsif header :contains "subject" "nul ${hex:00} in" { fileinto "nul"; }
elsif body :raw :contains ["From ${hex:00}", "From the beginning", "From y"] { fileinto "raw"; }
elsif anyof (header :contains "subject" "torn", body :contains "last") { fileinto "torn"; }
elsif not exists "subject" { discard; }
elsif body :raw :regex "^>>>From" { fileinto "regex"; }
END
both "sizes" "over: 1" <<'END'
require "fileinto";
if size :over 100K { fileinto "over"; } elsif size :under 30 { fileinto "small"; } else { fileinto "rest"; }
END
both "flags" "a: 18" "INBOX: 18" <<'END'
require ["imap4flags", "fileinto", "copy"];
setflag ["\\Seen", "$Label1"]; addflag "\\Flagged";
fileinto :copy :flags ["\\Answered", "\\Draft", "work"] "a"; fileinto :copy :flags "" "b";
if hasflag "\\Flagged" { removeflag "\\Seen"; }
END
is "$(grep -ac '^INBOX \$Label1 \\Flagged b' "$T/mbox") $(grep -ac '^a \\Answered \\Draft work b' "$T/mbox") $(grep -ac '^b  b' "$T/mbox")" \
	"18 18 18" "flags: those that each action says"
both "edited headers" "edited: 18" "INBOX: 18" <<'END'
require ["editheader", "fileinto", "imap4flags"];
fileinto "before";
addheader "X-First" "From the top"; addheader :last "X-Last" "the end of a header"; deleteheader "Subject";
fileinto :flags "\\Seen" "edited";
deleteheader "X-First"; addheader "Subject" "another";
keep;
END
both "parts" "INBOX: 18" <<'END'
require ["foreverypart", "mime", "replace", "enclose", "fileinto"];
foreverypart {
	if header :mime :subtype "content-type" "html" { replace "From this on, text."; fileinto "replaced"; }
}
keep;
END
both "rules that fail on the way" "INBOX: 18" <<'END'
require ["fileinto", "ihave"];
if size :over 1 { fileinto "a"; fileinto "b"; error "no further"; }
END
both "rules that do not compile" "INBOX: 18" <<'END'
fileinto "a";
END
both "a folder that cannot be" "INBOX: 18" <<'END'
require "fileinto";
fileinto "../astray";
END
both "folders that there are" "there: 17" "first: 1" <<'END'
require ["fileinto", "mailbox"];
if mailboxexists "first" { fileinto "there"; } else { fileinto :create "first"; }
END
both "what leaves" "INBOX: 18" <<'END'
require ["vacation", "copy", "enotify"];
redirect :copy "carol@example.com";
vacation :addresses "bob@example.net" "Away.";
if header :is "subject" "plain" { notify "mailto:dave@example.com?subject=News"; }
END
both "what is refused" "INBOX: 17" <<'END'
require "reject";
if header :is "subject" "plain" { reject "Not wanted."; }
END
both "what was seen before" "INBOX: 17" <<'END'
require ["duplicate", "variables"];
if header :matches "subject" "torn*" { set "torn" "yes"; }
if allof (string "${torn}" "yes", duplicate :header "subject") { discard; }
END
both "nothing" "INBOX: 0" <<'END'
discard;
END
both "all that was seen" "one: 18" <<'END'
require ["include", "fileinto", "variables"];
global "where";
set "where" "one";
fileinto "${where}";
END

# A message of 50 MB, with all of that in it.
python3 - "$T/large" <<'END'
import sys
piece = b"From me\n>From you\r\nNUL \0 and \r CR\n\n" + b"x" * 4000 + b"\n"
with open(sys.argv[1], "wb") as file:
    file.write(b"Subject: large\n\n" + piece * (50 * 1024 * 1024 // len(piece)) + b"torn")
END
fresh
deliver <"$T/large"
is "$? $(count)" "0 1" "50 MB into a Maildir"
same "$(stored)" "$T/large" "as they came"
fresh_mbox
deliver -o "$MBOX_HERE" <"$T/large"
is "$?" 0 "50 MB into an mbox"
sed '1d; s/^>\(>*From \)/\1/' "$MBOX" | head -c -2 >"$T/found"
same "$T/found" "$T/large" "as they came"
