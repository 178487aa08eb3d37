/* test_mbox_excise - what is taken out of an mbox is gone whole, comes back byte for byte, and survives any
 * kill
 *
 * A kill is played: the calls that change files count down, and the one that comes to nought does half of its
 * work and ends the process. */
#include <check.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "base/io.h"
#include "forked.h"
#include "mailbox/mbox_excise.h"

enum {
	MESSAGES = 5,
	BOX_BYTES = 1024 * 1024,
	CALLS_MAX = 200,
	CALLS_OF_ONE = 20, /* that take messages out */
	KILLED = 9
};

/* ---- kills ---- */

static int calls_left = -1; /* -1: nobody is killed */

static bool is_last_call(void)
{
	return calls_left >= 0 && calls_left-- == 0;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	bool last = is_last_call();
	ssize_t done = syscall(SYS_pwrite64, fd, bytes, last ? count / 2 : count, offset);

	if (last)
		_exit(KILLED);
	return done;
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	struct iovec half = { pieces[0].iov_base, pieces[0].iov_len / 2 };
	bool last = is_last_call();
	ssize_t done = last ? syscall(SYS_writev, fd, &half, 1) : syscall(SYS_writev, fd, pieces, count);

	if (last)
		_exit(KILLED);
	return done;
}

/* What a kill leaves is in the page cache: no disk is waited for. */
int fsync(int fd)
{
	(void)fd;
	if (is_last_call())
		_exit(KILLED);
	return 0;
}

int ftruncate(int fd, off_t length)
{
	if (is_last_call())
		_exit(KILLED);
	return (int)syscall(SYS_ftruncate, fd, length);
}

/* ---- a mailbox ---- */

/* The third is longer than what is copied at a time. */
static const size_t lengths[MESSAGES] = { 100, 1, 300 * 1024, 4000, 50 };
static char *before, *expected;
static size_t before_length, expected_length;
static MboxRegion regions[MESSAGES];
static size_t region_count;
static const char late[] = "From e@example.org  Thu Jan  1 12:00:00 2026\n\nlate\n\n";

/* Those whose bits are in `taken` are to go. */
static void plan(unsigned taken)
{
	before_length = expected_length = region_count = 0;
	for (size_t i = 0; i < MESSAGES; i++) {
		memset(before + before_length, (int)('a' + i), lengths[i]);
		if (taken & 1U << i) {
			regions[region_count++] = (MboxRegion){ (off_t)before_length, (off_t)lengths[i] };
		} else {
			memcpy(expected + expected_length, before + before_length, lengths[i]);
			expected_length += lengths[i];
		}
		before_length += lengths[i];
	}
}

