/* Decoded encoded words are valid UTF-8 without a line more, and what is encoded is decoded to the same text,
 * from lines that are not too long (RFC 2047). */
#include "fuzz.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/charset.h"
#include "message/words.h"

enum {
	WORD_MAX = 75,
	LINE_WITH_WORD_MAX = 76
};

/* What is left of a text that is to stand in a header: valid UTF-8, no line ends, no NULs. */
static void as_one_line(Slice text, Text *line)
{
	charset_to_utf8(SLICE("utf-8"), text, line);
	for (size_t i = 0; i < line->length; i++)
		if (line->data[i] == '\n' || line->data[i] == '\r' || line->data[i] == '\0')
			line->data[i] = ' ';
}

/* Takes the folds out; no line that holds an encoded word may be longer than the RFC has it, but for text of
 * its own that was there. */
static void unfold(Slice folded, Text *line)
{
	while (folded.length) {
		const char *end = memchr(folded.data, '\n', folded.length);
		Slice part = slice(folded.data, end ? (size_t)(end - folded.data) : folded.length);

		text_append_slice(line, part);
		folded = slice_from(folded, part.length + 1);
		LAW(!end || (folded.length && (*folded.data == ' ' || *folded.data == '\t')));
	}
}

static void look_at_encoded(Slice encoded, Slice text)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) line = { 0 };

	unfold(encoded, &line);
	LAW_SAME(words_decode(text_slice(&line), arena), text);
	for (size_t i = 0; i < encoded.length; i++)
		LAW((unsigned char)encoded.data[i] < 128 && encoded.data[i] != '\0' &&
		    encoded.data[i] != '\r');
}

/* Blanks stand around each. */
static void look_at_words(Slice encoded)
{
	size_t length = 0;

	for (size_t at = 0; at < encoded.length; at += length + 1) {
		for (length = 0; at + length < encoded.length && !ascii_is_space(encoded.data[at + length]);)
			length++;
		if (length >= 2 && memcmp(encoded.data + at, "=?", 2) == 0) {
			LAW(length <= WORD_MAX, "%zu", length);
			LAW(words_length(slice(encoded.data + at, length)) == length);
		}
	}
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) text = { 0 };
	Slice decoded = words_decode(input, arena);

	LAW(utf8_valid(decoded));
	if (!memchr(input.data, '\n', input.length))
		LAW(!memchr(decoded.data, '\n', decoded.length));
	as_one_line(input, &text);
	look_at_encoded(words_encode(text_slice(&text), 9, arena), text_slice(&text));
	look_at_words(words_encode(text_slice(&text), 9, arena));
	look_at_words(words_encode_phrase(text_slice(&text), 0, arena));
}
