#!/bin/sh
# trommel try: why rules did what they did, what other rules would change, and the same for programs.
. "${0%/*}/lib.sh"

fresh
try() { call "$TROMMEL" try "$@" >"$T/out" 2>"$T/err"; }
said() { cat "$T/out"; }
box() { # file, then the header lines of each message
	box_file=$1
	shift
	for box_message; do
		printf 'From alice@example.org Thu Jan  1 12:00:00 2026\n%b\n\nbody\n\n' "$box_message"
	done | mine "$box_file"
}

mine "$HOME/rules" <<'END'
require ["fileinto", "variables", "vacation", "regex"];
if header :contains ["subject", "x-list"]
	["nothing", "Köln"] {
	fileinto "Lists";
} elsif anyof (address :is "from" "boss@example.org",
	header :regex "subject" "inv.*[0-9]+") {
	keep;
} else {
	vacation "I am away";
	stop;
}
END
box "$HOME/box" 'From: Alice <alice@example.org>\nSubject: a =?utf-8?q?li=73t?= for =?utf-8?q?K=C3=B6ln?=' \
	'From: Bob <bob@example.org>\nSubject: hello' 'From: bob@example.org\nSubject: your invoice 17, Bob'

# --- a line for each, and how many went where
try "$HOME/rules" "$HOME/box"
is "$? $(cat "$T/err")" "0 " "good rules: status 0"
is "$(said)" "$HOME/box, message 1: alice@example.org: a list for Köln -> file into \"Lists\" [line 4]
$HOME/box, message 2: bob@example.org: hello -> keep in the inbox [implicit keep]
$HOME/box, message 3: bob@example.org: your invoice 17, Bob -> keep in the inbox [line 7]

       2  keep in the inbox
       1  file into \"Lists\"
       3  messages" "one line for each message, then how many went where"
for judges in 1 5; do
	cp "$T/out" "$T/before"
	try -j $judges "$HOME/rules" "$HOME/box"
	same "$T/before" "$T/out" "in the same order with $judges judges"
done
try -j 0 "$HOME/rules" "$HOME/box"
is $? 2 "no judges at all are refused"

# --- the way
try --trace "$HOME/rules" "$HOME/box"
is "$(said | sed -n '/message 1/,/message 2/p' | sed '1d;$d')" '    file into "Lists" [line 4]
+     1  require ["fileinto", "variables", "vacation", "regex"];
+     2  if header :contains ["subject", "x-list"]
         | Subject: a list for Köln
         |                     ~~~~ fits "Köln"
         | as it stands: a =?utf-8?q?li=73t?= for =?utf-8?q?K=C3=B6ln?=
+     3      ["nothing", "Köln"] {
+     4      fileinto "Lists";
.     5  } elsif anyof (address :is "from" "boss@example.org",
.     6      header :regex "subject" "inv.*[0-9]+") {
.     7      keep;
.     8  } else {
.     9      vacation "I am away";
.    10      stop;
     11  }' "a line that was taken, what its test saw, and lines that were not reached"
like "$(said | sed -n '/message 2/,/message 3/p')" '^-     5 ' "a branch that was not taken"
like "$(said | sed -n '/message 2/,/message 3/p')" '^    note: .*rules:9:2: no reply: ' "why there is no answer"
like "$(said)" '^         \|               ~~~~~~~~~~ fits "inv' "what a regular expression fitted is underlined"

# --- near misses: one rule each, one message each
near() { # test subject what
	printf 'require "fileinto";\nif %s { discard; }\n' "$1" | mine "$HOME/near"
	printf 'From: Bob <bob@example.org>\nSubject: %s\n\n' "$2" | mine "$HOME/near.eml"
	try --trace "$HOME/near" "$HOME/near.eml"
	is "$(said | sed -n 's/.*" would //p')" "$3" "${3:-nothing is near}: $1"
}
near 'header :is :comparator "i;octet" "subject" "HELLO"' hello "with letters in any case"
near 'header :is "subject" "hello "' hello "without the blanks around it"
near 'header :is "subject" "two  words"' 'two words' "without the blanks around it"
near 'header :is "subject" "hello"' 'say hello' "with :contains"
near 'header :matches "subject" "hello"' 'say hello' "with :contains"
near 'header :contains "subject" "h*o"' hello "with :matches"
near 'header :contains "subject" "utf-8"' '=?utf-8?q?h=C3=B6?=' "in the field as it stands, before it is decoded"
near 'header :is "from" "bob@example.org"' hello "with the test 'address'"
near 'header :is "subject" "bye"' hello ""
near 'header :is "subject" "hello"' hello ""
near 'not header :is "subject" "bye"' hello ""

