#include "sieve/names.h"

#include <string.h>

#include "base/ascii.h"
#include "base/suggest.h"
#include "sieve/lexer.h"

static unsigned bucket_of(uint32_t hash)
{
	return (hash ^ hash >> 16) % SIEVE_NAME_BUCKETS;
}

void sieve_names_init(SieveNames *names, Arena *arena)
{
	*names = (SieveNames){ .arena = arena };
	memset(names->buckets, 0xff, sizeof names->buckets);
}

static void add(void *self, const SieveName *name)
{
	SieveNames *names = self;
	uint32_t hash = sieve_name_hash(slice(name->name, name->length));
	unsigned bucket = bucket_of(hash);

	if (names->count == names->capacity) {
		SieveName *items;

		names->capacity = names->capacity ? names->capacity * 2 : 128;
		items = arena_alloc(names->arena, names->capacity * sizeof *items);
		if (names->count)
			memcpy(items, names->items, names->count * sizeof *items);
		names->items = items;
	}
	names->items[names->count] = *name;
	names->items[names->count].hash = hash;
	names->items[names->count].next = names->buckets[bucket];
	names->buckets[bucket] = (int16_t)names->count++;
}

void sieve_names_add(SieveNames *names, const SieveExtension *extension)
{
	sieve_names_visit(extension, add, names);
}

#define VISIT_TABLE(table, kind_)                                                                         \
	do {                                                                                              \
		if (table)                                                                                \
			for (size_t i = 0; (table)[i].name; i++)                                          \
				visit(self, &(SieveName){ .name = (table)[i].name,                        \
							  .what = &(table)[i],                            \
							  .extension = extension,                         \
							  .kind = (kind_),                                \
							  .length = (uint16_t)strlen((table)[i].name) }); \
	} while (0)

void sieve_names_visit(const SieveExtension *extension, void (*visit)(void *self, const SieveName *name),
		       void *self)
{
	VISIT_TABLE(extension->commands, SIEVE_NAME_COMMAND);
	VISIT_TABLE(extension->tests, SIEVE_NAME_TEST);
	VISIT_TABLE(extension->tags, SIEVE_NAME_TAG);
	VISIT_TABLE(extension->match_types, SIEVE_NAME_MATCH_TYPE);
	VISIT_TABLE(extension->address_parts, SIEVE_NAME_ADDRESS_PART);
	VISIT_TABLE(extension->modifiers, SIEVE_NAME_MODIFIER);
	VISIT_TABLE(extension->comparators, SIEVE_NAME_COMPARATOR);
	VISIT_TABLE(extension->namespaces, SIEVE_NAME_NAMESPACE);
}

const SieveName *sieve_names_find(const SieveNames *names, Slice name, uint32_t hash,
				  const SieveName *previous)
{
	int16_t index = previous ? previous->next : names->buckets[bucket_of(hash)];

	for (; index >= 0; index = names->items[index].next) {
		const SieveName *item = &names->items[index];

		/* Nearly everybody writes them in lower case. */
		if (item->hash == hash && item->length == name.length &&
		    (memcmp(item->name, name.data, name.length) == 0 ||
		     ascii_equal_fold(name, slice(item->name, item->length))))
			return item;
	}
	return NULL;
}

const SieveName *sieve_names_of_kind(const SieveNames *names, SieveNameKind kind, Slice name, uint32_t hash)
{
	const SieveName *item = sieve_names_find(names, name, hash, NULL);

	while (item && item->kind != kind)
		item = sieve_names_find(names, name, hash, item);
	return item;
}

bool sieve_item_named(const SieveItem *item, Slice name)
{
	size_t length = strlen(item->name);

	if (item->name[length - 1] != '*')
		return ascii_equal_fold_string(name, item->name);
	return name.length >= length &&
	       ascii_equal_fold(slice(name.data, length - 1), slice(item->name, length - 1));
}

bool sieve_names_listed(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (list && *list) {
		size_t this = strcspn(list, " ");

		if (this == length && memcmp(list, word, length) == 0)
			return true;
		list += this + strspn(list + this, " ");
	}
	return false;
}

void sieve_nearest_init(SieveNearest *nearest, Slice wrong)
{
	*nearest = (SieveNearest){ .wrong = wrong, .best = SLICE(""), .distance = suggest_limit(wrong) + 1 };
}

void sieve_nearest_offer(SieveNearest *nearest, Slice name)
{
	size_t distance = suggest_distance(nearest->wrong, name, nearest->distance + 1);

	/* Some names are of several extensions. */
	if (distance > nearest->distance + 1 || ascii_equal_fold(name, nearest->best))
		return;
	if (distance >= nearest->distance) {
		nearest->rivals++;
		return;
	}
	nearest->rivals = nearest->best.length && nearest->distance <= distance + 1;
	nearest->distance = distance;
	nearest->best = name;
}