static void write_box(void)
{
	int fd = open(in_scratch("box"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert(fd >= 0 && io_write(fd, before, before_length) && close(fd) == 0);
}

static void arrive(void)
{
	int fd = open(in_scratch("box"), O_WRONLY | O_APPEND);

	ck_assert(fd >= 0 && io_write(fd, late, strlen(late)) && close(fd) == 0);
}

static void look(const char *bytes, size_t length, size_t arrived, const char *when)
{
	static char found[BOX_BYTES];
	const size_t more = strlen(late);
	int fd = open(in_scratch("box"), O_RDONLY);
	ssize_t got = io_read_at(fd, found, sizeof found, 0);

	close(fd);
	ck_assert_msg(got == (ssize_t)(length + arrived * more), "%s: %zd bytes, not %zu", when, got,
		      length + arrived * more);
	ck_assert_msg(memcmp(found, bytes, length) == 0, "%s: other bytes", when);
	for (size_t i = 0; i < arrived; i++)
		ck_assert_msg(memcmp(found + length + i * more, late, more) == 0, "%s: other late mail",
			      when);
}

/* What the process that comes later knows. */
static void open_box(Excise *excise, Mbox *mbox)
{
	Failure why = { 0 };

	*excise = (Excise){ .dir_fd = open(scratch, O_RDONLY | O_DIRECTORY), .name = "cut-1" };
	*mbox = (Mbox){ .path = (char *)(uintptr_t)in_scratch("box"),
			.fd = open(in_scratch("box"), O_RDWR | O_APPEND) };
	ck_assert(excise->dir_fd >= 0 && mbox->fd >= 0);
	ck_assert_msg(excise_read(excise, &why), "%s", why.text);
}

static void close_box(Excise *excise, const Mbox *mbox)
{
	close(mbox->fd);
	close(excise->dir_fd);
	excise_clear(excise);
}

typedef enum Work {
	TAKE_OUT,
	PUT_BACK
} Work;

/* Begins, or goes on. */
static bool work(Work what, Failure *why)
{
	Excise excise;
	Mbox mbox;
	bool done;

	open_box(&excise, &mbox);
	if (what == PUT_BACK)
		done = excise_restore(&excise, &mbox, why);
	else if (excise.step == EXCISE_NONE)
		done = excise_begin(&excise, &mbox, regions, region_count, why);
	else
		done = excise_finish(&excise, &mbox, why);
	close_box(&excise, &mbox);
	return done;
}

static void must(Work what)
{
	Failure why = { 0 };

	ck_assert_msg(work(what, &why), "%s", why.text);
}

static ExciseStep step_now(void)
{
	Excise excise;
	Mbox mbox;

	open_box(&excise, &mbox);
	close_box(&excise, &mbox);
	return excise.step;
}

typedef struct Kill {
	Work what;
	int call;
} Kill;

static void killed(void *with)
{
	const Kill *it = with;
	Failure why = { 0 };

	calls_left = it->call;
	_exit(work(it->what, &why) ? 0 : 1);
}

/* Was it killed before it was through? */
static bool kill_at(Work what, int call)
{
	Outcome outcome = forked(killed, &(Kill){ what, call });

	ck_assert_msg(outcome.status == 0 || outcome.status == KILLED, "status %d: %s", outcome.status,
		      outcome.said);
	return outcome.status == KILLED;
}

static void begin(void)
{
	scratch_make();
	before = malloc(BOX_BYTES);
	expected = malloc(BOX_BYTES);
}

static void clear_scratch(void)
{
	scratch_remove();
	ck_assert(mkdir(scratch, 0700) == 0);
}

static void end(void)
{
	scratch_remove();
	free(before);
	free(expected);
}

/* ---- the stories ---- */

START_TEST(any_messages_are_taken_out_and_come_back)
{
	plan((unsigned)_i);
	write_box();
	must(TAKE_OUT);
	look(expected, expected_length, 0, "taken out");
	ck_assert_int_eq(step_now(), EXCISE_DONE);
	arrive();
	must(TAKE_OUT); /* which is done already */
	look(expected, expected_length, 1, "with new mail");
	must(PUT_BACK);
	look(before, before_length, 1, "put back");
	must(PUT_BACK);
	look(before, before_length, 1, "put back once more");
	ck_assert_int_eq(step_now(), EXCISE_RESTORED);
}
END_TEST

START_TEST(nothing_is_taken_out)
{
	plan(0);
	write_box();
	must(TAKE_OUT);
	look(before, before_length, 0, "nothing");
	ck_assert_int_eq(step_now(), EXCISE_NONE);
	ck_assert(!exists("cut-1.old"));
}
END_TEST

static const unsigned some[] = { 1, 2, 4, 16, 5, 10, 21, 31 };

/* Whatever the dead one had done: gone on with, or put back at once; with and without mail that came then. */
START_TEST(killed_at_any_call_it_goes_on)
{
	const bool arrives = _i & 1, back = _i & 2;
	const size_t late_mail = arrives ? 1 : 0;
	int call = 0;

	plan(some[_i / 4]);
	for (bool more = true; more && call < CALLS_MAX; call++) {
		char when[80];

		clear_scratch();
		write_box();
		more = kill_at(TAKE_OUT, call);
		snprintf(when, sizeof when, "killed at call %d, step %d", call, (int)step_now());
		if (arrives)
			arrive();
		if (!back) {
			must(TAKE_OUT);
			look(expected, expected_length, late_mail, when);
		}
		if (!back || step_now() != EXCISE_NONE)
			must(PUT_BACK);
		look(before, before_length, late_mail, when);
	}
	ck_assert_int_ge(call, 10);
	ck_assert_int_lt(call, CALLS_MAX);
}
END_TEST

/* Mail came after the first; the second died as it moved that up, or when it had cut the end off. */
START_TEST(killed_twice_with_mail_between)
{
	bool more = true;

	plan(2 | 8);
	for (int second = 0; more && second < CALLS_MAX; second++) {
		clear_scratch();
		write_box();
		kill_at(TAKE_OUT, _i);
		arrive();
		more = kill_at(TAKE_OUT, second);
		must(TAKE_OUT);
		look(expected, expected_length, 1, "gone on with twice");
		must(PUT_BACK);
		look(before, before_length, 1, "put back");
	}
}
END_TEST

START_TEST(killed_while_it_comes_back)
{
	int call = 0;

	plan(some[_i]);
	for (bool more = true; more && call < CALLS_MAX; call++) {
		clear_scratch();
		write_box();
		must(TAKE_OUT);
		arrive();
		more = kill_at(PUT_BACK, call);
		must(PUT_BACK);
		look(before, before_length, 1, "killed while it came back");
	}
	ck_assert_int_ge(call, 7);
	ck_assert_int_lt(call, CALLS_MAX);
}
END_TEST

/* A reader has set a flag meanwhile: its change must not be lost. */
START_TEST(what_stayed_and_was_changed_is_left_alone)
{
	Failure why = { 0 };
	int fd;

	plan(2 | 8);
	write_box();
	must(TAKE_OUT);
	fd = open(in_scratch("box"), O_WRONLY);
	ck_assert(fd >= 0 && io_write_at(fd, "X", 1, 150) && close(fd) == 0);
	expected[150] = 'X';
	ck_assert(!work(PUT_BACK, &why));
	ck_assert_msg(strstr(why.text, "was changed since"), "%s", why.text);
	look(expected, expected_length, 0, "refused");
	ck_assert_int_eq(step_now(), EXCISE_DONE);
}
END_TEST

START_TEST(a_shorter_one_is_left_alone)
{
	Failure why = { 0 };

	plan(8);
	write_box();
	must(TAKE_OUT);
	ck_assert_int_eq(truncate(in_scratch("box"), 100), 0);
	ck_assert(!work(PUT_BACK, &why));
	ck_assert_msg(strstr(why.text, "shorter"), "%s", why.text);
	look(before, 100, 0, "refused");
}
END_TEST

/* "writte": a line of the state without its end was not noted. */
START_TEST(half_a_line_of_the_state_says_nothing)
{
	Excise excise = { .dir_fd = open(scratch, O_RDONLY | O_DIRECTORY), .name = "cut-1" };
	Failure why = { 0 };

	write_scratch("cut-1.state", "begun 50 40 10 /mail/a box\nwritten", 0600);
	ck_assert_msg(excise_read(&excise, &why), "%s", why.text);
	ck_assert_int_eq(excise.step, EXCISE_BEGUN);
	ck_assert(excise.old_size == 50 && excise.new_size == 40 && excise.first == 10);
	ck_assert_str_eq(text_string(&excise.path), "/mail/a box");
	close(excise.dir_fd);
	excise_clear(&excise);
}
END_TEST

static const char *const paths[] = { "/home/ann/mbox", "mbox", "/a\nb", "\f/mbox", " /mbox", "/100%0A", "" };

START_TEST(a_mailbox_of_any_name_is_found_again)
{
	Mbox mbox = { .path = (char *)(size_t)paths[_i] };
	const MboxRegion region = { 4, 4 };
	Excise excise = { .name = "cut" }, again = { .name = "cut" };
	char left[20] = "";
	Failure why = { 0 };

	write_scratch("mbox", "one\ntwo\n6\n", 0600);
	mbox.fd = open(in_scratch("mbox"), O_RDWR | O_CLOEXEC);
	excise.dir_fd = again.dir_fd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_msg(excise_begin(&excise, &mbox, &region, 1, &why), "%s", why.text);
	ck_assert_msg(excise_read(&again, &why), "%s", why.text);
	ck_assert_int_eq(again.step, EXCISE_DONE);
	ck_assert_str_eq(text_string(&again.path), paths[_i]);
	ck_assert_int_eq(pread(mbox.fd, left, sizeof left - 1, 0), 6);
	ck_assert_str_eq(left, "one\n6\n");
	close(mbox.fd);
	close(excise.dir_fd);
	excise_clear(&excise);
	excise_clear(&again);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mbox_excise");
	TCase *tests = tcase_create("mbox_excise");
	const int count = sizeof some / sizeof *some;
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, any_messages_are_taken_out_and_come_back, 1, 1 << MESSAGES);
	tcase_add_test(tests, nothing_is_taken_out);
	tcase_add_loop_test(tests, killed_at_any_call_it_goes_on, 0, 4 * count);
	tcase_add_loop_test(tests, killed_twice_with_mail_between, 0, CALLS_OF_ONE);
	tcase_add_loop_test(tests, killed_while_it_comes_back, 0, count);
	tcase_add_test(tests, what_stayed_and_was_changed_is_left_alone);
	tcase_add_test(tests, a_shorter_one_is_left_alone);
	tcase_add_test(tests, half_a_line_of_the_state_says_nothing);
	tcase_add_loop_test(tests, a_mailbox_of_any_name_is_found_again, 0, sizeof paths / sizeof *paths);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
