/* mbox_reader - the messages of an mbox, one after the other
 * RFC 4155, appendix A; mboxrd's quoting
 *
 * A message begins at a line "From ... hh:mm ..." that is the first or follows an empty one: what other
 * programs wrote without quoting is cut no more often than need be.  One ">" is taken off every quoted line,
 * which is right for what we wrote as mboxrd.  Nothing is locked: this is for looking, not for changing. */
#ifndef MAILBOX_MBOX_READER_H
#define MAILBOX_MBOX_READER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "base/text.h"

typedef struct MboxReader {
	FILE *file;
	char *line; /* the present one, with its end */
	size_t line_room;
	ssize_t line_length; /* -1: there is none */
} MboxReader;

/* Does a file that begins with these bytes look like an mbox? */
bool mbox_reader_knows(Slice beginning);

/* Reads from `fd` (which is duplicated) at its position. */
bool mbox_reader_init(MboxReader *reader, int fd, Failure *why);
void mbox_reader_clear(MboxReader *reader);

/* Reads the next message into `message`, its From_ line first, without the empty line that ends a record.
 * `*found` is false when there is none. */
bool mbox_reader_next(MboxReader *reader, Text *message, bool *found, Failure *why);

DEFINE_AUTO_VALUE(MboxReader, mbox_reader_clear)

#endif
