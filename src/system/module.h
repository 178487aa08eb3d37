/* module - shared objects of our own, opened on demand, from where the program itself came
 *
 * A program that lies in a build tree (a directory with modules/ in it, or beside it) takes its modules from
 * there; any other, and every set-gid one, from the directory they are installed in.  No environment and no
 * configuration has a say.  Modules of a build tree count only when nobody could have put them there who
 * could not have replaced the program as well: so root may run one, too. */
#ifndef SYSTEM_MODULE_H
#define SYSTEM_MODULE_H

#include "base/failure.h"

/* Opens the module `name` ("mime") and returns the table that its `symbol` is; it stays open.  The
 * table's version is the caller's to look at.  NULL and `why` (RETRY) when it is missing or broken. */
const void *module_open(const char *name, const char *symbol, Failure *why);

#endif
