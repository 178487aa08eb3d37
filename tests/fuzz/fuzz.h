/* fuzz - what the targets in this directory share
 *
 * A target is fuzz_NAME.c: the function `fuzz`, which states what holds for every input.  That nothing
 * crashes, leaks or never ends is looked after by the sanitizers and libFuzzer; LAW says the rest.  `make
 * fuzz` builds and runs them; what libFuzzer begins with stands in seeds/NAME/ and NAME.dict, when the target
 * needs any, and in the table of `run`. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/panic.h"
#include "base/slice.h"
#include "base/text.h"

/* The target's own. */
static void fuzz(Slice input);

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A law that this input breaks: says which, and stops as a crash does. */
#define LAW(condition, ...)                                                                          \
	do {                                                                                         \
		if (!(condition)) {                                                                  \
			fprintf(stderr, "%s:%d: broken law: %s\n ", __FILE__, __LINE__, #condition); \
			fprintf(stderr, " " __VA_ARGS__);                                            \
			fputc('\n', stderr);                                                         \
			abort();                                                                     \
		}                                                                                    \
	} while (0)

/* The same bytes? */
#define LAW_SAME(found, expected) fuzz_same(__FILE__, __LINE__, #found " is " #expected, (found), (expected))

static inline void fuzz_show(const char *what, Slice bytes)
{
	fprintf(stderr, "  %s ", what);
	for (size_t i = 0; i < bytes.length; i++)
		fprintf(stderr, bytes.data[i] >= ' ' && bytes.data[i] <= '~' ? "%c" : "\\x%02x",
			(unsigned char)bytes.data[i]);
	fputc('\n', stderr);
}

static inline void fuzz_same(const char *file, int line, const char *law, Slice found, Slice expected)
{
	if (slice_equal(found, expected))
		return;
	fprintf(stderr, "%s:%d: broken law: %s\n", file, line, law);
	fuzz_show("found   ", found);
	fuzz_show("expected", expected);
	abort();
}

/* Does `inner` lie within `outer`? */
static inline bool fuzz_within(Slice inner, Slice outer)
{
	return inner.data >= outer.data && inner.data + inner.length <= outer.data + outer.length;
}

/* ---- bytes as choices, for what is made rather than read ---- */

/* What is left of the bytes that choose.  At the end every choice is the first. */
typedef struct FuzzChoices {
	Slice rest;
} FuzzChoices;

/* One of 0 to `count` - 1. */
static inline size_t fuzz_choose(FuzzChoices *choices, size_t count)
{
	size_t chosen = 0;

	for (size_t reach = 1; reach < count && choices->rest.length; reach *= 256) {
		chosen = chosen * 256 + (unsigned char)choices->rest.data[0];
		choices->rest = slice_from(choices->rest, 1);
	}
	return count ? chosen % count : 0;
}

/* True once in `out_of`; at the end false. */
static inline bool fuzz_rarely(FuzzChoices *choices, size_t out_of)
{
	return fuzz_choose(choices, out_of) == out_of - 1;
}

/* The next bytes, at most `most`. */
static inline Slice fuzz_bytes(FuzzChoices *choices, size_t most)
{
	size_t length = fuzz_choose(choices, most + 1);
	Slice bytes = slice(choices->rest.data,
			    length < choices->rest.length ? length : choices->rest.length);

	choices->rest = slice_from(choices->rest, bytes.length);
	return bytes;
}

/* Cuts the input at its first line that is "%%": what stands before it, and what stands behind it. */
static inline void fuzz_halves(Slice input, Slice *first, Slice *second)
{
	const char *cut = memmem(input.data, input.length, "\n%%\n", 4);

	*first = cut ? slice(input.data, (size_t)(cut - input.data) + 1) : input;
	*second = cut ? slice_from(input, (size_t)(cut - input.data) + 4)
		      : slice(input.data + input.length, 0);
}

/* ---- how a target is called ---- */

/* A bug that the code itself has seen is a crash here. */
static void fuzz_panic(const char *text)
{
	fprintf(stderr, "%s\n", text);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	panic_set_hook(fuzz_panic);
	fuzz(slice(data ? (const char *)data : "", size));
	return 0;
}

#endif