# --- what is underlined is what fitted, however wide the characters before it are; lines of a body are one
printf 'require "body";\nif header :contains "subject" "hello" { keep; }\nif body :contains "second" { keep; }\n' | mine "$HOME/wide"
printf 'Subject: =?utf-8?b?5pel5pys6KqeIGhlbGxvIPCfmIA=?=\n\nfirst\nthe second line\n' | mine "$HOME/wide.eml"
try --trace "$HOME/wide" "$HOME/wide.eml"
like "$(said)" "^         \| Subject: 日本語 hello 😀$" "wide characters"
like "$(said)" "^         \|                 ~~~~~ fits \"hello\"$" "take two columns"
like "$(said)" "^         \| first  the second line *$" "line ends are blanks"
like "$(said)" "^         \|            ~~~~~~ fits \"second\"$" "and move nothing"
printf 'if header "subject" "" { keep; }\n' | mine "$HOME/wide"
printf 'Subject:\n\n' | mine "$HOME/wide.eml"
try --trace "$HOME/wide" "$HOME/wide.eml"
like "$(said)" "^         \| Subject: \(empty\)$" "an empty value is called that"

# --- included scripts
printf 'if header :contains "subject" "hello" { stop; }\n' | mine "$HOME/sieve/in.sieve"
own "$HOME/sieve"
printf 'require "include";\ninclude "in";\nkeep;\n' | mine "$HOME/outer"
try -o sieve_dir="$HOME/sieve" --trace "$HOME/outer" "$HOME/near.eml"
like "$(said)" "^  included: in" "an included script is shown"
like "$(said)" '^\+     1  if header :contains "subject" "hello" \{ stop; \}' "with its lines"
like "$(said)" '^\.     3  keep;' "and what it kept from being reached"

# --- a run that fails keeps its way
printf 'require ["variables", "fileinto"];\nif true { set "x" "a"; }\nfileinto "${y}";\n' | mine "$HOME/fails"
try --trace "$HOME/fails" "$HOME/near.eml"
like "$? $(said | tr '\n' ' ')" '^1 .*\+     2  if true' "the way of rules that failed"

# --- hostile words
printf 'From: x@y\nSubject: a\033[31mb =?utf-8?q?=1B[0m?= \302\233 \342\200\256\n\n' | mine "$HOME/escape.eml"
printf 'if header :contains "subject" "b" { keep; } # \033[2J\n' | mine "$HOME/escape"
for how in --trace --json --verbose "--trace --json"; do
	# shellcheck disable=SC2086 # words
	try $how "$HOME/escape" "$HOME/escape.eml"
	is "$? $(said | tr -d '[:print:]\n\t' | LC_ALL=C tr -d '\302\240-\377' | od -An -c)" "0 " "no control character reaches the terminal: $how"
done

# --- what other rules would change
sed 's/fileinto "Lists"/fileinto "Cities"/; s/	keep;/	discard;/' "$HOME/rules" | mine "$HOME/changed"
try --diff "$HOME/rules" "$HOME/changed" "$HOME/box"
is "$(said)" "$HOME/box, message 1: alice@example.org: a list for Köln
  - file into \"Lists\" [line 4]
  + file into \"Cities\" [line 4]
$HOME/box, message 3: bob@example.org: your invoice 17, Bob
  - keep in the inbox [line 7]
  + discard [line 7]
2 of 3 messages change" "only messages that change, old and new"
try --diff "$HOME/rules" "$HOME/rules" "$HOME/box"
is "$(said)" "0 of 3 messages change" "the same rules change nothing"
printf '# nothing\n' | mine "$HOME/empty"
printf 'keep;\n' | mine "$HOME/keep"
try --diff "$HOME/empty" "$HOME/keep" "$HOME/box"
is "$(said)" "0 of 3 messages change" "a keep is a keep"
try --json --diff "$HOME/rules" "$HOME/changed" "$HOME/box"
is "$(said | tail -n 1)" "{\"name\":\"$HOME/box, message 3\",\"id\":\"\",\"from\":\"bob@example.org\",\"subject\":\"your invoice 17, Bob\",\"old\":\"keep in the inbox [line 7]\",\"new\":\"discard [line 7]\"}" "the same for programs"
try --diff "$HOME/missing" "$HOME/changed" "$HOME/box"
is $? 2 "old rules that are not there"
for i in $(seq 600); do
	printf 'From alice@example.org Thu Jan  1 12:00:00 2026\nSubject: %s\n\n\n' "$i"
