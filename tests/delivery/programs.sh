#!/bin/sh
# Programs that rules have run: what they read and are told, what becomes of what they write, and what happens when
# they are late, loud, silent, somebody else's or not there.
. "${0%/*}/lib.sh"

BIN=$T/programs
mkdir "$BIN"
program() { # name, from standard input: a program of root's (or ours) for all three uses
	{ echo '#!/bin/sh'; cat; } >"$BIN/$1"
	chmod 755 "$BIN/$1"
}
message hello 'X-Old: one' >"$T/mail"
REQUIRES='"vnd.dovecot.pipe", "vnd.dovecot.filter", "vnd.dovecot.execute", "fileinto", "copy", "variables", "editheader"'
story() { # rules options…: a delivery to an empty home
	fresh
	printf 'require [%s];\n%s\n' "$REQUIRES" "$1" | rules
	shift
	call "$TROMMEL" -f alice@example.org -o folder_autocreate=yes -o rules_notice=no -o filter_bin_dir="$BIN" -o execute_bin_dir="$BIN" \
		-o pipe_bin_dir="$BIN" "$@" <"${MAIL:-$T/mail}" >"$T/out" 2>"$T/err"
}
content() { without_trace "$(stored "${1-}")"; }
# What a program wrote down for us.
notes() { cat "$HOME/notes" 2>/dev/null; }
running() { pgrep -f "$1" | grep -cv "^$$\$"; }

# ---- one instant: a program takes its time, and the rules do not see it (RFC 5260, 5)
program waits <<'END'
sleep 2.1; date +%s
END
REQUIRES="$REQUIRES, \"date\""
story 'if currentdate :zone "+0000" :matches "iso8601" "*" { set "before" "${1}"; }
execute :output "clock" "waits";
if currentdate :zone "+0000" :matches "iso8601" "*" { set "after" "${1}"; }
if currentdate :zone "+0000" :is "iso8601" "${before}" { set "same" "yes"; }
addheader "X-Before" "${before}"; addheader "X-After" "${after}"; addheader "X-Same" "${same}"; addheader "X-Clock" "${clock}";'
moment=$(date -u -d "$(header X-Before "$(stored)")" +%s)
is "$(header X-After "$(stored)") $(header X-Same "$(stored)")" "$(header X-Before "$(stored)") yes" "the present moment is one for all the rules"
holds "though two seconds go by between them" test $(($(header X-Clock "$(stored)") - moment)) -ge 2

# ---- filter (extprograms, 6)
program shout <<'END'
sed '1,/^$/s/^Subject: .*/Subject: SHOUTED/'
END
program fails <<'END'
cat >/dev/null; echo "it is broken" >&2; exit 1
END
story 'filter "shout"; fileinto "Out";'
sed 's/^Subject: .*/Subject: SHOUTED/' "$T/mail" >"$T/wanted"
content Out >"$T/found"
is "$?" 0 "filter"
same "$T/found" "$T/wanted" "what the program writes is stored"
like "$(stored Out)" ",S=$(stat -c %s "$(stored Out)")(,|\$)" "with its own size"
story 'addheader "X-New" "yes"; filter "shout"; if header "subject" "SHOUTED" { fileinto :copy "Seen"; } addheader "X-Later" "yes";'
is "$? $(count Seen) $(count)" "0 1 1" "tests after it see what it made"
is "$(grep -c '^X-New: yes' "$(stored Seen)") $(grep -c '^X-Later' "$(stored Seen)") $(grep -c '^X-Later' "$(stored)")" "1 0 1" "it reads the message as it is then, and each copy is as it was at its time"

