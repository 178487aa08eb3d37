/* Receiving: whatever comes, by whatever way, is there byte for byte. */
#include "message/message.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "message/limits.h"

/* Ways for bytes to come. */
enum {
	BY_BYTES,
	BY_FILE,
	BY_PIPE,
	BY_SLOW_PIPE,
	WAYS
};

static char scratch[256];
static int spools_opened;

static void set_up(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(scratch, sizeof scratch, "%s/message.XXXXXX", base ? base : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	ck_assert_int_eq(chdir(scratch), 0);
	spools_opened = 0;
}

static void tear_down(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(scratch), 0);
}

static int unnamed_file(void)
{
	char name[] = "file.XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	unlink(name);
	return fd;
}

static int open_spool(void *self, Failure *why)
{
	(void)self, (void)why;
	spools_opened++;
	return unnamed_file();
}

static int no_spool(void *self, Failure *why)
{
	(void)self;
	failure_retry(why, "no spool to be had");
	return -1;
}

static int file_of(Slice bytes)
{
	int fd = unnamed_file();

	ck_assert(io_write(fd, bytes.data, bytes.length));
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* A pipe that a child of ours fills, `piece_bytes` at a time. */
static int pipe_of(Slice bytes, size_t piece_bytes, bool non_blocking, pid_t *child)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, non_blocking ? O_NONBLOCK : 0), 0);
	*child = fork();
	if (*child == 0) {
		close(ends[0]);
		if (non_blocking)
			fcntl(ends[1], F_SETFL, 0);
		for (size_t at = 0; at < bytes.length; at += piece_bytes) {
			Slice piece = slice_from(bytes, at);

			if (piece.length > piece_bytes)
				piece.length = piece_bytes;
			if (!io_write(ends[1], piece.data, piece.length))
				_exit(1);
			if (non_blocking)
				usleep(1000);
		}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

static void receive(Message *message, Slice bytes, int way, const MessageIntake *intake)
{
	Failure why = { 0 };
	pid_t child = 0;
	int fd;

	if (way == BY_BYTES) {
		message_from_bytes(message, bytes);
		return;
	}
	if (way == BY_FILE)
		fd = file_of(bytes);
	else
		fd = pipe_of(bytes, way == BY_SLOW_PIPE ? bytes.length / 5 + 1 : 65536, way == BY_SLOW_PIPE,
			     &child);
	ck_assert_msg(message_receive(message, fd, intake, &why), "%s", why.text);
	if (child) {
		waitpid(child, NULL, 0);
		close(fd);
	} else {
		ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), (off_t)bytes.length);
	}
}

static const MessageIntake plain_intake = { .open_spool = open_spool };

/* The expected bytes are all there, however they are asked for. */
static void assert_holds(const Message *message, Slice expected)
{
	auto_free char *all = memory_new(expected.length + 10);
	size_t got = 0;
	Failure why = { 0 };
	static const size_t steps[] = { 1 << 30, 4097 };

	ck_assert_int_eq(message->size_bytes, (off_t)expected.length);
	for (size_t s = 0; s < 2; s++)
		for (size_t at = 0; at < expected.length + 1; at += got) {
			size_t step = steps[s] < expected.length + 10 ? steps[s] : expected.length + 10 - at;

			ck_assert_msg(message_read(message, (off_t)at, all, step, &got, &why), "%s",
				      why.text);
			ck_assert(memcmp(all, expected.data + at, got) == 0);
			if (got < step) {
				ck_assert_uint_eq(at + got, expected.length);
				break;
			}
		}
	ck_assert(message_read(message, message->size_bytes, all, 5, &got, &why) && got == 0);
	ck_assert(message_read(message, message->size_bytes + 5, all, 5, &got, &why) && got == 0);
}

static void assert_file_is(int fd, Slice expected)
{
	auto_free char *all = memory_new(expected.length + 1);

	ck_assert_int_eq(io_read_at(fd, all, expected.length + 1, 0), (ssize_t)expected.length);
	ck_assert(memcmp(all, expected.data, expected.length) == 0);
}

static off_t crlf_size_of(Slice bytes)
{
	off_t size = (off_t)bytes.length;

	for (size_t i = 0; i < bytes.length; i++)
		size += bytes.data[i] == '\n' && (i == 0 || bytes.data[i - 1] != '\r');
	return size;
}

