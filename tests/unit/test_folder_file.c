/* test_folder_file - our file beside a folder, and Dovecot's: what is read from them whatever is in them */
#include <check.h>
#include <stdlib.h>

#include "mailbox/dovecot_files.h"
#include "mailbox/folder_file.h"

static const struct {
	const char *content, *key, *value; /* NULL: there is none */
} lines[] = {
	{ "id F1\nuse \\Junk\n", "id", "F1" },
	{ "id F1\nuse \\Junk\n", "use", "\\Junk" },
	{ "ID\tF1", "id", "F1" },
	{ "  id   F1  \n", "id", "F1" },
	{ "# id F1\n\nid F2\n", "id", "F2" },
	{ "identity F1\n", "id", NULL },
	{ "id\n", "id", "" },
	{ "/private/Comment x y\n", "/private/comment", "x y" },
	{ "/private/comment/more x\n", "/private/comment", NULL },
	{ "id F1\nid F2\n", "id", "F1" },
	{ "", "id", NULL },
	{ "i", "id", NULL },
};
START_TEST(a_line_is_a_key_and_a_value)
{
	size_t at = 0;
	Slice value = { 0 };
	bool found = folder_file_next(slice_of(lines[_i].content), slice_of(lines[_i].key), &at, &value);

	ck_assert_int_eq(found, lines[_i].value != NULL);
	if (found)
		ck_assert_msg(slice_equal(value, slice_of(lines[_i].value)), "%.*s", (int)value.length,
			      value.data);
}
END_TEST

START_TEST(a_key_may_have_several_lines)
{
	Slice content = SLICE("use \\Junk\nid x\nuse \\Archive\n"), value;
	size_t at = 0;

	ck_assert(folder_file_next(content, SLICE("use"), &at, &value));
	ck_assert(slice_equal(value, SLICE("\\Junk")));
	ck_assert(folder_file_next(content, SLICE("use"), &at, &value));
	ck_assert(slice_equal(value, SLICE("\\Archive")));
	ck_assert(!folder_file_next(content, SLICE("use"), &at, &value));
}
END_TEST

static const struct {
	const char *before, *key, *value, *after;
} changes[] = {
	{ "", "id", "F1", "id F1\n" },
	{ "id F0\n# mine\n", "ID", "F1", "# mine\nID F1\n" },
	{ "id F0", "use", "\\Junk", "id F0\nuse \\Junk\n" },
	{ "/private/a x\n", "/private/a", NULL, "" },
};
START_TEST(a_value_is_put_in_the_place_of_the_old_one)
{
	AUTO_VALUE(Text) after = { 0 };
	Slice value = changes[_i].value ? slice_of(changes[_i].value) : SLICE("");

	folder_file_set(slice_of(changes[_i].before), slice_of(changes[_i].key),
			changes[_i].value ? &value : NULL, &after);
	ck_assert_str_eq(text_string(&after), changes[_i].after);
}
END_TEST

START_TEST(what_was_set_is_read_again)
{
	AUTO_VALUE(Text) content = { 0 };
	AUTO_VALUE(Text) again = { 0 };
	AUTO_VALUE(Text) escaped = { 0 };
	Slice value = SLICE("a\\nb\nc \\"), found, line;
	size_t at = 0;

	folder_file_escape(value, &escaped);
	line = text_slice(&escaped);
	folder_file_set(SLICE(""), SLICE("/shared/x"), &line, &content);
	ck_assert_str_eq(text_string(&content), "/shared/x a\\\\nb\\nc \\\\\n");
	ck_assert(folder_file_next(text_slice(&content), SLICE("/shared/x"), &at, &found));
	folder_file_unescape(found, &again);
	ck_assert(slice_equal(text_slice(&again), value));
}
END_TEST

/* As Dovecot 2.3 writes it. */
static const struct {
	const char *beginning, *id;
} uidlists[] = {
	{ "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n1 :x",
	  "3085f01b7f11094c501100008c4a11c1" },
	{ "3 G3085 V1\n", "3085" },
	{ "3 V1 N1\n2 Gno\n", "" },
	{ "1 1275660208 25022\n", "" },
	{ "3 V1 N1 G", "" },
	{ "3", "" },
	{ "", "" },
};
START_TEST(the_id_is_in_the_first_line_of_a_uidlist)
{
	Slice id = dovecot_uidlist_id(slice_of(uidlists[_i].beginning));

	ck_assert_msg(slice_equal(id, slice_of(uidlists[_i].id)), "%.*s", (int)id.length, id.data);
}
END_TEST

static const struct {
	const char *entry;
	bool of_server;
	const char *value;
} annotations[] = {
	{ "/private/comment", false, "hello world" },
	{ "/PRIVATE/Comment", false, "hello world" },
	{ "/shared/comment", false, "a\nb\tc\001" },
	{ "/private/vendor/x/y", true, "srv" },
	{ "/private/vendor/x/y", false, NULL },
	{ "/private/hello", false, NULL },
	{ "/private/last", false, "" },
};
START_TEST(an_annotation_is_in_the_dictionary_under_the_id)
{
	Slice dictionary = SLICE("priv/abc/comment\nhello world\n"
				 "shared/abc/comment\na\001nb\001tc\0011\n"
				 "priv/abc/vendor/vendor.dovecot/pvt/server/vendor/x/y\nsrv\n"
				 "priv/other/hello\nx\n"
				 "priv/abc/last");
	AUTO_VALUE(Text) key = { 0 };
	AUTO_VALUE(Text) value = { 0 };
	bool found;

	dovecot_attribute_key(SLICE("abc"), annotations[_i].entry, annotations[_i].of_server, &key);
	found = dovecot_attribute_find(dictionary, text_slice(&key), &value);
	ck_assert_int_eq(found, annotations[_i].value != NULL);
	if (found)
		ck_assert_str_eq(text_string(&value), annotations[_i].value);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("folder_file");
	TCase *tests = tcase_create("folder_file");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, a_line_is_a_key_and_a_value, 0, sizeof lines / sizeof *lines);
	tcase_add_test(tests, a_key_may_have_several_lines);
	tcase_add_loop_test(tests, a_value_is_put_in_the_place_of_the_old_one, 0,
			    sizeof changes / sizeof *changes);
	tcase_add_test(tests, what_was_set_is_read_again);
	tcase_add_loop_test(tests, the_id_is_in_the_first_line_of_a_uidlist, 0,
			    sizeof uidlists / sizeof *uidlists);
	tcase_add_loop_test(tests, an_annotation_is_in_the_dictionary_under_the_id, 0,
			    sizeof annotations / sizeof *annotations);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
