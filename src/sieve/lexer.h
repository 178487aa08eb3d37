/* lexer - a script's bytes as tokens
 * RFC 5228, section 8.1 */
#ifndef SIEVE_LEXER_H
#define SIEVE_LEXER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "sieve/tree.h"

typedef enum SieveTokenKind {
	SIEVE_TOKEN_END,
	SIEVE_TOKEN_IDENTIFIER,
	SIEVE_TOKEN_TAG,
	SIEVE_TOKEN_NUMBER,
	SIEVE_TOKEN_STRING,
	SIEVE_TOKEN_PUNCTUATION, /* one of ( ) [ ] { } , ; */
} SieveTokenKind;

typedef struct SieveToken {
	SieveTokenKind kind;
	char punctuation;
	bool dollar; /* of a string: it has "${" in it, so extensions may want to see it */
	SieveSpan span;
	Slice text;    /* identifier; tag without colon; string without quotes and escapes */
	uint32_t hash; /* of an identifier or tag: sieve_name_hash(text) */
	uint64_t number;
} SieveToken;

typedef struct SieveLexer {
	const char *start, *at, *end;
	uint32_t line;
	Arena *arena; /* for strings that are not as they stand in the source */
	/* Gets what is wrong with the source; the lexer goes on behind it. */
	/* `is_stray`: it is a byte that means nothing, which is passed over. */
	void (*report)(void *self, SieveSpan span, const char *text, bool is_stray);
	void *self;
} SieveLexer;

/* A name's hash, which takes no notice of case. */
static inline uint32_t sieve_hash_letter(uint32_t hash, char c)
{
	return (hash ^ (unsigned char)(c | 0x20)) * 16777619U;
}

enum {
	SIEVE_HASH_START = 0x1d
};

static inline uint32_t sieve_name_hash(Slice name)
{
	uint32_t hash = SIEVE_HASH_START;

	for (size_t i = 0; i < name.length; i++)
		hash = sieve_hash_letter(hash, name.data[i]);
	return hash;
}

/* How long the mark of UTF-8 is that some editors put at the beginning: 3 bytes, or 0. */
static inline size_t sieve_mark_length(Slice source)
{
	return source.length >= 3 && memcmp(source.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Starts at the beginning of `source` (at most SIEVE_LIMIT_SCRIPT_BYTES, borrowed). */
void sieve_lexer_start(SieveLexer *lexer, Slice source);

/* Reads the next token; at the end SIEVE_TOKEN_END again and again. */
void sieve_lexer_next(SieveLexer *lexer, SieveToken *token);

#endif
