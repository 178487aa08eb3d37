/* words - RFC 2047 encoded words to UTF-8 (words_encode.c has the way back)
 *
 * The value is read once from left to right.  Words of one charset that follow each other are
 * collected as bytes; whatever ends the run converts them. */
#include "message/words.h"

#include <stdint.h>

#include "base/ascii.h"
#include "base/text.h"
#include "message/charset.h"

enum {
	/* Longer than any name of a charset with a language behind it; what has no "?" until
	 * then is no word.  Keeps the search for one from being quadratic. */
	LABEL_MAX_BYTES = 100,
	/* RFC 5322, 2.1.1: no line, and so no word without blanks, is longer. */
	LINE_MAX_BYTES = 998,
};

/* The pieces of "=?charset?encoding?text?=". */
typedef struct Word {
	Slice charset;
	char encoding; /* 'q' or 'b' */
	Slice text;
	const char *end;
} Word;

typedef struct Decoder {
	Text out;
	const char *literal; /* where text that is no word began */
	Slice charset;       /* of the bytes collected */
	Text bytes, word;
	bool collecting;
} Decoder;

/* True when there is an 8-bit byte or what may be the beginning of a word. */
static bool needs_decoding(Slice value)
{
	const char *end = value.data + value.length;
	uint64_t seen = 0, eight;
	size_t i = 0;

	for (; i + 8 <= value.length; i += 8) {
		memcpy(&eight, value.data + i, 8);
		seen |= eight;
	}
	for (; i < value.length; i++)
		seen |= (unsigned char)value.data[i];
	if (seen & 0x8080808080808080U)
		return true;
	for (const char *at = value.data; at < end; at++) {
		at = memchr(at, '=', (size_t)(end - at));
		if (!at)
			return false;
		if (at + 1 < end && at[1] == '?')
			return true;
	}
	return false;
}

/* Reads "=?charset?encoding?" at `at`.  Returns where the text begins, or NULL. */
static const char *read_label(const char *at, const char *end, Word *word)
{
	const char *charset = at + 2, *stop;

	if (end - at < 7 || at[0] != '=' || at[1] != '?')
		return NULL;
	stop = memchr(charset, '?',
		      (size_t)(end - charset < LABEL_MAX_BYTES ? end - charset : LABEL_MAX_BYTES));
	if (!stop || stop == charset || end - stop < 3 || stop[2] != '?')
		return NULL;
	word->charset = slice(charset, (size_t)(stop - charset));
	word->encoding = ascii_lower(stop[1]);
	return word->encoding == 'q' || word->encoding == 'b' ? stop + 3 : NULL;
}

/* Finds the "?=" behind `text`.  Returns NULL where there is none before the next word begins
 * or the value ends; `*resume` is how far it has looked. */
static const char *find_end(const char *text, const char *end, const char **resume)
{
	for (const char *at = text; (at = memchr(at, '?', (size_t)(end - at))); at++) {
		if (at + 1 < end && at[1] == '=')
			return at;
		if (at > text && at[-1] == '=') {
			*resume = at - 1;
			return NULL;
		}
	}
	*resume = end;
	return NULL;
}

/* Reads the word at `at`.  False when there is none; `*resume` is where to look on. */
static bool read_word(const char *at, const char *end, Word *word, const char **resume)
{
	const char *text = read_label(at, end, word), *stop;

	*resume = at + 2;
	if (!text || !(stop = find_end(text, end, resume)))
		return false;
	word->text = slice(text, (size_t)(stop - text));
	word->end = stop + 2;
	return true;
}

