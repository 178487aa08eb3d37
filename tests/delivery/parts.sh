#!/bin/sh
# A message of 10,000 parts, in a row and in one another, under rules about parts: a bounded time, the whole message
# stored, and what cannot be done told.  RFC 5173, RFC 5703.
. "${0%/*}/lib.sh"
need python3

python3 - "$T" <<'END'
import sys
root, count = sys.argv[1], 10000
def write(name, text):
    open(f"{root}/{name}", "w").write(f"From: a@example.org\nSubject: {name}\nMIME-Version: 1.0\n" + text)
write("row", "Content-Type: multipart/mixed; boundary=b\n\n" + "".join(
    f"--b\nContent-Type: text/{'html' if i % 2 else 'plain'}; name=n{i}\nContent-Transfer-Encoding: base64\nX-Number: {i}\n\nPGI+dGV4dDwvYj4=\n"
    for i in range(count)) + "--b--\n")
write("nest", "".join(f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(count)) + "\ntext\n")
# Each boundary is the beginning of the next; none is ever closed.
write("prefixes", "".join(f"Content-Type: multipart/mixed; boundary={'b' * min(i + 1, 70)}\n\n--{'b' * min(i + 1, 70)}\n"
    for i in range(count)) + "\ntext\n")
write("messages", "".join("Content-Type: message/rfc822\n\nSubject: inner\n" for i in range(count)) + "\ntext\n")
END
# $SECONDS_MAX for each, where it takes a fraction of a second: what grows with the square takes minutes.
SECONDS_MAX=$((12 * SLOWER))
under() { # what, rules from standard input
	cat >"$T/rules"
	for mail in row nest prefixes messages; do
		fresh
		rules <"$T/rules"
		began=$(date +%s)
		deliver <"$T/$mail"
		is "$? $(everywhere)" "0 1" "$1: a message of 10,000 ($mail) is stored"
		took=$(($(date +%s) - began))
		holds "$1: in good time ($mail: $took s)" test $took -le $SECONDS_MAX
		[ -n "${2-}" ] || { without_trace "$(stored "$(folder)")" >"$T/found"; same "$T/found" "$T/$mail" "$1: all of it ($mail)"; }
	done
}
folder() { find "$HOME/Maildir" -path '*/new/*' | sed 's|/new/.*||; s|.*/Maildir/\.*||; s|.*/Maildir$||'; }

under "body" <<'END'
require ["body", "fileinto", "regex"];
if body :text :contains "nothing of this" { discard; }
elsif body :content "text/html" :matches "*nothing of this*" { discard; }
elsif body :raw :regex "nothing (of|like) this" { discard; }
elsif body :content "text" :contains "text" { fileinto "found"; }
END
under "mime" <<'END'
require ["mime", "fileinto"];
if header :mime :anychild :param "name" :is "Content-Type" "none" { discard; }
elsif exists :mime :anychild "X-Nothing" { discard; }
elsif address :mime :anychild :contains "Resent-From" "nobody" { discard; }
END
under "foreverypart" <<'END'
require ["foreverypart", "mime", "extracttext", "variables", "fileinto"];
foreverypart {
	if header :mime :subtype "Content-Type" "html" { extracttext :first 100 "text"; }
	if header :mime :anychild :param "name" :is "Content-Type" "none" { discard; }
}
END
under "loops in loops" <<'END'
require ["foreverypart", "mime"];
foreverypart { foreverypart { foreverypart { if header :mime :contains "X-Number" "x" { discard; } } } }
END
under "replace" edited <<'END'
require ["foreverypart", "mime", "replace", "editheader"];
foreverypart {
	if header :mime :subtype "Content-Type" "html" { replace "gone"; }
	addheader "X-Seen" "one";
}
END
