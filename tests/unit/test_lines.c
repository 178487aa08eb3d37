/* test_lines - the ends of lines made one kind, however the bytes are cut */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "message/lines.h"

static const struct {
	const char *bytes, *end, *converted;
} lines[] = {
	{ "a\nb\n", "\r\n", "a\r\nb\r\n" }, { "a\r\nb\r\n", "\r\n", "a\r\nb\r\n" },
	{ "a\r\nb\n", "\n", "a\nb\n" },     { "a\rb", "\n", "a\rb" }, /* a lone CR ends no line */
	{ "a\r\r\nb", "\n", "a\r\nb" },     { "a\r", "\r\n", "a\r" },
	{ "\n\n", "\r\n", "\r\n\r\n" },     { "", "\n", "" },
};
START_TEST(ends_of_lines_become_one_kind)
{
	size_t length = strlen(lines[_i].bytes);

	for (size_t cut = 0; cut <= length; cut++) {
		AUTO_VALUE(Text) out = { 0 };
		char previous = 0;

		lines_convert(slice(lines[_i].bytes, cut), slice_of(lines[_i].end), &previous, &out);
		lines_convert(slice(lines[_i].bytes + cut, length - cut), slice_of(lines[_i].end), &previous,
			      &out);
		lines_convert_end(&previous, &out);
		ck_assert_str_eq(text_string(&out), lines[_i].converted);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lines");
	TCase *tests = tcase_create("lines");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, ends_of_lines_become_one_kind, 0, sizeof lines / sizeof *lines);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
