#include "commands/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static size_t slot_of(const Tally *tally, Slice name)
{
	const size_t mask = 2 * tally->capacity - 1;
	uint64_t hash = 1469598103934665603U; /* FNV-1a */
	size_t slot;

	for (size_t i = 0; i < name.length; i++)
		hash = (hash ^ (unsigned char)name.data[i]) * 1099511628211U;
	for (slot = (size_t)hash & mask; tally->slots[slot]; slot = (slot + 1) & mask)
		if (slice_equal(slice_of(tally->items[tally->slots[slot] - 1].name), name))
			break;
	return slot;
}

static void grow(Tally *tally)
{
	MEMORY_GROW(tally->items, tally->count, tally->capacity);
	free(tally->slots);
	tally->slots = memory_zeroed(2 * tally->capacity, sizeof *tally->slots);
	for (size_t i = 0; i < tally->count; i++)
		tally->slots[slot_of(tally, slice_of(tally->items[i].name))] = (uint32_t)i + 1;
}

void tally_add_many(Tally *tally, Slice name, uint64_t count, uint64_t bytes)
{
	size_t slot;

	if (tally->count == tally->capacity)
		grow(tally);
	slot = slot_of(tally, name);
	if (!tally->slots[slot]) {
		tally->items[tally->count] = (TallyItem){
			arena_copy_bytes(tally->arena, name.data, name.length), 0, 0
		};
		tally->slots[slot] = (uint32_t)++tally->count;
	}
	tally->items[tally->slots[slot] - 1].count += count;
	tally->items[tally->slots[slot] - 1].bytes += bytes;
}

void tally_add(Tally *tally, Slice name, uint64_t bytes)
{
	tally_add_many(tally, name, 1, bytes);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const TallyItem *)a)->name, ((const TallyItem *)b)->name);
}

static int by_count(const void *a, const void *b)
{
	const TallyItem *one = a, *other = b;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	return by_name(a, b);
}

void tally_sort(Tally *tally, bool names)
{
	if (tally->count)
		qsort(tally->items, tally->count, sizeof *tally->items, names ? by_name : by_count);
}

void tally_clear(Tally *tally)
{
	free(tally->items);
	free(tally->slots);
	tally->items = NULL;
	tally->slots = NULL;
}

uint64_t tally_greatest(const Tally *tally)
{
	uint64_t most = 1;

	for (size_t i = 0; i < tally->count; i++)
		most = tally->items[i].count > most ? tally->items[i].count : most;
	return most;
}
