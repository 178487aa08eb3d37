/* module - shared objects of our own, opened on demand, from the installed directory only */
#ifndef SYSTEM_MODULE_H
#define SYSTEM_MODULE_H

#include "base/failure.h"

/* Opens the module `name` ("mime") and returns the table that its `symbol` is; it stays open.  From the
 * installed directory; from the build tree's when run from there as an ordinary user or in a test.
 * NULL and `why` when it is missing or of another version. */
const void *module_open(const char *name, const char *symbol, Failure *why);

#endif
