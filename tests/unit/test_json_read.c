/* json_read: the members of an object, whatever is in their values. */
#include "base/json_read.h"

#include <check.h>

static void member(void *self, Slice name, Slice value, bool is_string)
{
	Text *out = self;

	text_append_slice(out, name);
	text_append_char(out, is_string ? '=' : ':');
	text_append_slice(out, value);
	text_append_char(out, ';');
}

static const struct {
	const char *json, *members;
	bool good;
} objects[] = {
	{ "{}", "", true },
	{ " { \"a\" : 1 , \"b\":\"x\"}", "a:1;b=x;", true },
	{ "{\"a\":[1,{\"b\":\"]}\"}],\"c\":null}", "a:[1,{\"b\":\"]}\"}];c:null;", true },
	{ "{\"a\":\"q\\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00\"}", "a=q\"\\/\n\xc3\xa9\xf0\x9f\x98\x80;", true },
	{ "{\"a\":\"\\ud83dx\"}", "a=\xef\xbf\xbdx;", true }, /* half a pair */
	{ "{\"a\":1", "a:1;", false },
	{ "{\"a\":\"x", "", false },
	{ "{\"a\":\"\\u12\"}", "", false },
	{ "{\"a\":}", "", false },
	{ "{\"a\":\"\\u12g4\"}", "", false },
	{ "{\"a\":\"\\x\"}", "", false },
	{ "{\"a\":\"\\", "", false },
	{ "{\"a\":[\"x", "", false },
	{ "{\"a\" 1}", "", false },
	{ "{a:1}", "", false },
	{ "[1]", "", false },
	{ "", "", false },
};

START_TEST(members_are_told_in_order)
{
	AUTO_VALUE(Text) out = { 0 };

	ck_assert(json_read_object(slice_of(objects[_i].json), member, &out) == objects[_i].good);
	ck_assert_str_eq(text_string(&out), objects[_i].members);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_read");
	TCase *cases = tcase_create("json_read");
	SRunner *runner = srunner_create(suite);

	suite_add_tcase(suite, cases);
	tcase_add_loop_test(cases, members_are_told_in_order, 0, sizeof objects / sizeof *objects);
	srunner_run_all(runner, CK_NORMAL);
	return srunner_ntests_failed(runner) ? 1 : 0;
}
