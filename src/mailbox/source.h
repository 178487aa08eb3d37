/* source - saved mail, one message after the other
 *
 * What people have: a file with one message, an mbox, a Maildir, a pipe.  Reading changes nothing, not even
 * flags; messages come in the order of the file, or of the names in cur/ and new/. */
#ifndef MAILBOX_SOURCE_H
#define MAILBOX_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "message/message.h"

/* One message of a source; all of it is borrowed during the call. */
typedef struct Sourced {
	const char *name; /* the file's path; "-" */
	size_t number;    /* in an mbox, from 1; else 0 */
	Message *message;
} Sourced;

/* False ends the reading, with `why`. */
typedef bool (*SourceVisit)(void *self, const Sourced *it, Failure *why);

/* Calls `visit` with every message of `path`: a regular file, a Maildir (a directory with cur/ or new/; tmp/
 * is not looked at), or "-" for standard input.  False with `why` when something could not be read, or
 * `visit` said so. */
bool source_each(const char *path, SourceVisit visit, void *self, Failure *why);

#endif
