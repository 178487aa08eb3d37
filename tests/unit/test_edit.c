/* test_edit - an edited message reads as if it had been written anew */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "message/header.h"
#include "message/limits.h"
#include "message/message.h"

static Arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static void read_all(const Message *message, size_t step, Text *out)
{
	for (size_t got = 1; got;) {
		Failure why = { 0 };

		ck_assert_msg(
			message_read(message, (off_t)out->length, text_reserve(out, step), step, &got, &why),
			"%s", why.text);
		out->length += got;
		out->data[out->length] = '\0';
	}
}

#define PIECES(...)                                                                    \
	(MessagePieces)                                                                \
	{                                                                              \
		(MessagePiece[]){ __VA_ARGS__ },                                       \
			sizeof((MessagePiece[]){ __VA_ARGS__ }) / sizeof(MessagePiece) \
	}
#define NEW(text)                                         \
	{                                                 \
		.bytes = text, .length = sizeof(text) - 1 \
	}
#define OLD(from, bytes)                        \
	{                                       \
		.offset = from, .length = bytes \
	}

static const char original[] = "Subject: one\n\nfirst\nsecond\n";

static Message edit(const Message *base, MessagePieces pieces)
{
	Message edited;
	Failure why = { 0 };

	ck_assert_msg(message_edit(&edited, base, &pieces, arena, &why), "%s", why.text);
	return edited;
}

static void assert_reads(const Message *message, const char *wanted)
{
	for (size_t step = 1; step < 12; step++) {
		AUTO_VALUE(Text) text = { 0 };

		read_all(message, step, &text);
		ck_assert_str_eq(text_string(&text), wanted);
	}
}

START_TEST(pieces_read_as_one_message)
{
	Message base, edited;

	message_from_bytes(&base, slice_of(original));
	edited = edit(&base, PIECES(NEW("X: new\n"), OLD(0, 14), NEW("zeroth\n"), OLD(20, 7)));
	assert_reads(&edited, "X: new\nSubject: one\n\nzeroth\nsecond\n");
	ck_assert_uint_eq(edited.header.length, strlen("X: new\nSubject: one\n"));
	ck_assert_int_eq(edited.body_offset, (off_t)edited.header.length + 1);
	ck_assert_int_eq(edited.size_bytes, 35);
}
END_TEST

START_TEST(an_edited_message_is_edited_again)
{
	Message base, once, twice;
	MessagePieces flat;

	message_from_bytes(&base, slice_of(original));
	once = edit(&base, PIECES(NEW("X: new\n"), OLD(0, 27)));
	flat = message_flatten(&once, &PIECES(NEW("Y: more\n"), OLD(0, 3), NEW("old"), OLD(6, 28)), arena);
	twice = edit(&base, flat);
	assert_reads(&twice, "Y: more\nX: old\nSubject: one\n\nfirst\nsecond\n");
	/* back to where it was: one piece, not many */
	flat = message_flatten(&once, &PIECES(OLD(7, 5), OLD(12, 22)), arena);
	ck_assert_uint_eq(flat.count, 1);
	ck_assert_int_eq(flat.items[0].offset, 0);
	ck_assert_int_eq(flat.items[0].length, 27);
}
END_TEST

START_TEST(what_was_the_body_does_not_become_a_header)
{
	Message base, edited;

	message_from_bytes(&base, SLICE("Subject: one\n\nTo: nobody\n\ntext\n"));
	edited = edit(&base, PIECES(OLD(13, 18))); /* the header is gone, its empty line is there */
	ck_assert_uint_eq(edited.header.length, 0);
	ck_assert_int_eq(edited.body_offset, 1);
	assert_reads(&edited, "\nTo: nobody\n\ntext\n");
}
END_TEST

START_TEST(a_large_message_is_edited_where_it_lies)
{
	enum {
		SIZE = 3 * LIMIT_MEMORY_BYTES
	};
	char path[] = "/tmp/trommel-edit-XXXXXX";
	auto_fd int fd = mkstemp(path);
	AUTO_VALUE(Text) text = { 0 };
	AUTO_VALUE(Text) wanted = { 0 };
	AUTO_VALUE(Text) found = { 0 };
	AUTO_VALUE(Message) base = { 0 };
	Message edited;
	Failure why = { 0 };

	unlink(path);
	text_append_string(&text, "Subject: one\n\n");
	for (size_t i = 0; text.length < SIZE; i++)
		text_printf(&text, "line %zu\n", i);
	ck_assert(io_write(fd, text.data, text.length) && lseek(fd, 0, SEEK_SET) == 0);
	ck_assert_msg(message_receive(&base, fd, NULL, &why), "%s", why.text);
	edited = edit(&base,
		      PIECES(NEW("X: new\n"), OLD(0, SIZE / 2), NEW("middle"), OLD(SIZE / 2 + 10, SIZE / 4)));
	text_append_string(&wanted, "X: new\n");
	text_append(&wanted, text.data, SIZE / 2);
	text_append_string(&wanted, "middle");
	text_append(&wanted, text.data + SIZE / 2 + 10, SIZE / 4);
	read_all(&edited, 5000, &found);
	ck_assert_uint_eq(found.length, wanted.length);
	ck_assert(memcmp(found.data, wanted.data, wanted.length) == 0);
	ck_assert_uint_lt(edited.memory.length, LIMIT_MEMORY_BYTES + 1);
}
END_TEST

START_TEST(its_image_is_stored_as_any_other)
{
	Message base, edited;
	MessageImage image;
	ImageSize size;
	char path[] = "/tmp/trommel-edit-XXXXXX", bytes[100];
	auto_fd int fd = mkstemp(path);
	Failure why = { 0 };

	unlink(path);
	message_from_bytes(&base, slice_of(original));
	edited = edit(&base, PIECES(NEW("X: new\n"), OLD(0, 27)));
	image = message_image(&edited);
	ck_assert_msg(image_write(&image, fd, &size, &why), "%s", why.text);
	ck_assert_int_eq(size.bytes, 34);
	ck_assert_int_eq(size.crlf_bytes, 39);
	ck_assert_int_eq(pread(fd, bytes, sizeof bytes, 0), 34);
	ck_assert(memcmp(bytes, "X: new\nSubject: one\n\nfirst\nsecond\n", 34) == 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edit");
	TCase *tests = tcase_create("edit");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, pieces_read_as_one_message);
	tcase_add_test(tests, an_edited_message_is_edited_again);
	tcase_add_test(tests, what_was_the_body_does_not_become_a_header);
	tcase_add_test(tests, a_large_message_is_edited_where_it_lies);
	tcase_add_test(tests, its_image_is_stored_as_any_other);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
