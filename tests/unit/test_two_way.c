/* search: needles that repeat themselves in texts that nearly do.  What is compared byte by byte is used up
 * first, so that the two-way search has to find them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/text.h"

static unsigned random_state;

static unsigned draw(unsigned below)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 16) % below;
}

/* A word of up to six of two letters, several times, and a piece of it. */
static void repeat_a_word(Text *needle)
{
	char word[6];
	size_t length = 1 + draw(sizeof word), size = 20 + draw(40);

	for (size_t i = 0; i < length; i++)
		word[i] = "ab"[draw(2)];
	text_reset(needle);
	for (size_t i = 0; i < size; i++)
		text_append_char(needle, word[i % length]);
	if (draw(2))
		needle->data[draw((unsigned)size)] = "ab"[draw(2)];
}

/* Nearly the needle, so often that hunting for it costs too much; then pieces of it. */
static void nearly_repeat(Slice needle, Text *hay)
{
	size_t wrong = draw((unsigned)needle.length);

	text_reset(hay);
	while (hay->length < 10000) {
		text_append_slice(hay, needle);
		hay->data[hay->length - needle.length + wrong] ^= 'a' ^ 'b';
	}
	for (int i = 0; i < 40; i++) {
		size_t from = draw((unsigned)needle.length);

		text_append_slice(hay, slice(needle.data + from, 1 + draw((unsigned)(needle.length - from))));
	}
}

static ssize_t plain(Slice needle, Slice text)
{
	const char *found = memmem(text.data, text.length, needle.data, needle.length);

	return found ? found - text.data : -1;
}

START_TEST(needles_that_repeat_themselves_are_found_where_they_are_first)
{
	AUTO_VALUE(Text) needle = { 0 }, hay = { 0 };

	random_state = 1 + (unsigned)_i;
	for (int round = 0; round < 500; round++) {
		Searcher searcher;

		repeat_a_word(&needle);
		nearly_repeat(text_slice(&needle), &hay);
		if (draw(2))
			text_append_slice(&hay, text_slice(&needle));
		search_init(&searcher, text_slice(&needle), false);
		ck_assert_int_eq(search_find(&searcher, text_slice(&hay)),
				 plain(text_slice(&needle), text_slice(&hay)));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("two_way");
	TCase *tests = tcase_create("two_way");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, needles_that_repeat_themselves_are_found_where_they_are_first, 0, 8);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
