/* Whatever a charset is called and whatever bytes it is said of: valid UTF-8 comes out, the same when they
 * come in pieces.  The input's first line is the name. */
#include "fuzz.h"

#include "base/utf8.h"
#include "message/charset.h"
#include "message/charset_reader.h"
#include "message/charset_write.h"

#define REPLACEMENT "\xef\xbf\xbd"

enum {
	PIECE_LEAST = 2, /* a byte order mark, or what stands in its place */
	PIECE_MAX = 9
};

static void read_in_pieces(Slice charset, Slice bytes, Text *out)
{
	AUTO(CharsetReader) reader = charset_reader_new(charset);
	size_t turn = 0;

	do {
		size_t length = PIECE_LEAST + (bytes.length + turn++) % (PIECE_MAX - PIECE_LEAST);
		Slice piece = slice(bytes.data, length < bytes.length ? length : bytes.length), read;
		AUTO_VALUE(Text) text = { 0 };

		bytes = slice_from(bytes, piece.length);
		read = charset_read(reader, piece, bytes.length == 0, &text);
		text_append_slice(out, read);
	} while (bytes.length);
}

/* What was read can be written and is the same when it is read again, where every character has a place. */
static void write_and_read(Slice charset, Slice utf8)
{
	AUTO_VALUE(Text) written = { 0 }, again = { 0 };

	if (charset_from_utf8(charset, utf8, SLICE("?"), &written)) {
		LAW(charset_to_utf8(charset, text_slice(&written), &again));
		LAW(utf8_valid(text_slice(&again)));
	}
}

static bool is_guess(Slice charset)
{
	iconv_t converter;
	CharsetKind kind = charset_open(charset, SLICE(""), &converter);

	if (kind == CHARSET_ICONV)
		iconv_close(converter);
	return kind == CHARSET_GUESS;
}

static void fuzz(Slice input)
{
	const char *end = memchr(input.data, '\n', input.length);
	Slice charset = slice(input.data, end ? (size_t)(end - input.data) : 0);
	Slice bytes = slice_from(input, end ? charset.length + 1 : 0);
	AUTO_VALUE(Text) whole = { 0 }, pieces = { 0 };
	bool known = charset_to_utf8(charset, bytes, &whole);

	LAW(known == charset_is_known(charset));
	LAW(known || whole.length == 0);
	LAW(utf8_valid(text_slice(&whole)));
	read_in_pieces(charset, bytes, &pieces);
	LAW(utf8_valid(text_slice(&pieces)));
	/* ASCII and who knows what above it is read as it comes.  How many U+FFFD stand for what means
	 * nothing is nobody's business. */
	if (known && !is_guess(charset) &&
	    !memmem(whole.data ? whole.data : "", whole.length, REPLACEMENT, strlen(REPLACEMENT)))
		LAW_SAME(text_slice(&pieces), text_slice(&whole));
	if (known)
		write_and_read(charset, text_slice(&whole));
}
