#include "mailbox/mbox_reader.h"

#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "message/limits.h"

enum {
	/* Seen behind every line that is judged: the line after it. */
	AHEAD_BYTES = 8 * 1024,
	/* How far a Content-Length is followed where nothing can be read again. */
	STREAM_AHEAD_BYTES = 4 * 1024 * 1024,
	SHOWN_BYTES = 100,
	COPY_BYTES = 64 * 1024,
	UNKNOWN = -1
};

static const char separator[] = "From ";

const char *mbox_form_name(MboxForm form)
{
	static const char *const names[] = { "mbox", "mboxo", "mboxrd", "mboxcl", "mboxcl2" };

	return names[form];
}

void mbox_reader_init(MboxReader *reader, SourceInput *input)
{
	*reader = (MboxReader){ .input = input, .spool = -1, .message = { .fd = -1, .spool_fd = -1 } };
}

void mbox_reader_clear(MboxReader *reader)
{
	message_clear(&reader->message);
	text_clear(&reader->bytes);
	cleanup_fd(&reader->spool);
	*reader = (MboxReader){ .spool = -1 };
}

/* --- lines --- */

static bool begins_with_separator(Slice line)
{
	return line.length >= sizeof separator - 1 && memcmp(line.data, separator, sizeof separator - 1) == 0;
}

/* The length of the first line with its end; all of `bytes` when that is not there. */
static size_t line_length(Slice bytes)
{
	const char *end = bytes.length ? memchr(bytes.data, '\n', bytes.length) : NULL;

	return end ? (size_t)(end - bytes.data) + 1 : bytes.length;
}

static bool is_empty_line(Slice line)
{
	return slice_equal(line, SLICE("\n")) || slice_equal(line, SLICE("\r\n"));
}

/* Does what is before `at` end with an empty line, `bytes` beginning behind one (`after_empty`) or not? */
static bool empty_before(Slice bytes, size_t at, bool after_empty)
{
	if (at == 0)
		return after_empty;
	if (bytes.data[at - 1] != '\n')
		return false;
	if (at == 1)
		return true; /* the first line is an empty one */
	return bytes.data[at - 2] == '\n' ||
	       (bytes.data[at - 2] == '\r' && (at == 2 || bytes.data[at - 3] == '\n'));
}

/* --- what begins a message --- */

/* Lines with nothing but blanks, which may stand in front of a From_ line. */
static bool is_blank_line(Slice line)
{
	return line.length && ascii_trim(line).length == 0;
}

bool mbox_reader_knows(Slice beginning)
{
	FromLineKind kind;

	while (is_blank_line(slice(beginning.data, line_length(beginning))))
		beginning = slice_from(beginning, line_length(beginning));
	kind = from_line_kind(beginning);
	return kind == FROM_LINE_FULL ||
	       (kind == FROM_LINE_ODD &&
		from_line_header_follows(slice_from(beginning, line_length(beginning))));
}

static void tell_doubt(MboxReader *reader, off_t offset, Slice at, bool is_separator, const char *why)
{
	Slice line = slice(at.data, line_length(at));

	if (line.length > SHOWN_BYTES)
		line.length = SHOWN_BYTES;
	if (reader->doubt)
		reader->doubt(reader->self, &(MboxDoubt){ offset, is_separator, why, ascii_trim(line) });
}

/* Is the line that `at` begins with, which begins with "From ", where the next message begins? */
static bool judge_line(MboxReader *reader, off_t offset, Slice at, bool after_empty)
{
	FromLineKind kind = from_line_kind(at);
	bool header = kind != FROM_LINE_NONE && from_line_header_follows(slice_from(at, line_length(at)));
	const char *why = NULL;
	bool is = false;

	if (kind == FROM_LINE_FULL && after_empty) {
		is = true;
		why = header ? NULL : "no header follows it";
	} else if (kind == FROM_LINE_FULL && header) {
		why = "no empty line is in front of it";
	} else if (kind == FROM_LINE_ODD && after_empty) {
		is = header;
		why = "its date is odd";
	}
	if (why)
		tell_doubt(reader, offset, at, is, why);
	return is;
}

/* --- what is taken --- */

static bool write_out(MboxReader *reader, Slice bytes, Failure *why)
{
	return io_write(reader->spool, bytes.data, bytes.length) ||
	       failure_errno(why, "make room for a large message");
}