story 'filter "fails";'
content >"$T/found"
is "$?" 0 "a program that fails"
same "$T/found" "$T/mail" "leaves the message as it was"
like "$(told)" 'filter "fails": it ended with status 1: it is broken' "and its owner is told"
story 'if filter "fails" { fileinto "Yes"; } else { fileinto "No"; }'
is "$? $(count No) $(told)" "0 1 " "in a test it says no, and nothing is told"
story 'if filter "shout" { fileinto "Yes"; }'
is "$? $(count Yes)" "0 1" "one that is content says yes"
program silent <<'END'
cat >/dev/null
END
story 'if filter "silent" { fileinto "Yes"; }'
content >"$T/found"
is "$? $(count Yes)" "0 0" "one that writes nothing made no message"
same "$T/found" "$T/mail" "and leaves it as it was"
like "$(told)" "it wrote no message" "which is told"
program from <<'END'
echo "From somebody Thu Jan  1 00:00:00 2026"; cat
END
story 'filter "from";'
content >"$T/found"
same "$T/found" "$T/mail" "a From_ line that it writes is no part of the message"
story 'filter "shout"; filter "fails"; deleteheader "X-Old"; stop;'
is "$? $(content | grep -c 'Subject: SHOUTED') $(content | grep -c X-Old)" "0 1 0" "one filter after another"

# Every byte arrives, and comes back.
head -c 3000000 /dev/urandom >"$T/noise"
{ cat "$T/mail"; cat "$T/noise"; } >"$T/large"
MAIL=$T/large story 'if filter "shout" { fileinto "Yes"; }'
sed 's/^Subject: .*/Subject: SHOUTED/' "$T/mail" | cat - "$T/noise" >"$T/wanted"
content Yes >"$T/found"
same "$T/found" "$T/wanted" "3 MB of noise go through"
program same <<'END'
cat
END
MAIL=$T/large story 'if filter "same" { fileinto "Yes"; }'
content Yes >"$T/found"
same "$T/found" "$T/large" "a message that it leaves as it is stays that"

# ---- execute (7, 8)
program say <<'END'
echo "$# $1|$2|$3"
END
program upper <<'END'
tr a-z A-Z
END
program note <<'END'
cat >"$HOME/notes"
END
story 'if execute :output "x" "say" ["one", "two words", "$(id) \"; rm"] { if string :contains "${x}" "3 one|two words|$(id) \"; rm" { fileinto "Yes"; } }'
is "$? $(count Yes)" "0 1" "execute: arguments arrive as they are, and its output is a variable"
story 'if execute :input "some text" :output "x" "upper" { if string "${x}" "SOME TEXT" { fileinto "Yes"; } }'
is "$? $(count Yes)" "0 1" ":input is what it reads"
story 'set "x" "old"; execute :output "x" "fails"; if string "${x}" "old" { fileinto "Yes"; }'
is "$? $(count Yes)" "0 1" "a program that fails leaves the variable as it was"
like "$(told)" 'execute "fails": it ended with status 1' "and its owner is told"
story 'if execute "fails" { fileinto "Yes"; } else { fileinto "No"; }'
is "$? $(count No) $(told)" "0 1 " "in a test it says no"
story 'execute :pipe "note"; keep;'
sed 's/$/\r/' "$T/mail" >"$T/wanted"
notes >"$T/found"
same "$T/found" "$T/wanted" ":pipe is the message, in lines that end in CR LF"
story 'execute :pipe "note"; keep;' -o execute_input_eol=lf
notes >"$T/found"
same "$T/found" "$T/mail" "or in LF, as the site says"
story 'addheader "X-New" "1"; execute :pipe "note"; deleteheader "X-New";' -o execute_input_eol=lf
is "$(notes | grep -c X-New) $(content | grep -c X-New)" "1 0" "as it is at that time"
story 'execute :input "a
b" "note";' -o execute_input_eol=lf
is "$(notes | od -c | head -n 1)" "0000000   a  \\n   b" "the lines of :input end as the site says"
story 'execute "note"; keep;'
is "$? $(notes | wc -c)" "0 0" "without either it reads nothing"

