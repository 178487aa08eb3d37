/* submit - hand mail over to be sent: through sendmail(1), to a server that takes mail, or to whoever stands
 * in their place
 *
 * Everything that leaves goes through here: redirected messages, and what is written for the rules (answers,
 * refusals, notifications, reports).  A test runner takes it instead of an MTA. */
#ifndef DELIVERY_SUBMIT_H
#define DELIVERY_SUBMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"
#include "message/envelope.h"
#include "system/config.h"

/* One message on its way out. */
typedef struct Outgoing {
	const char *sender;            /* of the envelope; "" is the null sender */
	const char *const *recipients; /* of the envelope: one at least */
	size_t recipient_count;
	/* Of RFC 3461, as those of an Envelope and without xtext; NULL: as is usual.  "NEVER", "HDRS", the id
	 * of the envelope, and "rfc822;user@example.org" when there is one recipient. */
	const char *dsn_notify, *dsn_return, *dsn_id, *dsn_recipient;
	/* Of RFC 2852, as those of an Action: seconds from now in decimal digits, "RETURN" or "NOTIFY"; NULL:
	 * no matter when. */
	const char *deliver_by, *deliver_by_mode;
	bool deliver_by_trace;
	/* Writes the message, header and all, to `fd`.  It may run more than once, in processes of their own:
	 * what it changes in memory is lost, and a file's position is shared, so it reads with pread. */
	bool (*write)(void *self, int fd, Failure *why);
	void *self;
} Outgoing;

/* Who takes mail.  When it answers true the message is his, for one recipient at least; false and `why`, as
 * of submit_mail: it is not. */
typedef struct Submitter {
	bool (*submit)(void *self, const Outgoing *mail, Failure *why);
	void *self;
} Submitter;

/* What such a program finds in its environment, and nothing else: paths, the user, MAIL_CONFIG and TZ as they
 * came. Ends in NULL; in `arena`. */
const char *const *submit_environment(const Envelope *envelope, Arena *arena);

/* Hands `mail` to `submitter`, or, when that is NULL or has no function, to the server that the configuration
 * calls `submission`, or, when that is empty, to the program that it calls `sendmail`, with the environment
 * of `envelope`'s user.
 *
 * False and `why` when it was not taken.  The failure is REFUSED when this mail is refused for good, so that
 * the same would come of another try: what is to be done with it is for the caller to say, and no answer to
 * the MTA by itself.  It is RETRY for everything else.  Of sendmail(1)'s exit statuses only EX_DATAERR and
 * EX_NOUSER are for good: the message and the recipient are not in order.  EX_NOHOST and EX_UNAVAILABLE are
 * said, by one implementation or the other, of a relay that has no address just now or of a mail system that
 * is down; EX_USAGE, EX_NOPERM and EX_CONFIG are about how this site is set up.  What a server's replies mean
 * is in smtp_reply.h.  No server is known to take a message that must be RETURNed when it is late unless it
 * says so (RFC 2852); then that is a refusal for good too.
 *
 * True with a `why` that is set: some recipients have it, and others do not and will not, for to try again
 * would be to send it to the first a second time. */
bool submit_mail(const Submitter *submitter, const Config *config, const Envelope *envelope,
		 const Outgoing *mail, Failure *why);

/* Must `mail` come back when it is late? */
bool outgoing_must_return(const Outgoing *mail);

#endif
