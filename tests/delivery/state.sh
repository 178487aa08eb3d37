#!/bin/sh
# trommel state: what is shown, what is forgotten, whose it is, and what is refused.
. "${0%/*}/lib.sh"
need python3

DIR=$HOME/.local/state/trommel
long=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
now=$(date +%s)

state() { # verb argument…: as the recipient, with the engine in $engine; $out and $err, and the status
	state_verb=$1
	shift
	call env TZ=UTC "$TROMMEL" state "$state_verb" -o state_engine=$engine "$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
	look_for_findings
	out=$(cat "$T/out") err=$(cat "$T/err")
	return $status
}

# An entry as each engine keeps it: put USE ID WHEN UNTIL [ABOUT]
put() {
	case $engine in
	files)
		mkdir -p "$DIR/$1"
		printf 'trommel state 1\n%s\n%s\ntoken\n\n%s\nend\n' "$3" "$4" "${5-}" >"$DIR/$1/d-$2" ;;
	sqlite)
		mkdir -p "$DIR"
		python3 - "$DIR/state.db" "$@" <<'END' ;;
import sqlite3, sys
path, use, id, when, until = sys.argv[1:6]
about = sys.argv[6] if len(sys.argv) > 6 else ""
db = sqlite3.connect(path)
if not db.execute("PRAGMA application_id").fetchone()[0]:
    db.executescript("""PRAGMA journal_mode = WAL; PRAGMA application_id = 1953656172; PRAGMA user_version = 1;
        CREATE TABLE entry (use INTEGER NOT NULL, id TEXT NOT NULL, about TEXT NOT NULL, changed INTEGER NOT NULL,
            expires INTEGER NOT NULL, holder TEXT, PRIMARY KEY (use, id)) WITHOUT ROWID;""")
number = ["duplicate", "vacation", "redirect", "notice"].index(use)
db.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, NULL)", (number, id, about, int(when), int(until)))
db.commit()
END
	esac
	chmod -R go-rwx "$HOME"
	own "$HOME"
}

for engine in sqlite files; do
	fresh
	state list
	is "$status $out" "1 " "$engine: nothing remembered is 1"
	like "$err" "nothing is remembered" "and it is said"
	is "$(ls -A "$HOME")" Maildir "and nothing is made"
	state prune
	is "$status $out" "0 forgotten: 0" "nothing to prune is fine"

	put duplicate $long $((now - 20)) $((now + 1000)) "<m1@example.org>"
	put vacation 0123456789abcdffffff $((now - 10)) $((now + 1000)) "$(printf 'answered \033[1mjo@example.org')"
	put vacation short 1700000000 1700000060
	state list
	is "$status" 0 "what there is is listed"
	is "$(echo "$out" | cut -c 1-16)" "USE        ID   
vacation   short
duplicate  01234
vacation   01234" "oldest first"
	like "$out" "^vacation   short            2023-11-14 22:13  2023-11-14 22:14  \(expired\)$" "with times, and that it is over"
	like "$out" "^duplicate  0123456789abcde " "an id is as long as it has to be"
	like "$out" "answered \?\[1mjo@example.org$" "what comes from strangers does no harm to a terminal"
	state list --use duplicate
	is "$(echo "$out" | wc -l)" 2 "one use alone"
	state list --use vacation --json
	is "$(echo "$out" | head -n 1)" \
		'{"use":"vacation","id":"short","about":"","state":"expired","when":1700000000,"until":1700000060}' "as JSON"

	state show 0123456789abcde
	is "$status" 0 "an id may be short"
	like "$out" "^id:     $long$" "and is shown in full"
	state show 0123456789
	is "$status $out" "2 " "not too short"
	like "$err" "2 ids begin with '0123456789'" "and it is said why"
	state show short nothing
	is "$status" 1 "one that is not there is 1"
	like "$out" "^id:     short$" "the others are shown"
	like "$err" "nothing with the id 'nothing'" "and it is said which"

	state forget 0123456789abcde
	is "$status $out" "0 forgotten: 1" "one is forgotten"
	state show $long
	is "$status" 1 "and is gone"
	state forget nothing
	is "$status" 1 "to forget what is not there is 1"

	state forget --use vacation
	is "$status $out" "2 " "many are not forgotten unasked"
	like "$err" "--yes" "and it is said what to do"
	state prune
	is "$status $out" "0 forgotten: 1" "what has expired is pruned"
	put notice ahead $((now + 315360000)) $((now + 315964800))
	state list --use notice
	like "$out" " \\(ahead\\)$" "what a wrong clock has dated is marked"
	state prune
	is "$status $out" "0 forgotten: 1" "and pruned"
	put notice one $now $((now + 1000))
	state forget --use vacation --yes
	is "$status $out" "0 forgotten: 1" "one use is forgotten"
	state forget ""
	is "$status $out" "1 " "an id that is empty, as a variable that was not set, is not that of the only one"
	state forget --all --yes
	is "$status $out" "0 forgotten: 1" "everything is forgotten"
	state forget --all --yes
	is "$status" 1 "once"

	chmod 777 "$DIR"
	state list
	is "$status" 2 "a directory that others may write to is refused"
	like "$err" "can be written by others; 'chmod go-w" "with what mends it"
	chmod 700 "$DIR"

	if [ "$(id -u)" = 0 ]; then
		put vacation one $now $((now + 1000)) "answered jo@example.org"
		"$TROMMEL" state list -o state_engine=$engine "$ME" >"$T/out" 2>"$T/err"
		is $? 0 "root may look at another's"
		like "$(cat "$T/out")" "answered jo@example.org" "and sees it"
		"$TROMMEL" state forget -o state_engine=$engine -d "$ME" --all --yes >"$T/out" 2>"$T/err"
		is $? 0 "and forget it"
		is "$(find "$HOME/.local" ! -user "$ME")" "" "as that user"
		state list "$OTHER"
		is "$status" 2 "nobody else may"
		like "$err" "only root may look at the state of '$OTHER'" "and is told so"
	fi