# ---- what it is told (4), and what it has
program environment <<'END'
{ env | grep -v '^PWD=\|^_=\|^SHLVL=' | sort; pwd; ls /proc/self/fd | wc -l; ps -o pgid= -p $$ | tr -d ' '; echo $$; } >"$HOME/notes"
END
story 'execute "environment";' -a bob+lists@example.net -r bob@example.net -o hostname=mx.example.net
is "$(notes | head -n 7)" "HOME=$HOME
HOST=mx.example.net
ORIG_RECIPIENT=bob+lists@example.net
PATH=/usr/local/bin:/usr/bin:/bin
RECIPIENT=bob@example.net
SENDER=alice@example.org
USER=$ME" "a clean environment"
is "$(notes | sed -n 8p)" "$HOME" "the recipient's home for a directory"
is "$(notes | sed -n 9p)" 4 "no descriptor of ours"
is "$(notes | sed -n 10p)" "$(notes | sed -n 11p)" "a process group of its own"
program who <<'END'
id -u >"$HOME/notes"
END
story 'execute "who";'
is "$(notes)" "$(id -u "$ME")" "and the recipient's rights"

# ---- time
program sleeps <<'END'
sleep 4242
END
before=$(date +%s)
story 'if execute "sleeps" { fileinto "Yes"; }' -o execute_exec_timeout_s=1
is "$? $(count) $(running 'sleep 4242')" "0 1 0" "a program that never ends is killed, and what it started"
holds "after its time" test $(($(date +%s) - before)) -lt 10
like "$(told)" 'execute "sleeps": it took longer than 1 s' "which is told"
program late <<'END'
sleep 2; cat
END
story 'if filter "late" { fileinto "Yes"; }' -o judge_wall_s=1
is "$? $(count Yes)" "0 1" "the time of a program is none of the rules' time"
story 'execute "late"; execute "late"; execute "late";' -o deadline_s=6
is "$? $(count)" "0 1" "all of them together have half of the delivery's time"
like "$(told)" 'execute "late": (no time is left for it|it took longer)' "and the rest are not run"
program deaf <<'END'
sleep 0.3
END
MAIL=$T/large story 'pipe "deaf";'
is "$? $(everywhere)" "0 0" "a program that never reads is none that failed"
program loud <<'END'
yes
END
story 'if filter "loud" { fileinto "Yes"; }'
is "$? $(count) $(running '^yes$')" "0 1 0" "a program that never stops writing is killed"
like "$(told)" 'filter "loud": it wrote more than' "which is told"
story 'execute :output "x" "loud";'
like "$(told)" 'execute "loud": it wrote more than 1048576 bytes' "so it is when only a variable waits for it"
program daemon <<'END'
cat
(sleep 5; echo late) &
END
before=$(date +%s)
story 'if filter "daemon" { fileinto "Yes"; }'
content Yes >"$T/found"
same "$T/found" "$T/mail" "what it leaves in the background writes no message"
holds "and is not waited for" test $(($(date +%s) - before)) -lt 4
program dies <<'END'
kill -SEGV $$
END
story 'execute "dies";'
like "$(told)" 'execute "dies": it was ended by signal 11' "a program that crashes"
is "$(count)" 1 "keeps no message from being delivered"
story "$(i=0; while [ $i -lt 66 ]; do echo 'execute "say" "x";'; i=$((i + 1)); done)"
is "$? $(count) $(told | grep -c 'limit: programs')" "0 1 2" "no more than 64 of them are run"

# ---- whose it is
story 'execute "nothing"; fileinto "No";'
is "$? $(count) $(count No)" "0 1 0" "a program that is not there is an error"
like "$(told)" 'execute "nothing": there is no program' "which is told"
story 'if execute "nothing" { fileinto "Yes"; } else { fileinto "No"; }'
is "$? $(count No)" "0 1" "and no in a test"
like "$(told)" 'execute "nothing": there is no program' "which is told too"
for name in ../programs/say /bin/sh say/ .hidden -x '' 'a	b'; do
	story "execute \"$name\"; fileinto \"No\";"
	is "$? $(count) $(count No)" "0 1 0" "'$name' is no name for a program"
