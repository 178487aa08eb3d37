/* notify - methods of notification, and what a notification plans
 * RFC 5435, section 3; RFC 5436 (mailto), RFC 5437 (xmpp), RFC 6468 (sip)
 *
 * Mail is always there; other schemes are when the site has a program that takes them (notify_program,
 * notify_schemes). */
#ifndef SIEVE_NOTIFY_H
#define SIEVE_NOTIFY_H

#include "sieve/check.h"
#include "sieve/run.h"

/* Can `uri` be notified (valid_notify_method)?  False and `why` (only its text is used): why not. */
bool sieve_notify_valid(const SieveRun *run, Slice uri, Failure *why);

/* Is its scheme one that is there?  What stands behind it may be missing (RFC 8580, 6.1). */
bool sieve_notify_has_scheme(const SieveRun *run, Slice uri);

/* What a constant URI can be told to be while the script is compiled: a mailto URI that is none is reported.
 */
void sieve_notify_check(SieveCheck *check, const SieveString *uri);

/* A notification, as a command has it. */
typedef struct SieveNotice {
	Slice uri;
	SieveSpan span;      /* of the URI, for errors */
	Slice from, message; /* NULL data: not given */
	SieveSpan from_span;
	unsigned importance;
	PlanList options;
} SieveNotice;

/* Plans it, unless everybody has been told already or the message must not be told of; `action` comes from
 * sieve_action. */
SieveStatus sieve_notify(SieveRun *run, const SieveNode *node, const SieveNotice *notice, Action *action);

#endif
