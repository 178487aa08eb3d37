#include "sieve/symbols.h"

#include <string.h>

#include "base/ascii.h"

static uint32_t hash_of(Slice name)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < name.length; i++)
		hash = (hash ^ (unsigned char)ascii_lower(name.data[i])) * 16777619U;
	return hash ^ hash >> 15;
}

/* The bucket that holds `name`, or the empty one where it belongs.  There is always an empty one. */
static uint16_t *bucket_of(const SieveSymbols *symbols, Slice name)
{
	uint32_t at = hash_of(name) & (symbols->bucket_count - 1);

	while (symbols->buckets[at] && !ascii_equal_fold(symbols->names[symbols->buckets[at] - 1], name))
		at = (at + 1) & (symbols->bucket_count - 1);
	return &symbols->buckets[at];
}

static void grow(SieveSymbols *symbols, Arena *arena)
{
	uint32_t buckets = symbols->bucket_count ? symbols->bucket_count * 2 : 32;
	Slice *names = arena_alloc(arena, buckets / 2 * sizeof *names);

	if (symbols->count)
		memcpy(names, symbols->names, symbols->count * sizeof *names);
	symbols->names = names;
	symbols->bucket_count = buckets;
	symbols->buckets = arena_zeroed(arena, buckets, sizeof *symbols->buckets);
	for (uint32_t i = 0; i < symbols->count; i++)
		*bucket_of(symbols, names[i]) = (uint16_t)(i + 1);
}

int32_t sieve_symbol(SieveSymbols *symbols, Slice name, uint32_t limit, Arena *arena)
{
	uint16_t *bucket;
	char *lower;

	if (symbols->count * 2 >= symbols->bucket_count)
		grow(symbols, arena);
	bucket = bucket_of(symbols, name);
	if (*bucket)
		return *bucket - 1;
	if (symbols->count >= limit)
		return SIEVE_NO_SYMBOL;
	lower = arena_copy_bytes(arena, name.data, name.length);
	for (size_t i = 0; i < name.length; i++)
		lower[i] = ascii_lower(lower[i]);
	symbols->names[symbols->count] = slice(lower, name.length);
	*bucket = (uint16_t)++symbols->count;
	return (int32_t)symbols->count - 1;
}