done
story 'execute "say"; fileinto "No";' -o execute_bin_dir=
is "$? $(count)" "0 1" "without a directory none is run"
like "$(told)" 'no program may be run: execute_bin_dir is empty' "which is told"
cp "$BIN/say" "$BIN/loose" && chmod 777 "$BIN/loose"
story 'execute "loose"; fileinto "No";'
is "$? $(count) $(count No)" "0 1 0" "a program that others can write is not run"
like "$(told)" "can be written by others" "which is told"
cp "$BIN/say" "$BIN/plain" && chmod 644 "$BIN/plain"
story 'if execute "plain" { fileinto "Yes"; } else { fileinto "No"; }'
is "$? $(count No)" "0 1" "a file that is not executable is no program"
printf '#!/no/such/interpreter\n' >"$BIN/odd" && chmod 755 "$BIN/odd"
story 'if execute "odd" { fileinto "Yes"; } else { fileinto "No"; }'
is "$? $(count No)" "0 1" "nor one whose interpreter is missing"
mkdir "$BIN/folder"
story 'if execute "folder" { fileinto "Yes"; } else { fileinto "No"; }'
is "$? $(count No)" "0 1" "nor a directory"
ln -s say "$BIN/link"
story 'if execute "link" { fileinto "Yes"; }'
is "$? $(count Yes)" "0 1" "a link of the site's own is followed"
if [ "$(id -u)" = 0 ]; then
	cp "$BIN/say" "$BIN/theirs" && chown "$OTHER" "$BIN/theirs"
	story 'execute "theirs"; fileinto "No";'
	is "$? $(count)" "0 1" "a program of another user's is not run"
	ln -s say "$BIN/their-link" && chown -h "$OTHER" "$BIN/their-link"
	story 'execute "their-link"; fileinto "No";'
	is "$? $(count)" "0 1" "nor what his link leads to"
	cp "$BIN/say" "$BIN/mine" && chown "$ME" "$BIN/mine"
	story 'if execute "mine" { fileinto "Yes"; }'
	is "$? $(count Yes)" "0 1" "one of the recipient's own is"
fi
chmod 777 "$BIN"
story 'execute "say"; fileinto "No";'
is "$? $(count)" "0 1" "none is run from a directory that others can write"
chmod 755 "$BIN"

