/* envelope - what the MTA told us about this delivery, besides the message
 * RFC 5321: the reverse-path and the forward-path; RFC 5233: the detail */
#ifndef MESSAGE_ENVELOPE_H
#define MESSAGE_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Envelope {
	bool sender_known;
	const char *sender;             /* "" is the null sender, or an unknown one */
	const char *recipient;          /* the final recipient, never NULL: at least the user name */
	const char *original_recipient; /* before aliases; NULL when unknown */
	const char *authenticated;      /* the user that submitted it; NULL when unknown */
	const char *detail;             /* "lists" of user+lists@d; "" of user+@d; NULL: no separator */
	const char *delimiter;          /* the characters that begin a detail, the MTA's own among them */
	/* What the sender asked of delivery reports (RFC 3461), xtext undone; NULL when unknown. */
	const char *dsn_notify;    /* "NEVER", or of "SUCCESS,FAILURE,DELAY" */
	const char *dsn_recipient; /* ORCPT: "rfc822;user@example.org" */
	const char *dsn_return;    /* "FULL" or "HDRS" */
	const char *dsn_id;        /* ENVID */
	/* By when it is to be delivered (RFC 2852), and then: 'R' return it, 'N' notify the sender; 0: no
	 * matter. */
	int64_t deliver_by; /* seconds since 1970 */
	char deliver_by_mode;
	bool deliver_by_trace;
	const char *user; /* the account */
	const char *home;
} Envelope;

#endif
