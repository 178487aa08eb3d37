/* suggest - what somebody who mistyped a name may have meant */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

#include "base/slice.h"

/* The number of letters (case does not count) that have to be put in, taken out, changed or swapped with
 * their neighbour to make one of the other; `limit` + 1 for anything above `limit`, and for names longer
 * than 64. */
size_t suggest_distance(Slice a, Slice b, size_t limit);

/* How far a name of this length may be off and still be worth a suggestion. */
size_t suggest_limit(Slice wrong);

/* The nearest of `names` (ends with NULL), or NULL when none is near enough. */
const char *suggest_nearest(Slice wrong, const char *const *names);

#endif
