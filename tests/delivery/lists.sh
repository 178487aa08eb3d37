#!/bin/sh
# Lists that are kept outside the rules: files of the user's own, files and databases of the setting `lists`.
# RFC 6134
. "${0%/*}/lib.sh"

message hello >"$T/mail"
LISTS=$HOME/.config/trommel/lists
cat >"$T/rules" <<'SIEVE'
require ["extlists", "fileinto", "variables"];
if address :list "from" ":addrbook:friends" { fileinto "friend ${0}"; }
SIEVE
# A home with the rules and a list of friends, from standard input.
home() { # [mode of the list]
	fresh
	rules <"$T/rules"
	mine "$LISTS/friends" "${1:-600}"
	own "$HOME/.config"
}
try() { deliver -f alice@example.org -r reader@example.net "$@" <"$T/mail"; }
where() { # each folder that holds a message, without its dot
	find "$HOME/Maildir" -path '*/new/*' -type f | sed 's|/new/.*||; s|.*/Maildir$|INBOX|; s|.*/\.||' | sort | tr '\n' ','
}

# ---- the user's own
printf '# people\n\nbob@example.com\n  Alice@Example.ORG  \n' | home
try
is "$? $(where)" "0 friend Alice@Example.ORG," "a list in ~/.config/trommel/lists; \${0} is the entry as it stands there"
printf 'bob@example.com\n' | home
try
is "$? $(where)" "0 INBOX," "who is not on it is not"
printf 'alice@example.org' | home
try
is "$? $(where)" "0 friend alice@example.org," "the last line needs no line break"
printf 'alice@example.org\r\n' | home
try
is "$? $(where)" "0 friend alice@example.org," "nor does a CR belong to an entry"
fresh
rules <"$T/rules"
try
is "$? $(where)" "0 INBOX," "a list that there is not is an error of the rules: the message is kept (2.2)"
like "$(told)" "there is no list ':addrbook:friends'" "and the owner is told which"
fresh
rules <<'SIEVE'
require ["extlists", "fileinto"];
if valid_ext_list ":addrbook:friends" { fileinto "valid"; }
elsif address :list "from" ":addrbook:default" { fileinto "listed"; }
elsif valid_ext_list ":addrbook:Default" { fileinto "default"; }
SIEVE
try
is "$? $(where)" "0 default," "only the default address book is always there, maybe empty (2.5, 2.7)"
printf 'alice@example.org\n' | home
mv "$LISTS" "$HOME/elsewhere"
try -o lists_dir="$HOME/elsewhere"
is "$? $(where)" "0 friend alice@example.org," "lists_dir says where they are"
printf 'erin@example.org\n' | home
rules <<'SIEVE'
require ["extlists", "fileinto"];
if address :list "to" ":addrbook:friends" { fileinto "friend"; }
else { fileinto "other"; }
SIEVE
{ seq -f 'To: u%.0f@example.org' 9000; echo; echo text; } >"$T/to_many"
deliver -f alice@example.org -r reader@example.net <"$T/to_many"
is "$? $(where)" "0 other," "each of thousands of addresses is looked for"
printf 'alice@example.org\n' | home
try -o lists_dir=
is "$? $(where)" "0 INBOX," "an empty lists_dir: users have no lists of their own"
printf 'alice@example.org\n' | home
cp "$LISTS/friends" "$HOME/secret"
printf 'require ["extlists", "fileinto"]; if address :list "from" ":addrbook:../../../secret" { fileinto "out"; }' | rules
try
is "$? $(where)" "0 INBOX," "no name leads out of that directory"
printf 'require ["extlists", "fileinto"]; if address :list "from" ":addrbook:..%%2f..%%2f..%%2fsecret" { fileinto "out"; }' | rules
try
is "$? $(where)" "0 INBOX,INBOX," "an encoded one neither"

