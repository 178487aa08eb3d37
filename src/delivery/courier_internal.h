/* courier_internal - what the files courier*.c share: one delivery on its way */
#ifndef DELIVERY_COURIER_INTERNAL_H
#define DELIVERY_COURIER_INTERNAL_H

#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "delivery/calendars.h"
#include "delivery/courier.h"
#include "delivery/journal.h"
#include "delivery/lists.h"
#include "delivery/memory.h"
#include "delivery/programs.h"
#include "delivery/rules.h"
#include "mailbox/store.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/message.h"
#include "plan/plan.h"
#include "state/state.h"
#include "system/host.h"
#include "system/users.h"

typedef struct Courier {
	const DeliveryRequest *request;
	const Config *config;
	Arena *arena;
	User user;
	Host host;
	StateSettings state; /* the user's */
	Store *store;
	Lists lists;
	Message message;
	HeaderIndex *header;
	Envelope envelope;
	Rules rules;
	Slice judged; /* the text of the rules that decided */
	Programs programs;
	Calendars calendars;
	Memory memory;
	Plan *plan;
	Text outcome, notes;
	const char *refusal;
	Journal *journal;     /* of a delivery that is complete */
	bool is_poison;       /* it has stopped its delivery before: the rules are not asked */
	int log_fd;           /* of the owner's log, when it is open already; else -1 */
	unsigned lacks;       /* what the judge could not give up */
	bool lacks_dotlock;   /* a mailbox was locked without one */
	const char *broken;   /* what is wrong with the script, when others decided in its place: */
	int64_t last_rules_s; /* those of this time */
	int64_t now;
	bool received;
} Courier;

/* The path of the log of the rules' owner; "": there is none.  In the arena. */
const char *courier_user_log(const Courier *courier);

/* Finds out what is to become of the message: what the rules want; without rules, or with rules that cannot
 * be believed, the implicit keep.  Sets the plan, and all that is known of the rules. */
bool courier_decide(Courier *courier, Failure *why);

/* Tells the owner of the rules what he should know of a delivery that is done: in his log and ours, and, of
 * rules with errors, in his inbox. */
void courier_tell_owner(Courier *courier);

/* Writes the one line of every delivery; times are those of the monotonic clock. */
void courier_write_log(const Courier *courier, uint64_t started_us, uint64_t ended_us, const Failure *why);

#endif
