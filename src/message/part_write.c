#include "message/part_write.h"

#include <string.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/text.h"

enum {
	PLAIN_LINE_MAX = 998, /* RFC 5322, 2.1.1 */
	CODED_LINE_MAX = 76,
	BYTES_ON_A_LINE = CODED_LINE_MAX / 4 * 3,
};

/* The next line, without its end.  `*ended`: it has one.  False when there is none left. */
static bool next_line(Slice *rest, Slice *line, bool *ended)
{
	const char *feed = rest->length ? memchr(rest->data, '\n', rest->length) : NULL;
	size_t length = feed ? (size_t)(feed - rest->data) : rest->length;

	if (!rest->length)
		return false;
	*line = slice(rest->data, length);
	*ended = feed != NULL;
	*rest = slice_from(*rest, length + (feed != NULL));
	if (feed && length && line->data[length - 1] == '\r')
		line->length--;
	return true;
}

/* What cannot stand for itself amid a line. */
static bool is_special(char c)
{
	return (unsigned char)c > 126 || (ascii_is_control(c) && c != '\t');
}

static bool begins_like_boundary(Slice line)
{
	return line.length > 1 && line.data[0] == '-' && line.data[1] == '-';
}

static size_t count_special(Slice line)
{
	size_t count = 0;

	for (size_t i = 0; i < line.length; i++)
		count += is_special(line.data[i]);
	return count;
}

/* ---- quoted-printable ---- */

/* Blanks at the end would be lost; "From " becomes ">From " in an mbox, and a lone dot has ended messages. */
static bool must_be_coded(Slice line, size_t at)
{
	char c = line.data[at];

	if (is_special(c) || c == '=')
		return true;
	if (at + 1 == line.length && ascii_is_blank(c))
		return true;
	if (at > 0)
		return false;
	return begins_like_boundary(line) || ascii_starts_with_fold(line, "From ") ||
	       (c == '.' && line.length == 1);
}

static void append_coded_line(Slice line, const char *line_end, Text *out)
{
	size_t column = 0;

	for (size_t i = 0; i < line.length; i++) {
		bool coded = must_be_coded(line, i);
		size_t width = coded ? 3 : 1;

		if (column + width > CODED_LINE_MAX - 1) {
			text_append_char(out, '=');
			text_append_string(out, line_end);
			column = 0;
			/* The line begins anew to whoever looks for boundaries. */
			coded |= begins_like_boundary(slice_from(line, i));
			width = coded ? 3 : 1;
		}
		if (coded)
			text_printf(out, "=%02X", (unsigned char)line.data[i]);
		else
			text_append_char(out, line.data[i]);
		column += width;
	}
}

static void append_lines(Slice text, bool coded, const char *line_end, Text *out)
{
	Slice line;
	bool ended;

	while (next_line(&text, &line, &ended)) {
		if (coded)
			append_coded_line(line, line_end, out);
		else
			text_append_slice(out, line);
		if (ended)
			text_append_string(out, line_end);
	}
}

/* ---- base64 ---- */

static void append_base64(Slice bytes, const char *line_end, Text *out)
{
	while (bytes.length) {
		size_t length = bytes.length < BYTES_ON_A_LINE ? bytes.length : BYTES_ON_A_LINE;

		base64_append(slice(bytes.data, length), out);
		text_append_string(out, line_end);
		bytes = slice_from(bytes, length);
	}
}

/* ---- choosing ---- */

/* How many bytes have to be coded, and whether it can travel as it is. */
static size_t look_at(Slice text, bool *is_plain)
{
	size_t special = 0;
	Slice line;
	bool ended;

	*is_plain = true;
	while (next_line(&text, &line, &ended)) {
		special += count_special(line);
		if (line.length > PLAIN_LINE_MAX || begins_like_boundary(line))
			*is_plain = false;
	}
	*is_plain &= special == 0;
	return special;
}

PartBody part_write_text(Slice text, const char *line_end, Arena *arena)
{
	AUTO_VALUE(Text) out = { 0 };
	AUTO_VALUE(Text) canonical = { 0 };
	bool is_plain;
	size_t special = look_at(text, &is_plain);
	PartBody body;

	if (is_plain) {
		body.encoding = "7bit";
		append_lines(text, false, line_end, &out);
	} else if (special <= text.length / 2) {
		body.encoding = "quoted-printable";
		append_lines(text, true, line_end, &out);
	} else {
		body.encoding = "base64";
		append_lines(text, false, "\r\n", &canonical); /* RFC 2045, 6.8 */
		append_base64(text_slice(&canonical), line_end, &out);
	}
	body.bytes = arena_copy_slice(arena, text_slice(&out));
	return body;
}

PartBody part_write_bytes(Slice bytes, const char *line_end, Arena *arena)
{
	AUTO_VALUE(Text) out = { 0 };

	append_base64(bytes, line_end, &out);
	return (PartBody){ "base64", arena_copy_slice(arena, text_slice(&out)) };
}