done | mine "$HOME/many"
printf 'if header :contains "subject" "7" { discard; }\n' | mine "$HOME/seven"
try -j 3 --diff "$HOME/empty" "$HOME/seven" "$HOME/many"
is "$(said | grep -c '^  + discard')" "$(seq 600 | grep -c 7)" "judges that are ahead of one another wait"
is "$(said | sed -n 's/.*(no sender): //p')" "$(seq 600 | grep 7)" "in the order of the messages"

# --- colours
if command -v script >/dev/null; then
	coloured() { script -qec "$*" /dev/null </dev/null | grep -c "$(printf '\033')"; }
	show="TERM=xterm '$TROMMEL' try --diff '$HOME/rules' '$HOME/changed' '$HOME/box'"
	isnt "$(coloured "$show")" 0 "colours on a terminal"
	is "$(coloured "NO_COLOR=1 $show")" 0 "and none with NO_COLOR"
fi

# --- the time is when the message came
mine "$HOME/time" <<'END'
require ["date", "relational", "fileinto"];
if currentdate :is "year" "2019" { fileinto "Then"; }
if currentdate :is "year" "2026" { fileinto "From"; }
END
box "$HOME/box" 'Subject: from' \
	'Received: by x; Tue, 1 Jan 2019 13:00:00 +0100\nReceived: by y; Tue, 1 Jan 2013 13:00:00 +0100\nSubject: received'
try "$HOME/time" "$HOME/box"
is "$(said | sed -n 's/.*-> //p')" 'file into "From" [line 3]
file into "Then" [line 2]' "the first Received field's, else the From_ line's"
try --now 2019-06-01T00:00:00Z "$HOME/time" "$HOME/box"
is "$(said | grep -c '> file into "Then"')" 2 "unless another is given"

# --- whatever people have
mkdir "$HOME/mail"
cp "$HOME/box" "$HOME/mail/old"
(cd "$HOME" && tar cf mail.tar mail)
own "$HOME/mail" "$HOME/mail.tar"
try "$HOME/empty" "$HOME/mail.tar"
is "$(said | sed -n 's/ -> .*//p')" "$HOME/mail.tar:mail/old, message 1: (no sender): from
$HOME/mail.tar:mail/old, message 2: (no sender): received" "an archive"
try "$HOME/empty" "$HOME/mail"
is "$(said | grep -c ' -> ')" 2 "a directory"
box "$HOME/box" 'Subject: a\n\nb\n\nFrom alice@example.org Thu Jan  1 12:00:00 2026\nhello'
try "$HOME/empty" "$HOME/box"
like "$(cat "$T/err")" "box: byte 63: taken as the beginning of a message, though no header follows it: From alice" "a line that is not sure is told"

# --- no file is left, or made, anywhere
if can_trace; then
	{
		printf 'From a@b.example Thu Jan  1 12:00:00 2026\nSubject: large\n\n>From\n'
		head -c 3000000 /dev/zero | tr '\0' x | fold -w 60 | sed '9000s/^/>From /'
		printf '\n\nFrom a@b.example Thu Jan  1 12:00:00 2026\nSubject: small\n\n>From\n'
	} | mine "$HOME/large"
	call TMPDIR="$HOME" "$UNTRACED" strace -f -e trace=%file,mkdir,mknod,symlink,link,rename -o "$HOME/calls" \
		"$TROMMEL" try --trace "$HOME/rules" - <"$HOME/large" >"$T/out" 2>"$T/err"
	is "$(said | grep -c ' messages')" 1 "a large message that is quoted comes through"
	is "$(grep -E 'O_CREAT|mkdir|mknod|symlink|link(at)?\(|rename' "$HOME/calls" | grep -v readlink)" "" "nothing is made"
	is "$(grep -E 'O_(WRONLY|RDWR)' "$HOME/calls" | grep -vE 'O_TMPFILE|/dev/')" "" "nothing is written but a file without a name"
fi

# --- every mbox of the corpus is one: as many messages as separators, or it is said why not
if [ -d "$TROMMEL_CORPUS/mail/mbox" ]; then
	wrong=
	for file in "$TROMMEL_CORPUS"/mail/mbox/*.mbox; do
		"$TROMMEL" try "$HOME/empty" "$file" >"$T/out" 2>"$T/err"
		[ $(($(said | grep -c ' -> ') + $(grep -c ': taken as text' "$T/err"))) = "$(grep -ac '^From .*[0-9]:[0-9][0-9]' "$file")" ] || wrong="$wrong ${file##*/}"
	done
	is "$wrong" "" "the mboxes of the corpus are known, and taken apart at their separators"
fi
