/* sending - what a plan has leave: redirects, answers, refusals, notifications, reports, copies for programs
 * RFC 5228, 4.2; RFC 5429; RFC 5230; RFC 5435; RFC 5965; RFC 8580 (":fcc")
 *
 * First all is decided: what a guard, the memory or an earlier try says, and what is to be written.  A
 * redirect or a refusal that must not happen keeps the message instead.  Then it is sent, one by one, each
 * noted in the journal and in the memory. */
#ifndef DELIVERY_SENDING_H
#define DELIVERY_SENDING_H

#include <stdbool.h>

#include "base/digest.h"
#include "delivery/carry_out.h"
#include "delivery/compose.h"
#include "delivery/copies.h"
#include "delivery/journal.h"

typedef struct Sending {
	const Action *action;
	size_t index;            /* in the plan */
	char effect[DIGEST_HEX]; /* in the journal */
	bool done;               /* by an earlier try, or by now */
	bool dropped;            /* it is not to be sent */
	StateKey key;            /* what is remembered of it; its id is NULL: nothing */
	uint64_t keep_s;
	Composed mail;  /* what is written, of kinds that are */
	Message copied; /* the same, for ":fcc" */
	MessageImage image;
	size_t copy; /* its place among the copies, from 1; 0: none */
} Sending;

typedef struct Sendings {
	Carrying *carrying;
	Copies *copies;
	Journal *journal;
	bool is_kept; /* the journal, on disk */
	/* In place of "at least once", for mail that is safe where it is: each is noted before it is handed
	 * over, too, and what an earlier try may have sent is kept instead.  The journal must be kept. */
	bool at_most_once;
	int64_t notifier_ms; /* that programs have taken to tell somebody */
	Sending *items;      /* in the arena */
	size_t count;
} Sendings;

/* Decides about everything that leaves; adds to the copies what is kept instead, and ":fcc".  May set the
 * refusal of `carrying`. */
bool sendings_decide(Sendings *sendings, Failure *why);

/* Makes the journal of sendings that are at most once.  False also when it cannot be kept. */
bool sendings_keep_journal(Sendings *sendings, Failure *why);

/* How many are still to be sent. */
size_t sendings_left(const Sendings *sendings);

/* Gives programs their copies.  What is kept because one failed is added to the copies. */
bool sendings_pipe(Sendings *sendings, Failure *why);

/* Hands over everything else.  What is kept because it was refused is added to the copies. */
bool sendings_send(Sendings *sendings, Failure *why);

/* How many have left, in this try or an earlier one. */
size_t sendings_done(const Sendings *sendings);

/* Tells the memory what is to be remembered. */
void sendings_remember(const Sendings *sendings);

#endif
