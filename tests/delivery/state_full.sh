#!/bin/sh
# The disk with the state is full: mail comes all the same, nobody is answered or passed on by guess, and the owner is
# told.  When the mail's disk is full too, the MTA keeps the message.
. "${0%/*}/lib.sh"
. "$TESTS/outgoing.sh"
need_root "to mount a small disk"

mount -t tmpfs -o size=512k,mode=700 none "$HOME" || skip_all "no tmpfs can be mounted here"
SMALL=$T/small
mkdir -m 755 "$SMALL"
message hello >"$T/mail"
# A fresh home, and a state directory on a disk of its own, which is full from the beginning (new) or since something has
# been remembered there (old).
prepare() { # rules
	umount "$SMALL" 2>/dev/null
	mount -t tmpfs -o size=256k,uid=61990,gid=61990,mode=700 none "$SMALL"
	fresh
	mkdir "$HOME/sent"
	own "$HOME"
	printf '%s\n' "$1" | rules
}
fill() { dd if=/dev/zero of="$1/filler" bs=4k 2>/dev/null; }
bring() { send -f alice@example.org -o state_dir="$SMALL" -o state_engine="$engine" "$@" <"$T/mail"; }
remember() { # options…: another message comes while there is room
	message before >"$T/mail"
	bring "$@" || fail "a message before"
	message hello >"$T/mail"
	rm -rf "$HOME"/sent/* "$HOME"/Maildir/new/*
}

for engine in sqlite files; do
	for age in new old; do
		what="$engine, $age"
		prepare 'require "duplicate"; if duplicate { discard; }'
		[ $age = new ] || remember
		fill "$SMALL"
		bring
		is "$? $(count)" "0 1" "duplicate delivers ($what)"
		like "$(told)" 'remembered.*[Nn]o space|remembered.*full' "which is told"
		bring
		is "$? $(count)" "0 2" "and once more, since nothing is known"
		rm "$SMALL/filler"
		bring
		bring
		is "$? $(count)" "0 3" "with room again it is known from then on"

		prepare 'require "vacation"; vacation :addresses "bob@example.net" "Away.";'
		[ $age = new ] || { remember; }
		fill "$SMALL"
		send -f carol@example.org -o state_dir="$SMALL" -o state_engine="$engine" <"$T/mail"
		is "$? $(sent) $(count)" "0 0 1" "vacation is silent ($what)"
		like "$(told)" "carol@example.org is not answered: whether he was is not known" "which is told"
		rm "$SMALL/filler"
		send -f carol@example.org -o state_dir="$SMALL" -o state_engine="$engine" <"$T/mail"
		is "$? $(sent)" "0 1" "with room again it answers"

		prepare 'redirect "bob@example.com";'
		[ $age = new ] || remember -o redirect_rate_max=5
		fill "$SMALL"
		bring -o redirect_rate_max=5
		is "$? $(sent) $(count)" "0 0 1" "a redirect that is to be counted is held back, and the message kept ($what)"
		like "$(told)" "not redirected to bob@example.com, kept instead: how many were redirected is not known" "which is told"
		bring
		is "$? $(sent) $(count)" "0 1 1" "one that is not counted goes"
		printf 'require "copy"; redirect :copy "bob@example.com";\n' | rules
		bring
		is "$? $(sent) $(count)" "75 1 1" "where the message is kept too, nothing is sent that could be sent twice"
		rm "$SMALL/filler"
		bring
		is "$? $(sent) $(count)" "0 2 2" "and with room again both are done"
		no_litter
	done
done

# A little room: enough for a claim, and maybe not for what has to be remembered then.  Whoever is answered by guess is
# answered again with every message that he sends.
for engine in sqlite files; do
	for pages in 1 2 3 8; do
		prepare 'require "vacation"; vacation :addresses "bob@example.net" "Away."; discard;'
		remember
		fill "$SMALL"
		truncate -s -$((pages * 4096)) "$SMALL/filler"
		for sender in carol dave carol dave; do
			send -f $sender@example.org -o state_dir="$SMALL" -o state_engine="$engine" <"$T/mail"
		done
		is "$(sent)" 0 "nobody is answered who cannot be remembered ($engine, room for $pages pages)"
	done
done

# A quota that is used up: the file system has room, and says who may have it when it is asked for.
answered() { # fault of the first question, engine
	prepare 'require "vacation"; vacation :addresses "bob@example.net" "Away.";'
	call "$UNTRACED" strace -qq -o "$HOME/trace" -e trace=fallocate -e inject="fallocate:error=$1:when=1" "$TROMMEL" \
		-f carol@example.org -r reader@example.net -o sendmail="$T/sendmail" -o state_dir="$SMALL" -o state_engine="$2" \
		<"$T/mail" >"$T/out" 2>"$T/err"
	echo $? "$(grep -c INJECTED "$HOME/trace")" "$(sent)" "$(count)"
}
if can_trace; then
	for engine in sqlite files; do
		is "$(answered EDQUOT $engine)" "0 1 0 1" "nobody is answered who cannot be remembered for a quota ($engine)"
		like "$(told)" "nothing is remembered just now: .*[Qq]uota" "which is told"
		is "$(answered EOPNOTSUPP $engine)" "0 1 1 1" "where room cannot be asked for, what there is counts ($engine)"
	done
fi

# Both disks.
for engine in sqlite files; do
	for rules in 'require "duplicate"; if duplicate { discard; }' 'keep;' \
		'require "vacation"; vacation :addresses "bob@example.net" "Away.";' \
		'require "copy"; redirect :copy "bob@example.com";'; do
		prepare "$rules"
		fill "$SMALL"
		fill "$HOME"
		bring
		is "$? $(sent) $(count)" "75 0 0" "both disks are full ($engine): again later, for: $rules"
		rm "$HOME/filler" "$SMALL/filler"
		no_litter
		bring
		is "$? $(count)" "0 1" "and then it is delivered"
	done
done
umount "$SMALL" "$HOME"
