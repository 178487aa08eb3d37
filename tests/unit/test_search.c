/* Searching: the same answer as the plainest loop, on any text, in linear time. */
#include "base/search.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/text.h"

/* What is right by definition. */
static ssize_t plain_find(Slice needle, Slice text, bool fold)
{
	for (size_t i = 0; i + needle.length <= text.length; i++) {
		Slice there = slice(text.data + i, needle.length);

		if (fold ? ascii_equal_fold(there, needle) : slice_equal(there, needle))
			return (ssize_t)i;
	}
	return -1;
}

static ssize_t find(Slice needle, Slice text, bool fold)
{
	Searcher searcher;

	search_init(&searcher, needle, fold);
	return search_find(&searcher, text);
}

static const struct {
	const char *needle, *text;
	bool fold;
	ssize_t offset;
} cases[] = {
	{ "", "", false, 0 },
	{ "", "abc", true, 0 },
	{ "a", "", false, -1 },
	{ "abc", "ab", false, -1 },
	{ "abc", "abc", false, 0 },
	{ "ABC", "abc", false, -1 },
	{ "ABC", "xabc", true, 1 },
	{ "abc", "xxABCabc", true, 2 },
	{ "abc", "xxABCabc", false, 5 },
	{ "@[", "`{ @[", true, 3 }, /* only letters fold */
	{ "`{", "@[ `{", true, 3 },
	{ "k", "\xe2\x84\xaa", true, -1 }, /* the Kelvin sign is no k */
	{ "\xc3\x84", "\xc3\xa4", true, -1 },
	{ "viagra", "buy some of our finest V1agra, Viagr, VIAGRA here, and now", true, 38 },
};

START_TEST(a_needle_is_found_where_it_is_first)
{
	ck_assert_int_eq(find(slice_of(cases[_i].needle), slice_of(cases[_i].text), cases[_i].fold),
			 cases[_i].offset);
}
END_TEST

START_TEST(nuls_are_bytes_like_others)
{
	ck_assert_int_eq(find(SLICE("b\0c"), SLICE("a\0b\0c"), false), 2);
	ck_assert_int_eq(find(SLICE("B\0C"), SLICE("a\0b\0c\0"), true), 2);
	ck_assert_int_eq(find(SLICE("c\0\0"), SLICE("a\0b\0c\0"), true), -1);
}
END_TEST

/* All lengths about the borders of the vectors, few letters, so that nearly everything matches
 * nearly everywhere; the text has its own allocation for the sanitizers to guard. */
START_TEST(the_answer_is_that_of_the_plain_loop)
{
	unsigned random = 1 + (unsigned)_i;

	for (int round = 0; round < 60000; round++) {
		char needle[40], *text;
		size_t length, size;
		Slice whole, part;

		random = random * 1103515245 + 12345;
		length = (random >> 16) % (round % 2 ? 6 : 40);
		size = (random >> 20) % 200;
		text = memory_new(size + 1);
		for (size_t i = 0; i < size; i++) {
			random = random * 1103515245 + 12345;
			text[i] = "aAb@`\n"[(random >> 16) % (_i % 2 ? 2 : 6)];
		}
		for (size_t i = 0; i < length; i++) {
			random = random * 1103515245 + 12345;
			needle[i] = "aAb@`\n"[(random >> 16) % (_i % 2 ? 2 : 6)];
		}
		if (size > length && round % 3 == 0)
			memcpy(needle, text + (random >> 16) % (size - length), length);
		whole = slice(memory_copy_bytes(text, size), size);
		part = slice(needle, length);
		ck_assert_int_eq(find(part, whole, _i % 4 < 2), plain_find(part, whole, _i % 4 < 2));
		free((char *)(size_t)whole.data);
		free(text);
	}
}
END_TEST

/* Texts that agree with the needle at nearly every place, and fail late. */
static const struct {
	const char *unit, *tail;
	size_t units;
} periodic[] = {
	{ "a", "b", 5000 },    { "a", "", 5000 },      { "ab", "c", 3000 },
	{ "abac", "aa", 999 }, { "aab", "aac", 1500 }, { "a", "ba", 40 },
};

