#include "modules/mime/base64.h"

enum {
	SKIP = 64,
	PADDING = 65
};

#define S SKIP
static const unsigned char value_of[256] = {
	S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,       S,  S,  S,  S,  S,  S,  S,  S,  S,  S,
	S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,       S,  S,  S,  S,  S,  62, S,  S,  S,  63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, S,  S,  S,  PADDING, S,  S,  S,  0,  1,  2,  3,  4,  5,  6,
	7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,      21, 22, 23, 24, 25, S,  S,  S,  S,  S,
	S,  26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,      39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
	49, 50, 51, S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,       S,  S,  S,  S,  S,  S,  S,  S,  S,  S,
	S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,       S,  S,  S,  S,  S,  S,  S,  S,  S,  S,
	S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,       S,  S,  S,  S,  S,  S,  S,  S,  S,  S,
	S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,       S,  S,  S,  S,  S,  S,  S,  S,  S,  S,
	S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,       S,  S,  S,  S,  S,  S,  S,  S,  S,  S,
	S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,       S,  S,
};
#undef S

static char *write_group(uint32_t bits, char *out)
{
	out[0] = (char)(bits >> 16);
	out[1] = (char)(bits >> 8);
	out[2] = (char)bits;
	return out + 3;
}

size_t base64_decode(Base64 *state, Slice in, char *out)
{
	const unsigned char *at = (const unsigned char *)in.data, *end = at + in.length;
	char *start = out;

	while (at < end) {
		unsigned value;

		/* Whole groups, as nearly all of it is. */
		while (state->count == 0 && end - at >= 4) {
			unsigned a = value_of[at[0]], b = value_of[at[1]], c = value_of[at[2]],
				 d = value_of[at[3]];

			if ((a | b | c | d) & ~63U)
				break;
			out = write_group(a << 18 | b << 12 | c << 6 | d, out);
			at += 4;
		}
		if (at == end)
			break;
		value = value_of[*at++];
		if (value == PADDING) {
			out += base64_finish(state, out);
		} else if (value != SKIP) {
			state->bits = state->bits << 6 | value;
			if (++state->count == 4) {
				out = write_group(state->bits, out);
				*state = (Base64){ 0 };
			}
		}
	}
	return (size_t)(out - start);
}

size_t base64_finish(Base64 *state, char *out)
{
	size_t length = state->count > 1 ? state->count - 1 : 0;
	uint32_t bits = state->bits << 6 * (4 - state->count);

	if (length > 0)
		out[0] = (char)(bits >> 16);
	if (length > 1)
		out[1] = (char)(bits >> 8);
	*state = (Base64){ 0 };
	return length;
}
