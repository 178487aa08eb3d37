/* A program that is run gets its input whole and nothing of ours, and never keeps us longer than agreed. */
#include "system/child.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#include "base/io.h"
#include "forked.h"
#include "system/crash_guard.h"
#include "system/undo.h"

static const char *const environment[] = { "PATH=/usr/bin:/bin", "GREETING=hello", NULL };
static ChildResult result;
static Failure why;

static bool run_shell(const char *script, bool (*feed)(void *, int, Failure *), void *self,
		      unsigned timeout_s)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	ChildSpec spec = {
		.argv = argv, .environment = environment, .feed = feed, .self = self, .timeout_s = timeout_s
	};

	why = (Failure){ 0 };
	result = (ChildResult){ 0 };
	return child_run(&spec, &result, &why);
}

/* Writes the given number of bytes. */
static bool feed_bytes(void *size, int fd, Failure *reason)
{
	char block[8192];

	memset(block, 'x', sizeof block);
	for (long left = *(long *)size; left > 0; left -= (long)sizeof block)
		if (!io_write(fd, block, left < (long)sizeof block ? (size_t)left : sizeof block))
			return failure_errno(reason, "write");
	return true;
}

static const struct {
	const char *script;
	int status;
	const char *output;
} programs[] = {
	{ "exit 0", 0, "" },
	{ "exit 75", 75, "" },
	{ "echo one; echo two >&2; exit 3", 3, "one two" },
	{ "echo $GREETING $HOME", 0, "hello" },
	{ "cat", 0, "" },
	{ "printf 'a\\033[2J\\000b\\377\\n\\n'", 0, "a?[2J?b?" },
	{ "exec 1>&- 2>&-; sleep 0.1; exit 4", 4, "" },
};

START_TEST(its_status_and_words_come_back)
{
	ck_assert_msg(run_shell(programs[_i].script, NULL, NULL, 20), "%s", why.text);
	ck_assert_int_eq(result.status, programs[_i].status);
	ck_assert_str_eq(result.output, programs[_i].output);
	ck_assert(!result.timed_out && !result.signal);
}
END_TEST

static const long sizes[] = { 0, 1, 65536, 65537, 5000000 };

START_TEST(input_of_any_size_arrives_whole)
{
	char expected[40];
	long size = sizes[_i];

	ck_assert_msg(run_shell("wc -c", feed_bytes, &size, 20), "%s", why.text);
	snprintf(expected, sizeof expected, "%ld", size);
	ck_assert_str_eq(result.output, expected);
}
END_TEST

START_TEST(a_program_that_writes_before_it_reads_does_not_hang)
{
	long size = 1000000;

	ck_assert_msg(run_shell("head -c 1000000 /dev/zero; wc -c >&2; exit 5", feed_bytes, &size, 20), "%s",
		      why.text);
	ck_assert_int_eq(result.status, 5);
}
END_TEST

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Runs it with its output kept. */
static bool run_wanted(const char *script, bool (*feed)(void *, int, Failure *), void *self,
		       unsigned timeout_s, Text *output, size_t output_max)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	ChildSpec spec = { .argv = argv,
			   .environment = environment,
			   .feed = feed,
			   .self = self,
			   .timeout_s = timeout_s,
			   .output = output,
			   .output_max = output_max };

	why = (Failure){ 0 };
	result = (ChildResult){ 0 };
	return child_run(&spec, &result, &why);
}

START_TEST(output_that_is_wanted_comes_whole)
{
	AUTO_VALUE(Text) output = { 0 };
	long size = sizes[_i];

	ck_assert_msg(run_wanted("cat; echo oops >&2; exit 3", feed_bytes, &size, 20, &output, 5000000), "%s",
		      why.text);
	ck_assert_int_eq(result.status, 3);
	ck_assert_uint_eq(output.length, (size_t)size);
	ck_assert_str_eq(result.output, "oops");
	ck_assert(!result.too_long && !result.timed_out);
}
END_TEST

