/* glob - the patterns of ":matches"
 * RFC 5228, section 2.7.1; RFC 5229, section 3.2 (captures)
 *
 * "*" stands for any octets, "?" for one octet, a back-slash takes their meaning away.  Matching is
 * linear in the value: what stands between two stars is looked for once, from left to right, and
 * never taken back, for the leftmost place leaves most to the rest. */
#ifndef SIEVE_GLOB_H
#define SIEVE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

typedef struct SieveGlob SieveGlob;

/* Reads `pattern`, folded already if case shall not matter.  Every text is a pattern: a single
 * back-slash at the end stands for itself. */
SieveGlob *sieve_glob_new(Slice pattern, Arena *arena);

/* Where a wildcard's part of the value is. */
typedef struct SieveGlobPart {
	size_t offset, length;
} SieveGlobPart;

/* Does all of `value` match?  The parts of the first `most` wildcards go to `parts`, which are as
 * short as they can be from left to right; `*count` gets how many there are of them. */
bool sieve_glob_match(const SieveGlob *glob, Slice value, SieveGlobPart *parts, size_t most, size_t *count);

/* The same where characters take several bytes: `starts` has a byte for each of `value`, not 0 where a
 * character begins, and "?" stands for one character. */
bool sieve_glob_match_characters(const SieveGlob *glob, Slice value, const char *starts, SieveGlobPart *parts,
				 size_t most, size_t *count);

#endif
