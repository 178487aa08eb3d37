/* test_lists - lists that are files: what is on them, however often that is asked */
#include "delivery/lists.h"

#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "patience.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static Lists with(Slice entries)
{
	Lists lists = {
		.setting = "urn:x=/list", .directory = "", .home = "/", .user = "ann", .arena = arena
	};

	lists_preload(&lists, "/list", entries);
	return lists;
}

/* The entry that `value` is found as; "" when it is on no list. */
static const char *found(Lists *lists, const char *value)
{
	Question question = { .kind = ASK_LIST, .count = 2 };
	Answer answer = { 0 };
	Failure why = { 0 };
	const char *entry;

	question.arguments[0] = SLICE("urn:x");
	question.arguments[1] = slice_of(value);
	ck_assert_msg(lists_answer(lists, &question, &answer, &why), "%s", why.text);
	ck_assert_int_eq(answer.yes, answer.bytes.length > 0);
	entry = arena_copy_string(arena, text_string(&answer.bytes));
	text_clear(&answer.bytes);
	return entry;
}

START_TEST(entries_are_found_as_they_stand)
{
	Lists lists = with(SLICE("# people\n\n  Ann@Example.org \r\nann@example.org\n#bob\nbob\ncarl"));

	for (int i = 0; i < 40; i++) {
		ck_assert_str_eq(found(&lists, "ann@example.ORG"), "Ann@Example.org");
		ck_assert_str_eq(found(&lists, "BOB"), "bob");
		ck_assert_str_eq(found(&lists, "carl"), "carl");
		ck_assert_str_eq(found(&lists, "#bob"), "");
		ck_assert_str_eq(found(&lists, "an"), "");
		ck_assert_str_eq(found(&lists, ""), "");
	}
}
END_TEST

/* A message with thousands of addresses asks a long list for each. */
START_TEST(many_questions_to_a_long_list_take_no_time)
{
	AUTO_VALUE(Text) entries = { 0 };
	AUTO_VALUE(Text) value = { 0 };
	clock_t start;
	Lists lists;

	for (int i = 0; i < 200000; i++)
		text_printf(&entries, "member%d@lists.example.org\n", i);
	lists = with(text_slice(&entries));
	start = clock();
	for (int i = 0; i < 5000; i++) {
		text_reset(&value);
		text_printf(&value, "Member%d@lists.example.org", i * 80);
		ck_assert_int_eq(*found(&lists, text_string(&value)) != '\0', i < 2500);
	}
	ck_assert_msg((double)(clock() - start) < patience(1) * CLOCKS_PER_SEC, "%.1f s",
		      (double)(clock() - start) / CLOCKS_PER_SEC);
}
END_TEST

/* Somebody writes the same line again and again. */
START_TEST(many_entries_that_are_alike_take_no_time)
{
	AUTO_VALUE(Text) entries = { 0 };
	clock_t start;
	Lists lists;

	for (int i = 0; i < 200000; i++)
		text_append_string(&entries, "Ann@Example.org\n");
	text_append_string(&entries, "bob\n");
	lists = with(text_slice(&entries));
	start = clock();
	for (int i = 0; i < 40; i++) {
		ck_assert_str_eq(found(&lists, "ann@example.org"), "Ann@Example.org");
		ck_assert_str_eq(found(&lists, "bob"), "bob");
	}
	ck_assert_msg((double)(clock() - start) < patience(2) * CLOCKS_PER_SEC, "%.1f s",
		      (double)(clock() - start) / CLOCKS_PER_SEC);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lists");
	TCase *tests = tcase_create("lists");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, entries_are_found_as_they_stand);
	tcase_add_test(tests, many_questions_to_a_long_list_take_no_time);
	tcase_add_test(tests, many_entries_that_are_alike_take_no_time);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
