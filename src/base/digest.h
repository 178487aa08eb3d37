/* digest - names for things that nobody can choose to be alike: SHA-256
 * FIPS 180-4 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdint.h>

#include "base/slice.h"

enum {
	DIGEST_BYTES = 32,
	DIGEST_HEX = 2 * DIGEST_BYTES + 1 /* with its NUL */
};

typedef struct Digest {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	unsigned char block[64];
} Digest;

void digest_begin(Digest *digest);
void digest_add(Digest *digest, Slice bytes);
void digest_end(Digest *digest, unsigned char result[DIGEST_BYTES]);

/* The result in hexadecimal.  Async-signal-safe, as all above. */
void digest_hex(const unsigned char result[DIGEST_BYTES], char hex[DIGEST_HEX]);

/* The digest of `count` strings in hexadecimal; "ab", "c" and "a", "bc" are told apart. */
void digest_of(const Slice *strings, size_t count, char hex[DIGEST_HEX]);

#endif
