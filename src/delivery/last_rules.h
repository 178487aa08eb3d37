/* last_rules - the last rules of a user that compiled, kept for the day when they do not
 *
 * A file in the user's state, one for each script, holds it and what it includes; it has the script's own
 * time, so that in the usual case one look is enough.  When a script has errors, these rules are used in its
 * place, and its owner is told: a typing mistake does not send a day's mail into the inbox. */
#ifndef DELIVERY_LAST_RULES_H
#define DELIVERY_LAST_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/slice.h"
#include "base/text.h"
#include "sieve/sieve.h"

/* An included script. */
typedef struct RuleSource {
	SievePlace place;
	const char *name;
	Slice text;
} RuleSource;

typedef struct RuleSources {
	RuleSource *items;
	size_t count, capacity;
} RuleSources;

/* Where those of the script at `script` are kept, in `arena`. */
const char *last_rules_path(const char *state, const char *script, Arena *arena);

/* Is the script that is kept there of this time? */
bool last_rules_are_of(const char *path, int64_t modified_s);

/* Reads them, when they are `owner`'s alone.  False: there are none that can be believed. */
bool last_rules_read(const char *path, uid_t owner, Slice *script, RuleSources *includes, int64_t *modified_s,
		     Arena *arena);

/* Keeps a script and what it includes.  What is missing of the directory is made below `home`. */
bool last_rules_keep(const char *path, const char *home, Slice script, const RuleSources *includes,
		     int64_t modified_s, Failure *why);

/* The include of this name, or NULL. */
const RuleSource *last_rules_find(const RuleSources *includes, SievePlace place, const char *name);

/* Adds one, borrowed. */
void last_rules_add(RuleSources *includes, RuleSource source, Arena *arena);

/* One include as bytes, and back (in `arena`; false: they are none). */
void last_rules_write(const RuleSource *source, Text *out);
bool last_rules_take(Slice *rest, RuleSource *source, Arena *arena);

#endif
