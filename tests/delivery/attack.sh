#!/bin/sh
# A message that has taken its judge over (attacker.c) reaches nothing and has its way in nothing: it is kept in the
# inbox, byte for byte, with exit status 0 and one line for the owner.
BUILD=${BUILD:-${0%/*}/../../build}
export SHIPPED="${SHIPPED:-${TROMMEL:-$BUILD/trommel}}"
TROMMEL=$BUILD/attacker/trommel
. "${0%/*}/lib.sh"
need grep
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer leaves a judge more than it has"

# What is installed holds nothing of it.
is "$(grep -c 'mallory@example.com' "$TROMMEL")" 1 "the attack is in the program for tests"
is "$(grep -c 'mallory@example.com' "$SHIPPED")" 0 "and not in the one that is installed"

cat >"$T/sendmail" <<'STUB'
#!/bin/sh
cat >/dev/null
echo "$*" >>"$HOME/sent"
STUB
mkdir "$T/programs"
printf '#!/bin/sh\ntouch "$HOME/ran"\n' >"$T/programs/spy"
chmod 755 "$T/sendmail" "$T/programs" "$T/programs/spy"

ALL='require ["fileinto", "vacation", "editheader", "imap4flags"];
if header "x-never" "so" { fileinto "Lists"; redirect "carol@example.com"; addheader "X-A" "b"; vacation "Away."; discard; }'
FEW='require ["fileinto"]; if header "x-never" "so" { fileinto "Lists"; }'
attack() { # order log [rules [option...]]
	order=$1 expected=$2 script=${3-$ALL}
	shift 2
	[ $# = 0 ] || shift
	fresh
	echo treasure | mine "$HOME/decoy"
	echo "$script" | rules
	message x | sed "s/^Subject: .*/Subject: $order/" >"$T/mail"
	(cd "$HOME" && ls -A) >"$T/before"
	deliver -f alice@example.org -r bob@example.net -o sendmail="$T/sendmail" -o execute_bin_dir="$T/programs" \
		-o judge_cpu_s=1 -o judge_wall_s=3 -o judge_memory_mb=64 "$@" <"$T/mail"
	is "$? $(count) $(everywhere)" "0 1 1" "$order: kept in the inbox"
	without_trace "$(stored)" >"$T/kept"
	same "$T/kept" "$T/mail" "$order: byte for byte"
	is "$(cat "$T/out" "$T/err")" "" "$order: the MTA hears nothing"
	is "$(told | grep -c 'the judge ')" 1 "$order: one line says what it did"
	like "$(told)" "$expected" "$order: $expected"
	is "$(cat "$HOME/decoy")" treasure "$order: the decoy is untouched"
	is "$( (cd "$HOME" && ls -A) | grep -v -e '^\.sieve\.log$' -e '^\.local$')" "$(cat "$T/before")" \
		"$order: nothing came or went"
}

attack ways "gave up: no way is open"
for end in exec execveat trace peek poke mount umount chroot unshare setns bpf perf userfaultfd io_uring keyctl add_key \
	module setuid personality; do
	attack "way $end" "killed by signal 31"
done
case $(uname -m) in x86_64) attack "way x32" "killed by signal 31" ;; esac

attack "eat memory" "gave up: out of memory"
attack "eat time" "CPU time limit of 1 s" "$ALL" -o judge_wall_s=40
attack "eat patience" "came to no end within 3 s"
attack "eat descriptors" "holds a few descriptors"

while read -r name expected; do
	attack "forge $name" "$expected"
done <<'LIST'
folder-up a folder name that is not allowed
folder-absolute a folder name that is not allowed
folder-long gave no plan that may be carried out
folder-nul gave no plan that may be carried out
too-many-actions gave no plan that may be carried out
million-actions gave no plan that may be carried out
redirect-lines an address that is not allowed
subject-lines gave no plan that may be carried out
from-lines gave no plan that may be carried out
image-beyond gave no plan that may be carried out
image-missing gave no plan that may be carried out
flags-bad gave no plan that may be carried out
lost gave no plan that may be carried out
length-lies ended without a plan
length-beyond talks nonsense
cut-header ended without a plan
garbage talks nonsense
answer-first talks nonsense
compiled-again talks nonsense
lacks-later talks nonsense
questions asks without end
questions-unheard asks, and does not listen
question-long talks nonsense|asks a question
program asks for a program that the rules do not name
later wants to see the message again later
descriptor came to no end within 3 s
LIST
# What the rules never do, nobody can make them do.
attack "forge redirect" "the rules have no 'redirect'" "$FEW"
attack "forge ask-list" "asks what the rules never do" "$FEW"
attack "forge ask-seen" "asks what the rules never do" "$FEW"
attack "forge discard" "the rules have no 'discard'" "$FEW"
attack "forge another" "the rules do not change the message" "$FEW"
[ ! -e "$HOME/ran" ] && pass "no program was run"

# Last words have their limits, too.
fresh
echo "$ALL" | rules
message x | sed "s/^Subject: .*/Subject: forge words-long/" >"$T/mail"
deliver <"$T/mail"
is "$? $(count) $(everywhere)" "0 1 1" "long words: kept in the inbox"
holds "and the log does not grow by them" test "$(wc -c <"$HOME/.sieve.log")" -lt 40000