# ---- what others may have written is not read: it is mended first, so the message waits
refused() { # what… the text that is wanted is $1
	refused_status=$? refused_text=$1
	shift
	is "$refused_status $(everywhere)" "75 0" "$*: the message waits"
	like "$(cat "$T/err")" "$refused_text" "and what is wrong is said"
}
for mode in 620 602 666; do
	printf 'alice@example.org\n' | home $mode
	try
	refused "friends' can be written by others; 'chmod go-w' mends it" "a list of mode $mode"
done
printf 'alice@example.org\n' | home
chmod 777 "$LISTS"
try
refused "lists' can be written by others" "a list in a directory that anybody can write to"
chmod 700 "$LISTS"
try
is "$? $(where)" "0 friend alice@example.org," "once it is mended, it is delivered"
if [ "$(id -u)" = 0 ]; then
	printf 'alice@example.org\n' | home
	chown "$OTHER" "$LISTS/friends"
	chmod 644 "$LISTS/friends"
	try
	refused "belongs to uid" "a list of another user's"
	printf 'alice@example.org\n' | home
	chown 0:0 "$LISTS/friends"
	chmod 644 "$LISTS/friends"
	try
	is "$? $(where)" "0 friend alice@example.org," "one of root's is as good as the user's own"
	printf 'alice@example.org\n' | home
	chown 0:0 "$LISTS/friends"
	chmod 600 "$LISTS/friends"
	try
	refused "read '.*friends'" "one that only root can read"
	printf 'alice@example.org\n' >"$T/other/theirs"
	chmod 755 "$T/other"
	chmod 644 "$T/other/theirs"
	chown "$OTHER" "$T/other/theirs"
	printf 'x\n' | home
	ln -sf "$T/other/theirs" "$LISTS/friends"
	try
	refused "belongs to uid" "a link to another user's file"
fi
printf 'alice@example.org\n' | home
rm "$LISTS/friends"
mkdir "$LISTS/friends"
own "$LISTS"
try
refused "friends' is not a file" "a directory in the place of a list"

# ---- the setting
cat >"$T/rules" <<'SIEVE'
require ["extlists", "fileinto", "variables"];
if address :list "from" "tag:example.org,2026:staff" { fileinto "staff ${0}"; }
SIEVE
fresh
rules <"$T/rules"
printf 'alice@example.org\n' | mine "$HOME/my staff"
try -o "lists=tag:example.org,2026:other=/nonexistent; tag:example.org,2026:staff=~/my staff"
is "$? $(where)" "0 staff alice@example.org," "a file of the setting, in the user's home, with a blank in its name"
fresh
rules <"$T/rules"
try -o "lists=tag:example.org,2026:staff=~/gone"
refused "the list '.*gone' is not there" "a file that the setting names has to be there"
fresh
rules <"$T/rules"
try -o "lists=tag:example.org,2026:staff=sqlite:/tmp/without-a-query"
refused "lists wants NAME=/PATH or .*, found '.*/tmp/without-a-query'" "a database without a query is no list"

# Redirect to everybody on a list.
cat >"$T/sendmail" <<'STUB'
#!/bin/sh
printf '%s\n' "$*" >>"$HOME/calls"
cat >/dev/null
STUB
chmod 755 "$T/sendmail"
fresh
rules <<'SIEVE'
require "extlists";
redirect :list ":addrbook:team";
SIEVE
printf 'ann@example.com\n# away: carl@example.com\nben@example.com\n' | mine "$LISTS/team"
own "$HOME/.config"
try -o sendmail="$T/sendmail"
is "$? $(everywhere) $(sed 's/.* -- //' "$HOME/calls" 2>/dev/null | sort | tr '\n' ' ')" "0 0 ann@example.com ben@example.com " \
	"redirect :list sends it to each of them, and keeps nothing (2.3)"
