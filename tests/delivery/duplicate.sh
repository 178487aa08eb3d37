#!/bin/sh
# What "duplicate" remembers from one message to the next, with either engine.  RFC 7352.
. "${0%/*}/lib.sh"
need python3

DIR=$HOME/.local/state/trommel

# Lets time go by for what is remembered: its entries are made so many seconds older.
later() { # seconds
	case $engine in
	files)
		python3 - "$DIR/duplicate" "$1" <<'END' ;;
import os, sys
folder, seconds = sys.argv[1], int(sys.argv[2])
for name in os.listdir(folder):
    path = os.path.join(folder, name)
    lines = open(path).read().split("\n")
    lines[1:3] = [str(int(line) - seconds) for line in lines[1:3]]
    open(path, "w").write("\n".join(lines))
    os.utime(path, (int(lines[2]), int(lines[1])))
END
	sqlite)
		python3 - "$DIR/state.db" "$1" <<'END' ;;
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE entry SET changed = changed - ?1, expires = expires - ?1", (int(sys.argv[2]),))
db.commit()
END
	esac
	own "$DIR"
}
remember() { # rules: a home that remembers nothing
	fresh
	printf 'require ["duplicate", "variables", "fileinto", "include"];\n%s\n' "$1" | rules
}
# A message with these header lines: "seen" when the rules found that it was a duplicate, else "new".
comes() { # header line…
	seen_before=$(count Seen)
	{
		printf 'From: alice@example.org\nSubject: news\n'
		for line; do printf '%s\n' "$line"; done
		printf '\nA body.\n'
	} | deliver -f alice@example.org -o state_engine=$engine || printf 'status %s, ' $?
	if [ "$(count Seen)" -gt "$seen_before" ]; then echo seen; else echo new; fi
}
entries() { call "$TROMMEL" state list -o state_engine=$engine --use duplicate --json | wc -l | tr -d ' '; }

for engine in sqlite files; do
	# ---- what the id is (3.1)
	remember 'if duplicate { fileinto "Seen"; }'
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: the first is none"
	is "$(comes 'Message-ID: <one@example.org>')" seen "$engine: the second is"
	is "$(comes 'Message-ID:   <one@example.org>	 ')" seen "$engine: blanks around the id do not count"
	is "$(comes 'Message-ID:' ' <one@example.org>')" seen "$engine: nor does folding"
	is "$(comes 'Message-ID: <ONE@example.org>')" new "$engine: case does"
	is "$(comes 'Message-ID: <two@example.org>' 'Message-ID: <one@example.org>')" new "$engine: of two fields the first"
	is "$(comes 'Message-ID: <one@example.org>' 'Message-ID: <three@example.org>')" seen "$engine: and not the second"
	is "$(comes 'Message-ID: <three@example.org>')" new "$engine: which is not remembered either"
	is "$(comes) $(comes) $(entries)" "new new 4" "$engine: no field, no duplicate, and nothing to remember"

	remember 'if duplicate :header "X-Event" { fileinto "Seen"; }'
	is "$(comes 'X-Event: fire' 'X-Event: flood') $(comes 'X-Event: flood' 'X-Event: fire')" "new new" \
		"$engine: :header takes the first occurrence"
	is "$(comes 'X-Event:  fire ' 'X-Event: storm')" seen "$engine: trimmed"
	is "$(comes 'Message-ID: <one@example.org>') $(comes 'Message-ID: <one@example.org>')" "new new" \
		"$engine: without that field nothing is a duplicate"
	is "$(comes 'X-Event: =?utf-8?q?fl=C3=B6te?=') $(comes 'X-Event: =?iso-8859-1?q?fl=F6te?=')" "new seen" \
		"$engine: decoded"
	remember 'if duplicate :header "no name" { fileinto "Seen"; }'
	is "$(comes 'no name: x') $(comes 'no name: x') $(entries)" "new new 0" "$engine: a name that is none is in no message"

	remember 'if header :matches "subject" "*" { if duplicate :uniqueid "about ${1}" { fileinto "Seen"; } }'
	is "$(comes 'Message-ID: <1@example.org>') $(comes 'Message-ID: <2@example.org>')" "new seen" \
		"$engine: :uniqueid is whatever the rules make"
	remember 'if duplicate { fileinto "Seen"; }'
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: an id"
	printf '%s\n' 'require ["duplicate", "fileinto"]; if duplicate :header "References" { fileinto "Seen"; }' | rules
	is "$(comes 'References: <one@example.org>')" seen "$engine: is the same wherever it is from (3.2)"
	printf '%s\n' 'require ["duplicate", "fileinto"]; if duplicate :uniqueid "<one@example.org>" { fileinto "Seen"; }' | rules
	is "$(comes)" seen "$engine: the rules too"

	# ---- one run (3)
	remember 'if duplicate { fileinto "Seen"; }
