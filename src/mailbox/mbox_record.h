/* mbox_record - a message as it stands in an mbox
 * RFC 4155, appendix A: From_ line, the message, a blank line
 *
 *	From sender  Thu Jan  1 12:00:00 2026
 *	the header without fields that only a mailbox's reader may write; our flags at its end
 *
 *	the body, lines that look like separators quoted with ">"
 *	(one blank line)
 *
 * The quoting is mboxrd (every line of ">"s and "From " gets one more ">": reversible) or mboxo ("From "
 * alone).  A small record is made before the locks are taken; a large one is counted then, and made
 * again, straight out of the message's file, while it is written. */
#ifndef MAILBOX_MBOX_RECORD_H
#define MAILBOX_MBOX_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "base/text.h"
#include "message/message.h"

typedef struct MboxRecord {
	Text from_line; /* with its newline */
	Text fields;    /* Status, X-Status, X-Keywords with their newlines; or empty */
	MessageImage image;
	bool mboxo;
	Text made;        /* all of it, when it is small */
	off_t size_bytes; /* of all of it */
} MboxRecord;

/* What is to be made of a message. */
typedef struct MboxRecordOptions {
	const char *sender; /* NULL, "": MAILER-DAEMON */
	int64_t received;   /* seconds since 1970 */
	const char *const *flags;
	size_t flag_count;
	bool mboxo;
} MboxRecordOptions;

/* Reads the whole message once.  What `image` points to must outlive the record. */
bool mbox_record_prepare(MboxRecord *record, const MessageImage *image, const MboxRecordOptions *options,
			 Failure *why);

/* Called between pieces of a long write. */
typedef void MboxTick(void *self);

/* Writes `before` and the record at the end of `fd`.  On failure a part may have been written. */
bool mbox_record_write(const MboxRecord *record, Slice before, int fd, MboxTick *tick, void *self,
		       Failure *why);

void mbox_record_clear(MboxRecord *record);

DEFINE_AUTO_VALUE(MboxRecord, mbox_record_clear)

#endif
