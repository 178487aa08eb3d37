/* A message that was written into an mbox is read from it as it was, whatever stands around it (RFC 4155);
 * and of any file, mbox or not, no line is lost when it is read. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "mailbox/mbox_reader.h"
#include "mailbox/mbox_record.h"

static Slice next_line(Slice *rest)
{
	const char *end = memchr(rest->data, '\n', rest->length);
	Slice line = slice(rest->data, end ? (size_t)(end - rest->data) + 1 : rest->length);

	*rest = slice_from(*rest, line.length);
	return line;
}

/* Line ends alone. */
static bool is_empty(Slice line)
{
	while (line.length && (*line.data == '\n' || *line.data == '\r'))
		line = slice_from(line, 1);
	return line.length == 0;
}

static void end_line(Text *text)
{
	if (text->length && text->data[text->length - 1] != '\n')
		text_append_char(text, '\n');
}

static bool is_quoted(Slice line)
{
	size_t brackets = 0;

	while (brackets < line.length && line.data[brackets] == '>')
		brackets++;
	return line.length >= brackets + 5 && memcmp(line.data + brackets, "From ", 5) == 0;
}

/* ---- any file ---- */

/* Lines of blanks in front of the first message are none of it. */
static Slice without_front(Slice file)
{
	Slice rest = file, line = next_line(&rest);

	while (line.length && ascii_trim(line).length == 0) {
		file = rest;
		line = next_line(&rest);
	}
	return file;
}

/* The lines of the messages are those of the file, in order, but for quotes and empty lines between messages.
 */
static void compare_lines(Slice file, Slice read)
{
	file = without_front(file);
	while (read.length) {
		Slice wanted = next_line(&read), line = next_line(&file);

		while (is_empty(line) && !slice_equal(line, wanted) && file.length)
			line = next_line(&file);
		if (!slice_equal(line, wanted) && is_quoted(line) && *line.data == '>')
			line = slice_from(line, 1);
		LAW_SAME(line, wanted);
	}
	while (file.length)
		LAW(is_empty(next_line(&file)));
}

static int open_bytes(Slice bytes)
{
	int fd = memfd_create("mbox", MFD_CLOEXEC);

	LAW(fd >= 0 && io_write(fd, bytes.data, bytes.length) && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* The line end behind a Content-Length is the mailbox's: as it stands behind the last line of `record`. */
static void end_as_in(Slice record, Text *text)
{
	size_t end = record.length;

	while (end && (record.data[end - 1] == '\n' || record.data[end - 1] == '\r'))
		end--;
	if (text->length && !strchr("\r\n", text->data[text->length - 1]) && end + 1 < record.length &&
	    memcmp(record.data + end, "\r\n", 2) == 0)
		text_append_char(text, '\r');
	end_line(text);
}

/* What the messages span is all of the file, and what they are is what stands there. */
static void read_any(Slice input)
{
	auto_fd int fd = open_bytes(input);
	AUTO_VALUE(SourceInput) file = { 0 };
	AUTO_VALUE(MboxReader) reader = { 0 };
	AUTO_VALUE(Text) all = { 0 }, lines = { 0 };
	Failure why = { 0 };
	MboxItem item;
	off_t end = -1;

	LAW(input_begin(&file, fd, &why), "%s", why.text);
	mbox_reader_init(&reader, &file);
	for (bool found = true; found;) {
		LAW(mbox_reader_next(&reader, &item, &found, &why), "%s", why.text);
		if (!found)
			break;
		LAW(item.length > 0 && (end < 0 || item.offset == end));
		end = item.offset + item.length;
		text_append_slice(&all, text_slice(&reader.bytes));
		end_as_in(slice(input.data + item.offset, (size_t)item.length), &all);
	}
	LAW(end < 0 || end == (off_t)input.length);
	text_append_slice(&lines, input);
	end_line(&lines);
	compare_lines(text_slice(&lines), text_slice(&all));
}

/* ---- what we write ---- */

static bool is_reserved(Slice line)
{
	static const char *const names[] = { "Status", "X-Status",   "X-Keywords",    "X-UID",
					     "X-IMAP", "X-IMAPbase", "Content-Length" };
	const char *colon = memchr(line.data, ':', line.length);
	Slice name = slice(line.data, colon ? (size_t)(colon - line.data) : 0);

	while (name.length && ascii_is_blank(name.data[name.length - 1]))
		name.length--;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ascii_equal_fold_string(name, names[i]))
			return true;
	return false;
}

/* The message as a reader is to see it: without the fields that only a reader may write, lines of the header
 * that look like a separator with a ">", a line end at its end. */
static void make_expected(Slice message, Text *expected)
{
	bool in_header = true, dropping = false;

	while (message.length) {
		Slice line = next_line(&message);

		in_header = in_header && !slice_equal(line, SLICE("\n")) && !slice_equal(line, SLICE("\r\n"));
		if (in_header && !ascii_is_blank(*line.data))
			dropping = is_reserved(line);
		if (in_header && dropping)
			continue;
		if (in_header && is_quoted(line))
			text_append_char(expected, '>');
		text_append_slice(expected, line);
	}
	if (expected->length && expected->data[expected->length - 1] != '\n')
		text_append_char(expected, '\n');
}

static void write_message(Message *message, int fd)
{
	AUTO_VALUE(MboxRecord) record = { 0 };
	const MboxRecordOptions options = { .sender = "ann@example.org", .received = 1794816000 };
	MessageImage image = message_image(message);
	Failure why = { 0 };

	LAW(mbox_record_prepare(&record, &image, &options, &why), "%s", why.text);
	LAW(mbox_record_write(&record, SLICE(""), fd, NULL, NULL, &why), "%s", why.text);
}

static void look_at_read(MboxReader *reader, Slice expected)
{
	Failure why = { 0 };
	MboxItem item;
	bool found;
	Slice rest;

	LAW(mbox_reader_next(reader, &item, &found, &why) && found, "%s", why.text);
	rest = text_slice(&reader->bytes);
	LAW_SAME(next_line(&rest), SLICE("From ann@example.org  Mon Nov 16 08:00:00 2026\n"));
	LAW_SAME(rest, expected);
}

/* Two messages, so that each has something behind or in front of it. */
static void write_and_read(Slice input)
{
	auto_fd int fd = open_bytes(SLICE(""));
	AUTO_VALUE(Message) first = { 0 }, second = { 0 };
	AUTO_VALUE(SourceInput) file = { 0 };
	AUTO_VALUE(MboxReader) reader = { 0 };
	AUTO_VALUE(Text) expected = { 0 };
	Failure why = { 0 };
	MboxItem item;
	bool found;

	message_from_bytes(&first, input);
	message_from_bytes(&second, SLICE("Subject: two\n\nFrom here on\n"));
	write_message(&first, fd);
	write_message(&second, fd);
	LAW(lseek(fd, 0, SEEK_SET) == 0);
	LAW(input_begin(&file, fd, &why), "%s", why.text);
	mbox_reader_init(&reader, &file);
	make_expected(first.memory, &expected);
	look_at_read(&reader, text_slice(&expected));
	look_at_read(&reader, SLICE("Subject: two\n\nFrom here on\n"));
	LAW(mbox_reader_next(&reader, &item, &found, &why) && !found);
}

static void fuzz(Slice input)
{
	read_any(input);
	write_and_read(input);
}