/* From here on the message is written to a file: what there is of it is copied out of the input's. */
static bool copy_so_far(MboxReader *reader, off_t from, Failure *why)
{
	char buffer[COPY_BYTES];

	for (off_t done = (off_t)reader->bytes.length; done < reader->size;) {
		size_t count = reader->size - done < COPY_BYTES ? (size_t)(reader->size - done) : COPY_BYTES;

		if (io_read_at(reader->input->fd, buffer, count, from + done) != (ssize_t)count)
			return failure_retry(why, "it cannot be read again");
		if (!write_out(reader, slice(buffer, count), why))
			return false;
		done += (off_t)count;
	}
	return true;
}

static bool begin_spool(MboxReader *reader, off_t from, Failure *why)
{
	reader->spool = input_spool(why);
	return reader->spool >= 0 && write_out(reader, text_slice(&reader->bytes), why) &&
	       copy_so_far(reader, from, why);
}

static void keep_tail(MboxReader *reader, Slice bytes)
{
	size_t room = sizeof reader->tail;

	if (bytes.length < room) {
		memmove(reader->tail, reader->tail + bytes.length, room - bytes.length);
		memcpy(reader->tail + room - bytes.length, bytes.data, bytes.length);
	} else {
		memcpy(reader->tail, bytes.data + bytes.length - room, room);
	}
}

/* Adds bytes to the message, which begins at `from`. */
static bool add(MboxReader *reader, off_t from, Slice bytes, Failure *why)
{
	if (!bytes.length)
		return true;
	reader->large = reader->large || reader->bytes.length + bytes.length > LIMIT_MEMORY_BYTES;
	if (!reader->large) {
		text_append_slice(&reader->bytes, bytes);
	} else {
		if (reader->spool < 0 && (reader->altered || !reader->input->seekable) &&
		    !begin_spool(reader, from, why))
			return false;
		if (reader->spool >= 0 && !write_out(reader, bytes, why))
			return false;
	}
	keep_tail(reader, bytes);
	reader->size += (off_t)bytes.length;
	return true;
}

/* A ">" is left out here. */
static bool alter(MboxReader *reader, off_t from, Failure *why)
{
	bool first = !reader->altered;

	reader->altered = true;
	return !first || !reader->large || reader->spool >= 0 || begin_spool(reader, from, why);
}

/* --- Content-Length --- */

/* No mailbox has so many bytes, and a place behind as many is still a number. */
#define LENGTH_MOST ((uint64_t)1 << 50)

/* The value of the last Content-Length of a header, or UNKNOWN. */
static off_t content_length(Slice header)
{
	static const char name[] = "content-length:";
	off_t value = UNKNOWN;
	uint64_t number;

	for (size_t at = 0; at < header.length; at += line_length(slice_from(header, at))) {
		Slice line = slice_from(header, at);

		if (!ascii_starts_with_fold(slice(line.data, line_length(line)), name))
			continue;
		line = ascii_trim(slice(line.data + sizeof name - 1, line_length(line) - (sizeof name - 1)));
		value = ascii_read_number(line, LENGTH_MOST, &number) ? (off_t)number : UNKNOWN;
	}
	return value;
}

/* Is it the end of a record, where the rest of the mailbox begins with `bytes` (all of it when `all`)? */
static bool ends_record(Slice bytes, bool all)
{
	while (bytes.length && (bytes.data[0] == '\n' || bytes.data[0] == '\r'))
		bytes = slice_from(bytes, 1);
	return bytes.length ? from_line_kind(bytes) == FROM_LINE_FULL : all;
}

/* Looks at what is `length` bytes ahead. */
static bool look_ahead(MboxReader *reader, off_t length, bool *ends, Failure *why)
{
	SourceInput *input = reader->input;
	char beginning[AHEAD_BYTES];
	off_t end = input->offset + length, left = input->end - end;
	size_t count = left < AHEAD_BYTES ? left < 0 ? 0 : (size_t)left : AHEAD_BYTES;
	ssize_t got;

	*ends = false;
	if (input->end >= 0 && left < 0)
		return true;
	if (input->seekable && length > INPUT_CHUNK_BYTES - AHEAD_BYTES) {
		got = io_read_at(input->fd, beginning, count, end);
		if (got < 0)
			return failure_errno(why, "read on");
		*ends = ends_record(slice(beginning, (size_t)got), (off_t)got == left);
		return true;
	}
	if (length > STREAM_AHEAD_BYTES)
		return true;
	if (!input_fill(input, (size_t)length + AHEAD_BYTES, why))
		return false;
	if (input_window(input).length >= (size_t)length)
		*ends = ends_record(slice_from(input_window(input), (size_t)length), input_all_seen(input));
	return true;
}

