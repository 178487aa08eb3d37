/* failure: one line of a fixed size, and the status that an MTA understands. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/failure.h"

static const struct {
	FailureKind kind;
	int status;
} statuses[] = {
	{ FAILURE_NONE, EX_OK },        { FAILURE_RETRY, EX_TEMPFAIL }, { FAILURE_REFUSED, EX_NOPERM },
	{ FAILURE_NO_USER, EX_NOUSER }, { FAILURE_USAGE, EX_USAGE },
};

START_TEST(each_kind_has_its_status)
{
	Failure why = { .kind = statuses[_i].kind };

	ck_assert_int_eq(failure_exit_status(&why), statuses[_i].status);
}
END_TEST

START_TEST(what_is_too_long_ends_in_dots)
{
	Failure why = { 0 };
	char path[2 * FAILURE_TEXT_MAX];

	memset(path, 'x', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	errno = ENOSPC;
	ck_assert(!failure_errno(&why, "open '%s'", path));
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_str_eq(why.code, "4.2.2");
	ck_assert_uint_eq(strlen(why.text), FAILURE_TEXT_MAX - 1);
	ck_assert_str_eq(why.text + FAILURE_TEXT_MAX - 5, "x...");
	/* and adding to it does no harm */
	ck_assert(!failure_add(&why, "for '%s'", path));
	ck_assert_str_eq(why.text + FAILURE_TEXT_MAX - 5, "x...");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failure_text");
	TCase *tests = tcase_create("failure_text");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, each_kind_has_its_status, 0, sizeof statuses / sizeof *statuses);
	tcase_add_test(tests, what_is_too_long_ends_in_dots);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
