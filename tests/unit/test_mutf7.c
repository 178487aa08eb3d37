/* mutf7: names of folders as they stand on disk (RFC 3501, 5.1.3). */
#include "mailbox/mutf7.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	const char *name, *disk;
} names[] = {
	{ "", "" },
	{ "Lists/this", "Lists/this" },
	{ "a & b", "a &- b" },
	{ "&&", "&-&-" },
	{ "~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e", "~peter/mail/&U,BTFw-/&ZeVnLIqe-" }, /* the RFC's */
	{ "Entw\u00fcrfe", "Entw&APw-rfe" },
	{ "\U0001f600", "&2D3eAA-" }, /* two units of UTF-16 */
	{ "a\U0001f600\u00fc&b", "a&2D3eAAD8-&-b" },
};

START_TEST(every_name_has_one_spelling)
{
	AUTO_VALUE(Text) disk = { 0 }, name = { 0 };

	ck_assert(mutf7_encode(slice_of(names[_i].name), &disk));
	ck_assert_str_eq(text_string(&disk), names[_i].disk);
	ck_assert(mutf7_decode(slice_of(names[_i].disk), &name));
	ck_assert_str_eq(text_string(&name), names[_i].name);
}
END_TEST

static const char *const foreign[] = {
	"&",          /* no end */
	"&APw",       /* the same */
	"&AP!-",      /* no digit */
	"&AGE-",      /* "a" has a shorter spelling */
	"&2D0-",      /* half a pair: the high one, */
	"&3gA-",      /* the low one, */
	"&2D0A,A-",   /* and one with what is no half behind it */
	"&APx-",      /* bits behind the last unit */
	"&APwA-",     /* a digit too many */
	"&APw-&APw-", /* two runs that would be one */
	"\xc3\xbc",   /* as in UTF-8 */
	"\t",
};

START_TEST(what_we_would_not_have_written_is_no_name)
{
	AUTO_VALUE(Text) name = { 0 };

	ck_assert_msg(!mutf7_decode(slice_of(foreign[_i]), &name), "'%s'", foreign[_i]);
}
END_TEST

START_TEST(what_is_no_utf8_is_not_written)
{
	AUTO_VALUE(Text) disk = { 0 };

	ck_assert(!mutf7_encode(slice_of("a\xff"), &disk));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mutf7");
	TCase *tests = tcase_create("mutf7");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, every_name_has_one_spelling, 0, sizeof names / sizeof *names);
	tcase_add_loop_test(tests, what_we_would_not_have_written_is_no_name, 0,
			    sizeof foreign / sizeof *foreign);
	tcase_add_test(tests, what_is_no_utf8_is_not_written);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