/* Has the body, as far as it is in the window, an unquoted line "From "? */
static bool shows_unquoted(const MboxReader *reader, off_t length)
{
	Slice body = input_window(reader->input);

	if ((off_t)body.length > length)
		body.length = (size_t)length;
	if (begins_with_separator(body))
		return true;
	return body.length && memmem(body.data, body.length, "\nFrom ", 6) != NULL;
}

static bool follow_length(MboxReader *reader, Failure *why)
{
	off_t length = content_length(text_slice(&reader->bytes));
	bool ends = false;

	reader->body_end = UNKNOWN;
	reader->unquote = true;
	if (length == UNKNOWN)
		return true;
	if (!look_ahead(reader, length, &ends, why))
		return false;
	if (!ends)
		return true;
	reader->body_end = reader->input->offset + length;
	if (shows_unquoted(reader, length))
		reader->form = MBOX_CL2;
	else if (reader->form != MBOX_CL2)
		reader->form = MBOX_CL;
	reader->unquote = reader->form != MBOX_CL2;
	return true;
}

/* --- a record --- */

static bool skip_blank_lines(SourceInput *input, Failure *why)
{
	for (;;) {
		Slice window;

		if (!input_fill(input, AHEAD_BYTES, why))
			return false;
		window = input_window(input);
		if (!is_blank_line(slice(window.data, line_length(window))))
			return true;
		input_take(input, line_length(window));
	}
}

/* The From_ line and the header with the empty line behind it: as they stand, a line at a time. */
static bool take_header(MboxReader *reader, off_t from, Failure *why)
{
	for (bool within = false;;) {
		Slice window;
		size_t length;
		bool empty;

		if (!input_fill(reader->input, INPUT_CHUNK_BYTES, why))
			return false;
		window = input_window(reader->input);
		length = line_length(window);
		empty = !within && is_empty_line(slice(window.data, length));
		if (!add(reader, from, slice(window.data, length), why))
			return false;
		within = length && window.data[length - 1] != '\n';
		input_take(reader->input, length);
		if (empty || !length)
			return true;
	}
}

/* The lines of the body that can be judged now: whole ones, what follows them in sight. */
static Slice judgeable(const MboxReader *reader)
{
	Slice window = input_window(reader->input);
	const char *last;

	if (reader->body_end != UNKNOWN) {
		off_t left = reader->body_end - reader->input->offset;

		if ((off_t)window.length >= left)
			return slice(window.data, (size_t)left);
	} else if (input_all_seen(reader->input)) {
		return window;
	}
	window.length = window.length > AHEAD_BYTES ? window.length - AHEAD_BYTES : 0;
	last = window.length ? memrchr(window.data, '\n', window.length) : NULL;
	return last ? slice(window.data, (size_t)(last - window.data) + 1) : slice(window.data, 0);
}

/* A line that is longer than the window is none that matters. */
static bool take_long_line(MboxReader *reader, off_t from, Failure *why)
{
	Slice window = input_window(reader->input);
	off_t left = reader->body_end - reader->input->offset;
	size_t length;

	if (reader->body_end != UNKNOWN && (off_t)window.length > left)
		window.length = (size_t)left;
	length = line_length(window);
	if (!add(reader, from, slice(window.data, length), why))
		return false;
	reader->within_line = length && window.data[length - 1] != '\n';
	reader->after_empty = false;
	input_take(reader->input, length);
	return true;
}

static void note_form(MboxReader *reader, size_t brackets)
{
	if (reader->form < MBOX_CL && brackets > 1)
		reader->form = MBOX_RD;
	else if (reader->form == MBOX_PLAIN)
		reader->form = MBOX_O;
}

