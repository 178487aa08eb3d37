/* smtp_command - the commands MAIL and RCPT, with what the server takes of the extensions
 * RFC 5321, sections 4.1.1.2 and 4.1.1.3; RFC 1870, 6152, 6531, 3461, 2852 */
#ifndef DELIVERY_SMTP_COMMAND_H
#define DELIVERY_SMTP_COMMAND_H

#include "delivery/smtp_data.h"
#include "delivery/smtp_features.h"
#include "delivery/submit.h"

/* What the commands are made from. */
typedef struct SmtpTransaction {
	const char *name; /* of the server, for errors */
	const char *host; /* ours: of addresses that have none */
	const Outgoing *mail;
	SmtpFeatures features;
	SmtpData data; /* what is known of the message */
} SmtpTransaction;

/* Appends "MAIL FROM:<...>" and its parameters.  False (REFUSED) and `why` when this server cannot be given
 * this mail: an address is none or beyond ASCII, the message is too large, its deadline cannot be kept.  What
 * the server has not heard of is left out where that does no harm:
 *   - reports (DSN), which then are the server's usual ones;
 *   - 8BITMIME, as everybody does: to encode the message anew would break signatures;
 *   - SMTPUTF8 for a header of a message to plain addresses. */
bool smtp_mail_command(const SmtpTransaction *transaction, Text *out, Failure *why);

/* The same for "RCPT TO:<...>" of recipient `index`. */
bool smtp_rcpt_command(const SmtpTransaction *transaction, size_t index, Text *out, Failure *why);

#endif