size_t words_length(Slice text)
{
	Word word;
	const char *resume;

	if (text.length > LINE_MAX_BYTES)
		text.length = LINE_MAX_BYTES;
	if (!read_word(text.data, text.data + text.length, &word, &resume))
		return 0;
	for (const char *at = text.data; at < word.end; at++)
		if (ascii_is_space(*at))
			return 0;
	return (size_t)(word.end - text.data);
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* A padding ends a group, not the text; other characters are passed over (RFC 2045, 6.8). */
static void decode_base64(Slice text, Text *out)
{
	char *to = text_reserve(out, text.length / 4 * 3 + 3);
	size_t made = 0;
	uint32_t group = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < text.length; i++) {
		int value = base64_value(text.data[i]);

		if (value >= 0) {
			group = group << 6 | (uint32_t)value;
			bits += 6;
		} else if (text.data[i] == '=') {
			bits = 0;
		}
		if (bits >= 8) {
			bits -= 8;
			to[made++] = (char)(group >> bits);
		}
	}
	to[made] = '\0';
	out->length += made;
}

/* The byte written as two hexadecimal digits at `at`, or -1. */
static int hex_pair(const char *at)
{
	int high = ascii_hex_value(at[0]), low = ascii_hex_value(at[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* RFC 2047, 4.2.  What is no escape though it begins like one stays as it stands. */
static void decode_q(Slice text, Text *out)
{
	char *to = text_reserve(out, text.length);
	size_t made = 0;

	for (size_t i = 0; i < text.length; i++) {
		char c = text.data[i];
		int byte = c == '=' && i + 2 < text.length ? hex_pair(text.data + i + 1) : -1;

		if (byte >= 0) {
			c = (char)byte;
			i += 2;
		} else if (c == '_') {
			c = ' ';
		}
		to[made++] = c;
	}
	to[made] = '\0';
	out->length += made;
}

static void blank_line_breaks(Text *text, size_t from)
{
	for (size_t i = from; i < text->length; i++)
		if (text->data[i] == '\0' || text->data[i] == '\r' || text->data[i] == '\n')
			text->data[i] = ' ';
}

/* Converts the bytes collected. */
static void end_run(Decoder *decoder)
{
	size_t from = decoder->out.length;

	if (!decoder->collecting)
		return;
	charset_to_utf8(decoder->charset, text_slice(&decoder->bytes), &decoder->out);
	blank_line_breaks(&decoder->out, from);
	text_reset(&decoder->bytes);
	decoder->collecting = false;
}

/* Appends the text between two words; blanks between them are none (RFC 2047, 6.2). */
static void end_literal(Decoder *decoder, const char *end, bool word_follows)
{
	Slice literal = slice(decoder->literal, (size_t)(end - decoder->literal));

	if (word_follows && decoder->collecting && ascii_trim(literal).length == 0)
		return;
	end_run(decoder);
	charset_guess_to_utf8(literal, &decoder->out);
}

/* Collects a word.  False when it cannot be decoded. */
static bool take_word(Decoder *decoder, const char *at, const Word *word)
{
	bool same = decoder->collecting && charset_same(decoder->charset, word->charset);

	text_reset(&decoder->word);
	if (word->encoding == 'q')
		decode_q(word->text, &decoder->word);
	else
		decode_base64(word->text, &decoder->word);
	if ((word->text.length && !decoder->word.length) || (!same && !charset_is_known(word->charset)))
		return false;
	end_literal(decoder, at, true);
	if (!same)
		end_run(decoder);
	decoder->collecting = true;
	decoder->charset = word->charset;
	text_append_slice(&decoder->bytes, text_slice(&decoder->word));
	decoder->literal = word->end;
	return true;
}

Slice words_decode(Slice value, Arena *arena)
{
	const char *end = value.data + value.length;
	Decoder decoder = { .literal = value.data };
	Slice decoded;

	if (!needs_decoding(value))
		return value;
	for (const char *at = value.data; at < end && (at = memchr(at, '=', (size_t)(end - at)));) {
		const char *resume = at + 1;
		Word word;

		if (at + 1 < end && at[1] == '?' && read_word(at, end, &word, &resume))
			resume = take_word(&decoder, at, &word) ? word.end : at + 2;
		at = resume;
	}
	end_literal(&decoder, end, false);
	decoded = arena_copy_slice(arena, text_slice(&decoder.out));
	text_clear(&decoder.out);
	text_clear(&decoder.bytes);
	text_clear(&decoder.word);
	return decoded;
}
