#include "message/charset_reader.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "message/charset.h"

enum {
	/* The longest unfinished character of any charset, its shift sequence included. */
	HELD_BYTES = 16,
	/* No registered name is longer (RFC 2978, section 2.3). */
	NAME_BYTES = 64,
};

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

struct CharsetReader {
	char name[NAME_BYTES];
	size_t name_length;
	bool is_open; /* a first piece has come: byte order marks decide */
	CharsetKind kind;
	iconv_t converter; /* of CHARSET_ICONV, else (iconv_t)-1 */
	char held[HELD_BYTES];
	size_t held_count; /* the beginning of a character that the next piece ends */
};

CharsetReader *charset_reader_new(Slice charset)
{
	CharsetReader *reader = memory_zeroed(1, sizeof *reader);
	const char *language = memchr(charset.data, '*', charset.length);

	if (language) /* which may be of any length */
		charset.length = (size_t)(language - charset.data);
	charset = ascii_trim(charset);
	reader->converter = (iconv_t)-1;
	if (charset.length <= NAME_BYTES) {
		memcpy(reader->name, charset.data, charset.length);
		reader->name_length = charset.length;
	}
	return reader;
}

void charset_reader_free(CharsetReader *reader)
{
	if (reader && reader->converter != (iconv_t)-1)
		iconv_close(reader->converter);
	free(reader);
}

static void open_reader(CharsetReader *reader, Slice first)
{
	reader->is_open = true;
	if (reader->name_length)
		reader->kind = charset_open(slice(reader->name, reader->name_length), first,
					    &reader->converter);
}

/* How many bytes from `at` are ASCII, counted by eights. */
static size_t ascii_run(const char *at, size_t available)
{
	size_t length = 0;
	uint64_t word;

	for (; available - length >= sizeof word; length += sizeof word) {
		memcpy(&word, at + length, sizeof word);
		if (word & 0x8080808080808080u)
			break;
	}
	return length;
}

/* How many bytes of `text`, which begins with no whole character, may be the start of one. */
static size_t unfinished(Slice text)
{
	unsigned char first = (unsigned char)text.data[0];
	size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

	if (first < 0xc2 || first > 0xf4 || text.length >= wanted)
		return 0;
	for (size_t i = 1; i < text.length; i++)
		if (((unsigned char)text.data[i] & 0xc0) != 0x80)
			return 0;
	return text.length;
}

static void put_stray_byte(const CharsetReader *reader, Slice byte, Text *out)
{
	if (reader->kind == CHARSET_UTF8)
		text_append(out, replacement, 3);
	else
		charset_guess_to_utf8(byte, out);
}

/* Appends `text`, which is UTF-8 or meant to be.  Returns how much of it was used: all but an
 * unfinished character at its end. */
static size_t read_utf8(const CharsetReader *reader, Slice text, bool is_last, Text *out)
{
	size_t at = 0, good = 0; /* from `good` to `at` is valid and not yet appended */

	while (at < text.length) {
		size_t length = ascii_run(text.data + at, text.length - at);

		if (!length)
			length = utf8_decode(text.data + at, text.length - at, NULL);
		if (length) {
			at += length;
			continue;
		}
		text_append(out, text.data + good, at - good);
		good = at;
		if (!is_last && unfinished(slice_from(text, at)))
			return at;
		put_stray_byte(reader, slice(text.data + at, 1), out);
		good = ++at;
	}
	text_append(out, text.data + good, at - good);
	return at;
}

/* The same for the other charsets. */
static size_t read_converted(CharsetReader *reader, Slice text, bool is_last, Text *out)
{
	char *in = (char *)(size_t)text.data;
	size_t left = text.length;

	while (left) {
		size_t room = left * 2 + 64, before = room;
		char *to = text_reserve(out, room);
		size_t result = iconv(reader->converter, &in, &left, &to, &room);

		out->length += before - room;
		out->data[out->length] = '\0';
		if (result != (size_t)-1 || errno == E2BIG)
			continue;
		if (errno == EINVAL && !is_last && left <= HELD_BYTES)
			break;
		text_append(out, replacement, 3);
		in++;
		left--;
	}
	return text.length - left;
}

/* Some converters keep a letter back, to put the accent on it that may come next: windows-1258 does. */
static void take_last(CharsetReader *reader, Text *out)
{
	size_t room = 64, before = room;
	char *to = text_reserve(out, room);

	iconv(reader->converter, NULL, NULL, &to, &room);
	out->length += before - room;
	out->data[out->length] = '\0';
}

static size_t read_some(CharsetReader *reader, Slice text, bool is_last, Text *out)
{
	if (reader->kind == CHARSET_ICONV)
		return read_converted(reader, text, is_last, out);
	if (reader->kind != CHARSET_WINDOWS_1252)
		return read_utf8(reader, text, is_last, out);
	charset_to_utf8(SLICE("windows-1252"), text, out); /* a character is a byte */
	return text.length;
}

/* Feeds what was held byte by byte until its character is whole.  Returns the rest of `bytes`. */
static Slice finish_held(CharsetReader *reader, Slice bytes, bool is_last, Text *out)
{
	while (reader->held_count && (bytes.length || is_last)) {
		bool at_end = !bytes.length || reader->held_count == HELD_BYTES;
		size_t used;

		if (!at_end) {
			reader->held[reader->held_count++] = *bytes.data;
			bytes = slice_from(bytes, 1);
		}
		used = read_some(reader, slice(reader->held, reader->held_count), at_end, out);
		memmove(reader->held, reader->held + used, reader->held_count - used);
		reader->held_count -= used;
	}
	return bytes;
}

Slice charset_read(CharsetReader *reader, Slice bytes, bool is_last, Text *out)
{
	size_t before = out->length, used;

	if (!reader->is_open)
		open_reader(reader, bytes);
	if (reader->kind != CHARSET_ICONV && reader->held_count == 0 && ascii_only(bytes))
		return bytes;
	bytes = finish_held(reader, bytes, is_last, out);
	used = read_some(reader, bytes, is_last, out);
	/* With bytes left over, what was held is done with: both at once cannot be. */
	if (bytes.length) {
		reader->held_count = bytes.length - used;
		memcpy(reader->held, bytes.data + used, reader->held_count);
	}
	if (is_last && reader->kind == CHARSET_ICONV)
		take_last(reader, out);
	return slice(out->data ? out->data + before : "", out->length - before);
}
