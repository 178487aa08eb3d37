/* submit - hand mail over to be sent: through sendmail(1), or to whoever stands in its place
 *
 * Everything that leaves goes through here: redirected messages, and what is written for the rules (answers,
 * refusals, notifications, reports).  A test runner takes it instead of an MTA. */
#ifndef DELIVERY_SUBMIT_H
#define DELIVERY_SUBMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "message/envelope.h"
#include "system/config.h"

/* One message on its way out. */
typedef struct Outgoing {
	const char *sender;            /* of the envelope; "" is the null sender */
	const char *const *recipients; /* of the envelope: one at least */
	size_t recipient_count;
	const char *dsn_notify, *dsn_return; /* of RFC 3461: "NEVER", "HDRS"; NULL: as is usual */
	/* Writes the message, header and all, to `fd`.  It may run in a process of its own: what it changes
	 * in memory is lost, and a file's position is shared, so it reads with pread. */
	bool (*write)(void *self, int fd, Failure *why);
	void *self;
} Outgoing;

/* Who takes mail.  When it answers true the message is his; false (RETRY) and `why`: it is not. */
typedef struct Submitter {
	bool (*submit)(void *self, const Outgoing *mail, Failure *why);
	void *self;
} Submitter;

/* Hands `mail` to `submitter`, or, when that is NULL or has no function, to the program that the
 * configuration calls `sendmail`, with the environment of `envelope`'s user.  False (RETRY) and `why` when
 * it was not taken. */
bool submit_mail(const Submitter *submitter, const Config *config, const Envelope *envelope,
		 const Outgoing *mail, Failure *why);

#endif
