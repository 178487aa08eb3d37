/* words_encode - UTF-8 to RFC 2047 encoded words
 * RFC 2047, section 2 (length), 4 (encodings), 5 (where they may stand)
 *
 * The stretch from the first to the last word that needs it is encoded as a whole, in
 * Q unless B is much shorter, since Q can be read by people; characters are never split. */
#include <stdint.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/text.h"
#include "base/utf8.h"
#include "message/charset.h"
#include "message/words.h"

enum {
	LINE_WITH_WORD_MAX = 76,
	WORD_MAX = 75,
	WORD_FRAME = 12, /* "=?UTF-8?Q?" and "?=" */
	/* The longest character, in Q. */
	CHARACTER_MAX = 12,
	/* A longer word does not fit on a line (RFC 5322, 2.1.1) with a name in front, and cannot be folded.
	 */
	PLAIN_WORD_MAX = 900,
};

/* What may stand for itself in Q, in a phrase too (RFC 2047, section 5 (3)). */
static bool is_plain_in_q(char c)
{
	return ascii_is_alnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static size_t q_length(Slice bytes)
{
	size_t length = 0;

	for (size_t i = 0; i < bytes.length; i++)
		length += is_plain_in_q(bytes.data[i]) || bytes.data[i] == ' ' ? 1 : 3;
	return length;
}

static size_t base64_length(Slice bytes)
{
	return (bytes.length + 2) / 3 * 4;
}

static void append_q(Slice bytes, Text *out)
{
	for (size_t i = 0; i < bytes.length; i++) {
		char c = bytes.data[i];

		if (c == ' ')
			text_append_char(out, '_');
		else if (is_plain_in_q(c))
			text_append_char(out, c);
		else
			text_printf(out, "=%02X", (unsigned char)c);
	}
}

/* What `text` begins with that fits into `room` columns; one character at least. */
static Slice cut_word(Slice text, bool in_q, size_t room)
{
	size_t end = 0;

	while (end < text.length) {
		size_t length = utf8_decode(text.data + end, text.length - end, NULL);
		Slice longer = slice(text.data, end + (length ? length : 1));

		if (end && (in_q ? q_length(longer) : base64_length(longer)) > room)
			break;
		end = longer.length;
	}
	return slice(text.data, end);
}

/* Folds: in front of the blank that is there, when there is one, so that the value keeps its blanks. */
static void start_line(Text *out)
{
	char blank = ' ';

	if (out->length && ascii_is_blank(out->data[out->length - 1])) {
		blank = out->data[out->length - 1];
		text_truncate(out, out->length - 1);
	}
	text_append_char(out, '\n');
	text_append_char(out, blank);
}

/* Appends `text` as words on as many lines as it takes, the first of which has `used` columns. */
static void append_words(Slice text, size_t used, Text *out)
{
	bool in_q = q_length(text) <= base64_length(text) * 3 / 2;

	while (text.length) {
		size_t room = WORD_MAX;
		Slice piece;

		if (used + WORD_FRAME + CHARACTER_MAX > LINE_WITH_WORD_MAX) {
			start_line(out);
			used = 1;
		}
		if (room > LINE_WITH_WORD_MAX - used)
			room = LINE_WITH_WORD_MAX - used;
		piece = cut_word(text, in_q, room - WORD_FRAME);
		text_append_string(out, in_q ? "=?UTF-8?Q?" : "=?UTF-8?B?");
		(in_q ? append_q : base64_append)(piece, out);
		text_append_string(out, "?=");
		text = slice_from(text, piece.length);
		used = LINE_WITH_WORD_MAX;
	}
}

/* True when the character at `i` cannot stand in a header as it is, or would be taken for
 * the beginning of an encoded word. */
static bool must_be_encoded(Slice text, size_t i)
{
	char c = text.data[i];

	return (unsigned char)c >= 127 || (ascii_is_control(c) && c != '\t') ||
	       (c == '=' && i + 1 < text.length && text.data[i + 1] == '?');
}

/* Makes the stretch reach over words that are too long to stay as they are. */
static void widen_stretch(Slice text, size_t *first, size_t *last)
{
	for (size_t at = 0, begin = 0; at <= text.length; at++) {
		if (at < text.length && !ascii_is_blank(text.data[at]))
			continue;
		if (at - begin > PLAIN_WORD_MAX) {
			*first = begin < *first ? begin : *first;
			*last = at > *last ? at : *last;
		}
		begin = at + 1;
	}
}

/* Finds the stretch from the first to the last word that has to be encoded. */
static bool find_stretch(Slice text, size_t *from, size_t *to)
{
	size_t first = 0, last = text.length;

	while (first < text.length && !must_be_encoded(text, first))
		first++;
	while (last && !must_be_encoded(text, last - 1))
		last--;
	if (text.length > PLAIN_WORD_MAX)
		widen_stretch(text, &first, &last);
	if (first >= last)
		return false;
	while (first > 0 && !ascii_is_blank(text.data[first - 1]))
		first--;
	while (last < text.length && !ascii_is_blank(text.data[last]))
		last++;
	*from = first;
	*to = last;
	return true;
}

/* What would be a line of its own to whoever decodes carelessly. */
static void blank_controls(Text *text)
{
	for (size_t i = 0; i < text->length; i++)
		if (text->data[i] == '\0' || text->data[i] == '\r' || text->data[i] == '\n')
			text->data[i] = ' ';
}

Slice words_encode(Slice text, size_t used, Arena *arena)
{
	AUTO_VALUE(Text) valid = { 0 }, out = { 0 };
	size_t from, to;

	if (!find_stretch(text, &from, &to))
		return text;
	charset_to_utf8(SLICE("utf-8"), text, &valid);
	blank_controls(&valid);
	text = text_slice(&valid);
	if (!find_stretch(text, &from, &to))
		return arena_copy_slice(arena, text);
	text_append(&out, text.data, from);
	append_words(slice(text.data + from, to - from), used + from, &out);
	text_append_slice(&out, slice_from(text, to));
	return arena_copy_slice(arena, text_slice(&out));
}

/* Blanks alone between words that need no quotes. */
static bool is_atoms(Slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!ascii_is_alnum(text.data[i]) && !strchr(" !#$%&'*+-/=?^_`{|}~", text.data[i]))
			return false;
	return true;
}

Slice words_encode_phrase(Slice text, size_t used, Arena *arena)
{
	AUTO_VALUE(Text) valid = { 0 }, out = { 0 };
	size_t from, to;

	if (!find_stretch(text, &from, &to)) {
		if (is_atoms(text))
			return text;
		text_append_quoted(&out, text);
		return arena_copy_slice(arena, text_slice(&out));
	}
	charset_to_utf8(SLICE("utf-8"), text, &valid);
	blank_controls(&valid);
	append_words(text_slice(&valid), used, &out);
	return arena_copy_slice(arena, text_slice(&out));
}
