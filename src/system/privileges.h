/* privileges - becoming the recipient, for good
 *
 * setgroups, setresgid, setresuid, in this order, each checked, then proof that nothing can be
 * regained.  The one exception is the group of a mail spool like Debian's /var/mail (2775
 * root:mail): it is kept as the saved group id only, and raised around making and removing a
 * dotlock or a new mailbox there. */
#ifndef SYSTEM_PRIVILEGES_H
#define SYSTEM_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/failure.h"
#include "system/users.h"

#define NO_GROUP ((gid_t)-1)

/* Puts a group that a set-gid bit gave us aside, before anything is opened: what the caller names is opened
 * with his rights.  It is the saved group id until privileges_become decides about it; with `for_good` it is
 * gone.  Without such a bit nothing is done. */
bool privileges_put_set_gid_aside(bool for_good, Failure *why);

/* Becomes `user`.  As root: group list, gid, uid, with `spool_group` (or NO_GROUP) as saved group
 * id.  As that user already: only verifies (and keeps a group id that a set-gid bit gave as saved id).
 * As anybody else: refused (77). */
bool privileges_become(const User *user, gid_t spool_group, Failure *why);

/* The group that is held in reserve, or NO_GROUP. */
gid_t privileges_spool_group(void);

/* Raises it to the effective group, and lowers it again.  Async-signal-safe.  Without a group in
 * reserve both do nothing. */
bool privileges_raise_spool_group(void);
void privileges_lower_spool_group(void);

/* Gives up what root has beyond his own files, for good: raising limits, other processes, the kernel. */
bool privileges_drop_capabilities(Failure *why);

/* Gives the reserve up: for the judge and for programs that are run. */
bool privileges_drop_spool_group(void);

#endif
