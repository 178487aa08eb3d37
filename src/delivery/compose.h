/* compose - the mail that rules have written: answers, refusals, notifications, reports
 *
 * From an action of a plan and what the courier knows to the bytes of a message and its envelope.  The plan
 * was made by a judge who had read a hostile message, so nothing in it is taken for more than text: whatever
 * an action holds, each of our header fields is one field, each line is short enough, and recipients are
 * those that the action's kind allows.  Lines end in LF, as sendmail(1) wants them.  Nothing is sent here. */
#ifndef DELIVERY_COMPOSE_H
#define DELIVERY_COMPOSE_H

#include <stdint.h>

#include "base/arena.h"
#include "delivery/submit.h"
#include "message/envelope.h"
#include "message/message.h"
#include "plan/plan.h"
#include "system/config.h"

/* What all that is composed for one delivery has in common. */
typedef struct Composing {
	const Config *config;
	const Envelope *envelope;
	const Message *message; /* as it arrived */
	const char *host;       /* of this system; NULL: "localhost" */
	int64_t now;            /* seconds since 1970 */
	int zone_minutes;       /* for the Date field, east of UTC */
	const char *token;      /* letters and digits that no other message of this host has: for
				 * message ids and boundaries, so a sender must not be able to guess it */
	Arena *arena;
} Composing;

/* A message that is ready to leave; it lives in the arena, and borrows the message that arrived. */
typedef struct Composed {
	const char *sender;            /* of the envelope; "" is the null sender */
	const char *const *recipients; /* of the envelope; of what is no mail: the URI alone */
	size_t recipient_count;
	const char *dsn_notify;  /* as that of an Outgoing */
	bool is_mail;            /* else it is for the program that the configuration calls notify_program */
	Slice head;              /* its bytes, up to what is included: all of it when nothing is */
	const Message *included; /* the message that arrived, or NULL */
	Slice tail;              /* what follows that */
} Composed;

/* Composes what an action of the kinds REJECT, VACATION, NOTIFY and REPORT sends.  NULL: `mail` is it; else
 * in a few words why nothing is sent ("the sender is null"). */
const char *compose(const Composing *composing, const Action *action, Composed *mail);

/* Is there something to compose for actions of this kind? */
bool compose_is_for(ActionKind kind);

/* How to hand it over: as `write` and `self` of an Outgoing. */
Outgoing composed_outgoing(const Composed *mail);

/* The message itself, for the copy that ":fcc" files: nothing is included in those.  Borrows `mail`. */
void composed_message(const Composed *mail, Message *message);

/* A token for Composing: from the clock and the kernel's random numbers. */
const char *compose_token(int64_t now, Arena *arena);

/* The reason of a refusal as SMTP can say it: "5.7.1 " and one line of ASCII (RFC 5429, 2.1.1).  Another text
 * stands for one that has other characters. */
const char *compose_refusal(const char *reason, Arena *arena);

/* The same as a reply of SMTP or LMTP of as many lines as the reason has, each ended by CR LF, long ones
 * broken: "550-5.7.1 first", "550 5.7.1 last" (2.5). */
const char *compose_reply(const char *reason, Arena *arena);

#endif
