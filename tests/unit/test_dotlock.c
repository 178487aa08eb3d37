/* dotlock - what stands in a lock of somebody else's is read with care */
#include "mailbox/dotlock.h"

#include <time.h>

#include "base/ascii.h"
#include "forked.h"
#include "system/privileges.h"

static int directory;
static Dotlock lock;

static void init_lock(void)
{
	Failure why = { 0 };

	directory = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(directory, 0);
	ck_assert_msg(dotlock_init(&lock, directory, "mbox", "host", NO_GROUP, &why), "%s", why.text);
}

static void write_lock(const char *text, size_t length)
{
	int fd = open(in_scratch("mbox.lock"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_eq(write(fd, text, length), (ssize_t)length);
	close(fd);
}

START_TEST(who_holds_it_is_told_in_one_line_that_is_safe_to_show)
{
	static const char text[] = "4711:a\033]0;owned\007\rhost";
	Failure why = { 0 };

	init_lock();
	write_lock(text, sizeof text - 1);
	failure_retry(&why, "locked");
	dotlock_name_holder(&lock, &why);
	for (const char *at = why.text; *at; at++)
		ck_assert_msg(!ascii_is_control(*at), "%s", why.text);
	ck_assert_ptr_nonnull(strstr(why.text, "4711"));
	close(directory);
}
END_TEST

#define SIXTY "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* Behind "pid:host" and its NUL. */
static const struct {
	const char *record;
	char state;
} records[] = {
	{ "U 10 20 0 0 5\nFrom ", 'U' },
	{ "C 10 20 0 0 5\nFrom ", 'C' },
	{ "U 10 20 0 0 0\n", '\0' }, /* any message would begin like that */
	{ "U 10 20 0 0 6\nFrom ", '\0' },
	{ "U -1 20 0 0 5\nFrom ", '\0' },
	{ "U 10 0 0 0 5\nFrom ", '\0' },
	{ "U 10 9223372036854775807 0 0 5\nFrom ", '\0' }, /* no file ends there */
	{ "X 10 20 0 0 5\nFrom ", '\0' },
	{ "U 10 20 0 0 245\nFrom " SIXTY SIXTY SIXTY SIXTY, 'U' },
	{ "U 10 20 0 0 305\nFrom " SIXTY SIXTY SIXTY SIXTY SIXTY, '\0' }, /* longer than any is kept */
};
START_TEST(a_record_names_what_can_be_cut_off_or_is_none)
{
	char text[500];
	int length = snprintf(text, sizeof text, "4711:host%c%s", 0, records[_i].record);
	DotlockHolder holder;

	init_lock();
	write_lock(text, (size_t)length);
	ck_assert(dotlock_read_holder(&lock, &holder));
	ck_assert_int_eq(holder.state, records[_i].state);
	close(directory);
}
END_TEST

static const struct {
	const char *name;
	time_t age_s;
	bool stays, is_anothers;
} left[] = {
	{ ".stale.1f4.2540be400", 7200, false },
	{ ".lock.1f4.2540be400.0", 7200, false },
	{ ".stale.1f4.2540be400", 60, true }, /* somebody may be at it */
	{ ".lock.1f4.2540be400.0", 60, true },
	{ ".lock.1f4.2540be400", 7200, true },
	{ ".lock.1f4.2540be400.0.x", 7200, true },
	{ ".lock.2026.01.15", 7200, true },
	{ ".stale.mail", 7200, true },
	{ ".stale.1f4.2540be400", 7200, true, true },
	{ "mbox", 7200, true },
};
START_TEST(what_killed_deliveries_left_goes_with_their_lock)
{
	const time_t then = time(NULL) - left[_i].age_s;
	int fd = open(in_scratch(left[_i].name), O_WRONLY | O_CREAT | O_EXCL, 0600);
	DotlockHolder holder;

	ck_assert_int_eq(futimens(fd, (struct timespec[]){ { .tv_sec = then }, { .tv_sec = then } }), 0);
	if (left[_i].is_anothers && fchown(fd, 54321, 54321) < 0) {
		printf("skipped: only root can make another's file\n");
		close(fd);
		return;
	}
	close(fd);
	init_lock();
	write_lock("99999999:host", 13);
	ck_assert(dotlock_read_holder(&lock, &holder));
	ck_assert(dotlock_break(&lock, &holder));
	ck_assert_int_eq(access(in_scratch("mbox.lock"), F_OK), -1);
	ck_assert(left[_i].stays == (access(in_scratch(left[_i].name), F_OK) == 0));
	unlink(in_scratch(left[_i].name));
	close(directory);
}
END_TEST

/* Behind what others count as the age of a lock: Dovecot 120 s, maildrop 60. */
START_TEST(a_lock_that_is_held_long_is_touched)
{
	const struct timespec old = { .tv_sec = time(NULL) - 600 };
	struct stat before, after;
	Failure why = { 0 };

	init_lock();
	lock.machine = "host";
	ck_assert_int_eq(dotlock_try(&lock, &why), DOTLOCK_TAKEN);
	ck_assert_int_eq(futimens(lock.fd, (struct timespec[]){ old, old }), 0);
	dotlock_touch(&lock);
	ck_assert_int_eq(stat(in_scratch("mbox.lock"), &before), 0);
	ck_assert_int_eq(before.st_mtim.tv_sec, old.tv_sec); /* not at once */
	lock.since_ms -= 15000;
	dotlock_touch(&lock);
	ck_assert_int_eq(stat(in_scratch("mbox.lock"), &after), 0);
	ck_assert_int_ge(after.st_mtim.tv_sec, old.tv_sec + 600);
	dotlock_release(&lock);
	ck_assert(!exists("mbox.lock"));
	close(directory);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dotlock");
	TCase *tests = tcase_create("dotlock");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_test(tests, who_holds_it_is_told_in_one_line_that_is_safe_to_show);
	tcase_add_loop_test(tests, what_killed_deliveries_left_goes_with_their_lock, 0,
			    sizeof left / sizeof *left);
	tcase_add_test(tests, a_lock_that_is_held_long_is_touched);
	tcase_add_loop_test(tests, a_record_names_what_can_be_cut_off_or_is_none, 0,
			    sizeof records / sizeof *records);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
