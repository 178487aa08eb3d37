/* names - what a word of a script means, given what the script requires
 *
 * One small hash table per script, filled as extensions are required, so that what a script does
 * not use costs nothing.  Names compare without case (RFC 5228, 2.6.2, 2.9); those of comparators
 * with it. */
#ifndef SIEVE_NAMES_H
#define SIEVE_NAMES_H

#include "sieve/extension.h"

typedef enum SieveNameKind {
	SIEVE_NAME_COMMAND,
	SIEVE_NAME_TEST,
	SIEVE_NAME_TAG,
	SIEVE_NAME_MATCH_TYPE,
	SIEVE_NAME_ADDRESS_PART,
	SIEVE_NAME_MODIFIER,
	SIEVE_NAME_COMPARATOR,
	SIEVE_NAME_NAMESPACE,
} SieveNameKind;

/* One name of an extension's tables. */
typedef struct SieveName {
	const char *name;
	const void *what; /* the SieveVerb, SieveTag, ... */
	const SieveExtension *extension;
	SieveNameKind kind;
	uint32_t hash;
	uint16_t length;
	int16_t next; /* of the same bucket, or -1 */
} SieveName;

enum {
	SIEVE_NAME_BUCKETS = 256
};

typedef struct SieveNames {
	int16_t buckets[SIEVE_NAME_BUCKETS];
	SieveName *items;
	size_t count, capacity;
	Arena *arena;
} SieveNames;

void sieve_names_init(SieveNames *names, Arena *arena);

/* Adds everything that `extension` defines. */
void sieve_names_add(SieveNames *names, const SieveExtension *extension);

/* The entry called `name`, of any kind, behind `previous` (NULL: the first); NULL at the end.  `hash` is
 * sieve_name_hash(name), which the lexer knows. */
const SieveName *sieve_names_find(const SieveNames *names, Slice name, uint32_t hash,
				  const SieveName *previous);

/* The first of this kind. */
const SieveName *sieve_names_of_kind(const SieveNames *names, SieveNameKind kind, Slice name, uint32_t hash);

/* Calls `visit` for every name that `extension` defines. */
void sieve_names_visit(const SieveExtension *extension, void (*visit)(void *self, const SieveName *name),
		       void *self);

/* Is `item` what `name` (any case) asks for? */
bool sieve_item_named(const SieveItem *item, Slice name);

/* Is `word` one of the blank-separated words of `list` (NULL: none)? */
bool sieve_names_listed(const char *list, const char *word);

/* Keeps the nearest of the names offered to it. */
typedef struct SieveNearest {
	Slice wrong;
	Slice best;      /* empty: nothing near enough */
	size_t distance; /* of `best` */
	size_t rivals;   /* other names that are at most one step further off, or as near */
} SieveNearest;

void sieve_nearest_init(SieveNearest *nearest, Slice wrong);
void sieve_nearest_offer(SieveNearest *nearest, Slice name);

#endif