done

# ---- command lines
engine=auto
for line in "" "liist" "show" "forget" "forget --all one" "list one two" "prune --all" "list --use nothing"; do
	# shellcheck disable=SC2086 # words
	call "$TROMMEL" state $line >"$T/out" 2>"$T/err"
	is "$?" 2 "'state $line' could not run"
done
like "$(cat "$T/err")" "there is no use 'nothing'" "and says why"
state list nobody-of-this-name
is "$status" 2 "so could one for nobody"

# ---- where it is
fresh
engine=files
DIR=$HOME/$(printf '%s' "$ME" | sha256sum | cut -c 1-2)/$ME
put vacation one $now $((now + 1000)) "answered jo@example.org"
own "$HOME"
state list -o state_dir="$HOME/%H/%u"
like "$out" "answered jo@example.org" "%H is the beginning of the name's SHA-256, %u the name"

# What somebody has put there to harm whoever looks: the user himself may have, and root looks.
DIR=$HOME/.local/state/trommel
escape=$(printf '\033]0;x\007\033[2J')
for engine in sqlite files; do
	fresh
	put vacation good $((now - 10)) $((now + 1000)) "answered jo@example.org"
	put vacation "$escape" $((now - 20)) $((now + 1000))
	[ $engine = files ] && ln -s good "$DIR/vacation/d-link" && own "$DIR"
	state list
	is "$status $(printf %s "$out" | LC_ALL=C tr -d ' -~\n' | wc -c | tr -d ' ')" "0 0" "$engine: what has no id of ours reaches no terminal"
	like "$out" "good .*answered jo" "$engine: the others are listed"
	state forget --all --yes
	is "$status" 0 "$engine: and forgotten"
	state list
	is "$status" 1 "$engine: so that nothing is left"
done
engine=sqlite
fresh
put vacation good $((now - 10)) $((now + 1000))
python3 - "$DIR/state.db" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("""DROP TABLE entry; CREATE VIEW entry AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
    SELECT 1 AS use, 'x' || i AS id, '' AS about, 0 AS changed, 9999999999 AS expires, NULL AS holder FROM n;""")
END
own "$DIR"
call /usr/bin/timeout 20 "$TROMMEL" state list -o state_engine=sqlite >"$T/out" 2>"$T/err"
is "$?" 2 "a database that is none of ours comes to an end"
for beside in wal shm journal; do
	fresh
	put vacation good $((now - 10)) $((now + 1000))
	rm -f "$DIR"/state.db-*
	mkfifo "$DIR/state.db-$beside"
	own "$DIR"
	call /usr/bin/timeout 20 "$TROMMEL" state list -o state_engine=sqlite >"$T/out" 2>"$T/err"
	is "$?" 2 "a FIFO beside the database holds nobody up ($beside)"
	like "$(cat "$T/err")" "state.db-$beside' is not a file but" "and is named"
done

# ---- whose links lead to it
if [ "$(id -u)" = 0 ]; then
	fresh
	rm -rf "$T/open" "$T/target"
	mkdir -m 1777 "$T/open"
	mkdir "$T/target"
	own "$T/target"
	printf 'require "duplicate"; if duplicate { discard; }\n' | rules
	for owner in "$OTHER" "$ME"; do
		ln -sfn "$T/target" "$T/open/link"
		chown -h "$owner" "$T/open/link"
		message "led by $owner" | deliver -o "state_dir=$T/open/link/one/two" -o state_engine=files
		is $? 0 "a message is delivered where $owner has put a link to the state"
		[ "$owner" = "$ME" ] || is "$(ls "$T/target")" "" "and nothing is made behind a stranger's"
	done
	is "$(ls "$T/target/one")" two "but behind one's own"
	rm -rf "$T/open" "$T/target"
fi
