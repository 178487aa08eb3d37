/* move_file - a file into another directory, on another file system too, whole at every moment */
#ifndef COMMANDS_MOVE_FILE_H
#define COMMANDS_MOVE_FILE_H

#include <stdbool.h>

#include "base/failure.h"

/* Moves the file `name` of `from` to `name_to` of `to`, where nothing is: why->error is EEXIST when there is.
 * A rename, or where that cannot be a copy, which has its name when it is on disk, and then the original is
 * removed: killed in between, both are there, and the same. */
bool move_file(int from, const char *name, int to, const char *name_to, Failure *why);

/* Has `name` of `from` the same bytes as `other` of `to`?  Not when one cannot be read. */
bool move_file_is_same(int from, const char *name, int to, const char *other);

#endif