/* The image is `expected`: written, counted, and counted again. */
static void assert_image(Message *message, Slice expected)
{
	MessageImage image = message_image(message);
	ImageSize size, counted, again;
	auto_fd int fd = unnamed_file();
	Failure why = { 0 };

	ck_assert_msg(image_write(&image, fd, &size, &why), "%s", why.text);
	assert_file_is(fd, expected);
	if (image.whole_fd >= 0)
		assert_file_is(image.whole_fd, expected);
	message->crlf_size = -1;
	ck_assert(image_size(&image, &counted, &why));
	ck_assert(image_size(&image, &again, &why));
	ck_assert_int_eq(size.bytes, (off_t)expected.length);
	ck_assert_int_eq(size.crlf_bytes, crlf_size_of(expected));
	ck_assert_int_eq(counted.bytes, size.bytes);
	ck_assert_int_eq(counted.crlf_bytes, size.crlf_bytes);
	ck_assert_int_eq(again.crlf_bytes, size.crlf_bytes);
}

#define S(literal)                              \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}
#define FROM "From a@b.c  Thu Jan  1 12:00:00 2026\n"

static const struct {
	Slice input, from_line, header, body; /* the message is header + empty line + body */
	bool crlf;
} framing[] = {
	{ S("Subject: a\n\nbody\n"), S(""), S("Subject: a\n"), S("body\n"), false },
	{ S("Subject: a\r\n\r\nbody\r\n"), S(""), S("Subject: a\r\n"), S("body\r\n"), true },
	{ S("Subject: a\r\n\nbody\n"), S(""), S("Subject: a\r\n"), S("body\n"), true },
	{ S(""), S(""), S(""), S(""), false },
	{ S("\n"), S(""), S(""), S(""), false },
	{ S("\n\n\n"), S(""), S(""), S("\n\n"), false },
	{ S("\r\n"), S(""), S(""), S(""), true },
	{ S("\r"), S(""), S(""), S("\r"), false },
	{ S("F"), S(""), S(""), S("F"), false },
	{ S("\0"), S(""), S(""), S("\0"), false },
	{ S("Subject: a\n"), S(""), S("Subject: a\n"), S(""), false },
	{ S("Subject: a"), S(""), S("Subject: a"), S(""), false },
	{ S("Subject: a\n\n"), S(""), S("Subject: a\n"), S(""), false },
	{ S("Subject: a\n\nno final newline"), S(""), S("Subject: a\n"), S("no final newline"), false },
	{ S("Subject: a\0b\n\n\0\n"), S(""), S("Subject: a\0b\n"), S("\0\n"), false },
	{ S("Subject: a\rFrom: b\r\rbody"), S(""), S("Subject: a\rFrom: b\r\rbody"), S(""), false },
	{ S("Subject: a\n  \nFrom: b\n\nbody"), S(""), S("Subject: a\n  \nFrom: b\n"), S("body"), false },
	{ S("Subject: a\nbroken\nFrom: b\n\nx"), S(""), S("Subject: a\nbroken\nFrom: b\n"), S("x"), false },
	/* text piped in by hand */
	{ S("just text\nSubject: a\n\nmore\n"), S(""), S(""), S("just text\nSubject: a\n\nmore\n"), false },
	{ S("\nbody only\n"), S(""), S(""), S("body only\n"), false },
	{ S(" from nothing\nSubject: a\n\nx"), S(""), S(" from nothing\nSubject: a\n"), S("x"), false },
	{ S(" indented\ntext\n\nx"), S(""), S(""), S(" indented\ntext\n\nx"), false },
	/* blank lines in front */
	{ S("\n\nSubject: a\n\nx"), S(""), S("Subject: a\n"), S("x"), false },
	{ S("\r\nSubject: a\r\n\r\nx"), S(""), S("Subject: a\r\n"), S("x"), true },
	{ S("\n" FROM "Subject: a\n\nx"), S("From a@b.c  Thu Jan  1 12:00:00 2026"), S("Subject: a\n"),
	  S("x"), false },
	/* From_ lines */
	{ S(FROM "Subject: a\n\nx"), S("From a@b.c  Thu Jan  1 12:00:00 2026"), S("Subject: a\n"), S("x"),
	  false },
	{ S(FROM "A: b\r\n\r\nx"), S("From a@b.c  Thu Jan  1 12:00:00 2026"), S("A: b\r\n"), S("x"), true },
	{ S("From a\r\nA: b\r\n\r\nx"), S("From a"), S("A: b\r\n"), S("x"), true },
	{ S(FROM), S("From a@b.c  Thu Jan  1 12:00:00 2026"), S(""), S(""), false },
	{ S("From x"), S("From x"), S(""), S(""), false },
	{ S(FROM ">From uucp Thu\n>From more\nA: b\n\nx"), S("From a@b.c  Thu Jan  1 12:00:00 2026"),
	  S("A: b\n"), S("x"), false },
	{ S(FROM FROM "A: b\n\nx"), S("From a@b.c  Thu Jan  1 12:00:00 2026"), S(FROM "A: b\n"), S("x"),
	  false },
	{ S(">" FROM "A: b\n\nx"), S(""), S(">" FROM "A: b\n"), S("x"), false },
	{ S("From : a@b 10:00\n\nx"), S(""), S("From : a@b 10:00\n"), S("x"), false },
	{ S("From my window: a view\nA: b\n\nx"), S(""), S("From my window: a view\nA: b\n"), S("x"), false },
	{ S("FROM a\n\nx"), S(""), S(""), S("FROM a\n\nx"), false },
	{ S("From: a\n\nFrom b Thu Jan  1 12:00:00 2026\n"), S(""), S("From: a\n"),
	  S("From b Thu Jan  1 12:00:00 2026\n"), false },
};

