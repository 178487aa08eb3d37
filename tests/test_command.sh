#!/bin/sh
# `trommel test` itself: exit statuses, what it prints, what becomes of files that crash, hang or do not compile.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}"
trommel=$BUILD/trommel
result=0

T=$(mktemp -d "${TMPDIR:-/tmp}/test-command.XXXXXX") || exit 2
trap 'rm -rf "$T"' EXIT

good() { echo "ok - $1"; }
bad() {
	echo "not ok - $1"
	printf '%s\n' "$2" | head -20 | sed 's/^/    /'
	result=1
}
is() { # found expected what
	if [ "$1" = "$2" ]; then good "$3"; else bad "$3" "found: $1
expected: $2"; fi
}
like() { # text extended-regex what
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then good "$3"; else bad "$3" "found: $1
expected: /$2/"; fi
}
# A file of tests, from standard input, and what comes of it: $out, $err, $status.
file() {
	{
		echo 'require "vnd.dovecot.testsuite";'
		cat
	} >"$T/$1.svtest"
}
run() {
	mkdir -p "$T/scratch"
	TMPDIR=$T/scratch "$trommel" test "$@" >"$T/out" 2>"$T/err"
	status=$?
	out=$(cat "$T/out") err=$(cat "$T/err")
}

file good <<'END'
test "one is true" { if not true { test_fail "it is not"; } }
test "two is true" { if not true { test_fail "it is not"; } }
END
file bad <<'END'
test "this is true" { if not true { test_fail "it is not"; } }

test "this is false" {
	if header "subject" "Frop!" {
		test_fail "the <subject> is & \"${1}\"";
	}
	stop;
}
test "what is behind a failure runs" { if not true { test_fail "it is not"; } }
END

# ---- statuses and sentences
run "$T/good.svtest"
is "$status" 0 "all passed: 0"
is "$out" "2 passed, 0 failed" "and one line"
run -v "$T/good.svtest"
is "$out" "$T/good.svtest:2: 'one is true' passed
$T/good.svtest:3: 'two is true' passed
2 passed, 0 failed" "-v names every test"
run "$T/bad.svtest"
is "$status" 1 "one failed: 1"
is "$out" "$T/bad.svtest:6: 'this is false' failed: the <subject> is & \"\${1}\"
    header \"subject\" is \"Frop!\", asked for is :is \"Frop!\"
2 passed, 1 failed" "and where, and why"
run
is "$status" 2 "no files: 2"
run "$T/nowhere.svtest"
is "$status" 2 "a file that is not there: 2"
like "$err" "nowhere.svtest.*No such file" "and it is named"
mkdir -p "$T/empty"
run "$T/empty"
is "$status" 2 "a directory without tests: 2"
run --timeout 0 "$T/good.svtest"
is "$status" 2 "a wrong option: 2"
for value in 0 86401 -1 x ' 5' ''; do
	run --timeout "$value" "$T/good.svtest"
	is "$status $(head -n 1 "$T/err")" "2 trommel test: --timeout takes a number from 1 to 86400, not '$value'" "and what is wrong with it: '$value'"
done

# ---- directories
mkdir -p "$T/tree/b/c" "$T/tree/.git"
cp "$T/good.svtest" "$T/tree/b/c/"
cp "$T/good.svtest" "$T/tree/a.svtest"
cp "$T/bad.svtest" "$T/tree/.git/"
echo 'keep;' >"$T/tree/not-a-test.sieve"
run "$T/tree"
is "$out" "4 passed, 0 failed" "directories are searched, to the bottom; hidden ones are not"
run "$T/tree" "$T/bad.svtest"
is "$out" "$T/bad.svtest:6: 'this is false' failed: the <subject> is & \"\${1}\"
    header \"subject\" is \"Frop!\", asked for is :is \"Frop!\"
6 passed, 1 failed" "any number of files and directories"

# ---- TAP
run --tap "$T/bad.svtest"
is "$out" "TAP version 13
ok 1 - $T/bad.svtest: this is true
not ok 2 - $T/bad.svtest: this is false
# $T/bad.svtest:6: the <subject> is & \"\${1}\"
#     header \"subject\" is \"Frop!\", asked for is :is \"Frop!\"
ok 3 - $T/bad.svtest: what is behind a failure runs
1..3" "--tap"
is "$status" 1 "with the same status"
file words <<'END'
test "fails # SKIP or \\" { test_fail "yes"; }
END
run --tap "$T/words.svtest"
like "$out" "^not ok 1 - $T/words.svtest: fails .# SKIP or ..\$" "what a test is called is no directive"
is "$(grep -cF 'fails \# SKIP or \\' "$T/out")" 1 "since it is escaped"

