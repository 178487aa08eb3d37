/* symbols - names numbered in the order in which they come: the variables of a script */
#ifndef SIEVE_SYMBOLS_H
#define SIEVE_SYMBOLS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

typedef struct SieveSymbols {
	Slice *names; /* in lower case */
	uint32_t count;
	uint16_t *buckets; /* index + 1, open addressing */
	uint32_t bucket_count;
} SieveSymbols;

enum {
	SIEVE_NO_SYMBOL = -1
};

/* The number of `name` (any case), given now if it is new; SIEVE_NO_SYMBOL when there would be more
 * than `limit`. */
int32_t sieve_symbol(SieveSymbols *symbols, Slice name, uint32_t limit, Arena *arena);

#endif
