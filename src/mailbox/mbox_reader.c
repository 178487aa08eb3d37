#include "mailbox/mbox_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"

static const char separator[] = "From ";

static bool begins_with_separator(Slice line)
{
	return line.length >= sizeof separator - 1 && memcmp(line.data, separator, sizeof separator - 1) == 0;
}

/* "12:00", as every date in a From_ line has it. */
static bool has_time_of_day(Slice line)
{
	for (size_t i = 1; i + 2 < line.length; i++)
		if (line.data[i] == ':' && ascii_is_digit(line.data[i - 1]) &&
		    ascii_is_digit(line.data[i + 1]) && ascii_is_digit(line.data[i + 2]))
			return true;
	return false;
}

static bool is_separator(Slice line)
{
	return begins_with_separator(line) && has_time_of_day(line);
}

static bool is_empty(Slice line)
{
	return slice_equal(line, SLICE("\n")) || slice_equal(line, SLICE("\r\n"));
}

static Slice first_line(Slice bytes)
{
	const char *end = memchr(bytes.data, '\n', bytes.length);

	return end ? slice(bytes.data, (size_t)(end - bytes.data) + 1) : bytes;
}

bool mbox_reader_knows(Slice beginning)
{
	return is_separator(first_line(beginning));
}

static bool read_line(MboxReader *reader, Failure *why)
{
	errno = 0;
	reader->line_length = getline(&reader->line, &reader->line_room, reader->file);
	if (reader->line_length >= 0 || feof(reader->file))
		return true;
	return failure_errno(why, "read the mailbox");
}

static Slice present_line(const MboxReader *reader)
{
	return slice(reader->line, (size_t)reader->line_length);
}

bool mbox_reader_init(MboxReader *reader, int fd, Failure *why)
{
	int copy = dup(fd);

	*reader = (MboxReader){ .file = copy < 0 ? NULL : fdopen(copy, "r") };
	if (!reader->file) {
		failure_errno(why, "read the mailbox");
		cleanup_fd(&copy);
		return false;
	}
	return read_line(reader, why);
}

void mbox_reader_clear(MboxReader *reader)
{
	if (reader->file)
		fclose(reader->file);
	free(reader->line);
	*reader = (MboxReader){ .line_length = -1 };
}

/* ">From ", ">>From " and so on without the first ">". */
static Slice unquoted(Slice line)
{
	size_t brackets = 0;

	while (brackets < line.length && line.data[brackets] == '>')
		brackets++;
	return slice_from(line, brackets && begins_with_separator(slice_from(line, brackets)) ? 1 : 0);
}

static void drop_last_empty_line(Text *message)
{
	static const char *const ends[] = { "\r\n\r\n", "\n\n" };

	for (size_t i = 0; i < 2; i++) {
		size_t length = strlen(ends[i]);

		if (message->length < length ||
		    memcmp(message->data + message->length - length, ends[i], length) != 0)
			continue;
		text_truncate(message, message->length - length / 2);
		return;
	}
}

bool mbox_reader_next(MboxReader *reader, Text *message, bool *found, Failure *why)
{
	bool in_body = false, after_empty = false;

	text_reset(message);
	while (reader->line_length >= 0 && is_empty(present_line(reader)))
		if (!read_line(reader, why))
			return false;
	*found = reader->line_length >= 0;
	for (bool first = true; reader->line_length >= 0; first = false) {
		Slice line = present_line(reader);

		if (!first && after_empty && is_separator(line))
			break;
		text_append_slice(message, in_body ? unquoted(line) : line);
		after_empty = is_empty(line);
		in_body = in_body || after_empty;
		if (!read_line(reader, why))
			return false;
	}
	drop_last_empty_line(message);
	return true;
}
