/* implies - what is known of a test once another was true: for warnings alone
 * RFC 5228, section 5
 *
 * Syntactic, so it knows little, and what it knows is so for every message. */
#ifndef SIEVE_IMPLIES_H
#define SIEVE_IMPLIES_H

#include "sieve/tree.h"

/* Does the outcome of the test depend on the message alone, with no variable in it and no effect? */
bool sieve_test_is_pure(const SieveNode *test);

/* Both pure: is `then` true of every message that `test` is true of?  False when that is not known. */
bool sieve_test_implies(const SieveNode *test, const SieveNode *then);

#endif
