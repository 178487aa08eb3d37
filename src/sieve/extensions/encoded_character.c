/* encoded_character - "${hex: 41 42}" and "${unicode: 263a}" in strings
 * RFC 5228, section 2.4.2.4
 *
 * What does not follow the grammar stays as it stands; a number that is no character is an error. */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "sieve/extension.h"

typedef struct Encoding {
	const char *prefix;
	unsigned most_digits;
	bool is_unicode;
} Encoding;

static const Encoding encodings[] = {
	{ "hex:", 2, false },
	{ "unicode:", 40, true },
};

/* Reads one number at `*at`: false when there is none, or one with too many digits.  Large ones come
 * out as more than any character. */
static bool read_number(Slice text, size_t *at, const Encoding *encoding, uint32_t *number)
{
	size_t digits = 0;

	*number = 0;
	for (; *at < text.length && ascii_hex_value(text.data[*at]) >= 0; ++*at, digits++)
		*number = *number > 0x10ffff ? *number
					     : *number * 16 + (uint32_t)ascii_hex_value(text.data[*at]);
	return digits > 0 && digits <= encoding->most_digits;
}

static void skip_blanks(Slice text, size_t *at)
{
	while (*at < text.length && ascii_is_space(text.data[*at]))
		++*at;
}

/* Appends the numbers of the "${hex: ... }" whose first blank or digit is at `*at`, and moves behind its
 * brace.  False when it is none; then `out` is as it was. */
static bool read_numbers(SieveCheck *check, SieveSpan span, Slice text, size_t *at, const Encoding *encoding,
			 char *out, size_t *length)
{
	size_t written = *length;

	skip_blanks(text, at);
	do {
		uint32_t number;

		if (!read_number(text, at, encoding, &number))
			return false;
		if (!encoding->is_unicode) {
			out[written++] = (char)number;
		} else {
			size_t more = utf8_encode(number, out + written);

			if (!more)
				sieve_check_error(check, span, NULL,
						  "${unicode:} has a number that is no character");
			written += more;
		}
		if (*at < text.length && text.data[*at] != '}' && !ascii_is_space(text.data[*at]))
			return false;
		skip_blanks(text, at);
	} while (*at < text.length && text.data[*at] != '}');
	if (*at == text.length)
		return false;
	++*at;
	*length = written;
	return true;
}

static const Encoding *encoding_at(Slice text, size_t at)
{
	if (text.data[at] != '$' || at + 1 >= text.length || text.data[at + 1] != '{')
		return NULL;
	for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
		if (ascii_starts_with_fold(slice_from(text, at + 2), encodings[i].prefix))
			return &encodings[i];
	return NULL;
}

static void decode(SieveCheck *check, SieveSpan span, Slice *text)
{
	/* Never longer than what it is made of: four digits and a blank for three bytes and so on. */
	char *out = arena_alloc(sieve_check_arena(check), text->length + 1);
	size_t length = 0;

	for (size_t at = 0; at < text->length;) {
		const Encoding *encoding = encoding_at(*text, at);
		size_t behind = encoding ? at + 2 + strlen(encoding->prefix) : 0;

		if (encoding && read_numbers(check, span, *text, &behind, encoding, out, &length))
			at = behind;
		else
			out[length++] = text->data[at++];
	}
	out[length] = '\0';
	*text = slice(out, length);
	if (!utf8_valid(*text))
		sieve_check_error(check, span, NULL, "with its encoded characters this string is not UTF-8");
}

const SieveExtension sieve_ext_encoded_character = {
	.capability = "encoded-character",
	.about = "write characters by their numbers",
	.document = "RFC 5228, 2.4.2.4",
	.no_ihave = true,
	.decode = decode,
};
