/* answer - send what the actions of a plan have written, and file the copies of it
 * RFC 8580 (":fcc") */
#ifndef DELIVERY_ANSWER_H
#define DELIVERY_ANSWER_H

#include "base/text.h"
#include "delivery/compose.h"
#include "mailbox/store.h"

typedef struct Answering {
	Composing composing; /* its token is that of all; each message gets one of its own from it */
	Store *store;
	Submitter submitter; /* zeroed: sendmail(1) */
	/* out */
	Text notes; /* lines for the log: what was not sent, or not filed, and why; the caller's to clear */
} Answering;

/* Composes one action, hands the message over, and files its copy when it has one: into the inbox where the
 * folder cannot be had, as "fileinto" does.  That nothing was to be sent is no failure, and neither is a copy
 * that could not be filed once the message is gone: a note says so.  False (RETRY) and `why`: it was not
 * taken.
 */
bool answer_send(Answering *answering, const Action *action, unsigned number, Failure *why);

#endif
