#!/bin/sh
# A delivery that failed half-way: the next try does the rest and repeats nothing that has left already.
. "${0%/*}/lib.sh"
. "$TESTS/outgoing.sh"

message hello >"$T/mail"
journals() { find "$HOME/.local/state/trommel/journal" -type f 2>/dev/null | wc -l | tr -d ' '; }
no_journal() { is "$(find "$HOME/.local/state/trommel/journal" 2>/dev/null)" "" "${1:-no journal is left}"; }
# An mbox for an inbox, which somebody keeps locked.
story_mbox() { # rules
	fresh_mbox
	mkdir "$HOME/sent"
	printf '%s\n' "$1" | rules
	: >"$MBOX.lock"
	own "$HOME"
}
try() { send -f alice@example.org -o "$MBOX_HERE" -o lock_timeout_s=1 "$@" <"${MAIL:-$T/mail}"; }
in_mbox() { grep -c '^From ' "$MBOX"; }

# A redirect, and a mailbox that is locked.
story_mbox 'require "copy"; redirect :copy "bob@example.com";'
try
is "$? $(sent) $(in_mbox) $(journals)" "75 1 0 1" "redirected, but the mailbox is locked: for later, and noted"
like "$(head -1 "$HOME"/.local/state/trommel/journal/*)" '^trommel journal 1' "in a file of the user's state"
try
is "$? $(sent) $(in_mbox) $(journals)" "75 1 0 1" "the next try, as unlucky, repeats nothing"
rm "$MBOX.lock"
try
is "$? $(sent) $(in_mbox)" "0 1 1" "the one after that files the copy and does not redirect again"
no_journal
try
is "$? $(in_mbox)" "0 2" "and then it is over: the same bytes once more are a message once more"

# What an MTA writes anew in each try does not count.
story_mbox 'require "copy"; redirect :copy "bob@example.com";'
{ printf 'Delivery-date: Thu, 01 Jan 2026 12:00:00 +0000\nEnvelope-to: one@example.net\n'; cat "$T/mail"; } >"$T/first"
{ printf 'Delivery-date: Thu, 01 Jan 2026 12:10:00 +0000\nEnvelope-to: one@example.net\n'; cat "$T/mail"; } >"$T/second"
MAIL=$T/first try
rm "$MBOX.lock"
MAIL=$T/second try
is "$? $(sent) $(in_mbox)" "0 1 1" "a Delivery-Date of another minute is no other message"