# ---- JUnit
run --junit "$T/junit.xml" "$T/good.svtest" "$T/bad.svtest"
is "$status" 1 "--junit"
is "$(sed 's/time="[0-9.]*"/time=""/; s|'"$T"'/||g' "$T/junit.xml")" '<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="1">
  <testsuite name="good.svtest" tests="2" failures="0" time="">
    <testcase classname="good.svtest" name="one is true" time=""/>
    <testcase classname="good.svtest" name="two is true" time=""/>
  </testsuite>
  <testsuite name="bad.svtest" tests="3" failures="1" time="">
    <testcase classname="bad.svtest" name="this is true" time=""/>
    <testcase classname="bad.svtest" name="this is false" time="">
      <failure message="the &lt;subject&gt; is &amp; &quot;${1}&quot;&#10;    header &quot;subject&quot; is &quot;Frop!&quot;, asked for is :is &quot;Frop!&quot;">bad.svtest:6</failure>
    </testcase>
    <testcase classname="bad.svtest" name="what is behind a failure runs" time=""/>
  </testsuite>
</testsuites>' "the report has every test, and why one failed"
run --junit "$T/nowhere/junit.xml" "$T/good.svtest"
is "$status" 2 "a report that cannot be written: 2"

# ---- failures that are expected
file failures <<'END'
test "one" { test_fail "as expected"; }
test "two" { test_fail "as expected"; }
END
run -F "$T/failures.svtest"
is "$status $out" "0 2 passed, 0 failed" "-F: what fails is good"
run -F "$T/bad.svtest"
is "$status" 1 "and what passes is bad"
like "$out" "'this is true' failed: passed, and was expected to fail" "and is told"

file failing-file <<'END'
test "one" { test_binary_load "never saved"; }
END
run -Fv "$T/failing-file.svtest"
is "$status $out" "0 $T/failing-file.svtest:2: 'one' failed, as expected
2 passed, 0 failed" "so is a file that fails as a whole"
file two <<'END'
test "one" { if not true { test_fail "no"; } }
test "two" { test_fail "as expected"; }
test_fail "as a whole";
END
run -F "$T/two.svtest"
is "$status" 0 "at least as many failures as tests are enough"

# ---- a file that fails as a whole
echo 'frop "x";' | file wrong
run "$T/wrong.svtest" "$T/good.svtest"
is "$status" 1 "a file that does not compile has failed"
like "$out" "wrong.svtest:2:1: error: unknown command 'frop'" "it is said where and why"
like "$out" "^2 passed, 1 failed$" "and the next one runs"
file nested <<'END'
if true { test "inner" { test_fail "no"; } }
END
run "$T/nested.svtest"
like "$out" "'test' stands in no other block" "a test in a block is an error"
file outside <<'END'
test "one" { if not true { test_fail "no"; } }
test_fail "outside of a block";
test "two" { if not true { test_fail "no"; } }
END
run "$T/outside.svtest"
is "$status $out" "1 $T/outside.svtest:3:1: outside of a block
1 passed, 1 failed" "test_fail outside of a block is the end of the file"
file unknown <<'END'
test "one" { test_binary_load "never saved"; }
test "two" { if not true { test_fail "no"; } }
END
run "$T/unknown.svtest"
is "$status $out" "1 $T/unknown.svtest:2: 'one' failed: not run to its end
$T/unknown.svtest:2:14: test_binary_load: nothing was saved under this name
0 passed, 2 failed" "and so is a command that makes no sense"
file require <<'END'
require "vnd.example.nonsense";
test "one" { if not true { test_fail "no"; } }
END
run "$T/require.svtest"
like "$status $out" "^1 .*unknown extension 'vnd.example.nonsense'" "an unknown extension is an error, used or not"
echo 'test_config_reload :extension "vnd.example.nonsense";' | file reload
run "$T/reload.svtest"
is "$status" 1 "to reload one is, too"
for line in 'test_set "messages" "x";' 'test_message 0;' 'test_message :smtp :folder "x" 0;' 'set "tst.path" "x";' \
	'if string "${tst.path.x}" "x" {}' 'if string "${tst.1}" "x" {}'; do
	echo "require \"variables\"; $line" | file compile
	run "$T/compile.svtest"
	like "$status $out" "^1 .*compile.svtest:2" "an error when it is compiled: $line"
done

# ---- the block ends at its failure, and what it did stays
file block <<'END'
require ["variables", "fileinto"];
test "one" {
	set "x" "1";
	keep;
	if true { test_fail "here"; }
	set "x" "2";
}
test "two" {
	if not string "${x}" "1" { test_fail "x is ${x}"; }
	if not test_result_action "keep" { test_fail "no keep"; }
	test_message :folder "Nowhere" 7;
	test_fail "this ran";
}
test "three" { test_mailbox_create "a//b"; }
test "four" { test_mailbox_delete "INBOX"; }
END
run "$T/block.svtest"
is "$(printf '%s\n' "$out" | sed 's/.*svtest:\([0-9]*\)/\1/')" "6: 'one' failed: here
12: 'two' failed: there is no stored message 7
15: 'three' failed: the folder name 'a//b' has an empty part
16: 'four' failed: folders are not deleted
0 passed, 4 failed" "a failure leaves the block at once, what was done stays done"

