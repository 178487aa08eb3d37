#include "base/ascii.h"

#include <stdint.h>

int ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ascii_read_number(Slice digits, uint64_t most, uint64_t *number)
{
	uint64_t value = 0;

	for (size_t i = 0; i < digits.length; i++) {
		uint64_t digit = (uint64_t)(digits.data[i] - '0');

		if (!ascii_is_digit(digits.data[i]) || value > most / 10 || digit > most - value * 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return digits.length > 0;
}

bool ascii_equal_fold(Slice a, Slice b)
{
	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++)
		if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
			return false;
	return true;
}

bool ascii_equal_fold_string(Slice a, const char *b)
{
	return ascii_equal_fold(a, slice_of(b));
}

bool ascii_strings_equal_fold(const char *a, const char *b)
{
	return ascii_equal_fold(slice_of(a), slice_of(b));
}

bool ascii_starts_with_fold(Slice text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length >= length && ascii_equal_fold(slice(text.data, length), slice(prefix, length));
}

void ascii_fold(const char *from, size_t length, char *to)
{
	const uint64_t ones = UINT64_MAX / 255;
	size_t i = 0;

	/* Eight at a time: the high bit of a byte becomes "is A or more" and "is Z or less". */
	for (; length - i >= 8; i += 8) {
		uint64_t bytes, low, upper;

		memcpy(&bytes, from + i, 8);
		low = bytes & ones * 0x7f;
		upper = (low + ones * (0x80 - 'A')) & ~(low + ones * (0x7f - 'Z')) & ~bytes & ones * 0x80;
		bytes |= upper >> 2;
		memcpy(to + i, &bytes, 8);
	}
	for (; i < length; i++)
		to[i] = ascii_lower(from[i]);
}

Slice ascii_trim(Slice it)
{
	while (it.length && ascii_is_space(it.data[0]))
		it = slice_from(it, 1);
	while (it.length && ascii_is_space(it.data[it.length - 1]))
		it.length--;
	return it;
}

bool ascii_only(Slice it)
{
	const char *at = it.data, *end = at + it.length;
	uint64_t all = 0;

	for (; end - at >= 32; at += 32) {
		uint64_t word[4];

		memcpy(word, at, sizeof word);
		all |= word[0] | word[1] | word[2] | word[3];
	}
	for (; at < end; at++)
		all |= (uint64_t)(unsigned char)*at;
	return !(all & 0x8080808080808080u);
}