# ---- pipe (5)
program printer <<'END'
cat >>"$HOME/notes"; echo "args $*" >>"$HOME/notes"
END
program busy <<'END'
echo "ran" >>"$HOME/notes"; echo "out of paper" >&2; exit 1
END
story 'pipe "printer" ["A4", "draft"];'
{ cat "$T/mail"; echo "args A4 draft"; } >"$T/wanted"
notes >"$T/found"
is "$? $(everywhere)" "0 0" "pipe: the program has the message, and nobody else"
same "$T/found" "$T/wanted" "byte for byte, with its arguments"
story 'pipe :copy "printer";'
is "$? $(count) $(notes | wc -l)" "0 1 $(($(wc -l <"$T/mail") + 1))" ":copy leaves the implicit keep"
story 'filter "shout"; pipe :copy "printer"; deleteheader "X-Old";'
is "$(notes | grep -c SHOUTED) $(notes | grep -c X-Old) $(content | grep -c X-Old)" "1 1 0" "it gets the version of that time"
story 'fileinto "Copy"; pipe "busy";'
is "$? $(everywhere) $(notes)" "75 0 ran" "when it fails the delivery is for later, and nothing was stored"
like "$(cat "$T/err")" "pipe to busy: it ended with status 1: out of paper" "which the MTA is told"
no_litter
story 'pipe :copy "busy";'
is "$? $(everywhere)" "75 0" "a copy too"
story 'pipe :try "busy";'
is "$? $(count) $(told | grep -o 'pipe to.*')" "0 1 pipe to busy: it ended with status 1: out of paper" ":try: it is as if it had not been named, and its owner is told"
story 'addheader "X-New" "1"; pipe :try "busy"; addheader "X-Newer" "1";'
is "$? $(content | grep -c '^X-New')" "0 2" "what is kept then is the message as it was in the end"
story 'pipe :try "busy"; fileinto "Else";'
is "$? $(count) $(count Else)" "0 0 1" "what was done otherwise is all there is"
story 'pipe :try :copy "busy";'
is "$? $(count)" "0 1" "a copy that fails changes nothing"
story 'pipe :try "busy"; pipe :try "printer";'
is "$? $(everywhere)" "0 0" "one of two programs has it: it is not kept"
story 'pipe :try "printer"; stop;'
is "$? $(everywhere)" "0 0" ":try of one that is content"
story 'pipe "nothing";'
is "$? $(count)" "0 1" "a program that is not there is an error of the rules, and the message is kept"
like "$(told)" 'pipe "nothing": there is no program' "which is told"
story 'pipe :try "nothing";'
is "$? $(count)" "0 1" "with :try it is as if it had not been named"
story 'pipe "printer"; pipe "printer" "again";'
is "$? $(count) $(notes)" "0 1 " "a program gets the message once"
story 'pipe "sleeps";' -o pipe_exec_timeout_s=1
is "$? $(everywhere) $(running 'sleep 4242')" "75 0 0" "one that never ends is killed, and the delivery is for later"
story 'execute "late"; execute "late"; pipe "printer";' -o deadline_s=4
is "$? $(count) $(notes | grep -c '^args')" "0 0 1" "it has a time of its own, whatever the rules have run"
story 'execute "sleeps"; pipe "printer";' -o deadline_s=4 -o execute_exec_timeout_s=0
is "$? $(count) $(notes | grep -c '^args')" "0 0 1" "and when that took all of theirs"
story 'pipe "printer"; redirect "";'
is "$? $(count) $(notes)" "0 1 " "rules that fail later have piped nothing"

# ---- convert (RFC 6558)
program tojpeg <<'END'
printf 'JPEG %s: ' "$*"; exec cat
END
{ sed '/^$/,$d' "$T/mail"; printf 'MIME-Version: 1.0\nContent-Type: image/tiff\nContent-Transfer-Encoding: base64\n\ncGl4ZWxz\n'; } >"$T/picture"
converts() { # rules options…
	rules=$1
	shift
	MAIL=$T/picture REQUIRES='"convert", "fileinto", "body"' story "$rules" -o convert_bin_dir="$BIN" \
		-o 'convert_programs=image/tiff>image/jpeg=tojpeg image/tiff>image/png=fails' "$@"
}
converts 'convert "image/tiff" "image/jpeg" "pix-x=320"; if body :content "image/jpeg" :is "JPEG image/tiff image/jpeg pix-x=320: pixels" { fileinto "Yes"; }'
is "$? $(count Yes)" "0 1" "a program makes of a part what it is to be"
is "$(content Yes | sed -n '/^$/,$p' | base64 -d)" "JPEG image/tiff image/jpeg pix-x=320: pixels" "which is stored"
converts 'convert "image/tiff" "image/png"; fileinto "Out";'
content Out >"$T/found"
same "$T/found" "$T/picture" "one that fails leaves the message as it was"
like "$(told)" "no image/png is made of image/tiff: 'fails': it ended with status 1: it is broken" "and its owner is told"
converts 'if not convert "image/tiff" "image/jpeg" { fileinto "No"; }' -o convert_bin_dir=
is "$? $(count No)" "0 1" "without a directory there are no programs"

# ---- without effect
printf 'require [%s];\npipe "printer"; if execute "say" { discard; } filter "shout";\n' "$REQUIRES" | mine "$HOME/try.sieve"
call "$TROMMEL" try -v -o pipe_bin_dir="$BIN" -o filter_bin_dir="$BIN" -o execute_bin_dir="$BIN" "$HOME/try.sieve" - <"$T/mail" >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" 'pipe to "printer"' "try says what would be piped"
like "$(cat "$T/out")" 'execute "say": no program is run here' "and that no program was run"
is "$(notes)" "" "and runs none"