# No more than redirect_max, however many are on it: else nobody gets it (RFC 6134, 4; RFC 5228, 10).
team() { # addresses…
	fresh
	rules <<-'SIEVE'
		require ["extlists", "fileinto", "copy"];
		fileinto :copy "before";
		redirect :list ":addrbook:team";
	SIEVE
	printf '%s\n' "$@" | mine "$LISTS/team"
	own "$HOME/.config"
}
calls() { sed 's/.* -- //' "$HOME/calls" 2>/dev/null | sort | tr '\n' ' '; }
team a@example.com b@example.com c@example.com d@example.com b@EXAMPLE.com
try -o sendmail="$T/sendmail"
is "$? $(calls)$(count before) $(count)" "0 a@example.com b@example.com c@example.com d@example.com 1 0" \
	"four on a list are as many as redirect_max allows, one of them twice"
team a@example.com b@example.com c@example.com d@example.com e@example.com
try -o sendmail="$T/sendmail"
is "$? $(calls)$(count before) $(count)" "0 0 1" "with five the rules fail: nobody gets it, and it is kept"
like "$(told)" "more than 4 redirects \\(limit: redirect_max\\)" "which is told, with the setting"
try -o sendmail="$T/sendmail" -o redirect_max=5
is "$? $(calls)$(count)" "0 a@example.com b@example.com c@example.com d@example.com e@example.com 1" "which moves it"
team $(seq -f %g@example.com 1 40)
try -o sendmail="$T/sendmail" -o redirect_max=32
is "$? $(calls)$(count)" "0 1" "forty are more than any site can allow"

# ---- databases
if command -v sqlite3 >/dev/null && [ -e "${TROMMEL%/*}/modules/sqlite.so" ]; then
	base() {
		fresh
		rules <"$T/rules"
		sqlite3 "$HOME/people.db" "create table people(owner text, address text);
			insert into people values('$ME', 'Alice@example.org'), ('somebody', 'bob@example.com');"
		chmod 600 "$HOME/people.db"
		own "$HOME/people.db"
	}
	staff=tag:example.org,2026:staff=sqlite:
	base
	try -o "lists=$staff$HOME/people.db select address from people where address = ? collate nocase"
	is "$? $(where)" "0 staff Alice@example.org," "a query that is asked with the address; \${0} is what it answers"
	base
	try -o "lists=$staff$HOME/people.db select address from people where address = ? collate nocase and owner = ?"
	is "$? $(where)" "0 staff Alice@example.org," "and with the user"
	base
	sqlite3 "$HOME/people.db" "update people set owner = 'nobody'"
	try -o "lists=$staff$HOME/people.db select address from people where address = ? collate nocase and owner = ?"
	is "$? $(where)" "0 INBOX," "whose entries are not another one's"
	base
	try -o "lists=$staff$HOME/people.db select address from people"
	is "$? $(where)" "0 staff Alice@example.org," "a query without values gives all entries, compared without case"
	base
	try -o "lists=$staff~/people.db select address from people"
	is "$? $(where)" "0 staff Alice@example.org," "\"~\" is the home here too"
	base
	try -o "lists=$staff$HOME/people.db delete from people"
	refused "a query that reads is wanted" "a query that writes"
	is "$(sqlite3 "$HOME/people.db" 'select count(*) from people')" 2 "and it wrote nothing"
	base
	try -o "lists=$staff$HOME/people.db select adress from people"
	refused "people.db': .*adress" "a query with a mistake in it"
	base
	try -o "lists=$staff$HOME/nothing.db select address from people"
	refused "nothing.db'" "a database that is not there"
	holds "and it was not made" test ! -e "$HOME/nothing.db"
	fresh
	rules <<'SIEVE'
require ["extlists", "fileinto"];
if header :list "subject" "tag:example.org,2026:staff" { fileinto "injected"; }
SIEVE
	sqlite3 "$HOME/people.db" "create table people(address text); insert into people values('x');"
	own "$HOME/people.db"
	message "' or '1' = '1" | deliver -f alice@example.org \
		-o "lists=$staff$HOME/people.db select address from people where address = ?"
	is "$? $(where)" "0 INBOX," "a value is no part of the query"
else
	echo "# databases: no sqlite3 here, or no module"
fi
no_litter
