/* test_mbox_reader - an mbox is taken apart where its messages end, and nowhere else */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "mailbox/mbox_reader.h"

#define FROM "From a@b.example Thu Jan  1 12:00:00 2026\n"

static void note_doubt(void *self, const MboxDoubt *doubt)
{
	text_printf(self, "%lld%c ", (long long)doubt->offset, doubt->is_separator ? '+' : '-');
}

/* Adds all bytes of the message, its From_ line in front, a "|" between two messages. */
static void add_message(const Message *message, Text *out)
{
	Failure why;
	size_t got;

	if (out->length)
		text_append_char(out, '|');
	text_append_slice(out, message->from_line);
	text_append_char(out, '\n');
	text_reserve(out, (size_t)message->size_bytes + 1);
	ck_assert_msg(
		message_read(message, 0, out->data + out->length, (size_t)message->size_bytes, &got, &why),
		"%s", why.text);
	out->length += got;
	out->data[out->length] = '\0';
}

static MboxForm read_all(int fd, Text *out, Text *doubts)
{
	AUTO_VALUE(SourceInput) input = { .fd = -1 };
	AUTO_VALUE(MboxReader) reader = { .spool = -1 };
	MboxItem item;
	Failure why = { 0 };
	off_t end = 0;
	bool found = true;

	ck_assert(input_begin(&input, fd, &why));
	mbox_reader_init(&reader, &input);
	reader.doubt = note_doubt;
	reader.self = doubts;
	while (found) {
		ck_assert_msg(mbox_reader_next(&reader, &item, &found, &why), "%s", why.text);
		if (!found)
			break;
		ck_assert(item.offset == end || !end); /* no byte belongs to two, or to none */
		end = item.offset + item.length;
		add_message(item.message, out);
	}
	return reader.form;
}