START_TEST(more_output_than_allowed_ends_it)
{
	AUTO_VALUE(Text) output = { 0 };
	int64_t before = now_ms();

	ck_assert_msg(run_wanted("yes", NULL, NULL, 20, &output, 100000), "%s", why.text);
	ck_assert(result.too_long && !result.timed_out);
	ck_assert_uint_le(output.length, 100000);
	ck_assert_int_lt(now_ms() - before, 10000);
	text_reset(&output);
	ck_assert(run_wanted("printf 1234", NULL, NULL, 20, &output, 4) && !result.too_long);
	ck_assert_str_eq(text_string(&output), "1234");
	text_reset(&output);
	ck_assert(run_wanted("printf 12345", NULL, NULL, 20, &output, 4) && result.too_long);
}
END_TEST

/* What a program leaves in the background may hold the pipe: nobody waits for it. */
START_TEST(output_ends_with_the_program)
{
	AUTO_VALUE(Text) output = { 0 };
	int64_t before = now_ms();

	ck_assert(run_wanted("echo mine; (sleep 3; echo late) & exit 0", NULL, NULL, 20, &output, 1000));
	ck_assert_int_lt(now_ms() - before, 2500);
	ck_assert_str_eq(text_string(&output), "mine\n");
	ck_assert_int_eq(result.status, 0);
}
END_TEST

START_TEST(a_program_that_does_not_read_is_no_failure)
{
	long size = 1000000;

	ck_assert_msg(run_shell("exit 0", feed_bytes, &size, 20), "%s", why.text);
	ck_assert_int_eq(result.status, 0);
	ck_assert_msg(run_shell("exec 0<&-; sleep 0.2; exit 1", feed_bytes, &size, 20), "%s", why.text);
	ck_assert_int_eq(result.status, 1);
}
END_TEST

/* A sendmail that ends well without having read the message has not taken it. */
START_TEST(input_that_was_left_is_told)
{
	static const struct {
		const char *script;
		long size;
		bool left;
	} tests[] = {
		{ "cat >/dev/null", 1000000, false }, { "cat >/dev/null", 0, false },
		{ "exit 0", 1000000, true },          { "exit 0", 10, true },
		{ "exec 0<&-; sleep 0.2", 10, true },
	};
	long size = tests[_i].size;

	ck_assert_msg(run_shell(tests[_i].script, feed_bytes, &size, 20), "%s", why.text);
	ck_assert_int_eq(result.status, 0);
	ck_assert_int_eq(result.left_input, tests[_i].left);
}
END_TEST

/* Else a sendmail that said "not now" would count as one that took the message. */
START_TEST(its_status_comes_back_though_our_parent_ignored_sigchld)
{
	signal(SIGCHLD, SIG_IGN);
	ck_assert_msg(run_shell(programs[_i].script, NULL, NULL, 20), "%s", why.text);
	ck_assert_int_eq(result.status, programs[_i].status);
}
END_TEST

static bool feed_half(void *self, int fd, Failure *reason)
{
	(void)self;
	io_write(fd, "half a message\n", 15);
	errno = EIO;
	return failure_errno(reason, "read the spool");
}

static bool feed_and_die(void *self, int fd, Failure *reason)
{
	(void)self;
	(void)reason;
	io_write(fd, "half a message\n", 15);
	raise(SIGKILL);
	return true;
}

static bool (*const broken_feeds[])(void *, int, Failure *) = { feed_half, feed_and_die };

START_TEST(half_a_message_is_never_taken_for_a_whole_one)
{
	char script[500];

	snprintf(script, sizeof script, "cat >/dev/null; echo sent >%s", in_scratch("sent"));
	ck_assert(!run_shell(script, broken_feeds[_i], NULL, 20));
	ck_assert_int_eq(failure_exit_status(&why), 75);
	ck_assert_ptr_nonnull(strstr(why.text, "/bin/sh"));
	usleep(200000);
	ck_assert(!exists("sent"));
}
END_TEST