START_TEST(what_comes_first_is_understood)
{
	Slice input = framing[_i].input, body;
	size_t stripped;

	for (int way = BY_BYTES; way < WAYS; way++) {
		Message message;

		receive(&message, input, way, &plain_intake);
		stripped = input.length - (size_t)message.size_bytes;
		assert_holds(&message, slice_from(input, stripped));
		body = slice_from(slice_from(input, stripped), (size_t)message.body_offset);
		ck_assert(slice_equal(message.from_line, framing[_i].from_line));
		ck_assert_msg(slice_equal(message.header, framing[_i].header), "header '%.*s'",
			      (int)message.header.length, message.header.data);
		ck_assert_msg(slice_equal(body, framing[_i].body), "body '%.*s'", (int)body.length,
			      body.data);
		ck_assert_int_eq(message.crlf, framing[_i].crlf);
		ck_assert(!message.header_cut);
		assert_image(&message, slice_from(input, stripped));
		message_clear(&message);
	}
	ck_assert_int_eq(spools_opened, 0);
}
END_TEST

/* A message of about `size` bytes with all sorts of line ends. */
static void make_large(Text *text, size_t size)
{
	static const char *const lines[] = { "a line\n", "another one\r\n", "\r",
					     "\n\n",     "QUJDREVGR0g=\n",  "\r\n\n\r" };
	unsigned n = 1;

	text_append_string(text, "Subject: large\nTo: b\r\n\n");
	while (text->length < size) {
		n = n * 1103515245 + 12345;
		text_append_string(text, lines[n >> 16 & 3]);
		text_append_string(text, lines[(n >> 20) % 6]);
	}
}

static const size_t sizes[] = { 16383,  16384,  16385,  131071,  131072, 131073,
				131074, 262144, 300000, 1048576, 1500001 };

START_TEST(a_message_of_any_size_is_whole_by_any_way)
{
	AUTO_VALUE(Text) text = { 0 };
	size_t size = sizes[_i];

	make_large(&text, size);
	text_truncate(&text, size);
	for (int way = BY_BYTES; way < WAYS; way++) {
		Slice bytes = text_slice(&text);
		Message message;
		off_t crlf_size;
		Failure why = { 0 };

		receive(&message, bytes, way, &plain_intake);
		assert_holds(&message, bytes);
		if (way == BY_PIPE)
			ck_assert(size <= LIMIT_MEMORY_BYTES || message.crlf_size == crlf_size_of(bytes));
		ck_assert(message_crlf_size(&message, &crlf_size, &why));
		ck_assert_int_eq(crlf_size, crlf_size_of(bytes));
		assert_image(&message, bytes);
		message_clear(&message);
	}
	ck_assert_int_eq(spools_opened, size > LIMIT_MEMORY_BYTES ? 2 : 0);
}
END_TEST

static void trace_head(void *self, const Message *message, Text *head)
{
	text_append_string(head, self);
	text_append_slice(head, message_head(message));
}