START_TEST(a_text_that_nearly_matches_everywhere_costs_linear_time)
{
	AUTO_VALUE(Text) needle = { 0 }, text = { 0 }, reversed = { 0 };

	for (size_t i = 0; i < periodic[_i].units; i++)
		text_append_string(&needle, periodic[_i].unit);
	text_append_string(&needle, periodic[_i].tail);
	while (text.length < 4 << 20)
		text_append_string(&text, periodic[_i].unit);
	if (*periodic[_i].tail)
		ck_assert_int_eq(find(text_slice(&needle), text_slice(&text), true), -1);
	for (size_t i = needle.length; i-- > 0;)
		text_append_char(&reversed, needle.data[i]);
	find(text_slice(&reversed), text_slice(&text), false);
	text_append_string(&text, "x");
	text_append_slice(&text, text_slice(&needle));
	ck_assert_int_ge(find(text_slice(&needle), text_slice(&text), true), 0);
}
END_TEST

START_TEST(two_way_finds_what_the_plain_loop_finds)
{
	AUTO_VALUE(Text) hay = { 0 };
	unsigned random = 7;

	/* Two letters in long runs use the allowance up before the needle comes. */
	while (hay.length < 60000)
		text_append_string(&hay, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
	for (int i = 0; i < 2000; i++) {
		random = random * 1103515245 + 12345;
		text_append_string(&hay, random >> 16 & 3 ? "a" : "b");
	}
	for (size_t at = 59000; at + 300 < hay.length; at += 17)
		for (size_t length = 41; length < 300; length += 83) {
			Slice needle = slice(hay.data + at, length);

			ck_assert_int_eq(find(needle, text_slice(&hay), true),
					 plain_find(needle, text_slice(&hay), true));
		}
}
END_TEST

START_TEST(pieces_of_any_size_hide_no_needle)
{
	static const char text[] = "the quick brown Fox jumps over the lazy dog";
	Slice all = SLICE("the quick brown Fox jumps over the lazy dog");
	static const char *const needles[] = { "",
					       "t",
					       "g",
					       "fox",
					       "FOX JUMPS",
					       "lazy dog",
					       "the quick brown fox jumps over the lazy dog",
					       "dog ",
					       "foxes",
					       "lazy cat" };

	for (size_t n = 0; n < sizeof needles / sizeof *needles; n++)
		for (size_t step = 1; step < sizeof text; step++) {
			Searcher searcher;
			AUTO_VALUE(SearchStream) stream = { 0 };
			bool found = false;

			search_init(&searcher, slice_of(needles[n]), true);
			search_stream_init(&stream, &searcher);
			for (int again = 0; again < 2; again++) {
				search_stream_reset(&stream);
				for (size_t at = 0; at < all.length; at += step) {
					Slice piece = slice_from(all, at);

					if (piece.length > step)
						piece.length = step;
					found = search_stream_feed(&stream, piece);
				}
				ck_assert_msg(found == (n < 7), "'%s' by %zu", needles[n], step);
			}
		}
}
END_TEST

START_TEST(what_ended_one_text_begins_no_other)
{
	Searcher searcher;
	AUTO_VALUE(SearchStream) stream = { 0 };

	search_init(&searcher, SLICE("ab"), false);
	search_stream_init(&stream, &searcher);
	ck_assert(!search_stream_feed(&stream, SLICE("a")));
	search_stream_reset(&stream);
	ck_assert(!search_stream_feed(&stream, SLICE("b")));
	ck_assert(!search_stream_feed(&stream, SLICE("a")));
	ck_assert(!search_stream_feed(&stream, SLICE("")));
	ck_assert(search_stream_feed(&stream, SLICE("b")));
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof *(table))

int main(void)
{
	Suite *suite = suite_create("search");
	TCase *tests = tcase_create("search");
	SRunner *runner;
	int failed;

	LOOP(tests, a_needle_is_found_where_it_is_first, cases);
	tcase_add_test(tests, nuls_are_bytes_like_others);
	tcase_add_loop_test(tests, the_answer_is_that_of_the_plain_loop, 0, 8);
	LOOP(tests, a_text_that_nearly_matches_everywhere_costs_linear_time, periodic);
	tcase_add_test(tests, two_way_finds_what_the_plain_loop_finds);
	tcase_add_test(tests, pieces_of_any_size_hide_no_needle);
	tcase_add_test(tests, what_ended_one_text_begins_no_other);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
