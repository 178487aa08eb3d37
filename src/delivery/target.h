/* target - which folder an action means that names it by an id or by what it is for
 * RFC 8579, section 4; RFC 9042, section 4: the folder that it names otherwise is used when there is none */
#ifndef DELIVERY_TARGET_H
#define DELIVERY_TARGET_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/failure.h"
#include "mailbox/store.h"
#include "plan/plan.h"

typedef struct Target {
	const char *folder;      /* as users see it */
	const char *special_use; /* what it gets when it has to be made, or NULL */
} Target;

/* Of a FILEINTO, or of a copy of what is sent.  False (RETRY) and `why`: not to be known just now. */
bool target_find(Store *store, const Action *action, Arena *arena, Target *target, Failure *why);

#endif
