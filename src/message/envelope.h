/* envelope - what the MTA told us about this delivery, besides the message
 * RFC 5321: the reverse-path and the forward-path; RFC 5233: the detail */
#ifndef MESSAGE_ENVELOPE_H
#define MESSAGE_ENVELOPE_H

#include <stdbool.h>

typedef struct Envelope {
	bool sender_known;
	const char *sender;             /* "" is the null sender, or an unknown one */
	const char *recipient;          /* the final recipient, never NULL: at least the user name */
	const char *original_recipient; /* before aliases; NULL when unknown */
	const char *authenticated;      /* the user that submitted it; NULL when unknown */
	const char *detail;             /* "lists" of user+lists@d; "" of user+@d; NULL: no separator */
	const char *delimiter;          /* the characters that begin a detail, the MTA's own among them */
	const char *user;               /* the account */
	const char *home;
} Envelope;

#endif
