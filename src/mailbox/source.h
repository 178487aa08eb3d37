/* source - saved mail, one message after the other
 *
 * What people have: a file with one message, an mbox of any kind, a Maildir with its folders, a directory of
 * such, a tar archive of such, a pipe.  What it is shows its content, not its name.  Reading changes nothing,
 * not even flags, and needs the same memory however much there is.
 *
 * What is empty has no message; a file in a Maildir is one all the same.
 *
 * Messages come in the order of the file; in a Maildir first those of new/, then of cur/, then its folders,
 * all in the order of their names. */
#ifndef MAILBOX_SOURCE_H
#define MAILBOX_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"
#include "mailbox/mbox.h"
#include "mailbox/mbox_reader.h"
#include "mailbox/store.h"
#include "message/message.h"

/* One message of a source; all of it is borrowed during the call. */
typedef struct Sourced {
	const char *name; /* the file's path; "-"; "old.tar:cur/1.a:2,S" */
	size_t number;    /* in an mbox, from 1; else 0 */
	Message *message; /* its From_ line, if it had one, is message->from_line */

	const char *folder; /* as users call it: "INBOX", "Lists/Work"; NULL: it was in no folder */
	const char *path;   /* of the file that holds this message and nothing else; NULL: there is none */
	/* In an mbox (or archive): where all that is the message's stands, From_ line to next From_ line. */
	off_t offset, length;
	MboxForm form; /* of an mbox, as seen so far */

	Slice sender;      /* of the From_ line; "" without one */
	bool has_received; /* is it known when it came here? */
	int64_t received;  /* the date of the From_ line; else the file's time.  Seconds since 1970 */
	/* "\\Seen", "keyword": of a Maildir's file name; of Status, X-Status and X-Keywords in an mbox. */
	const char *const *flags;
	size_t flag_count;
} Sourced;

/* False ends the reading, with `why`. */
typedef bool (*SourceVisit)(void *self, const Sourced *it, Failure *why);

/* How to read; a zeroed one, or NULL, will do. */
typedef struct SourceOptions {
	/* An mbox that is a file of its own is locked while it is read, as this store's settings have it.
	 * NULL: nothing is locked. */
	const Store *lock_as;
	/* Then: only until its end is known, so that no half of a message is read; what is appended later is
	 * not.  One that is another's, or not to be written, is read without a lock unless `always_locked`.
	 */
	bool briefly, always_locked;
	/* Called when all its messages have been visited and it is still locked.  May be NULL. */
	bool (*locked)(void *self, Mbox *mbox, Failure *why);
	/* Hears one line, printable, about what is not sure: "box: byte 1234: ...".  May be NULL. */
	void (*remark)(void *self, const char *text);
	/* Hears why a file or a folder within the source could not be read, or not to its end; the reading
	 * goes on with the next one.  NULL: it ends there, and source_read is false. */
	void (*unreadable)(void *self, const Failure *why);
} SourceOptions;

/* Calls `visit` with every message of `path`, or of standard input when that is "-".  False with `why` when
 * something could not be read, or `visit` said so. */
bool source_read(const char *path, const SourceOptions *options, SourceVisit visit, void *self, Failure *why);

/* The same without options. */
bool source_each(const char *path, SourceVisit visit, void *self, Failure *why);

#endif
