#!/bin/sh
# trommel try leaves no file behind anywhere: every call that makes, renames or removes one is looked for.
. "${0%/*}/lib.sh"
need strace tar

fresh
mine "$HOME/rules" <<'SIEVE'
require ["fileinto", "mailbox", "vacation", "duplicate", "imap4flags", "copy", "body"];
if duplicate { discard; stop; }
vacation "I am away";
redirect :copy "else@example.net";
addflag "\\Seen";
fileinto :create "Made";
if body :contains "pumpkin" { keep; }
SIEVE
letter() { printf 'From a@example.org  Thu Jan  1 12:00:00 2026\nFrom: a@example.org\nTo: b@example.org\nSubject: %s\nMessage-ID: <1@example.org>\n\nbody\n\n' "$1"; }
letter one | sed 1d | mine "$HOME/one.eml"
{ letter one; letter two; } | mine "$HOME/box"
{ letter large; head -c 3000000 /dev/zero | tr '\0' x | fold -w 72; } >"$T/large"
mine "$HOME/Maildir/cur/1.x:2,S" <"$HOME/one.eml"
mine "$HOME/Maildir/new/2.x" <"$T/large"
tar -C "$HOME" -cf "$T/mail.tar" Maildir box one.eml
cp "$T/mail.tar" "$HOME/mail.tar"
echo keep | mine "$HOME/wrong"
own "$HOME"

# What made or removed something with a name, or wrote to what had one.  Devices, and what the kernel shows of
# processes, are no files.
CALLS=open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,link,linkat,symlink,symlinkat,rename,renameat,renameat2
CALLS=$CALLS,unlink,unlinkat,rmdir,truncate,chmod,fchmodat,utimensat,setxattr
changes() { # input arguments…
	changes_input=$1
	shift
	call "$UNTRACED" strace -f -qq -s 300 -o "$HOME/.trace" -e trace="$CALLS" "$TROMMEL" try "$@" \
		<"$changes_input" >"$T/out" 2>"$T/err"
	grep -vE ' = -1 E|O_TMPFILE|"/(dev|proc)/' "$HOME/.trace" | grep -vE ' open(at2?)?\(.*O_RDONLY|O_PATH' |
		grep -E '^[0-9]+ +[a-z0-9]+\('
	rm -f "$HOME/.trace"
}
makes_nothing() { # what input arguments…
	makes_what=$1
	shift
	is "$(changes "$@")" "" "no file is made or removed: $makes_what"
	holds "and there was an answer" test -s "$T/out"
}
makes_nothing "a message" /dev/null "$HOME/rules" "$HOME/one.eml"
makes_nothing "an mbox" /dev/null "$HOME/rules" "$HOME/box"
makes_nothing "a Maildir with a large message" /dev/null "$HOME/rules" "$HOME/Maildir"
makes_nothing "an archive" /dev/null "$HOME/rules" "$HOME/mail.tar"
makes_nothing "standard input" "$T/large" "$HOME/rules" -
makes_nothing "what can be said of it" /dev/null --trace --mail "maildir:$HOME/Maildir" "$HOME/rules" "$HOME/Maildir"
makes_nothing "in JSON" /dev/null --json "$HOME/rules" "$HOME/Maildir"
makes_nothing "of two scripts" /dev/null --diff "$HOME/rules" "$HOME/wrong" "$HOME/box"
makes_nothing "with rules that have errors" /dev/null "$HOME/wrong" "$HOME/one.eml"
is "$(everywhere) $(find "$HOME" -name 'Made' -o -name '.local' -o -name '*.lock')" "2 " "nor is one there"

# A pipe with a large message, which is kept in a file without a name.
mkfifo "$T/pipe"
cat "$T/large" >"$T/pipe" &
makes_nothing "a large message through a pipe" "$T/pipe" "$HOME/rules" -
wait

# And a file that is made is seen.
like "$(changes /dev/null --html "$HOME/page.html" "$HOME/rules" "$HOME/box")" 'page.html' "the page that is asked for is seen to be made"
