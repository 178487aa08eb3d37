/* test_from_line - what separates the messages of an mbox, and what only looks so */
#include <check.h>
#include <stdlib.h>

#include "mailbox/from_line.h"

static const struct {
	const char *line;
	FromLineKind kind;
	const char *sender;
	int64_t date; /* 0: none */
} stories[] = {
	/* RFC 4155, appendix A */
	{ "From a@b.example Thu Jan  1 12:00:00 2026\n", FROM_LINE_FULL, "a@b.example", 1767268800 },
	{ "From MAILER-DAEMON  Thu Jan  1 12:00:00 2026", FROM_LINE_FULL, "MAILER-DAEMON", 1767268800 },
	{ "From a@b Thu Jan  1 12:00:00 2026 remote from x\r\n", FROM_LINE_FULL, "a@b", 1767268800 },
	{ "From a@b Thu, 1 Jan 2026 12:00:00 +0100", FROM_LINE_FULL, "a@b", 1767265200 },
	{ "From \"a b\"@c Thu Jan  1 12:00:00 2026", FROM_LINE_FULL, "\"a b\"@c", 1767268800 },
	{ "From a@b Thu Jan  1 12:00 2026", FROM_LINE_FULL, "a@b", 1767268800 },
	{ "From a@b Xxx Jan  1 12:00:00 2026", FROM_LINE_ODD, "a@b", 0 },
	{ "From noon, 12:00 on", FROM_LINE_ODD, "noon,", 0 },
	{ "From now on", FROM_LINE_NONE, "now", 0 },
	{ "From a@b Thu Jan  1 2026", FROM_LINE_NONE, "a@b", 0 },
	{ "From: a@b Thu Jan  1 12:00:00 2026", FROM_LINE_NONE, "", 0 },
	{ "From ", FROM_LINE_NONE, "", 0 },
	{ "", FROM_LINE_NONE, "", 0 },
};
START_TEST(a_line_is_read)
{
	FromLine read = from_line_read(slice_of(stories[_i].line));

	ck_assert_int_eq(read.kind, stories[_i].kind);
	ck_assert_int_eq(from_line_kind(slice_of(stories[_i].line)), stories[_i].kind);
	ck_assert(slice_equal(read.sender, slice_of(stories[_i].sender)) || stories[_i].date == 0);
	ck_assert_int_eq(read.has_date ? read.date : 0, stories[_i].date);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("from_line");
	TCase *tests = tcase_create("from_line");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, a_line_is_read, 0, sizeof stories / sizeof *stories);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