/* The messages of the mbox `bytes`, out of a file and out of a pipe. */
static MboxForm take_apart(Slice bytes, Text *out, Text *doubts)
{
	AUTO_VALUE(Text) again = { 0 };
	AUTO_VALUE(Text) ignored = { 0 };
	auto_fd int fd = memfd_create("test", MFD_CLOEXEC);
	int ends[2];
	pid_t writer;
	MboxForm form;

	ck_assert(io_write(fd, bytes.data, bytes.length) && lseek(fd, 0, SEEK_SET) == 0);
	form = read_all(fd, out, doubts);
	ck_assert(pipe(ends) == 0 && (writer = fork()) >= 0);
	if (writer == 0) {
		io_write(ends[1], bytes.data, bytes.length);
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_eq(read_all(ends[0], &again, &ignored), form);
	close(ends[0]);
	waitpid(writer, NULL, 0);
	ck_assert(slice_equal(text_slice(&again), text_slice(out)));
	return form;
}

#define CL(n) "Content-Length: " #n "\n\n"

static const struct {
	const char *mbox, *messages;
	MboxForm form;
	const char *doubts; /* offsets of doubtful lines; + taken as separators */
} stories[] = {
	{ "", "", MBOX_PLAIN, "" },
	{ "\n\n", "", MBOX_PLAIN, "" },
	{ FROM "S: 1\n\nbody\n\n", FROM "S: 1\n\nbody\n", MBOX_PLAIN, "" },
	{ "\n" FROM "S: 1\n\nbody\n\n" FROM "S: 2\n\n\n", FROM "S: 1\n\nbody\n|" FROM "S: 2\n\n", MBOX_PLAIN,
	  "" },
	{ "  \n\t\n\n" FROM "S: 1\n\nbody", FROM "S: 1\n\nbody", MBOX_PLAIN, "" },
	{ FROM "S: 1\n\nbody", FROM "S: 1\n\nbody", MBOX_PLAIN, "" },
	{ FROM "S: 1\n\n" FROM "S: 2\n", FROM "S: 1\n|" FROM "S: 2\n", MBOX_PLAIN, "" },
	/* not after an empty line, or without a time: a line of the body */
	{ FROM "S: 1\n\nbody\n" FROM "more\n", FROM "S: 1\n\nbody\n" FROM "more\n", MBOX_PLAIN, "" },
	{ FROM "S: 1\n\nbody\n" FROM "S: 2\n", FROM "S: 1\n\nbody\n" FROM "S: 2\n", MBOX_PLAIN, "53- " },
	{ FROM "S: 1\n\nbody\n\nFrom here on\n", FROM "S: 1\n\nbody\n\nFrom here on\n", MBOX_PLAIN, "" },
	{ FROM "S: 1\n\nbody\n\n" FROM "no header\n", FROM "S: 1\n\nbody\n|" FROM "no header\n", MBOX_PLAIN,
	  "54+ " },
	{ FROM "S: 1\n\nbody\n\nFrom noon, 12:00\non\n", FROM "S: 1\n\nbody\n\nFrom noon, 12:00\non\n",
	  MBOX_PLAIN, "54- " },
	{ FROM "S: 1\n\nbody\n\nFrom a 12:00\nS: 2\n", FROM "S: 1\n\nbody\n|From a 12:00\nS: 2\n", MBOX_PLAIN,
	  "54+ " },
	/* one ">" is taken off, in the body */
	{ FROM "S: 1\n\n>From a\n> From c\n>Fromage\n", FROM "S: 1\n\nFrom a\n> From c\n>Fromage\n", MBOX_O,
	  "" },
	{ FROM "S: 1\n\n>From a\n>>From b\n", FROM "S: 1\n\nFrom a\n>From b\n", MBOX_RD, "" },
	{ FROM "S: 1\r\n\r\nbody\r\n\r\n" FROM "S: 2\r\n\r\nx\r\n",
	  FROM "S: 1\r\n\r\nbody\r\n|" FROM "S: 2\r\n\r\nx\r\n", MBOX_PLAIN, "" },
	/* a Content-Length that leads to the next message, or to the end */
	{ FROM CL(12) "From a\nFrom\n\n" FROM "S: 2\n\nb\n", FROM CL(12) "From a\nFrom\n|" FROM "S: 2\n\nb\n",
	  MBOX_CL2, "" },
	{ FROM CL(54) "\n" FROM "S: 2\n\nb\n\nxx", FROM CL(54) "\n" FROM "S: 2\n\nb\n\nxx", MBOX_CL2,
	  "63- " },
	{ FROM CL(8) ">From a\n\n" FROM CL(3) "b\n\n", FROM CL(8) "From a\n|" FROM CL(3) "b\n\n", MBOX_CL,
	  "" },
	{ FROM CL(7) "From a\n\n" FROM CL(8) ">From b\n\n", FROM CL(7) "From a\n|" FROM CL(8) ">From b\n",
	  MBOX_CL2, "" },
	/* and one that does not */
	{ FROM CL(9) "body\n\n" FROM "S: 2\n\nb\n", FROM CL(9) "body\n|" FROM "S: 2\n\nb\n", MBOX_PLAIN, "" },
	{ FROM CL(99999999999999) "body\n", FROM CL(99999999999999) "body\n", MBOX_PLAIN, "" },
	{ FROM CL(-1) "body\n", FROM CL(-1) "body\n", MBOX_PLAIN, "" },
};
START_TEST(an_mbox_is_its_messages)
{
	AUTO_VALUE(Text) out = { 0 };
	AUTO_VALUE(Text) doubts = { 0 };
	MboxForm form = take_apart(slice_of(stories[_i].mbox), &out, &doubts);

	ck_assert_str_eq(text_string(&out), stories[_i].messages);
	ck_assert_str_eq(mbox_form_name(form), mbox_form_name(stories[_i].form));
	ck_assert_str_eq(text_string(&doubts), stories[_i].doubts);
}
END_TEST

START_TEST(nuls_and_long_lines_are_bytes_like_others)
{
	AUTO_VALUE(Text) mbox = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	AUTO_VALUE(Text) doubts = { 0 };

	text_append_string(&mbox, FROM "S: 1\n\n");
	text_append(&mbox, "a\0b\n", 4);
	for (int i = 0; i < 1000000; i++)
		text_append_char(&mbox, 'x');
	take_apart(text_slice(&mbox), &out, &doubts);
	ck_assert(slice_equal(text_slice(&mbox), text_slice(&out)));
}
END_TEST

/* Large ones, with a quoted line early, late, or nowhere; and what follows them. */
START_TEST(large_messages_are_read_like_small_ones)
{
	AUTO_VALUE(Text) mbox = { 0 };
	AUTO_VALUE(Text) wanted = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	AUTO_VALUE(Text) doubts = { 0 };

	for (int quoted = 0; quoted < 4; quoted++) {
		text_append_string(&mbox, FROM "S: 1\n\n");
		text_append_string(&wanted, quoted ? "|" FROM "S: 1\n\n" : FROM "S: 1\n\n");
		for (int line = 0; line < 20000; line++) {
			bool quote = (quoted & 1 && line == 10) || (quoted & 2 && line == 15000);

			text_printf(&mbox, "%sFrom line %d of a body\n", quote ? ">" : " ", line);
			text_printf(&wanted, "%sFrom line %d of a body\n", quote ? "" : " ", line);
		}
		text_append_string(&mbox, "\n");
	}
	take_apart(text_slice(&mbox), &out, &doubts);
	ck_assert(slice_equal(text_slice(&wanted), text_slice(&out)));
}
END_TEST

START_TEST(an_mbox_is_known_by_its_first_line)
{
	ck_assert(mbox_reader_knows(SLICE(FROM)));
	ck_assert(!mbox_reader_knows(SLICE("")));
	ck_assert(!mbox_reader_knows(SLICE("From: a@b\nDate: Thu, 1 Jan 2026 12:00:00 +0000\n")));
	ck_assert(!mbox_reader_knows(SLICE("From here on\n12:00\n")));
	ck_assert(!mbox_reader_knows(SLICE("Received: x\n" FROM)));
	ck_assert(mbox_reader_knows(SLICE("From \"a b\"@c Thu, 1 Jan 2026 12:00:00 +0100\n")));
	ck_assert(mbox_reader_knows(SLICE(" \n\t\n" FROM)));
	ck_assert(!mbox_reader_knows(SLICE(" \n\t\n")));
	ck_assert(mbox_reader_knows(SLICE("From a@b 12:00\nS: 1\n")));
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
	tcase_add_test(tests, large_messages_are_read_like_small_ones);
	tcase_add_test(tests, an_mbox_is_known_by_its_first_line);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
