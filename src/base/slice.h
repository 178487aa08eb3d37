/* slice - borrowed bytes: a pointer and a length, not a C string
 *
 * Mail holds NULs, so mail data travels as slices.  `data` is never NULL once it
 * came from one of the makers below, and is only NUL-terminated where a function
 * says so. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct Slice {
	const char *data;
	size_t length;
} Slice;

static inline Slice slice(const char *data, size_t length)
{
	return (Slice){ data, length };
}

static inline Slice slice_of(const char *string)
{
	return (Slice){ string, strlen(string) };
}

/* A slice of a string literal. */
#define SLICE(literal) ((Slice){ "" literal, sizeof(literal) - 1 })

static inline bool slice_equal(Slice a, Slice b)
{
	return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* The rest of `it` from `offset`, or an empty slice at its end. */
static inline Slice slice_from(Slice it, size_t offset)
{
	return offset < it.length ? slice(it.data + offset, it.length - offset)
				  : slice(it.data + it.length, 0);
}

#endif
