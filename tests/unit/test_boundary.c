/* test_boundary - a boundary is nowhere in the message, whoever has written it */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "message/boundary.h"
#include "message/header.h"
#include "patience.h"

static void choose(Slice bytes, Text *boundary, bool *has_8bit)
{
	Message message;
	Failure why = { 0 };

	message_from_bytes(&message, bytes);
	ck_assert_msg(boundary_choose(&message, boundary, has_8bit, &why), "%s", why.text);
	message_clear(&message);
}

static const struct {
	const char *message, *boundary;
	bool has_8bit;
} messages[] = {
	{ "Subject: x\n\ntext\n", "=_enclosed_0", false },
	{ "", "=_enclosed_0", false },
	{ "Subject: x\n\n--=_enclosed_0\n", "=_enclosed_1", false },
	{ "Subject: x\n\namid a line --=_enclosed_0 too\n", "=_enclosed_1", false },
	{ "Subject: x\n\n--=_enclosed_1\n--=_enclosed_0", "=_enclosed_2", false },
	{ "Subject: x\n\n=_enclosed_0 without dashes\n", "=_enclosed_0", false },
	{ "Subject: \xc3\xa4\n\n", "=_enclosed_0", true },
};

START_TEST(it_is_the_first_that_is_not_there)
{
	AUTO_VALUE(Text) boundary = { 0 };
	bool has_8bit;

	choose(slice_of(messages[_i].message), &boundary, &has_8bit);
	ck_assert_str_eq(text_string(&boundary), messages[_i].boundary);
	ck_assert_int_eq(has_8bit, messages[_i].has_8bit);
}
END_TEST

/* Over the edges of what is read at a time: at 64 KB. */
START_TEST(it_is_found_across_pieces)
{
	for (size_t at = 64 * 1024 - 20; at < 64 * 1024 + 20; at++) {
		AUTO_VALUE(Text) message = { 0 }, boundary = { 0 };
		bool has_8bit;

		text_append_string(&message, "Subject: x\n\n");
		while (message.length < at)
			text_append_char(&message, 'x');
		text_append_string(&message, "--=_enclosed_0 and more");
		choose(text_slice(&message), &boundary, &has_8bit);
		ck_assert_str_eq(text_string(&boundary), "=_enclosed_1");
	}
}
END_TEST

/* All of one letter, and of two, are taken. */
START_TEST(a_message_that_is_in_the_way_takes_a_few_passes)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	AUTO_VALUE(Text) message = { 0 }, boundary = { 0 };
	bool has_8bit;
	clock_t start;

	text_append_string(&message, "Subject: x\n\n");
	for (int round = 0; round < 100; round++)
		for (int a = 0; a < 36; a++)
			for (int b = 0; b < 36; b++)
				text_printf(&message, "--=_enclosed_%c%c\n", letters[a], letters[b]);
	start = clock();
	choose(text_slice(&message), &boundary, &has_8bit);
	ck_assert_ptr_null(strstr(text_string(&message), text_string(&boundary)));
	ck_assert_uint_le(boundary.length, 70);
	ck_assert_msg((double)(clock() - start) / CLOCKS_PER_SEC < patience(0.5), "too slow");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boundary");
	TCase *tests = tcase_create("boundary");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, it_is_the_first_that_is_not_there, 0, sizeof messages / sizeof *messages);
	tcase_add_test(tests, it_is_found_across_pieces);
	tcase_add_test(tests, a_message_that_is_in_the_way_takes_a_few_passes);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