if duplicate { fileinto "Seen"; }
if duplicate :header "message-id" { fileinto "Seen"; }
if duplicate :uniqueid "<one@example.org>" { fileinto "Seen"; }
include "again";'
	mine "$HOME/sieve/again.sieve" <<-'END'
		require ["duplicate", "fileinto"];
		if duplicate { fileinto "Seen"; }
	END
	is "$(comes 'Message-ID: <one@example.org>') $(entries)" "new 1" "$engine: an id is no duplicate of itself"
	is "$(told)" "" "$engine: and all of these rules ran"
	fresh
	printf '%s\n' 'require ["duplicate", "ihave"]; if duplicate { discard; } error "after all";' | rules
	is "$(comes 'Message-ID: <one@example.org>') $(entries)" "new 0" "$engine: rules that fail"
	printf '%s\n' 'require ["duplicate", "fileinto"]; if duplicate { fileinto "Seen"; }' | rules
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: have seen nothing"

	# ---- :handle (3.2)
	handle() { printf '%s\n' "require [\"duplicate\", \"fileinto\"]; if duplicate $1 { fileinto \"Seen\"; }" | rules; }
	remember 'if duplicate :handle "a" { fileinto "Seen"; }'
	is "$(comes 'Message-ID: <one@example.org>') $(comes 'Message-ID: <one@example.org>')" "new seen" "$engine: under one handle"
	for tags in ':handle "b"' ':handle "A"' ':handle ""' ''; do
		handle "$tags"
		is "$(comes 'Message-ID: <one@example.org>') $(comes 'Message-ID: <one@example.org>')" "new seen" \
			"$engine: another one ($tags) knows nothing of it"
	done
	handle ':header "References" :handle "a"'
	is "$(comes 'References: <one@example.org>')" seen "$engine: the first still does"

	# ---- :seconds (3.3)
	remember 'if duplicate :seconds 100 { fileinto "Seen"; }'
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: for a hundred seconds"
	later 60
	is "$(comes 'Message-ID: <one@example.org>')" seen "$engine: it is remembered"
	later 30
	is "$(comes 'Message-ID: <one@example.org>')" seen "$engine: after ninety, too"
	later 15
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: no longer, whatever came in between"
	is "$(comes 'Message-ID: <one@example.org>')" seen "$engine: and then anew"
	remember 'if duplicate :seconds 0 { fileinto "Seen"; }'
	is "$(comes 'Message-ID: <one@example.org>') $(comes 'Message-ID: <one@example.org>') $(entries)" "new new 0" \
		"$engine: no seconds, no duplicate"
	remember 'if duplicate { fileinto "Seen"; }'
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: without :seconds"
	later $((7 * 86400 - 30))
	is "$(comes 'Message-ID: <one@example.org>')" seen "$engine: for a week"
	later 60
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: not more"
	remember 'if duplicate :seconds 4294967295 { fileinto "Seen"; }'
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: no longer than the site allows"
	later $((90 * 86400 - 30))
	is "$(comes 'Message-ID: <one@example.org>')" seen "$engine: ninety days"
	later 60
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: and that is all"

	# ---- :last (3.3)
	remember 'if duplicate :seconds 100 :last { fileinto "Seen"; }'
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: with :last"
	for hop in 1 2 3; do
		later 80
		is "$(comes 'Message-ID: <one@example.org>')" seen "$engine: each begins the time anew ($hop)"
	done
	later 105
	is "$(comes 'Message-ID: <one@example.org>')" new "$engine: until none comes in time"
done

# ---- the examples (3.2 and 5), with messages for which they say what happens
engine=auto
EXAMPLES=$TESTS/../sieve/duplicate
for first in example-3.2 example-3.2-header example-3.2-uniqueid; do
	for second in example-3.2 example-3.2-header example-3.2-uniqueid; do
		fresh
		rules <"$EXAMPLES/$first.sieve"
		comes 'Message-ID: <one@example.org>' >/dev/null
		rules <"$EXAMPLES/$second.sieve"
		comes 'Message-ID: <one@example.org>' >/dev/null
		is "$(count)" 1 "what $first has seen is a duplicate for $second"
	done
done
fresh
rules <"$EXAMPLES/example-5.1.sieve"
comes 'Message-ID: <one@example.org>' >/dev/null && comes 'Message-ID: <one@example.org>' >/dev/null
comes 'Message-ID: <one@example.org>' >/dev/null
is "$(count) $(count Trash.Duplicate)" "1 2" "5.1: duplicates are in their folder"
fresh
rules <"$EXAMPLES/example-5.2.sieve"
alert() { printf 'Message-ID: <%s@example.org>\nSubject: ALERT: %s\n\n' "$1" "$2" | deliver -f alice@example.org; }
alert 1 fire && alert 2 fire && alert 3 flood
is "$(count Alerts) $(files Alerts | grep -c ':2,S$')" "3 1" "5.2: the second about one event is seen"
cat >"$T/notifier" <<'STUB'
#!/bin/sh
cat >/dev/null
echo "$1" >>"$HOME/notified"
STUB
chmod 755 "$T/notifier"
notified() { wc -l <"$HOME/notified" | tr -d ' '; }
writes() { # sender subject
	message "$2" | deliver -f "$1" -o notify_program="$T/notifier" -o notify_schemes=xmpp
}
fresh
rules <"$EXAMPLES/example-5.3.sieve"
writes ann@example.org one && writes ann@example.org two && writes ben@example.org one
is "$(count) $(notified)" "3 2" "5.3: of each sender once"
fresh
rules <"$EXAMPLES/example-5.3-subject.sieve"
writes ann@example.org one && writes ann@example.org Re:one && writes ann@example.org two
is "$(count) $(notified)" "3 2" "5.3: of each subject once, an answer or not"
fresh
rules <"$EXAMPLES/example-5.4.sieve"
event() { printf 'To: support@example.com\nSubject: the fileserver\n%s\n\n' "$1" | deliver -f alice@example.org; }
event 'X-Event-ID: 1' && event 'X-Ticket-ID: 1'
is "$(count) $(files | grep -c ':2,S$')" "2 0" "5.4: an event and a ticket of one number are two"
event 'X-Event-ID: 1' && event 'X-Ticket-ID: 1'
is "$(count) $(files | grep -c ':2,S$')" "3 1" "5.4: the event again is discarded, the ticket seen"
