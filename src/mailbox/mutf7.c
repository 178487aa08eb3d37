/* mutf7 - modified UTF-7: how folder names stand on disk
 * RFC 3501, section 5.1.3: printable ASCII stands for itself, "&" is "&-", anything else is UTF-16 in
 * base64 with "," for "/", between "&" and "-" */
#include "mailbox/mutf7.h"

#include <stdint.h>

#include "base/utf8.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* Bits on their way into or out of base64. */
typedef struct Bits {
	uint32_t held;
	unsigned count;
} Bits;

static bool is_direct(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

static void put_unit(Bits *bits, uint32_t unit, Text *out)
{
	bits->held = bits->held << 16 | unit;
	bits->count += 16;
	while (bits->count >= 6) {
		bits->count -= 6;
		text_append_char(out, digits[bits->held >> bits->count & 63]);
	}
}

static void put_character(Bits *bits, uint32_t code_point, Text *out)
{
	if (code_point >= 0x10000) {
		put_unit(bits, 0xd800 + ((code_point - 0x10000) >> 10), out);
		code_point = 0xdc00 + ((code_point - 0x10000) & 0x3ff);
	}
	put_unit(bits, code_point, out);
}

/* One run of characters that are not printable ASCII.  Returns its length, 0 when it is malformed. */
static size_t encode_run(Slice rest, Text *out)
{
	Bits bits = { 0 };
	size_t done = 0;

	text_append_char(out, '&');
	while (done < rest.length && !is_direct(rest.data[done])) {
		uint32_t code_point;
		size_t length = utf8_decode(rest.data + done, rest.length - done, &code_point);

		if (length == 0)
			return 0;
		put_character(&bits, code_point, out);
		done += length;
	}
	if (bits.count)
		text_append_char(out, digits[bits.held << (6 - bits.count) & 63]);
	text_append_char(out, '-');
	return done;
}

bool mutf7_encode(Slice name, Text *out)
{
	for (size_t i = 0; i < name.length;) {
		if (name.data[i] == '&') {
			text_append(out, "&-", 2);
			i++;
		} else if (is_direct(name.data[i])) {
			text_append_char(out, name.data[i++]);
		} else {
			size_t length = encode_run(slice_from(name, i), out);

			if (length == 0)
				return false;
			i += length;
		}
	}
	return true;
}

/* Decodes UTF-16 units from base64 into UTF-8. */
static bool decode_run(Slice run, Text *out)
{
	Bits bits = { 0 };
	uint32_t high = 0;

	for (size_t i = 0; i < run.length; i++) {
		const char *digit = memchr(digits, run.data[i], sizeof digits - 1);
		uint32_t unit;
		char bytes[4];

		if (!digit)
			return false;
		bits.held = bits.held << 6 | (uint32_t)(digit - digits);
		bits.count += 6;
		if (bits.count < 16)
			continue;
		bits.count -= 16;
		unit = bits.held >> bits.count & 0xffff;
		if (high && (unit & 0xfc00) != 0xdc00)
			return false;
		if (!high && (unit & 0xfc00) == 0xd800) {
			high = unit;
			continue;
		}
		if (high)
			unit = 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff);
		else if (unit <= 0x7f && is_direct((char)unit))
			return false; /* has a shorter spelling */
		high = 0;
		text_append(out, bytes, utf8_encode(unit, bytes));
		if ((unit & 0xfffff800) == 0xd800)
			return false; /* half a pair */
	}
	return !high && bits.count < 6 && !(bits.held & ((1U << bits.count) - 1)) && run.length > 0;
}

bool mutf7_decode(Slice encoded, Text *out)
{
	bool after_run = false;

	for (size_t i = 0; i < encoded.length; i++) {
		Slice rest = slice_from(encoded, i + 1);
		const char *end;

		if (!is_direct(encoded.data[i]))
			return false;
		if (encoded.data[i] != '&') {
			text_append_char(out, encoded.data[i]);
			after_run = false;
			continue;
		}
		end = memchr(rest.data, '-', rest.length);
		if (!end)
			return false;
		if (end == rest.data) {
			text_append_char(out, '&');
			after_run = false;
		} else if (after_run || !decode_run(slice(rest.data, (size_t)(end - rest.data)), out)) {
			return false; /* two runs in a row would be one */
		} else {
			after_run = true;
		}
		i += (size_t)(end - rest.data) + 1;
	}
	return true;
}
