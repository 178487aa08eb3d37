/* smtp_reply - what a mail server answers to one command
 * RFC 5321, section 4.2; RFC 2034 and 3463 (enhanced status codes) */
#ifndef DELIVERY_SMTP_REPLY_H
#define DELIVERY_SMTP_REPLY_H

#include <stdbool.h>

#include "base/failure.h"
#include "base/slice.h"
#include "base/text.h"

enum {
	/* EHLO's is the longest: a line for each extension.  Who says more than this wants to keep us here.
	 */
	SMTP_REPLY_LINES_MAX = 128,
	SMTP_REPLY_BYTES_MAX = 16 * 1024,
};

typedef enum SmtpReplyState {
	SMTP_REPLY_MORE,   /* another line follows */
	SMTP_REPLY_WHOLE,  /* this was the last one */
	SMTP_REPLY_BROKEN, /* this is no reply */
} SmtpReplyState;

typedef struct SmtpReply {
	unsigned code; /* 200 to 599 */
	unsigned line_count;
	Text lines; /* what stands behind the code in each line, a line feed behind each */
} SmtpReply;

/* Forgets what is in it, for the next one.  A zeroed reply is ready too. */
void smtp_reply_reset(SmtpReply *reply);
void smtp_reply_clear(SmtpReply *reply);

/* Takes the next line, without its end.  All lines of a reply have one code. */
SmtpReplyState smtp_reply_add(SmtpReply *reply, Slice line);

/* The first digit: 2 done, 3 go on, 4 not now, 5 never. */
unsigned smtp_reply_class(const SmtpReply *reply);

/* Makes a failure of a reply that is not what was hoped for: "`name` refused `what`: 550 5.1.1 its words",
 * with the server's own status code where it has a sound one.  Refused for good (REFUSED) are commands with a
 * 5yz reply; for now (RETRY) those with 4yz, with one that means nothing here, and with a 5yz that is not
 * about this mail but about how the site has set up trommel and the server: it wants authentication or
 * encryption (530, 534, 535, 538), or knows the command not at all (500, 502, 503). */
bool smtp_reply_failure(const SmtpReply *reply, const char *name, const char *what, Failure *why);

/* The same, whatever is said for now. */
bool smtp_reply_retry(const SmtpReply *reply, const char *name, const char *what, Failure *why);

DEFINE_AUTO_VALUE(SmtpReply, smtp_reply_clear)

#endif
