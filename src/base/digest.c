#include "base/digest.h"

#include <stdio.h>
#include <string.h>

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t value, unsigned bits)
{
	return value >> bits | value << (32 - bits);
}

static void expand_block(const unsigned char *block, uint32_t words[64])
{
	for (unsigned i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
			   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (unsigned i = 16; i < 64; i++) {
		uint32_t a = words[i - 15], b = words[i - 2];

		words[i] = words[i - 16] + words[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
			   (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

/* One round.  The eight words change their roles instead of their places. */
static inline void mix(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g,
		       uint32_t *h, uint32_t word)
{
	uint32_t choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
	uint32_t first = *h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + word;

	*d += first;
	*h = first + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
}

static void take_block(Digest *digest, const unsigned char *block)
{
	uint32_t words[64], *state = digest->state;
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

	expand_block(block, words);
	for (unsigned i = 0; i < 64; i += 8) {
		mix(a, b, c, &d, e, f, g, &h, constants[i] + words[i]);
		mix(h, a, b, &c, d, e, f, &g, constants[i + 1] + words[i + 1]);
		mix(g, h, a, &b, c, d, e, &f, constants[i + 2] + words[i + 2]);
		mix(f, g, h, &a, b, c, d, &e, constants[i + 3] + words[i + 3]);
		mix(e, f, g, &h, a, b, c, &d, constants[i + 4] + words[i + 4]);
		mix(d, e, f, &g, h, a, b, &c, constants[i + 5] + words[i + 5]);
		mix(c, d, e, &f, g, h, a, &b, constants[i + 6] + words[i + 6]);
		mix(b, c, d, &e, f, g, h, &a, constants[i + 7] + words[i + 7]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void digest_begin(Digest *digest)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	memcpy(digest->state, start, sizeof start);
	digest->length = 0;
}

/* Whole blocks are taken where they are. */
void digest_add(Digest *digest, Slice bytes)
{
	while (bytes.length) {
		size_t filled = digest->length % sizeof digest->block, part = sizeof digest->block - filled;

		if (part > bytes.length)
			part = bytes.length;
		digest->length += part;
		if (part == sizeof digest->block) {
			take_block(digest, (const unsigned char *)bytes.data);
		} else {
			memcpy(digest->block + filled, bytes.data, part);
			if (filled + part == sizeof digest->block)
				take_block(digest, digest->block);
		}
		bytes = slice_from(bytes, part);
	}
}

void digest_end(Digest *digest, unsigned char result[DIGEST_BYTES])
{
	static const char padding[64] = { (char)0x80 };
	uint64_t bits = digest->length * 8;
	size_t filled = digest->length % sizeof digest->block;
	char length[8];

	for (unsigned i = 0; i < 8; i++)
		length[i] = (char)(bits >> (56 - 8 * i) & 0xff);
	digest_add(digest, slice(padding, (filled < 56 ? 56 : 120) - filled));
	digest_add(digest, slice(length, sizeof length));
	for (unsigned i = 0; i < DIGEST_BYTES; i++)
		result[i] = (unsigned char)(digest->state[i / 4] >> (24 - 8 * (i % 4)));
}

void digest_hex(const unsigned char result[DIGEST_BYTES], char hex[DIGEST_HEX])
{
	static const char letters[] = "0123456789abcdef";

	for (unsigned i = 0; i < DIGEST_BYTES; i++) {
		hex[2 * i] = letters[result[i] >> 4];
		hex[2 * i + 1] = letters[result[i] & 15];
	}
	hex[2 * DIGEST_BYTES] = '\0';
}

void digest_of(const Slice *strings, size_t count, char hex[DIGEST_HEX])
{
	unsigned char result[DIGEST_BYTES];
	Digest digest;

	digest_begin(&digest);
	for (size_t i = 0; i < count; i++) {
		char length[24];

		digest_add(&digest,
			   slice(length, (size_t)snprintf(length, sizeof length, "%zu:", strings[i].length)));
		digest_add(&digest, strings[i]);
	}
	digest_end(&digest, result);
	digest_hex(result, hex);
}
