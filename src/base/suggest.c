#include "base/suggest.h"

#include <stdlib.h>

#include "base/ascii.h"

enum {
	LENGTH_MAX = 64 /* bounds the work; no name of ours is longer */
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return ascii_lower(a) == ascii_lower(b);
}

/* Optimal string alignment, three rows of the usual table. */
size_t suggest_distance(Slice a, Slice b, size_t limit)
{
	size_t rows[3][LENGTH_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	if (a.length > LENGTH_MAX || b.length > LENGTH_MAX)
		return limit + 1;
	for (size_t j = 0; j <= b.length; j++)
		above[j] = before[j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			size_t change = above[j - 1] + !same(a.data[i - 1], b.data[j - 1]);

			row[j] = least(change, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a.data[i - 1], b.data[j - 2]) &&
			    same(a.data[i - 2], b.data[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		size_t *oldest = before;

		before = above;
		above = row;
		row = oldest;
	}
	return least(above[b.length], limit + 1);
}

size_t suggest_limit(Slice wrong)
{
	return wrong.length < 4 ? 1 : wrong.length < 8 ? 2 : 3;
}

const char *suggest_nearest(Slice wrong, const char *const *names)
{
	size_t best = suggest_limit(wrong) + 1;
	const char *nearest = NULL;

	for (; *names; names++) {
		size_t distance = suggest_distance(wrong, slice_of(*names), best - 1);

		if (distance < best) {
			best = distance;
			nearest = *names;
		}
	}
	return nearest;
}
