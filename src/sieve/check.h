/* check - what the `check` functions of an extension's tables may do while a script is compiled */
#ifndef SIEVE_CHECK_H
#define SIEVE_CHECK_H

#include "base/arena.h"
#include "sieve/sieve.h"
#include "sieve/tree.h"

typedef struct SieveCheck SieveCheck; /* one script being compiled */

/* Report a finding at `span` of the script.  `suggestion` ("did you mean ...?") may be NULL.  A warning has
 * the `name` by which it is switched off, one of those in warnings.h.  Both return false. */
bool sieve_check_error(SieveCheck *check, SieveSpan span, const char *suggestion, const char *format, ...)
	__attribute__((cold, format(printf, 4, 5)));
bool sieve_check_warn(SieveCheck *check, const char *name, SieveSpan span, const char *suggestion,
		      const char *format, ...) __attribute__((cold, format(printf, 5, 6)));

/* "did you mean 'address'?" for the name among `names` (ends with NULL) that is nearest to `wrong`,
 * or NULL when none is near. */
const char *sieve_check_suggest(SieveCheck *check, Slice wrong, const char *const *names);

/* The script's arena: for node->data and what else shall live as long as the script. */
Arena *sieve_check_arena(SieveCheck *check);

const SieveSetup *sieve_check_setup(const SieveCheck *check);

/* Is this capability required (or implied) so far? */
bool sieve_check_has(const SieveCheck *check, const char *capability);

/* Binds the variable `name` (may have a namespace), reporting a bad name at `span`; for names that are
 * arguments and not "${name}".  False when it is no good. */
bool sieve_check_variable(SieveCheck *check, Slice name, SieveSpan span, bool to_be_set,
			  SievePiece *variable);

/* The modifiers given to a command that takes them, in the order in which they are to be applied; ends with
 * NULL. */
const SieveModifier **sieve_check_modifiers(SieveCheck *check, const SieveNode *node);

/* How many blocks the present command stands in. */
unsigned sieve_check_depth(const SieveCheck *check);

/* Can it never be reached, because it stands in an "if false"? */
bool sieve_check_is_dead(const SieveCheck *check);

/* What the site or the user set for `name`, or NULL. */
const char *sieve_check_setting(const SieveCheck *check, const char *name);

/* From now on sieve_needs_mime is true of the script. */
void sieve_check_need_mime(SieveCheck *check);

/* The same for sieve_needs_zone. */
void sieve_check_need_zone(SieveCheck *check);

/* From now on sieve_plans has SIEVE_PLANS_LISTS. */
void sieve_check_need_lists(SieveCheck *check);

/* The part of "envelope" or item of "environment" called `name` (any case) among the required
 * extensions, or NULL.  `suggestion` (may be NULL) gets the nearest name's. */
const struct SieveItem *sieve_check_envelope_part(SieveCheck *check, Slice name, const char **suggestion);
const struct SieveItem *sieve_check_environment_item(SieveCheck *check, Slice name, const char **suggestion);

#endif
