#include "base/printable.h"

#include "base/ascii.h"
#include "base/utf8.h"

bool printable_is_harmless(uint32_t c)
{
	return c >= 0xA0 && c != 0x2028 && c != 0x2029 && !(c >= 0x202A && c <= 0x202E) &&
	       !(c >= 0x2066 && c <= 0x2069);
}

/* The length of the character at the start, or 0 when it is to be replaced. */
static size_t printable_length(Slice bytes)
{
	uint32_t c;
	size_t length;

	if ((unsigned char)bytes.data[0] < 0x80)
		return ascii_is_control(bytes.data[0]) ? 0 : 1;
	length = utf8_decode(bytes.data, bytes.length, &c);
	return length && printable_is_harmless(c) ? length : 0;
}

/* How many bytes a character that is replaced takes away: all of a well-formed one. */
static size_t skipped_length(Slice bytes)
{
	size_t length = utf8_decode(bytes.data, bytes.length, NULL);

	return length ? length : 1;
}

void printable_append(Text *out, Slice bytes, size_t limit_bytes)
{
	Slice rest = utf8_cut(bytes, limit_bytes);
	bool cut = rest.length < bytes.length;

	while (rest.length) {
		size_t run = 0, length;

		while (run < rest.length && (length = printable_length(slice_from(rest, run))))
			run += length;
		text_append(out, rest.data, run);
		rest = slice_from(rest, run);
		if (rest.length == 0)
			break;
		text_append_char(out, '?');
		rest = slice_from(rest, skipped_length(rest));
	}
	if (cut)
		text_append_string(out, "...");
}

const char *printable_copy(Slice bytes, size_t limit_bytes, Arena *arena)
{
	AUTO_VALUE(Text) out = { 0 };

	printable_append(&out, bytes, limit_bytes);
	return arena_copy_bytes(arena, text_string(&out), out.length);
}
