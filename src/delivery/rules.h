/* rules - which script is this user's, and may it be believed */
#ifndef DELIVERY_RULES_H
#define DELIVERY_RULES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/text.h"
#include "system/config.h"
#include "system/users.h"

typedef enum RulesFound {
	RULES_NONE, /* the user has no rules */
	RULES_LOADED,
	RULES_REFUSED, /* there are some, but somebody else could have written them, or they are too large */
} RulesFound;

typedef struct Rules {
	RulesFound found;
	const char *path; /* of the script that was found, in the arena */
	const char *why;  /* REFUSED: what is wrong with it and how to mend it */
	Text source;
	int64_t modified_s; /* when the script was written, in seconds since 1970 */
} Rules;

/* Where a user's rules may be when no setting says so, ending in NULL; the first that exists is used. */
extern const char *const rules_places[];

/* Finds the script: `option` (-s), else `sieve_script`, else the first there is of
 * ~/.config/trommel/active.sieve, ~/.dovecot.sieve, ~/.sieve.  A script that cannot be read just now, or one
 * named by -s that is not there, is a failure (RETRY): it is not known what its owner wants. */
bool rules_find(Rules *rules, const char *option, const Config *config, const User *user, Arena *arena,
		Failure *why);

void rules_clear(Rules *rules);

/* `path` with a leading ~ and %u, %h, %H, %% expanded for the user, in the arena.  %H: the first two
 * hexadecimal digits of the name's SHA-256. */
const char *rules_expand(const char *path, const User *user, Arena *arena);

DEFINE_AUTO_VALUE(Rules, rules_clear)

#endif
