#include "base/utf8.h"

size_t utf8_decode(const char *at, size_t available, uint32_t *code_point)
{
	const unsigned char *byte = (const unsigned char *)at;
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length;
	uint32_t value;

	if (available == 0)
		return 0;
	if (byte[0] < 0x80)
		length = 1, value = byte[0];
	else if (byte[0] >= 0xc2 && byte[0] <= 0xdf)
		length = 2, value = byte[0] & 0x1fU;
	else if (byte[0] >= 0xe0 && byte[0] <= 0xef)
		length = 3, value = byte[0] & 0x0fU;
	else if (byte[0] >= 0xf0 && byte[0] <= 0xf4)
		length = 4, value = byte[0] & 0x07U;
	else
		return 0;
	if (available < length)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3fU);
	}
	if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	if (code_point)
		*code_point = value;
	return length;
}

size_t utf8_encode(uint32_t code_point, char *out)
{
	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		out[0] = (char)(0xc0 | code_point >> 6);
		out[1] = (char)(0x80 | (code_point & 0x3f));
		return 2;
	}
	if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
		return 0;
	if (code_point < 0x10000) {
		out[0] = (char)(0xe0 | code_point >> 12);
		out[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code_point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code_point >> 18);
	out[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code_point & 0x3f));
	return 4;
}

bool utf8_valid(Slice text)
{
	for (size_t i = 0; i < text.length;) {
		size_t length = utf8_decode(text.data + i, text.length - i, NULL);

		if (!length)
			return false;
		i += length;
	}
	return true;
}

size_t utf8_length(Slice text)
{
	size_t characters = 0;

	for (size_t i = 0; i < text.length; characters++) {
		size_t length = utf8_decode(text.data + i, text.length - i, NULL);

		i += length ? length : 1;
	}
	return characters;
}

Slice utf8_cut(Slice text, size_t limit_bytes)
{
	size_t end = 0;

	if (text.length <= limit_bytes)
		return text;
	for (;;) {
		size_t length = utf8_decode(text.data + end, text.length - end, NULL);

		if (end + (length ? length : 1) > limit_bytes)
			return slice(text.data, end);
		end += length ? length : 1;
	}
}