START_TEST(the_spool_holds_the_message_as_it_will_be_filed)
{
	MessageIntake intake = { open_spool, trace_head, "Return-Path: <>\nDelivered-To: x\n", false };
	AUTO_VALUE(Text) text = { 0 }, expected = { 0 };

	make_large(&text, sizes[_i]);
	text_append_string(&expected, intake.self);
	text_append_slice(&expected, text_slice(&text));
	for (int way = BY_FILE; way < WAYS; way++) {
		Message message;

		receive(&message, text_slice(&text), way, &intake);
		assert_holds(&message, text_slice(&text));
		assert_image(&message, text_slice(&expected));
		ck_assert_int_eq(message_image(&message).whole_fd >= 0,
				 way != BY_FILE && text.length > LIMIT_MEMORY_BYTES);
		message_clear(&message);
	}
}
END_TEST

static void empty_head(void *self, const Message *message, Text *head)
{
	(void)self, (void)message, (void)head;
}

START_TEST(a_head_made_empty_replaces_the_header_all_the_same)
{
	MessageIntake intake = { open_spool, empty_head, NULL, false };
	Message message;

	receive(&message, SLICE("Subject: a\n\nbody\n"), BY_PIPE, &intake);
	assert_image(&message, SLICE("body\n"));
	message_clear(&message);
}
END_TEST

START_TEST(an_edited_image_counts_what_it_has)
{
	static const char *const heads[] = { "", "X: y\n\n", "X: y\r\n\r", "X\r" };
	AUTO_VALUE(Text) text = { 0 };
	Failure why = { 0 };

	make_large(&text, 200000);
	for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
		for (int way = BY_BYTES; way < WAYS; way++) {
			static const off_t rests[] = { 0, 14, 15, 22, 23, 131070, 150000, 1 << 30 };
			Message message;

			receive(&message, text_slice(&text), way, &plain_intake);
			for (size_t r = 0; r < sizeof rests / sizeof *rests; r++) {
				off_t rest = rests[r] < message.size_bytes ? rests[r] : message.size_bytes;
				MessageImage image = { slice_of(heads[h]), &message, rest, -1 };
				AUTO_VALUE(Text) expected = { 0 };
				ImageSize size, counted;
				auto_fd int fd = unnamed_file();

				text_append_string(&expected, heads[h]);
				text_append_slice(&expected, slice_from(text_slice(&text), (size_t)rest));
				ck_assert(image_size(&image, &counted, &why));
				ck_assert(image_write(&image, fd, &size, &why));
				assert_file_is(fd, text_slice(&expected));
				ck_assert_int_eq(size.bytes, (off_t)expected.length);
				ck_assert_int_eq(size.crlf_bytes, crlf_size_of(text_slice(&expected)));
				ck_assert_int_eq(counted.crlf_bytes, size.crlf_bytes);
			}
			message_clear(&message);
		}
}
END_TEST

static const struct {
	Slice input, stored;
} suffixes[] = {
	{ S(FROM "A: b\n\nbody\n\n"), S("A: b\n\nbody\n") },
	{ S(FROM "A: b\n\nbody\n\n\n"), S("A: b\n\nbody\n\n") },
	{ S(FROM "A: b\r\n\r\nbody\r\n\r\n"), S("A: b\r\n\r\nbody\r\n") },
	{ S(FROM "A: b\n\nbody\n"), S("A: b\n\nbody\n") },
	{ S(FROM "A: b\n\nbody"), S("A: b\n\nbody") },
	{ S(FROM "A: b\n\n\n"), S("A: b\n\n") },
	{ S(FROM "A: b\n\n"), S("A: b\n\n") },
	{ S(FROM "\n"), S("\n") },
	{ S("A: b\n\nbody\n\n"), S("A: b\n\nbody\n\n") },
};

START_TEST(the_empty_line_of_a_message_suffix_is_dropped_behind_a_from_line)
{
	MessageIntake intake = { .open_spool = open_spool, .drop_suffix_newline = true };

	for (int way = BY_FILE; way < WAYS; way++) {
		Message message;

		receive(&message, suffixes[_i].input, way, &intake);
		assert_holds(&message, suffixes[_i].stored);
		assert_image(&message, suffixes[_i].stored);
		message_clear(&message);
	}
}
END_TEST