# Another message, and other rules, are another matter.
story_mbox 'require "copy"; redirect :copy "bob@example.com";'
try
sed "s/<hello@/<other@/" "$T/mail" >"$T/other.mail"
MAIL=$T/other.mail try
is "$? $(journals)" "75 2" "another id is another message"
printf '# changed\nrequire "copy"; redirect :copy "carol@example.com";\n' | rules
try
is "$? $(sent_to)" "75 bob@example.com bob@example.com carol@example.com " "other rules are other effects"
is "$(journals)" 3 "each with its journal"
touch -d '11 days ago' "$HOME"/.local/state/trommel/journal/*
own "$HOME"
rm "$MBOX.lock"
sed "s/<hello@/<third@/" "$T/mail" >"$T/other.mail"
: >"$MBOX.lock"
own "$MBOX.lock"
MAIL=$T/other.mail try
rm "$MBOX.lock"
MAIL=$T/other.mail try
is "$?" 0 "a delivery that is complete"
no_journal "sweeps those that are older than ten days"

# Of two redirects one is taken.
story 'redirect "bob@example.com"; redirect "carol@example.com";' -f alice@example.org
is "$? $(sent)" "0 2" "two redirects"
no_journal "leave no journal"
echo carol | mine "$HOME/refuse"
echo 75 | mine "$HOME/status"
message two >"$T/mail"
send -f alice@example.org <"$T/mail"
is "$? $(sent_to)" "75 bob@example.com bob@example.com carol@example.com " "one is taken, and one is not"
rm "$HOME/status"
send -f alice@example.org <"$T/mail"
is "$? $(sent_to)" "0 bob@example.com bob@example.com carol@example.com carol@example.com " "the next try sends that one alone"
no_journal
rm -rf "$HOME/.local"
echo bob | mine "$HOME/refuse"
echo 75 | mine "$HOME/status"
message three >"$T/mail"
send -f alice@example.org <"$T/mail"
is "$?" 75 "where the first is not taken"
no_journal "nothing is noted, and nothing is left"

# Killed in the middle.
message four >"$T/mail"
cat >"$T/killer" <<'STUB'
#!/bin/sh
cat >/dev/null
for argument; do :; done
echo "$argument" >>"$HOME/sent/killer"
[ "$argument" = carol@example.com ] && [ ! -f "$HOME/armistice" ] && kill -9 $PPID
exit 0
STUB
chmod 755 "$T/killer"
fresh
mkdir "$HOME/sent"
own "$HOME"
echo 'redirect "bob@example.com"; redirect "carol@example.com"; keep;' | rules
deliver -o sendmail="$T/killer" -r reader@example.net -f alice@example.org <"$T/mail" 2>/dev/null
is "$? $(cat "$HOME/sent/killer" | tr '\n' ' ')$(count)" "137 bob@example.com carol@example.com 0" "killed while carol's is handed over"
: | mine "$HOME/armistice"
deliver -o sendmail="$T/killer" -r reader@example.net -f alice@example.org <"$T/mail"
is "$? $(cat "$HOME/sent/killer" | tr '\n' ' ')$(count)" "0 bob@example.com carol@example.com carol@example.com 1" \
	"the next try knows that bob has his"
no_journal

# An answer, and a copy of it; a program's copy.
mkdir "$T/programs"
cat >"$T/programs/archive" <<'STUB'
#!/bin/sh
cat >>"$HOME/archive"
echo once >>"$HOME/archived"
STUB
chmod -R a+rX "$T/programs"
chmod 755 "$T/programs/archive"
message five >"$T/mail"
story_mbox 'require ["vacation-seconds", "fcc", "vnd.dovecot.pipe", "copy", "fileinto", "mailbox"];
pipe :copy "archive";
vacation :seconds 0 :fcc "Sent" :create :addresses "bob@example.net" "away";'
answer() { try -o vacation_min_period_s=0 -o pipe_bin_dir="$T/programs"; }
answer
is "$? $(sent) $(wc -l <"$HOME/archived" | tr -d ' ') $(in_mbox)" "75 1 1 0" "answered and archived, but the mailbox is locked"
is "$(cat "$HOME/mail/Sent" 2>/dev/null)" "" "the copy of the answer waits, too"
rm "$MBOX.lock"
answer
is "$? $(sent) $(wc -l <"$HOME/archived" | tr -d ' ') $(in_mbox) $(grep -c '^From ' "$HOME/mail/Sent")" "0 1 1 1 1" "then both copies are filed, and nothing is done twice"
is "$(header Message-ID "$HOME/mail/Sent")" "$(header Message-ID "$HOME/sent/0.mail")" "the copy is that of the answer that was sent"
is "$(header Date "$HOME/mail/Sent")" "$(header Date "$HOME/sent/0.mail")" "with its date"
no_journal

# An answer that tells the time.
message told >"$T/mail"
story_mbox 'require ["vacation-seconds", "variables", "date", "copy"];
if currentdate :matches "time" "*" { set "now" "${1}"; }
vacation :seconds 0 :addresses "bob@example.net" "It is ${now}.";'
answer
sleep 1.1
rm "$MBOX.lock"
answer
is "$? $(sent) $(in_mbox)" "0 1 1" "an answer that says something else in each try is sent once"

# Where no journal can be kept.
message six >"$T/mail"
story_mbox 'require "copy"; redirect :copy "bob@example.com";'
rm "$MBOX.lock"
mkdir -p "$HOME/.local/state/trommel/journal"
own "$HOME"
chmod 777 "$HOME/.local/state/trommel/journal"
try
is "$? $(sent) $(in_mbox)" "0 1 1" "a journal that others could write is not used"
like "$(told)" "should this delivery fail half-way, .*others may write" "and the owner is told"
if [ "$(id -u)" = 0 ]; then
	story_mbox 'require "copy"; redirect :copy "bob@example.com";'
	rm "$MBOX.lock"
	mkdir -p "$HOME/small"
	mount -t tmpfs -o size=4k,uid=61990,gid=61990,mode=700 none "$HOME/small"
	dd if=/dev/zero of="$HOME/small/filler" bs=4k count=1 2>/dev/null
	try -o state_dir="$HOME/small"
	is "$? $(sent) $(in_mbox)" "75 0 0" "where the state's disk is full nothing is sent that could be sent twice"
	umount "$HOME/small"
else
	echo "# skipped: a full disk needs root"
fi

# What costs nothing.
message seven >"$T/mail"
if can_trace; then
	story 'require "fileinto"; if header :is "subject" "x" { redirect "bob@example.com"; } fileinto "a"; fileinto "b";' -f alice@example.org
	call $UNTRACED strace -f -o "$HOME/trace" "$TROMMEL" -f alice@example.org -o folder_autocreate=yes <"$T/mail"
	is "$? $(grep -c 'state/trommel/journal.*ENOENT' "$HOME/trace") $(grep 'local/state' "$HOME/trace" | grep -cE 'O_CREAT|mkdir')" \
		"0 1 0" "two folders: one look for what an earlier try may have left, and nothing is made"
	is "$(grep -cE 'state[.]db|state-sqlite' "$HOME/trace")" 0 "rules that need no memory open none"
fi

# Two folders, of which the second cannot be had at the last moment, and then the first not taken back at once: whatever
# the journal says of a copy, the copy is there.
if can_trace; then
	inject() { # expressions of strace… -- options…
		inject_set=
		while [ "$1" != -- ]; do
			inject_set="$inject_set -e inject=$1"
			shift
		done
		shift
		# shellcheck disable=SC2086
		call $UNTRACED strace -o "$HOME/trace" $inject_set "$TROMMEL" -f alice@example.org -o folder_autocreate=yes \
			-o sendmail="$T/sendmail" -r reader@example.net "$@" <"$T/mail" 2>"$T/err"
	}
	two_folders() { # rules
		story "$1" -f alice@example.org
		find "$HOME/Maildir" -path '*/new/*' -type f -delete
		rm -rf "$HOME"/sent/* "$HOME/.local/state/trommel/state.db"*
	}
	for rules in 'require ["fileinto", "copy"]; redirect :copy "bob@example.com"; fileinto "a"; fileinto "b";' \
		'require "fileinto"; fileinto "a"; fileinto "b";'; do
		for fault in unlinkat:error=EIO:when=1 unlinkat:error=EIO:when=2 unlinkat:error=EIO:when=1+ \
			unlinkat:signal=KILL:when=1 unlinkat:signal=KILL:when=2 pwrite64:error=ENOSPC:when=4+ \
			fdatasync:error=EIO:when=2+ fdatasync:signal=KILL:when=2; do
			two_folders "$rules"
			inject linkat:error=EIO:when=2 "$fault" -- 2>/dev/null
			case $? in
			0) fail "$fault: the second folder was to fail" ;;
			esac
			send -f alice@example.org <"$T/mail"
			case "$? $(count a) $(count b) $fault" in
			"0 1 1 "* | "0 2 1 "*KILL* | "0 2 1 pwrite64"* | "0 2 1 fdatasync"*) pass "$fault behind a link that failed: nothing is lost ($(count a) and $(count b))" ;;
			*) fail "$fault behind a link that failed: $(count a) and $(count b)" ;;
			esac
		done
	done
	# Two mboxes, of which the second cannot be settled and the first not cut back (as when it may only grow).
	mboxes() { # strace options…
		fresh_mbox
		mkdir "$HOME/sent"
		[ -z "$rules" ] || printf '%s\n' "$rules" | rules
		own "$HOME"
		call $UNTRACED strace -o "$HOME/trace" "$@" "$TROMMEL" -f alice@example.org -o "$MBOX_HERE" \
			-o folder_autocreate=yes -o state_engine=files -o sendmail="$T/sendmail" -r reader@example.net \
			<"$T/mail" 2>"$T/err"
	}
	for rules in 'require ["fileinto", "copy"]; redirect :copy "bob@example.com"; fileinto "a"; fileinto "b";' \
		'require "fileinto"; fileinto "a"; fileinto "b";'; do
		mboxes -e trace=pwrite64
		second=$(awk '/^pwrite64/ { calls++ } /"C", 1, / { if (++n == 2) print calls }' "$HOME/trace")
		mboxes -e trace=pwrite64,ftruncate -e inject=pwrite64:error=EIO:when="$second" \
			-e inject=ftruncate:error=EPERM:when=1+
		is "$? $(grep -c '^From ' "$HOME/mail/a")" "75 1" "the second mbox fails, the first cannot be cut back"
		like "$(cat "$T/err")" "cut '.*/a' back, which keeps what was appended" "which is told"
		send -f alice@example.org -o "$MBOX_HERE" -o folder_autocreate=yes -o state_engine=files <"$T/mail"
		is "$? $(grep -c '^From ' "$HOME/mail/a") $(grep -c '^From ' "$HOME/mail/b")" "0 1 1" "the next try knows what is there"
		like "$(sent)" '^[01]$' "and sends nothing twice"
		no_journal
	done
	# One alone, whether rules are asked or there are none: what is there is whole and flushed, and known to the next try.
	for rules in 'keep;' ''; do
		mboxes -e trace=pwrite64
		first=$(awk '/^pwrite64/ { calls++ } /"C", 1, / { if (++n == 1) print calls }' "$HOME/trace")
		mboxes -e trace=pwrite64,ftruncate -e inject=pwrite64:error=EIO:when="$first" -e inject=ftruncate:error=EPERM:when=1+
		is "$? $(in_mbox)" "75 1" "the only mbox cannot be settled, nor cut back${rules:+, with rules}"
		send -f alice@example.org -o "$MBOX_HERE" -o state_engine=files <"$T/mail"
		is "$? $(in_mbox)" "0 1" "the next try knows that the message is there"
		no_journal
	done