# ---- what was found and what was asked for, of the comparison that a failure is about
file values <<'END'
require ["variables", "relational", "comparator-i;ascii-numeric"];
set "x" "1";
test "value" { if not header :contains ["subject", "x-none"] ["${x}", "Bar"] { test_fail "a"; } }
test "no value" { if not header "x-none" "1" { test_fail "b"; } }
test "count" { if not header :count "gt" :comparator "i;ascii-numeric" ["to", "cc"] "1" { test_fail "c"; } }
test "another" { if header "to" "x" { stop; } if exists "to" { test_fail "d"; } }
END
run "$T/values.svtest"
is "$(printf '%s\n' "$out" | sed 's/.*svtest:\([0-9]*\)/\1/')" "4: 'value' failed: a
    header \"subject\", \"x-none\" is \"Frop!\", asked for is :contains \"1\", \"Bar\"
5: 'no value' failed: b
    header \"x-none\" has no value, asked for is :is \"1\"
6: 'count' failed: c
    header \"to\", \"cc\" is \"1\", asked for is :count \"gt\" \"1\"
7: 'another' failed: d
0 passed, 4 failed" "both values are shown, of that comparison alone"

# ---- and so are the errors of the script under test
echo 'frop "x"; keep :frop;' >"$T/errors.sieve"
for i in 1 2 3 4 5; do echo "redirect \"a$i@example.org\";"; done >"$T/redirects.sieve"
file errors <<'END'
test "compile" { if not test_script_compile "errors.sieve" { test_fail "it does not"; } }
test "run" {
	if not test_script_compile "redirects.sieve" { test_fail "it does not"; }
	if not test_script_run { test_fail "it did not"; }
}
END
run "$T/errors.svtest"
is "$out" "$T/errors.svtest:2: 'compile' failed: it does not
    $T/errors.sieve:1:1: unknown command 'frop'
    $T/errors.sieve:1:16: 'keep' has no ':frop'
    validation failed
$T/errors.svtest:5: 'run' failed: it did not
    $T/redirects.sieve:5:1: more than 4 redirects (limit: redirect_max)
0 passed, 2 failed" "the errors of a script are shown when a test fails"

# ---- crashes and endless loops
file crash <<'END'
test "before" { if not true { test_fail "no"; } }
test "waits" { if test_script_compile "pipe.sieve" { test_fail "no"; } }
END
mkfifo "$T/pipe.sieve"
run --timeout 1 "$T/crash.svtest" "$T/good.svtest"
is "$status $out" "1 $T/crash.svtest:3: 'waits' failed: not run to its end
$T/crash.svtest: stopped after 1 seconds
3 passed, 2 failed" "a file that never ends is stopped, and the next one runs"
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0 TMPDIR=$T/scratch "$trommel" test --timeout 30 "$T/crash.svtest" "$T/good.svtest" >"$T/out" 2>&1 &
runner=$!
child=
for _ in 1 2 3 4 5 6 7 8 9 10; do
	child=$(pgrep -P $runner)
	[ -n "$child" ] && break
	sleep 0.2
done
sleep 0.3
kill -ABRT "$child"
wait $runner
is "$? $(cat "$T/out")" "1 $T/crash.svtest:3: 'waits' failed: not run to its end
$T/crash.svtest: the engine crashed: signal 6 (Aborted)
3 passed, 2 failed" "a crash is one failed file"
is "$(ls "$T/scratch")" "" "nothing is left behind"

# ---- mail-stores that are kept
file store <<'END'
require "fileinto";
test "one" { test_mailbox_create "Lists"; fileinto "Lists"; if not test_result_execute { test_fail "no"; } }
END
mkdir "$T/keep"
run --keep "$T/keep" "$T/store.svtest"
is "$status $(cat "$T"/keep/1-store/mail/Lists/new/* | grep -c Frop)" "0 1" "--keep leaves what was stored"
mkdir "$T/here" && cd "$T/here" || exit 2
run --keep . "$T/store.svtest"
is "$status $out $(cat 1-store/mail/Lists/new/* | grep -c Frop)" "0 1 passed, 0 failed 1" "below a directory that is named from here, too"
cd - >/dev/null || exit 2

# ---- settings
file setting <<'END'
require "subaddress";
test_set "message" "From: a-b@example.org

";
test "one" { if not address :detail "from" "b" { test_fail "no"; } }
END
run "$T/setting.svtest"
is "$status" 1 "tests begin with the built-in settings"
run -o recipient_delimiter=- "$T/setting.svtest"
is "$status" 0 "but for -o"
echo 'recipient_delimiter = -' >"$T/conf"
run -c "$T/conf" "$T/setting.svtest"
is "$status" 0 "and -c"

# ---- rules in place of their tests
echo 'keep;' >"$T/rules.sieve"
run "$T/rules.sieve"
is "$status $out" "1 0 passed, 0 failed" "what has no test has not passed"
like "$err" "^trommel test: there is no test in what was given$" "and it is said why"

# ---- people are shown things
file show <<'END'
test "one" { keep; test_result_print; test_message_print; }
END
run "$T/show.svtest"
is "$out" "keep in the inbox [line 2]
From: sender@example.com
To: recipient@example.org
Subject: Frop!

Friep!
1 passed, 0 failed" "the result and the message"
exit $result
