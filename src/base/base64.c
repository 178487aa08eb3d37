#include "base/base64.h"

#include <stdint.h>

void base64_append(Slice bytes, Text *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *at = text_reserve(out, (bytes.length + 2) / 3 * 4);

	out->length += (bytes.length + 2) / 3 * 4;
	for (size_t i = 0; i < bytes.length; i += 3) {
		size_t left = bytes.length - i;
		uint32_t group = (uint32_t)(unsigned char)bytes.data[i] << 16;

		if (left > 1)
			group |= (uint32_t)(unsigned char)bytes.data[i + 1] << 8;
		if (left > 2)
			group |= (unsigned char)bytes.data[i + 2];
		*at++ = digits[group >> 18];
		*at++ = digits[group >> 12 & 63];
		*at++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*at++ = left > 2 ? digits[group & 63] : '=';
	}
	text_append(out, "", 0); /* ends the string */
}
