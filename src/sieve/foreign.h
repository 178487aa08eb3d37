/* foreign - extensions that others made for their own servers
 *
 * Scripts travel; whoever moves one here ought to read whose words it uses rather than that they are unknown.
 */
#ifndef SIEVE_FOREIGN_H
#define SIEVE_FOREIGN_H

#include "base/slice.h"

/* Whose extension is it?  "Proton Mail"; NULL: nobody's that is known. */
const char *sieve_foreign_owner(Slice capability);

/* The extension that brings a command or test of this name (any case), and its owner; false when none is
 * known. */
bool sieve_foreign_verb(Slice name, const char **capability, const char **owner);

#endif