fi

# What is included may be another thing in the next try: what it still wants and was done is not done again.
story_mbox 'require ["include", "copy"]; include "more"; keep;'
mkdir "$HOME/sieve"
echo 'require "copy"; redirect :copy "bob@example.com"; redirect :copy "carol@example.com";' >"$HOME/sieve/more.sieve"
own "$HOME"
message nine >"$T/mail"
try
is "$? $(sent_to)" "75 bob@example.com carol@example.com " "an included script redirects"
echo 'require "copy"; redirect :copy "carol@example.com"; redirect :copy "dave@example.com";' >"$HOME/sieve/more.sieve"
own "$HOME"
rm "$MBOX.lock"
try
is "$? $(sent_to) $(in_mbox)" "0 bob@example.com carol@example.com dave@example.com  1" "changed since, it does what is new"
no_journal

# Rules that were broken since are replaced by those that were not, and these have done something already.
mkdir -p "$T/programs"
story_mbox 'require ["vnd.dovecot.pipe", "copy"]; pipe :copy "archive"; keep;'
message ten >"$T/mail"
answer
is "$? $(wc -l <"$HOME/archived" | tr -d ' ')" "75 1" "a program has its copy"
echo 'require ["vnd.dovecot.pipe", "copy"]; pipe :copy "archive"; keep' | rules
rm "$MBOX.lock"
answer
is "$? $(wc -l <"$HOME/archived" | tr -d ' ')" "0 1" "the last rules without errors do not give it another"
no_journal