START_TEST(the_suffix_of_a_large_message_is_dropped_too)
{
	MessageIntake intake = { open_spool, trace_head, "X: y\n", true };
	AUTO_VALUE(Text) text = { 0 }, expected = { 0 };

	text_append_string(&text, FROM);
	make_large(&text, 131072 + (size_t)_i);
	text_append_string(&text, "\n");
	while (text.length < 131070 + (size_t)_i)
		text_append_string(&text, "\n");
	text_append_string(&text, "\n");
	text_append_string(&expected, "X: y\n");
	text_append(&expected, text.data + strlen(FROM), text.length - strlen(FROM) - 1);
	for (int way = BY_FILE; way < WAYS; way++) {
		Message message;

		receive(&message, text_slice(&text), way, &intake);
		assert_holds(&message, slice_from(text_slice(&expected), 5));
		assert_image(&message, text_slice(&expected));
		message_clear(&message);
	}
}
END_TEST

/* Header blocks longer than anybody looks at. */
static void make_long_header(Text *text, int kind)
{
	text_append_string(text, "Subject: first\n");
	if (kind == 2)
		text_reset(text);
	while (text->length < 3 * LIMIT_HEADER_BYTES) {
		if (kind == 0)
			text_append_string(text, "X-Filler: a field\n of two lines\n");
		else if (kind == 1 && text->length < 100)
			text_append_string(text, "X-Long: ");
		else if (kind == 2 && text->length < 8)
			text_append_string(text, "X-Long: ");
		else
			text_append_string(text, kind == 2 ? "y" : "and\n on it goes");
	}
	text_append_string(text, "\n\nbody\n");
}

START_TEST(a_header_beyond_the_limit_is_stored_whole_and_cut_between_fields)
{
	AUTO_VALUE(Text) text = { 0 };
	MessageIntake intake = { open_spool, trace_head, "X: y\n", false };

	make_long_header(&text, _i);
	for (int way = BY_BYTES; way < WAYS; way++) {
		AUTO_VALUE(Text) expected = { 0 };
		Message message;

		receive(&message, text_slice(&text), way, &intake);
		ck_assert(message.header_cut);
		ck_assert_uint_le(message.header.length, LIMIT_HEADER_BYTES);
		ck_assert_int_eq(message.body_offset, (off_t)message.header.length);
		if (_i == 0)
			ck_assert(memcmp(text.data + message.body_offset, "X-Filler", 8) == 0);
		else if (_i == 1)
			ck_assert_uint_eq(message.header.length, strlen("Subject: first\n"));
		else
			ck_assert_uint_eq(message.header.length, LIMIT_HEADER_BYTES);
		assert_holds(&message, text_slice(&text));
		if (way != BY_BYTES)
			text_append_string(&expected, "X: y\n");
		text_append_slice(&expected, text_slice(&text));
		assert_image(&message, text_slice(&expected));
		message_clear(&message);
	}
}
END_TEST

START_TEST(a_header_longer_than_memory_but_below_the_limit_is_known_whole)
{
	AUTO_VALUE(Text) text = { 0 };

	while (text.length < 4 * LIMIT_MEMORY_BYTES)
		text_append_string(&text, "X-Filler: a field\n");
	text_append_string(&text, "Subject: last\n\nbody\n");
	for (int way = BY_BYTES; way < WAYS; way++) {
		Message message;

		receive(&message, text_slice(&text), way, &plain_intake);
		ck_assert(!message.header_cut);
		ck_assert_uint_eq(message.header.length, text.length - 6);
		assert_holds(&message, text_slice(&text));
		message_clear(&message);
	}
}
END_TEST

START_TEST(endless_blank_lines_are_a_body)
{
	AUTO_VALUE(Text) text = { 0 };

	while (text.length < 3 * LIMIT_HEADER_BYTES)
		text_append_string(&text, "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
	for (int way = BY_BYTES; way < WAYS; way++) {
		Message message;

		receive(&message, text_slice(&text), way, &plain_intake);
		ck_assert_uint_eq(message.header.length, 0);
		assert_holds(&message, text_slice(&text));
		message_clear(&message);
	}
}
END_TEST

START_TEST(a_file_is_read_from_its_present_position)
{
	AUTO_VALUE(Text) text = { 0 };
	auto_fd int fd = -1;
	Message message;
	Failure why = { 0 };

	text_append_string(&text, "not this: ");
	make_large(&text, _i ? 200000 : 2000);
	fd = file_of(text_slice(&text));
	ck_assert_int_eq(lseek(fd, 10, SEEK_SET), 10);
	ck_assert(message_receive(&message, fd, &plain_intake, &why));
	assert_holds(&message, slice_from(text_slice(&text), 10));
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), (off_t)text.length);
	message_clear(&message);
	ck_assert(message_receive(&message, fd, &plain_intake, &why)); /* nothing is left */
	ck_assert_int_eq(message.size_bytes, 0);
	message_clear(&message);
}
END_TEST

