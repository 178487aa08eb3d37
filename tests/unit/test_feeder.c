/* What a function writes arrives whole, or it is known that it did not. */
#include "system/feeder.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

static Failure why;

static bool write_bytes(void *size, int fd, Failure *reason)
{
	char block[8192];

	memset(block, 'x', sizeof block);
	for (long left = *(long *)size; left > 0; left -= (long)sizeof block)
		if (!io_write(fd, block, left < (long)sizeof block ? (size_t)left : sizeof block))
			return failure_errno(reason, "write");
	return true;
}

static bool write_some_and_fail(void *size, int fd, Failure *reason)
{
	return write_bytes(size, fd, reason) && failure_retry(reason, "no more can be read");
}

static bool write_some_and_die(void *size, int fd, Failure *reason)
{
	write_bytes(size, fd, reason);
	raise(SIGKILL);
	return true;
}

/* Reads all there is; returns how much. */
static long drain(Feeder *feeder)
{
	char piece[10000];
	long count = 0;
	ssize_t got;

	while ((got = feeder_read(feeder, piece, sizeof piece)) > 0)
		count += got;
	ck_assert_int_eq(got, 0);
	return count;
}

static const long sizes[] = { 0, 1, 65536, 65537, 3000000 };
START_TEST(all_of_it_arrives)
{
	long size = sizes[_i];
	AUTO_VALUE(Feeder) feeder = { .bytes = -1, .word = -1 };

	ck_assert(feeder_start(&feeder, write_bytes, &size, &why));
	ck_assert_int_eq(drain(&feeder), size);
	ck_assert_msg(feeder_finish(&feeder, &why), "%s", why.text);
}
END_TEST

static const struct {
	bool (*write)(void *, int, Failure *);
	const char *text;
} broken[] = {
	{ write_some_and_fail, "no more can be read" },
	{ write_some_and_die, "the process that reads the message died" },
};
START_TEST(half_is_not_taken_for_the_whole)
{
	long size = 1000;
	AUTO_VALUE(Feeder) feeder = { .bytes = -1, .word = -1 };

	ck_assert(feeder_start(&feeder, broken[_i].write, &size, &why));
	ck_assert_int_eq(drain(&feeder), size);
	ck_assert(!feeder_finish(&feeder, &why));
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	ck_assert_str_eq(why.text, broken[_i].text);
}
END_TEST

START_TEST(one_that_still_writes_is_ended)
{
	long size = 100000000;
	Feeder feeder;

	ck_assert(feeder_start(&feeder, write_bytes, &size, &why));
	feeder_clear(&feeder);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no process is left */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("feeder");
	TCase *tests = tcase_create("feeder");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, all_of_it_arrives, 0, sizeof sizes / sizeof *sizes);
	tcase_add_loop_test(tests, half_is_not_taken_for_the_whole, 0, sizeof broken / sizeof *broken);
	tcase_add_test(tests, one_that_still_writes_is_ended);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
