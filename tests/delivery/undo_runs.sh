#!/bin/sh
# trommel undo: which runs there are, how one is forgotten, and one that was killed as it began.
. "${0%/*}/lib.sh"

fresh
mine "$HOME/rules" <<'END'
require "fileinto";
if header :contains "subject" "list" { fileinto "Lists"; }
END
{
	printf 'From a@example.org  Thu Jan  1 12:00:00 2026\nSubject: a list\n\none\n\n'
	printf 'From b@example.org  Fri Jan  2 12:00:00 2026\nSubject: other\n\ntwo\n\n'
} >"$T/box"
mine "$HOME/box" <"$T/box"
refile() { call "$TROMMEL" refile "$@" </dev/null >"$T/out" 2>"$T/err"; }
undo() { call "$TROMMEL" undo "$@" </dev/null >"$T/out" 2>"$T/err"; }
RUNS=$HOME/.local/state/trommel/refile
last_run() { ls "$RUNS" | tail -n 1; }

# ---- the list
undo
is "$? $(cat "$T/out")" "0 There is nothing to undo." "without a run there is nothing to undo"
undo 20260101-000000
is $? 2 "a run that there is not cannot be undone"
like "$(cat "$T/err")" "there is no run '20260101-000000'; 'trommel undo' lists them" "which is told"
refile --move --yes "$HOME/rules" "$HOME/box"
run=$(last_run)
undo
is $? 0 "runs are listed"
undo 20260101-000000
like "$?  $(cat "$T/err")" "^2  trommel undo: there is no run '20260101-000000'; 'trommel undo' lists them" "another is not among them"
undo
is "$(cat "$T/out")" "$run  finished     trommel refile --move --yes $HOME/rules $HOME/box" "with how they ended, and their command"

# ---- forgotten
undo --forget "$run"
is "$? $(cat "$T/out" "$T/err")" "0 " "a run is forgotten without a word"
is "$(last_run)" "" "and nothing of it is left"
is "$(everywhere) $(cat "$HOME/box")" "2 " "what it has done stays done"
undo "$run"
is $? 2 "and cannot be undone any more"

# ---- killed before there was a log, or when it was gone again
for how in "" --forget; do
	rm -rf "$HOME/Maildir"
	mine "$HOME/box" <"$T/box"
	refile "$HOME/rules" "$HOME/box"
	run=$(last_run)
	rm "$RUNS/$run/log"
	undo $how "$run"
	is "$? $(cat "$T/err") $(last_run)" "0  " "a run without a log is gone after undo $how"
done

# ---- torn
for how in "" --forget; do
	rm -rf "$HOME/Maildir"
	mine "$HOME/box" <"$T/box"
	refile "$HOME/rules" "$HOME/box"
	run=$(last_run)
	rmdir "$RUNS/$run/taken"
	undo $how "$run"
	is "$? $(cat "$T/err") $(last_run)" "0  " "a run without the place for what it takes is gone after undo $how"
	same "$HOME/box" "$T/box" "and its source is as it was"
done

# ---- what was taken, and the place it was taken from
letter() { printf 'Subject: a list\n\nletter\n' | mine "$1"; }
move() { refile --move --yes --into "maildir:$HOME/Maildir" "$HOME/rules" "$1"; }
rm -rf "$HOME/Maildir" "$RUNS"
letter "$HOME/letter"
letter "$T/letter"
move "$HOME/letter"
is "$? $(everywhere)" "0 1" "a file is moved"
run=$(last_run)
echo another | mine "$HOME/letter"
undo "$run"
is "$? $(cat "$HOME/letter") $(everywhere)" "2 another 1" "where another file is by now it stays, and so does the copy"
like "$(cat "$T/err")" "'$HOME/letter' is another file than the one that was taken from there, which is '$RUNS/$run/taken/1'" "and both are named"
rm "$HOME/letter"
undo "$run"
is "$? $(everywhere)" "0 0" "once it is away all is undone"
same "$HOME/letter" "$T/letter" "and the file is back"

# ---- what is no more
rm -rf "$HOME/Maildir" "$RUNS"
mine "$HOME/box" <"$T/box"
for gone in mail/Lists mail; do
	refile --into "mbox:$HOME/mail:INBOX=$HOME/inbox" "$HOME/rules" "$HOME/box"
	rm -r "${HOME:?}/$gone"
	undo "$(last_run)"
	is "$? $(cat "$T/err") $(last_run)" "1  " "without $gone, which was removed, the run is undone"
	is "$(tr '\n' ' ' <"$T/out")" "1 copies removed, 0 files back in their source 1 copies were not there any more, or were changed since " \
		"and what was in it counts as gone"
	is "$(ls -d "$HOME/$gone" 2>/dev/null)" "" "and is not made anew"
done
call mkdir "$HOME/letters"
letter "$HOME/letters/letter"
move "$HOME/letters/letter"
run=$(last_run)
rmdir "$HOME/letters"
undo "$run"
is "$? $(cat "$T/err")" "2 trommel undo: move 'taken/1' to '$HOME/letters/letter': No such file or directory" "where it was taken from is named when it is gone"
call mkdir "$HOME/letters"
undo "$run"
is "$? $(cat "$HOME/letters/letter")" "0 $(cat "$T/letter")" "once it is there again the file is back"

# ---- a run on another file system than its source
mkdir "$HOME/other"
if mount -t tmpfs -o size=256k,uid="$(id -u "$ME")",mode=700 none "$HOME/other" 2>/dev/null; then
	letter "$HOME/other/letter"
	move "$HOME/other/letter"
	is "$? $(everywhere) $(ls -A "$HOME/other")" "0 1 " "a file is moved from another file system"
	run=$(last_run)
	call cp "$RUNS/$run/taken/1" "$HOME/other/letter"
	undo "$run"
	is "$? $(cat "$T/err") $(everywhere)" "0  0" "killed between the copy and the end of its original: undone all the same"
	same "$HOME/other/letter" "$T/letter" "and it is there"
	move "$HOME/other/letter"
	run=$(last_run)
	echo half | mine "$HOME/other/.letter.part"
	undo "$run"
	is "$? $(cat "$T/err") $(ls -A "$HOME/other")" "0  letter" "killed within the copy: undone all the same"
	same "$HOME/other/letter" "$T/letter" "and it is whole"
	umount "$HOME/other"
else
	echo "# another file system: none can be mounted here"
fi

# ---- mail that lies elsewhere needs no home, neither to be filed nor to be taken back
mkdir "$T/apart"
cp "$T/box" "$T/apart/box"
echo 'keep;' | mine "$T/apart/rules"
own "$T/apart"
mv "$HOME" "$HOME.away"
elsewhere="-o state_dir=$T/apart/state"
(cd "$T/apart" && call "$TROMMEL" refile $elsewhere --into "maildir:$T/apart/mail" rules box </dev/null >"$T/out" 2>"$T/err")
is "$? $(find "$T/apart/mail" -path '*/new/*' | wc -l)" "0 $(grep -c "^From " "$T/apart/box")" "a run without a home"
(cd "$T/apart" && call "$TROMMEL" undo $elsewhere "$(ls "$T/apart/state/refile")" >"$T/out" 2>"$T/err")
is "$? $(find "$T/apart/mail" -type f -path '*/new/*' | wc -l)" "0 0" "is undone"
mv "$HOME.away" "$HOME"