START_TEST(what_takes_too_long_is_killed_with_its_group)
{
	char script[500];
	time_t start = time(NULL);

	snprintf(script, sizeof script, "echo first; (sleep 2; touch %s) & sleep 100", in_scratch("late"));
	ck_assert_msg(run_shell(script, NULL, NULL, 1), "%s", why.text);
	ck_assert(result.timed_out);
	ck_assert_int_eq(result.signal, SIGKILL);
	ck_assert_int_eq(result.status, -1);
	ck_assert_str_eq(result.output, "first");
	ck_assert_int_le(time(NULL) - start, 2);
	usleep(1200000);
	ck_assert(!exists("late"));
}
END_TEST

START_TEST(a_program_that_never_reads_costs_its_time_and_no_more)
{
	long size = 1000000;

	ck_assert_msg(run_shell("sleep 100", feed_bytes, &size, 1), "%s", why.text);
	ck_assert(result.timed_out);
}
END_TEST

START_TEST(a_program_that_never_stops_talking_is_killed)
{
	ck_assert_msg(run_shell("yes", NULL, NULL, 1), "%s", why.text);
	ck_assert(result.timed_out);
	ck_assert_uint_lt(strlen(result.output), sizeof result.output);
	ck_assert_str_eq(result.output + strlen(result.output) - 3, "...");
}
END_TEST

START_TEST(a_program_that_leaves_something_in_the_background_has_ended)
{
	time_t start = time(NULL);

	ck_assert_msg(run_shell("sleep 5 & echo started", NULL, NULL, 20), "%s", why.text);
	ck_assert_int_eq(result.status, 0);
	ck_assert_str_eq(result.output, "started");
	ck_assert_int_le(time(NULL) - start, 3);
}
END_TEST

START_TEST(a_program_that_a_signal_ends_says_which)
{
	ck_assert_msg(run_shell("kill -TERM $$", NULL, NULL, 20), "%s", why.text);
	ck_assert_int_eq(result.signal, SIGTERM);
	ck_assert_int_eq(result.status, -1);
	ck_assert(!result.timed_out);
}
END_TEST

static const struct {
	const char *program, *word;
} unstartable[] = { { "/nonexistent/sendmail", "No such file" },
		    { "sendmail", "not an absolute path" },
		    { "/etc/passwd", "Permission denied" },
		    { "/", "Permission denied" } };

START_TEST(what_cannot_be_started_is_a_retry)
{
	const char *argv[] = { unstartable[_i].program, NULL };
	ChildSpec spec = { .argv = argv, .environment = environment, .timeout_s = 5 };

	why = (Failure){ 0 };
	ck_assert(!child_run(&spec, &result, &why));
	ck_assert_int_eq(failure_exit_status(&why), 75);
	ck_assert_msg(strstr(why.text, unstartable[_i].word) != NULL, "%s", why.text);
	ck_assert_msg(strstr(why.text, unstartable[_i].program) != NULL, "%s", why.text);
}
END_TEST

START_TEST(it_inherits_no_descriptor_of_ours)
{
	int fd = open(scratch, O_RDONLY); /* without close-on-exec, as a library's may be */

	ck_assert_int_ge(fd, 3);
	/* 3 is the listing's own. */
	ck_assert_msg(run_shell("ls /proc/self/fd | tr '\\n' ' '", NULL, NULL, 20), "%s", why.text);
	ck_assert_str_eq(result.output, "0 1 2 3");
	close(fd);
}
END_TEST

static void run_under_the_guard(void *with)
{
	(void)with;
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	crash_guard_install();
	/* glibc's posix_spawn leaves its own signals 32 and 33 ignored in what make starts. */
	if (!run_shell("grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t' | sed s/180000000/000000000/",
		       NULL, NULL, 20))
		_exit(1);
	fputs(result.output, stderr);
	_exit(0);
}