START_TEST(a_file_that_becomes_shorter_is_a_failure)
{
	AUTO_VALUE(Text) text = { 0 };
	auto_fd int fd = -1, out = unnamed_file();
	Message message;
	MessageImage image;
	Failure why = { 0 };
	char byte;
	size_t got;

	make_large(&text, 300000);
	fd = file_of(text_slice(&text));
	ck_assert(message_receive(&message, fd, &plain_intake, &why));
	ck_assert_int_eq(ftruncate(fd, 200000), 0);
	ck_assert(!message_read(&message, 299999, &byte, 1, &got, &why));
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	image = message_image(&message);
	ck_assert(!image_write(&image, out, NULL, &why));
	message_clear(&message);
}
END_TEST

START_TEST(a_read_error_is_no_end)
{
	auto_fd int fd = open(".", O_RDONLY | O_DIRECTORY);
	Message message = { .size_bytes = 42 };
	Failure why = { 0 };

	ck_assert(!message_receive(&message, fd, &plain_intake, &why));
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	ck_assert_int_eq(message.size_bytes, 42);
}
END_TEST

START_TEST(no_spool_is_a_failure)
{
	AUTO_VALUE(Text) text = { 0 };
	MessageIntake intake = { .open_spool = no_spool };
	Message message;
	Failure why = { 0 };
	pid_t child;
	auto_fd int fd = -1;

	make_large(&text, 200000);
	fd = pipe_of(text_slice(&text), 65536, false, &child);
	ck_assert(!message_receive(&message, fd, &intake, &why));
	ck_assert_str_eq(why.text, "no spool to be had");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}
END_TEST

START_TEST(a_disk_without_room_is_a_failure)
{
	AUTO_VALUE(Text) text = { 0 };
	struct rlimit limit = { 150000, 150000 };
	Message message;
	Failure why = { 0 };
	pid_t child;
	auto_fd int fd = -1;

	make_large(&text, 400000);
	fd = pipe_of(text_slice(&text), 65536, false, &child);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert(!message_receive(&message, fd, &plain_intake, &why));
	ck_assert_int_eq(why.kind, FAILURE_RETRY);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}
END_TEST

START_TEST(a_zeroed_message_can_be_cleared)
{
	Message message = { 0 };

	message_clear(&message);
	ck_assert_int_ge(fcntl(0, F_GETFD), 0);
	message_clear(&message);
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof *(table))

int main(void)
{
	Suite *suite = suite_create("message");
	TCase *tests = tcase_create("message");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 30);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	LOOP(tests, what_comes_first_is_understood, framing);
	LOOP(tests, a_message_of_any_size_is_whole_by_any_way, sizes);
	LOOP(tests, the_spool_holds_the_message_as_it_will_be_filed, sizes);
	tcase_add_test(tests, a_head_made_empty_replaces_the_header_all_the_same);
	tcase_add_test(tests, an_edited_image_counts_what_it_has);
	LOOP(tests, the_empty_line_of_a_message_suffix_is_dropped_behind_a_from_line, suffixes);
	tcase_add_loop_test(tests, the_suffix_of_a_large_message_is_dropped_too, 0, 4);
	tcase_add_loop_test(tests, a_header_beyond_the_limit_is_stored_whole_and_cut_between_fields, 0, 3);
	tcase_add_test(tests, a_header_longer_than_memory_but_below_the_limit_is_known_whole);
	tcase_add_test(tests, endless_blank_lines_are_a_body);
	tcase_add_loop_test(tests, a_file_is_read_from_its_present_position, 0, 2);
	tcase_add_test(tests, a_file_that_becomes_shorter_is_a_failure);
	tcase_add_test(tests, a_read_error_is_no_end);
	tcase_add_test(tests, no_spool_is_a_failure);
	tcase_add_test(tests, a_disk_without_room_is_a_failure);
	tcase_add_test(tests, a_zeroed_message_can_be_cleared);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
