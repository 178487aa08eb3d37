/* tally - how often each name came */
#ifndef COMMANDS_TALLY_H
#define COMMANDS_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

typedef struct TallyItem {
	const char *name;
	uint64_t count, bytes;
} TallyItem;

typedef struct Tally {
	Arena *arena; /* of the names */
	TallyItem *items;
	size_t count, capacity;
	uint32_t *slots; /* indexes + 1 by hash; twice as many as `capacity` */
} Tally;

/* Counts `name` once more, with so many bytes; or `count` times. */
void tally_add(Tally *tally, Slice name, uint64_t bytes);
void tally_add_many(Tally *tally, Slice name, uint64_t count, uint64_t bytes);

/* The count of the most frequent; 1 when there is none. */
uint64_t tally_greatest(const Tally *tally);

/* Most frequent first, or by name.  Nothing can be added after that. */
void tally_sort(Tally *tally, bool by_name);
void tally_clear(Tally *tally);

#endif