START_TEST(no_signal_is_blocked_or_ignored_there)
{
	Outcome end = forked(run_under_the_guard, NULL);

	ck_assert_str_eq(end.said, "SigBlk:0000000000000000 SigIgn:0000000000000000");
}
END_TEST

START_TEST(it_has_a_process_group_of_its_own)
{
	ck_assert(run_shell("test $(ps -o pgid= -p $$) = $$", NULL, NULL, 20));
	ck_assert_int_eq(result.status, 0);
}
END_TEST

static void run_and_miss_the_deadline(void *with)
{
	char script[500];

	(void)with;
	crash_guard_install();
	crash_guard_deadline(1);
	snprintf(script, sizeof script, "sleep 2; touch %s", in_scratch("late"));
	run_shell(script, NULL, NULL, 100);
	_exit(1);
}

START_TEST(it_dies_with_us)
{
	ck_assert_int_eq(forked(run_and_miss_the_deadline, NULL).status, 75);
	usleep(1200000);
	ck_assert(!exists("late"));
}
END_TEST

START_TEST(nothing_stays_behind)
{
	long size = 10;
	int before = dup(0), after;

	close(before);
	ck_assert(run_shell("cat", feed_bytes, &size, 20));
	ck_assert(!run_shell("cat", feed_half, &size, 20));
	after = dup(0);
	close(after);
	ck_assert_int_eq(before, after);
	ck_assert(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("child");
	TCase *programs_run = tcase_create("programs");

	tcase_set_timeout(programs_run, 60);
	tcase_add_checked_fixture(programs_run, scratch_make, scratch_remove);
	tcase_add_loop_test(programs_run, its_status_and_words_come_back, 0,
			    sizeof programs / sizeof programs[0]);
	tcase_add_loop_test(programs_run, its_status_comes_back_though_our_parent_ignored_sigchld, 0,
			    sizeof programs / sizeof programs[0]);
	tcase_add_loop_test(programs_run, input_of_any_size_arrives_whole, 0, sizeof sizes / sizeof sizes[0]);
	tcase_add_test(programs_run, a_program_that_writes_before_it_reads_does_not_hang);
	tcase_add_loop_test(programs_run, output_that_is_wanted_comes_whole, 0,
			    sizeof sizes / sizeof sizes[0]);
	tcase_add_test(programs_run, more_output_than_allowed_ends_it);
	tcase_add_test(programs_run, output_ends_with_the_program);
	tcase_add_test(programs_run, a_program_that_does_not_read_is_no_failure);
	tcase_add_loop_test(programs_run, input_that_was_left_is_told, 0, 5);
	tcase_add_loop_test(programs_run, half_a_message_is_never_taken_for_a_whole_one, 0,
			    sizeof broken_feeds / sizeof broken_feeds[0]);
	tcase_add_test(programs_run, what_takes_too_long_is_killed_with_its_group);
	tcase_add_test(programs_run, a_program_that_never_reads_costs_its_time_and_no_more);
	tcase_add_test(programs_run, a_program_that_never_stops_talking_is_killed);
	tcase_add_test(programs_run, a_program_that_leaves_something_in_the_background_has_ended);
	tcase_add_test(programs_run, a_program_that_a_signal_ends_says_which);
	tcase_add_loop_test(programs_run, what_cannot_be_started_is_a_retry, 0,
			    sizeof unstartable / sizeof unstartable[0]);
	tcase_add_test(programs_run, it_inherits_no_descriptor_of_ours);
	tcase_add_test(programs_run, no_signal_is_blocked_or_ignored_there);
	tcase_add_test(programs_run, it_has_a_process_group_of_its_own);
	tcase_add_test(programs_run, it_dies_with_us);
	tcase_add_test(programs_run, nothing_stays_behind);
	suite_add_tcase(suite, programs_run);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
