/* JSON stays JSON whatever is put into it; a line stays a line; a near miss is recognised. */
#include "base/json.h"

#include <check.h>
#include <stdlib.h>

#include "base/printable.h"
#include "base/suggest.h"

static const struct {
	Slice bytes;
	const char *json;
} strings[] = {
	{ SLICE(""), "\"\"" },
	{ SLICE("plain"), "\"plain\"" },
	{ SLICE("a\"b\\c/"), "\"a\\\"b\\\\c/\"" },
	{ SLICE("\b\t\n\v\f\r"), "\"\\b\\t\\n\\u000b\\f\\r\"" },
	{ SLICE("\0\x1f\x7f"), "\"\\u0000\\u001f\\u007f\"" },
	{ SLICE("gr\xC3\xBC\xC3\x9F \xF0\x9F\x92\x8C"), "\"gr\xC3\xBC\xC3\x9F \xF0\x9F\x92\x8C\"" },
	{ SLICE("\xff"
		"a"),
	  "\"\xEF\xBF\xBD"
	  "a\"" },
	{ SLICE("\xC3"), "\"\xEF\xBF\xBD\"" },
	{ SLICE("\xC2\x9B\xE2\x80\xAE!"), "\"\\u009b\\u202e!\"" },
	{ SLICE("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
	{ SLICE("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
};

START_TEST(a_string_is_escaped)
{
	AUTO_VALUE(Text) out = { 0 };

	json_string(&out, strings[_i].bytes);
	ck_assert_str_eq(text_string(&out), strings[_i].json);
}
END_TEST

START_TEST(fields_are_separated)
{
	AUTO_VALUE(Text) out = { 0 };

	text_append_char(&out, '{');
	json_field_string(&out, "a", "x");
	json_field_string(&out, "b", NULL);
	json_field_number(&out, "c", -5);
	json_field_bool(&out, "d", true);
	json_name(&out, "e");
	text_append_string(&out, "[{");
	json_field_slice(&out, "f", SLICE(","));
	text_append_string(&out, "}]}");
	ck_assert_str_eq(text_string(&out),
			 "{\"a\":\"x\",\"b\":null,\"c\":-5,\"d\":true,\"e\":[{\"f\":\",\"}]}");
}
END_TEST

static const struct {
	Slice bytes;
	size_t limit;
	const char *line;
} lines[] = {
	{ SLICE("plain text"), 100, "plain text" },
	{ SLICE("a\r\nb\0c\033[1m\x7f"), 100, "a??b?c?[1m?" },
	{ SLICE("gr\xC3\xBC\xC3\x9F"), 100, "gr\xC3\xBC\xC3\x9F" },
	{ SLICE("\xff\xC3)"), 100,
	  "?"
	  "?)" },
	{ SLICE("\xC2\x9B"
		"2J\xC2\xA0"),
	  100, "?2J\xC2\xA0" },
	{ SLICE("a\xE2\x80\xAE"
		"b\xE2\x81\xA6\xE2\x80\xA8"),
	  100, "a?b??" },
	{ SLICE("123456"), 5, "12345..." },
	{ SLICE("12345"), 5, "12345" },
	{ SLICE("1234\xC3\xBC"), 5, "1234..." },
	{ SLICE(""), 5, "" },
};

START_TEST(bytes_from_strangers_become_one_line)
{
	AUTO_VALUE(Text) out = { 0 };

	printable_append(&out, lines[_i].bytes, lines[_i].limit);
	ck_assert_str_eq(text_string(&out), lines[_i].line);
}
END_TEST

static const struct {
	const char *a, *b;
	size_t distance;
} distances[] = {
	{ "", "", 0 },
	{ "abc", "", 3 },
	{ "", "abc", 3 },
	{ "abc", "ABC", 0 },
	{ "kitten", "sitting", 3 },
	{ "hedaer", "header", 1 },
	{ "subjekt", "subject", 1 },
	{ "fileinto", "fileino", 1 },
	{ "abcdefghij", "zzzzzzzzzz", 5 },
};

START_TEST(mistyped_names_have_a_distance)
{
	ck_assert_uint_eq(suggest_distance(slice_of(distances[_i].a), slice_of(distances[_i].b), 4),
			  distances[_i].distance);
}
END_TEST

START_TEST(only_what_is_near_is_suggested)
{
	static const char *const names[] = { "header", "address", "exists", "if", NULL };
	char endless[200];

	memset(endless, 'a', sizeof endless);
	ck_assert_str_eq(suggest_nearest(SLICE("adress"), names), "address");
	ck_assert_str_eq(suggest_nearest(SLICE("fi"), names), "if");
	ck_assert_ptr_null(suggest_nearest(SLICE("zz"), names));
	ck_assert_ptr_null(suggest_nearest(SLICE("completely"), names));
	ck_assert_ptr_null(suggest_nearest(slice(endless, sizeof endless), names));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json, printable, suggest");
	TCase *words = tcase_create("words");

	tcase_add_loop_test(words, a_string_is_escaped, 0, sizeof strings / sizeof strings[0]);
	tcase_add_test(words, fields_are_separated);
	tcase_add_loop_test(words, bytes_from_strangers_become_one_line, 0, sizeof lines / sizeof lines[0]);
	tcase_add_loop_test(words, mistyped_names_have_a_distance, 0, sizeof distances / sizeof distances[0]);
	tcase_add_test(words, only_what_is_near_is_suggested);
	suite_add_tcase(suite, words);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
