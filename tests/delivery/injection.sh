#!/bin/sh
# What other people write into every field that somebody reads, and what a script would like to know of others: nothing of
# it becomes a field, a word, a line or a path of theirs.
. "${0%/*}/lib.sh"
need_root "two users"
need python3
. "$TESTS/outgoing.sh"

message hello >"$T/mail"
chmod 755 "$T/home"
as_root() { env -i PATH="$PATH" "$UNTRACED" "$TROMMEL" "$@" >"$T/out" 2>"$T/err"; }

# ---- what others write into fields
cat >"$T/away" <<'SIEVE'
require ["vacation", "copy", "variables", "enotify", "fileinto"];
if header :matches "subject" "*" { set "subject" "${1}"; }
redirect :copy "carol@example.com";
vacation :addresses "reader@example.net" :subject "Re: ${subject}" "Away.";
notify :message "${subject}" "mailto:dave@example.com";
keep;
SIEVE
breaks() { printf 'x\nX-Injected: yes\n\nFrom evil  Thu Jan  1 12:00:00 2026\n'; }
injected() { # what options...
	injected_what=$1
	shift
	fresh_mbox
	mkdir "$HOME/sent"
	own "$HOME"
	rules <"$T/away"
	deliver -o "$MBOX_HERE" -o sendmail="$T/sendmail" -o add_delivered_to=yes "$@" <"${MAIL:-$T/mail}"
	status=$?
	case $status in
	0) wanted=1 ;;
	64 | 75) wanted=0 ;;
	*) wanted=-1 ;;
	esac
	is "$(grep -ac '^From ' "$MBOX")" $wanted "$injected_what: one message, with one From_ line, or none ($status)"
	is "$(cat "$MBOX" "$HOME"/sent/*.mail 2>/dev/null | grep -aci '^x-injected')" 0 "$injected_what: no field of his"
	is "$(sed -n '1{/^From /!p}; 1q' "$MBOX" | wc -c) $(head -n 1 "$MBOX" | LC_ALL=C tr -d ' -~\200-\377\n' | wc -c)" "0 0" \
		"$injected_what: the From_ line has no control character"
	for words in "$HOME"/sent/*.argv; do
		[ -f "$words" ] || continue
		# -oi -f SENDER -- RECIPIENT, whatever is in them
		is "$(sed -n '1p; 2p; 4p' "$words" | tr '\n' ' ')$(wc -l <"$words")" "-oi -f -- 5" "$injected_what: sendmail gets five words"
		is "$(sed -n '3p; 5p' "$words" | grep -c '^-')" 0 "$injected_what: none of them an option"
	done
	is "$(cat "$T/err" "$HOME/.sieve.log" 2>/dev/null | LC_ALL=C tr -d ' -~\n' | wc -c)" 0 "$injected_what: no control character is logged"
	is "$(cat "$T/err" "$HOME/.sieve.log" 2>/dev/null | grep -ci '^x-injected')" 0 "$injected_what: nor a line of his"
	is "$(test -e "$T/pwned"; echo $?)" 1 "$injected_what: no shell has read it"
}
mkdir "$T/pwn"
chmod 1777 "$T/pwn"
escape=$(printf '\033]0;owned\007')
for evil in "$(breaks)" "-oQ$T/pwn" "-C$T/pwn/cf" -bs "--" "\$(touch $T/pwn/d)@example.org" "\`touch $T/pwn/d\`" "a; touch $T/pwn/d" \
	"|touch $T/pwn/d" "/etc/passwd" "${escape}a@example.org" "a@example.org$(printf '\r')X-Injected: yes" \
	"<a@example.org> <b@example.org>" "a@example.org,b@example.org" "$(printf '\303\244@example.org')"; do
	shown=$(printf %s "$evil" | LC_ALL=C tr -c 'a-zA-Z0-9@.$;|/<>, -' '?' | cut -c 1-40)
	injected "sender $shown" "-f$evil" -r reader@example.net
	injected "recipient $shown" -f alice@example.org "-r$evil"
	injected "original recipient $shown" -f alice@example.org -r reader@example.net "-a$evil"
done
is "$(find "$T/pwn" -type f)" "" "and nothing was run or made by any of them"
{
	printf 'From: "x\r\n X-Injected: yes" <alice@example.org>\nTo: reader@example.net\n'
	printf 'Subject: =?utf-8?Q?hello=0D=0AX-Injected:_yes=0A=0D=00=1B]0;owned?=\nReply-To: -oQ%s <-bs@example.org>\n' "$T/pwn"
	printf 'Message-ID: <a\013b@example.org>\nDelivered-To: -x\n\nFrom evil  Thu Jan  1 12:00:00 2026\nbody\n'
} >"$T/evil"
MAIL=$T/evil injected "fields of the message" -f alice@example.org -r reader@example.net
# Folders that are named by others: from a field, and by what stands behind a plus sign.
cat >"$T/sorted" <<'SIEVE'
require ["fileinto", "variables", "subaddress", "envelope", "copy", "encoded-character"];
if header :matches "x-folder" "*" { fileinto :copy "${1}"; }
if envelope :detail :matches "to" "*" { fileinto :copy "${1}"; }
stop;
SIEVE
for evil in "../../outside/evil" "/etc/evil" "~stranger/evil" "$(printf 'a\rX-Injected: yes')" "${escape}evil" "..." ".." "." "a/../../../outside/evil" \
	"Maildir" "-x" "\$(touch $T/pwn/d)" "inbox.lock" "$(printf 'b\303\244\342\200\256')" "$(head -c 400 /dev/zero | tr '\0' a)"; do
	shown=$(printf %s "$evil" | LC_ALL=C tr -c 'a-zA-Z0-9@.$;|/<>, -' '?' | cut -c 1-40)
	for layout in maildir mbox; do
		case $layout in
		maildir) fresh && set -- -o mail_location=maildir:~/Maildir ;;
		mbox) fresh_mbox && set -- -o "$MBOX_HERE" ;;
		esac
		rules <"$T/sorted"
		{ printf 'X-Folder: %s\n' "$evil"; cat "$T/mail"; } >"$T/named"
		deliver "$@" -f alice@example.org -r "reader+$evil@example.net" -o log_json="$HOME/log" <"$T/named"
		status=$?
		kept=$(find "$HOME" -type f -size +0 -exec grep -l '^Subject: hello' {} + | wc -l)
		case $status-$kept in
		0-[1-9] | 75-0) pass "$layout, folder $shown: $status, $kept copies" ;;
		*) fail "$layout, folder $shown: $status, $kept copies" ;;
		esac
		is "$(find "$T" -newer "$T/named" \( -name '*evil*' -o -name 'Secret' \) ! -path "$HOME/*")$(ls /etc/evil 2>/dev/null)" "" \
			"$layout, folder $shown: nothing outside of his mail"
		is "$(wc -l <"$HOME/log") $(LC_ALL=C tr -d ' -~\200-\377\n' <"$HOME/log" | wc -c)" "1 0" "$layout, folder $shown: one line is logged"
		holds "$layout, folder $shown: which is JSON" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$HOME/log"
		is "$(cat "$T/err" "$HOME/.sieve.log" 2>/dev/null | LC_ALL=C tr -d ' -~\200-\377\n' | wc -c)" 0 \
			"$layout, folder $shown: no control character is told to people"
	done
done
for variable in SENDER RECIPIENT EXTENSION LOCAL DOMAIN ORIGINAL_RECIPIENT; do
	fresh_mbox
	environ "$variable=$(breaks)" -- -o "$MBOX_HERE" <"$T/mail"
	status=$?
	case $status-$(grep -c '^From ' "$MBOX") in
	0-1 | 75-0) pass "$variable with line breaks: $status" ;;
	*) fail "$variable with line breaks: $status" ;;
	esac
	is "$(grep -c '^X-Injected' "$MBOX")" 0 "$variable with line breaks: no field of his"
done

# ---- what a script would like to know of another's files, though their modes would let it
chmod 755 "$T/other"
mkdir -p "$T/other/Maildir/.Secret/new" "$T/other/Maildir/.Secret/cur" "$T/other/Maildir/.Secret/tmp" "$T/other/sieve"
echo 'alice@example.org' >"$T/other/friends"
echo 'require "fileinto"; fileinto "Learned";' >"$T/other/sieve/theirs.sieve"
: >"$T/other/inbox"
chmod -R a+rwX "$T/other"
chown -R "$OTHER:$OTHER" "$T/other"
# The outcome is the same, to the byte, whether the other has it or not.
learns() { # what mailbox-option
	for turn in there gone; do
		if [ -n "${2-}" ]; then fresh_mbox; else fresh; fi
		rules <"$T/spy"
		mkdir -p "$HOME/sieve" "$HOME/.config/trommel/lists" "$HOME/Maildir"
		for learns_link in "$HOME/sieve/link.sieve" "$HOME/.config/trommel/lists/link" "$HOME/Maildir/.Link" "$HOME/mail/link"; do
			case $learns_link in
			*.sieve) ln -s "$T/other/sieve/theirs.sieve" "$learns_link" ;;
			*lists*) ln -s "$T/other/friends" "$learns_link" ;;
			*Maildir*) ln -s "$T/other/Maildir/.Secret" "$learns_link" ;;
			*) [ -d "${learns_link%/*}" ] && ln -s "$T/other/inbox" "$learns_link" ;;
			esac
		done
		own "$HOME"
		chown -h -R "$ME:$ME" "$HOME"
		[ $turn = there ] || mv "$T/other" "$T/hidden"
		[ $turn = there ] || { mkdir -m 755 "$T/other" && chown "$OTHER:$OTHER" "$T/other"; }
		as_root -d "$ME" -f alice@example.org -o folder_autocreate=yes -o rules_notice=no \
			-o "${2:-mail_location=maildir:~/Maildir}" <"$T/mail"
		echo "status $?" >"$T/$turn"
		find "$HOME" -type f \( -path '*/new/*' -o -path '*/cur/*' -o -path '*/mail/*' -o -name inbox \) -size +0 |
			sed 's|/new/.*|/new|; s|/cur/.*|/cur|' | sort >>"$T/$turn"
		sed 's/[0-9][0-9]:[0-9][0-9]:[0-9][0-9] [+-][0-9]*/(time)/' "$HOME/.sieve.log" >>"$T/$turn" 2>/dev/null
		[ $turn = there ] || { rm -r "$T/other" && mv "$T/hidden" "$T/other"; }
	done
	same "$T/there" "$T/gone" "$1: the same whether it is there or not"
	is "$(find "$T/other" -type f -size +0 ! -name friends ! -name theirs.sieve) $(grep -c Learned "$T/there")" " 0" \
		"$1: and nothing of it was used or changed"
}
for name in "../../other/Maildir/.Secret" "../../../other/Maildir" "$T/other/Maildir" "/..$T/other/Maildir" "~$OTHER/Maildir" "INBOX/../../../other" "Link"; do
	printf 'require ["fileinto", "mailbox"]; if mailboxexists "%s" { fileinto "Learned"; }\n' "$name" >"$T/spy"
	learns "mailboxexists $name"
	printf 'require ["fileinto", "mailbox"]; fileinto :create "%s";\n' "$name" >"$T/spy"
	learns "fileinto $name"
	printf 'require ["fileinto", "mboxmetadata"]; if metadata "%s" "/shared/comment" "theirs" { fileinto "Learned"; }\n' "$name" >"$T/spy"
	learns "metadata of $name"
done
for name in "../other/inbox" "../../other/inbox" "$T/other/inbox" link; do
	printf 'require ["fileinto", "mailbox"]; fileinto :create "%s";\n' "$name" >"$T/spy"
	learns "mbox $name" "$MBOX_HERE"
done
for name in "../../other/sieve/theirs" "$T/other/sieve/theirs"; do
	printf 'require "include"; include :optional "%s";\n' "$name" >"$T/spy"
	learns "include $name"
done
for name in "../../../../other/friends" "$T/other/friends"; do
	printf 'require ["extlists", "fileinto"]; if address :list "from" ":addrbook:%s" { fileinto "Learned"; }\n' "$name" >"$T/spy"
	learns "list $name"
done
