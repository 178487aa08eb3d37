/* grep - what the files of `trommel grep` share */
#ifndef COMMANDS_GREP_H
#define COMMANDS_GREP_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/text.h"
#include "delivery/batch.h"
#include "mailbox/source.h"
#include "system/config.h"

typedef enum GrepOutput {
	GREP_LINES,
	GREP_COUNTS,
	GREP_NAMES, /* of files */
	GREP_JSON,
	GREP_MBOX,
	GREP_NOTHING
} GrepOutput;

/* A message on its way, in its arena. */
typedef struct GrepMessage {
	const char *name; /* of the file, as it is */
	size_t number;    /* in an mbox, from 1; else 0 */
	off_t offset, length;
	const char *folder; /* or NULL */
	const char *from, *subject, *message_id;
	const char *sender; /* of the From_ line, or "" */
	int64_t received;
} GrepMessage;

/* Makes a script of a test: one that keeps what it is true for, and requires what it needs.  False: it is no
 * test, `source` is empty, and standard error has been told, unless there is `why`: grep_script.c. */
bool grep_script(const char *test, const Config *config, Text *source, Failure *why);

/* What to remember of a message. */
GrepMessage *grep_remember(const Sourced *it, const HeaderIndex *header, int64_t now, Arena *arena);

/* Prints one that was found, but for counts: grep_print.c. */
bool grep_print(const GrepMessage *it, const BatchItem *item, GrepOutput output, Text *last_name,
		Failure *why);

#endif
