/* rewrite - put a script back where it came from: all of it or nothing */
#ifndef COMMANDS_REWRITE_H
#define COMMANDS_REWRITE_H

#include "base/failure.h"
#include "base/slice.h"

/* Replaces what the file holds in one step, flushed: a crash leaves the old text or the new one.  The mode
 * stays, and the owner and group where we may set them; a symbolic link stays one. */
bool rewrite_file(const char *path, Slice text, Failure *why);

/* To standard output. */
bool rewrite_print(Slice text, Failure *why);

#endif
