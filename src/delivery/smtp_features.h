/* smtp_features - what a mail server offers besides RFC 5321, as its answer to EHLO or LHLO says */
#ifndef DELIVERY_SMTP_FEATURES_H
#define DELIVERY_SMTP_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "delivery/smtp_reply.h"

typedef struct SmtpFeatures {
	bool size;               /* RFC 1870 */
	uint64_t size_max;       /* bytes; 0: it does not say */
	bool eight_bit;          /* 8BITMIME, RFC 6152 */
	bool utf8;               /* SMTPUTF8, RFC 6531 */
	bool dsn;                /* RFC 3461 */
	bool deliver_by;         /* RFC 2852 */
	uint64_t deliver_by_min; /* seconds that it needs at least; 0: it does not say */
} SmtpFeatures;

/* Reads the reply: its first line greets, each of the others names an extension.  Unknown ones are passed
 * over. */
SmtpFeatures smtp_features_read(const SmtpReply *reply);

#endif
