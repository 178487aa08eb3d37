/* directory - where a user's state is kept: nobody else may have a hand in it
 *
 * Whoever could write there could make mail disappear, as a duplicate of what never came. */
#ifndef STATE_DIRECTORY_H
#define STATE_DIRECTORY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/failure.h"

/* Opens the directory `path` when it and all that leads there is `owner`'s or root's and nobody else can
 * write to it; the directory itself must be the owner's.  With `make`, what is missing of it is made (0700).
 * Gives a descriptor, the caller's, or -1 where it is not there.  False and `why` (RETRY). */
bool state_directory_open(const char *path, uid_t owner, bool make, int *fd, Failure *why);

/* The same of a directory `name` inside of one that was opened, made when `make`. */
bool state_directory_enter(int parent, const char *name, uid_t owner, bool make, int *fd, Failure *why);

/* Is what is opened as `fd` on a file system that other machines may write to as well (or one that cannot be
 * told from these)?  Locks and shared memory are not to be relied on there. */
bool state_directory_is_shared(int fd, bool *shared, Failure *why);

/* Can as much be written there as a commit may need?  `path` is for `why`. */
bool state_directory_has_room(int fd, const char *path, Failure *why);

#endif
