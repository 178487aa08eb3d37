/* base64 - undo it as it streams
 * RFC 2045, section 6.8
 *
 * GMime 3.2.13 stops for good at the first padding (and so would text behind it be hidden from
 * a rule, while several readers show it); here padding ends its group of four and decoding goes
 * on.  Bytes outside the alphabet are skipped. */
#ifndef MODULES_MIME_BASE64_H
#define MODULES_MIME_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

typedef struct Base64 {
	uint32_t bits;  /* of the group under way, the newest lowest */
	unsigned count; /* characters in it: 0 to 3 */
} Base64;

/* Decodes `in` to `out`, which has room for 3/4 of its length + 3.  Returns the bytes written. */
size_t base64_decode(Base64 *state, Slice in, char *out);

/* The bytes of an unfinished last group, at most 2: it lacks its padding, or was cut. */
size_t base64_finish(Base64 *state, char *out);

#endif
