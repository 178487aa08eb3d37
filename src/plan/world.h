/* world - the questions that rules may ask about the world, in one small table
 *
 * The judge answers them by asking its courier, `try` without effect, a test
 * runner from its scratch store.  An answer never changes anything. */
#ifndef PLAN_WORLD_H
#define PLAN_WORLD_H

#include <stdbool.h>

#include "base/failure.h"

typedef struct World {
	/* Does this folder exist, and could a copy be filed there? */
	bool (*folder_exists)(void *self, const char *folder, bool *exists, Failure *why);
	void *self;
} World;

#endif
