/* filing_internal - what filing.c and filing_bulk.c share */
#ifndef MAILBOX_FILING_INTERNAL_H
#define MAILBOX_FILING_INTERNAL_H

#include "mailbox/maildir.h"
#include "mailbox/mbox.h"
#include "mailbox/store.h"

typedef enum FilingState {
	FILING_PREPARED,
	FILING_APPENDED, /* mbox only */
	FILING_PUBLISHED,
	FILING_UNDONE
} FilingState;

struct Filing {
	Store *store;
	MessageImage image;
	char *folder, *path;
	char *note; /* what could not be done, or NULL */
	FilingState state;
	bool is_mbox;
	MaildirDraft draft;
	MboxRecord record;
	Mbox mbox;
	Filing *leader; /* of several into one mbox, the one that holds it */
};

#endif