/* Adds the lines, the quoted ones unquoted, up to one that begins a message: `*taken` is where that is. */
static bool take_lines(MboxReader *reader, off_t from, Slice lines, size_t *taken, bool *ended, Failure *why)
{
	Slice window = input_window(reader->input);
	size_t kept = 0, at = 0;
	const char *hit;

	while (at < lines.length && (hit = memmem(lines.data + at, lines.length - at, separator, 5))) {
		size_t start = (size_t)(hit - lines.data), brackets = 0;

		at = start + 5;
		while (brackets < start && lines.data[start - brackets - 1] == '>')
			brackets++;
		start -= brackets;
		if (start && lines.data[start - 1] != '\n')
			continue;
		if (!brackets && reader->body_end != UNKNOWN) {
			if (empty_before(lines, start, reader->after_empty) &&
			    from_line_kind(slice_from(lines, start)) == FROM_LINE_FULL)
				tell_doubt(reader, reader->input->offset + (off_t)start,
					   slice_from(lines, start), false,
					   "the message's Content-Length spans it");
		} else if (!brackets) {
			if (!judge_line(reader, reader->input->offset + (off_t)start,
					slice_from(window, start),
					empty_before(lines, start, reader->after_empty)))
				continue;
			*taken = start;
			*ended = true;
			return add(reader, from, slice(lines.data + kept, start - kept), why);
		} else if (reader->unquote) {
			note_form(reader, brackets);
			if (!add(reader, from, slice(lines.data + kept, start - kept), why) ||
			    !alter(reader, from, why))
				return false;
			kept = start + 1;
		}
	}
	*taken = lines.length;
	*ended = false;
	return add(reader, from, slice_from(lines, kept), why);
}

static bool take_body(MboxReader *reader, off_t from, Failure *why)
{
	bool ended = false;

	reader->within_line = false;
	reader->after_empty = true;
	while (!ended) {
		Slice lines;
		size_t taken;

		if (!input_fill(reader->input, INPUT_CHUNK_BYTES, why))
			return false;
		if (!input_window(reader->input).length || reader->input->offset == reader->body_end)
			return true;
		lines = judgeable(reader);
		if (reader->within_line || !lines.length) {
			if (!take_long_line(reader, from, why))
				return false;
			continue;
		}
		if (!take_lines(reader, from, lines, &taken, &ended, why))
			return false;
		reader->after_empty = empty_before(lines, taken, reader->after_empty);
		input_take(reader->input, taken);
	}
	return true;
}

/* --- the message --- */

/* The empty line that ends a record. */
static size_t last_empty_line(const MboxReader *reader)
{
	const char *end = reader->tail + sizeof reader->tail;

	if (reader->body_end != UNKNOWN)
		return 0;
	if (reader->size >= 4 && memcmp(end - 4, "\r\n\r\n", 4) == 0)
		return 2;
	return reader->size >= 2 && memcmp(end - 2, "\n\n", 2) == 0 ? 1 : 0;
}

static bool make_message(MboxReader *reader, off_t from, Failure *why)
{
	off_t size = reader->size - (off_t)last_empty_line(reader);

	if (reader->large)
		return message_from_file(&reader->message,
					 reader->spool >= 0 ? reader->spool : reader->input->fd,
					 reader->spool >= 0 ? 0 : from, size, why);
	text_truncate(&reader->bytes, (size_t)size);
	message_from_bytes(&reader->message, text_slice(&reader->bytes));
	return true;
}

static void forget_message(MboxReader *reader)
{
	message_clear(&reader->message);
	text_reset(&reader->bytes);
	cleanup_fd(&reader->spool);
	reader->spool = -1;
	reader->large = reader->altered = false;
	reader->size = 0;
	memset(reader->tail, 0, sizeof reader->tail);
}

bool mbox_reader_next(MboxReader *reader, MboxItem *item, bool *found, Failure *why)
{
	SourceInput *input = reader->input;
	off_t from;

	forget_message(reader);
	if (!skip_blank_lines(input, why))
		return false;
	from = input->offset;
	*found = input_window(input).length > 0;
	if (!*found)
		return true;
	if (!take_header(reader, from, why) || !follow_length(reader, why) || !take_body(reader, from, why) ||
	    !make_message(reader, from, why))
		return false;
	if (!skip_blank_lines(input, why))
		return false;
	*item = (MboxItem){ &reader->message, from, input->offset - from };
	return true;
}
