/* test_mbox_reader - an mbox is taken apart where its messages end, and nowhere else */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "mailbox/mbox_reader.h"

#define FROM "From a@b.example Thu Jan  1 12:00:00 2026\n"

/* The messages of the mbox `bytes`, one "|" between two; ends of lines as they are. */
static void take_apart(Slice bytes, Text *out)
{
	AUTO_VALUE(MboxReader) reader = { .line_length = -1 };
	AUTO_VALUE(Text) message = { 0 };
	auto_fd int fd = memfd_create("test", MFD_CLOEXEC);
	Failure why = { 0 };
	bool found = true;

	ck_assert(io_write(fd, bytes.data, bytes.length) && lseek(fd, 0, SEEK_SET) == 0);
	ck_assert_msg(mbox_reader_init(&reader, fd, &why), "%s", why.text);
	while (found) {
		ck_assert_msg(mbox_reader_next(&reader, &message, &found, &why), "%s", why.text);
		if (!found)
			break;
		if (out->length)
			text_append_char(out, '|');
		text_append_slice(out, text_slice(&message));
	}
}

static const struct {
	const char *mbox, *messages;
} stories[] = {
	{ "", "" },
	{ "\n\n", "" },
	{ FROM "S: 1\n\nbody\n\n", FROM "S: 1\n\nbody\n" },
	{ FROM "S: 1\n\nbody\n\n" FROM "S: 2\n\n\n", FROM "S: 1\n\nbody\n|" FROM "S: 2\n\n" },
	{ FROM "S: 1\n\nbody", FROM "S: 1\n\nbody" },
	{ FROM "S: 1\n\n" FROM "S: 2\n", FROM "S: 1\n|" FROM "S: 2\n" },
	/* not after an empty line, or without a time: a line of the body */
	{ FROM "S: 1\n\nbody\n" FROM "more\n", FROM "S: 1\n\nbody\n" FROM "more\n" },
	{ FROM "S: 1\n\nbody\n\nFrom here on\n", FROM "S: 1\n\nbody\n\nFrom here on\n" },
	/* one ">" is taken off, in the body */
	{ FROM "S: 1\n\n>From a\n>>From b\n> From c\n>Fromage\n",
	  FROM "S: 1\n\nFrom a\n>From b\n> From c\n>Fromage\n" },
	{ FROM ">From a\nS: 1\n\n", FROM ">From a\nS: 1\n" },
	{ FROM "S: 1\r\n\r\nbody\r\n\r\n" FROM "S: 2\r\n\r\nx\r\n",
	  FROM "S: 1\r\n\r\nbody\r\n|" FROM "S: 2\r\n\r\nx\r\n" },
};
START_TEST(an_mbox_is_its_messages)
{
	AUTO_VALUE(Text) out = { 0 };

	take_apart(slice_of(stories[_i].mbox), &out);
	ck_assert_str_eq(text_string(&out), stories[_i].messages);
}
END_TEST

START_TEST(nuls_and_long_lines_are_bytes_like_others)
{
	AUTO_VALUE(Text) mbox = { 0 };
	AUTO_VALUE(Text) out = { 0 };

	text_append_string(&mbox, FROM "S: 1\n\n");
	text_append(&mbox, "a\0b\n", 4);
	for (int i = 0; i < 1000000; i++)
		text_append_char(&mbox, 'x');
	take_apart(text_slice(&mbox), &out);
	ck_assert(slice_equal(text_slice(&mbox), text_slice(&out)));
}
END_TEST

START_TEST(an_mbox_is_known_by_its_first_line)
{
	ck_assert(mbox_reader_knows(SLICE(FROM)));
	ck_assert(!mbox_reader_knows(SLICE("")));
	ck_assert(!mbox_reader_knows(SLICE("From: a@b\nDate: Thu, 1 Jan 2026 12:00:00 +0000\n")));
	ck_assert(!mbox_reader_knows(SLICE("From here on\n12:00\n")));
	ck_assert(!mbox_reader_knows(SLICE("Received: x\n" FROM)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mbox_reader");
	TCase *tests = tcase_create("mbox_reader");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, an_mbox_is_its_messages, 0, sizeof stories / sizeof *stories);
	tcase_add_test(tests, nuls_and_long_lines_are_bytes_like_others);
	tcase_add_test(tests, an_mbox_is_known_by_its_first_line);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
