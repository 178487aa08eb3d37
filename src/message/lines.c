/* lines - how much larger bytes become when every line ends in CR LF
 *
 * This looks at every byte of every large message, while it is in the cache anyway: 32
 * at a time, in vectors as the compiler knows them on every machine. */
#include "message/lines.h"

#include <stdint.h>

typedef uint8_t Vector __attribute__((vector_size(16)));

enum {
	/* A lane counts up to this before it would overflow. */
	ROUNDS = 255
};

static size_t sum_lanes(Vector counts)
{
	size_t sum = 0;

	for (size_t i = 0; i < sizeof counts; i++)
		sum += counts[i];
	return sum;
}

static Vector load(const char *at)
{
	Vector bytes;

	memcpy(&bytes, at, sizeof bytes);
	return bytes;
}

/* Counts in `rounds` vectors from `at` on; the byte before `at` is there to be read. */
static size_t count_vectors(const char *at, size_t rounds)
{
	Vector counts = { 0 };

	for (size_t i = 0; i < rounds; i++, at += sizeof counts)
		counts -= (Vector)((load(at) == '\n') & (load(at - 1) != '\r'));
	return sum_lanes(counts);
}

size_t lines_bare_feeds(Slice bytes, char *previous)
{
	const char *at = bytes.data, *end = bytes.data + bytes.length;
	size_t count = 0;

	if (at == end)
		return 0;
	count += *at == '\n' && *previous != '\r';
	at++;
	while ((size_t)(end - at) >= sizeof(Vector)) {
		size_t rounds = (size_t)(end - at) / sizeof(Vector);

		if (rounds > ROUNDS)
			rounds = ROUNDS;
		count += count_vectors(at, rounds);
		at += rounds * sizeof(Vector);
	}
	for (; at < end; at++)
		count += *at == '\n' && at[-1] != '\r';
	*previous = end[-1];
	return count;
}

void lines_convert(Slice bytes, Slice end, char *previous, Text *out)
{
	for (size_t i = 0; i < bytes.length; i++) {
		char c = bytes.data[i];

		if (*previous == '\r' && c != '\n')
			text_append_char(out, '\r');
		if (c == '\n')
			text_append_slice(out, end);
		else if (c != '\r')
			text_append_char(out, c);
		*previous = c;
	}
}

void lines_convert_end(char *previous, Text *out)
{
	if (*previous == '\r')
		text_append_char(out, '\r');
	*previous = 0;
}
