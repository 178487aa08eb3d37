#!/bin/sh
# Whatever a kernel has to confine the rules with (kernel_shim.c plays kernels without Landlock, with each ABI of it,
# without seccomp): the message is delivered and the rules decide, what is lacking is told once in the delivery's line
# of the log, and all that is there holds against a message that has taken the judge over.
. "${0%/*}/lib.sh"
need grep
[ -z "${TROMMEL_SANITIZED-}" ] || skip_all "a sanitizer must be loaded before all others"
[ -e "$BUILD/tests/kernel_shim.so" ] || skip_all "no $BUILD/tests/kernel_shim.so"
ATTACKER=$BUILD/attacker/trommel
SHIM=$T/kernel_shim.so
cp "$BUILD/tests/kernel_shim.so" "$SHIM"
cp "$ATTACKER" "$T/attacker"
chmod 755 "$SHIM" "$T/attacker"
case $("$TROMMEL" --version) in
*"Landlock (ABI 6), seccomp"*) ;;
*) skip_all "this kernel has no Landlock of ABI 6, or no seccomp, to begin with" ;;
esac

on() { # program [option...]: on the kernel in $kernel, a list of settings
	on_program=$1
	shift
	# shellcheck disable=SC2086  # words
	call LD_PRELOAD="$SHIM" KERNEL_LOG="$T/refusals" $kernel "$on_program" "$@" -o folder_autocreate=yes \
		-o rules_notice=no -o log_json="$T/log" <"$T/mail" >"$T/out" 2>"$T/err"
}
begin() { # order
	fresh
	echo treasure | mine "$HOME/decoy"
	echo 'require ["fileinto"]; fileinto "Lists";' | rules
	message x | sed "s/^Subject: .*/Subject: $1/" >"$T/mail"
	: | mine "$T/log" 600
	rm -rf "$T/refusals"
	mkdir "$T/refusals"
	own "$T/refusals"
}
logged() { # field: its value in the one line of the log
	grep -c . "$T/log" | grep -qx 1 && sed -n "s/.*\"$1\":\(null\|\"[^\"]*\"\|[0-9]*\).*/\1/p" "$T/log" | tr -d '"'
}

tell() { # title lacking refusals doors exec: on $kernel
	begin plain
	on "$TROMMEL"
	is "$? $(count Lists) $(everywhere)" "0 1 1" "$1: the rules have filed it"
	without_trace "$(stored Lists)" >"$T/kept"
	same "$T/kept" "$T/mail" "$1: byte for byte"
	is "$(cat "$T/out" "$T/err")$(logged unconfined)" "$2" "$1: nothing is printed; lacking, says the log: $2"
	is "$(cd "$T/refusals" && echo *)" "$3" "$1: the kernel was asked, and refused: $3"
	is "$(told)" "" "$1: the owner of the rules is not troubled"

	begin doors
	on "$T/attacker" -o judge_memory_mb=64
	is "$? $(count) $(everywhere)" "0 1 1" "$1: an attacked one is kept"
	is "$(told | sed -n 's/.*gave up: open doors: *//p')" "$4" "$1: open to an attacker: ${4:-nothing}"
	is "$(cat "$HOME/decoy")" treasure "$1: the decoy is untouched"

	begin "way exec"
	on "$T/attacker"
	is "$? $(count) $(everywhere)" "0 1 1" "$1: one that runs a program is kept"
	like "$(told)" "$5" "$1: running a program: $5"
}
DIES='killed by signal 31' FAILS='gave up: it lives' RUNS='ended without a plan, with status 0'
# What is left open where there are process limits and closed descriptors alone.
ALL='reading cutting modes making sockets signals'
L=landlock_create_ruleset R=landlock_restrict_self

# Each ABI, with a filter of system calls and without.
for abi in 1 2 3 4 5 6 7; do
	case $abi in
	1 | 2) refused="$L.E2BIG" open="cutting modes sockets signals" ;;
	3) refused="$L.E2BIG" open="modes sockets signals" ;;
	4 | 5) refused="$L.E2BIG" open="modes signals" ;;
	*) refused='*' open=modes ;;
	esac
	kernel="KERNEL_LANDLOCK=$abi"
	tell "ABI $abi" null "$refused" "" "$DIES"
	kernel="KERNEL_LANDLOCK=$abi KERNEL_SECCOMP=22"
	tell "ABI $abi, no seccomp" seccomp "$refused" "$open" "$FAILS"
done

# No Landlock: not built in, switched off at boot, refused by a container, all its layers in use, a rule not taken.
while read -r title setting refused; do
	kernel=$setting
	tell "no Landlock ($title)" Landlock "$refused" reading "$DIES"
	kernel="$setting KERNEL_SECCOMP=22"
	tell "neither Landlock ($title) nor seccomp" "Landlock, seccomp" "$refused seccomp.EINVAL" "$ALL" "$RUNS"
done <<LIST
built-in KERNEL_LANDLOCK=-38 $L.ENOSYS
boot KERNEL_LANDLOCK=-95 $L.EOPNOTSUPP
container KERNEL_LANDLOCK=-1 $L.EPERM
layers KERNEL_RESTRICT=7 $R.E2BIG
rules KERNEL_RULE=22 landlock_add_rule.EINVAL
LIST

# No filter, however the kernel says so; and no giving up of new rights, without which neither is to be had.
for error in 38 22 1 13; do
	kernel=KERNEL_SECCOMP=$error
	tell "seccomp says $error" seccomp '*' modes "$FAILS"
done
kernel=KERNEL_NO_NEW_PRIVS=22
tell "no no_new_privs" "Landlock, seccomp" "no_new_privs.EINVAL" "$ALL" "$RUNS"

# People are told before any mail comes.
while IFS=: read -r kernel version doctor; do
	begin plain
	# shellcheck disable=SC2086
	version_said=$(call LD_PRELOAD="$SHIM" $kernel "$TROMMEL" --version)
	like "$version_said" "confined by: process limits$version" "$kernel: --version says it"
	# shellcheck disable=SC2086
	like "$(call LD_PRELOAD="$SHIM" $kernel "$TROMMEL" doctor 2>&1)" "$doctor" "$kernel: and so does doctor"
done <<'LIST'
KERNEL_LANDLOCK=6:, Landlock \(ABI 6\), seccomp$:they run confined by process limits, Landlock and seccomp
KERNEL_LANDLOCK=2:, Landlock \(ABI 2\), seccomp$:they run confined by process limits, Landlock and seccomp
KERNEL_LANDLOCK=-38:, seccomp; this kernel has no Landlock$:this kernel has nothing of Landlock.* all the same
KERNEL_SECCOMP=22:, Landlock \(ABI 6\)$:this kernel has nothing of seccomp.* all the same
KERNEL_LANDLOCK=-95 KERNEL_SECCOMP=22:; this kernel has no Landlock$:this kernel has nothing of Landlock, seccomp.* all
LIST

# What may be otherwise a moment later is no reason to run rules with less around them: the MTA tries again.
for kernel in KERNEL_LANDLOCK=-12 KERNEL_RESTRICT=12 KERNEL_LANDLOCK=-23 KERNEL_SECCOMP=12; do
	begin plain
	on "$TROMMEL"
	is "$? $(everywhere)" "75 0" "$kernel: a kernel out of memory or files is asked again later"
	kernel=
	on "$TROMMEL"
	is "$? $(count Lists) $(everywhere)" "0 1 1" "and then the message is there, once"
done
