/* utf8 - RFC 3629: one character at a time, never past the end, never overlong */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* The length in bytes (1 to 4) of the well-formed character at `at`, or 0 when
 * the bytes there are none; `code_point` (may be NULL) gets its number. */
size_t utf8_decode(const char *at, size_t available, uint32_t *code_point);

/* Writes the character to `out` (4 bytes of room) and returns its length; 0 for
 * surrogates and numbers beyond U+10FFFF. */
size_t utf8_encode(uint32_t code_point, char *out);

/* True when all of it is well-formed. */
bool utf8_valid(Slice text);

/* How many characters; a byte that belongs to none counts as one. */
size_t utf8_length(Slice text);

/* The longest prefix of at most `limit_bytes` that cuts no character. */
Slice utf8_cut(Slice text, size_t limit_bytes);

#endif
