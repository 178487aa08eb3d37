/* filing_bulk - many copies at a time, durable together, each at a place that is known in advance
 *
 * For a store that is opened `in_bulk`: filing_prepare writes copies that nobody sees; filing_bulk_lock takes
 * the locks of mboxes; filing_bulk_tell says where everything is going to be, so that the caller can note
 * it; filing_bulk_commit flushes everything in one group and makes it visible.  Whatever ends the process
 * between these, what has been noted can be looked for and taken back (filed_place_look). */
#ifndef MAILBOX_FILING_BULK_H
#define MAILBOX_FILING_BULK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/digest.h"
#include "base/failure.h"
#include "mailbox/mbox.h"
#include "mailbox/store.h"

enum {
	FILING_DESCRIPTORS = 3 /* that each needs */
};

/* Where a copy is, or is going to be. */
typedef struct FiledPlace {
	const char *path; /* of the Maildir or the mbox */
	const char *name; /* in a Maildir: "new/..." or "cur/..."; NULL: it is an mbox */
	/* In an mbox: the record, and the digest of its first bytes. */
	off_t offset, length;
	size_t digested;
	char digest[DIGEST_HEX];
} FiledPlace;

/* How many copies at a time: in mboxes fewer, since each takes places on the undo list. */
size_t filing_bulk_max(const Store *store);

bool filing_bulk_lock(Filing *const *filings, size_t count, Failure *why);
bool filing_bulk_tell(Filing *const *filings, size_t count, void (*tell)(void *self, const FiledPlace *place),
		      void *self, Failure *why);

/* On failure some may be visible. */
bool filing_bulk_commit(Filing *const *filings, size_t count, Failure *why);

/* Is the record still where it was?  Of a locked mbox.  False when that could not be read. */
bool filed_place_look(const FiledPlace *place, int mbox_fd, bool *holds, Failure *why);

#endif
