/* carry_out - a plan becomes effect: stage every copy, send what leaves, then commit all
 *
 * Order: every local copy is written and flushed, invisibly; programs get theirs; what leaves is handed over;
 * changes of calendars are written; mboxes are locked and appended to, all or none; then everything becomes
 * visible, calendars last: one that cannot be changed any more is told of, and no reason to wait.  Until the
 * first copy is visible a failure takes everything back but what has left: that is in the journal
 * (journal.h), and the next try does not repeat it.  What was seen is remembered when all is
 * done, what has left at once.  No lock is held while a program runs. */
#ifndef DELIVERY_CARRY_OUT_H
#define DELIVERY_CARRY_OUT_H

#include <stdbool.h>

#include "delivery/calendars.h"
#include "delivery/copies.h"
#include "delivery/journal.h"
#include "delivery/memory.h"
#include "delivery/programs.h"
#include "delivery/submit.h"
#include "delivery/versions.h"
#include "mailbox/store.h"
#include "plan/limits.h"
#include "plan/plan.h"

typedef struct Carrying {
	const Config *config;
	const Envelope *envelope;
	const Message *message;    /* as it came */
	const HeaderIndex *header; /* and its header: what the rules made of it may hide a loop */
	const char *host;          /* of this system */
	Arena *arena;
	Submitter submitter; /* who takes what leaves; zeroed: as the configuration says */
	Store *store;
	const Plan *plan;
	const Versions *versions;
	Programs *programs;
	Memory *memory; /* zeroed: nothing is remembered */
	JournalSettings journal;
	Calendars calendars;
	const char *inbox; /* where the keep goes: NULL for the inbox, or -m's folder */
	bool folder_autocreate;
	bool may_refuse; /* towards who called us */
	int64_t now;
	bool failed[LIMIT_ACTIONS]; /* which optional actions did */
	/* out */
	Text outcome;          /* for the log: "INBOX, Lists, redirect a@b" or "discarded" */
	Text notes;            /* lines for the log and the user's log: fall-backs, guards */
	bool fell_back;        /* a folder could not be had */
	bool lacks_dotlock;    /* a mailbox was locked without one */
	Journal *journal_left; /* to be finished as the last thing before the exit, or NULL: the caller's */
	const char *refusal;   /* the message was not taken: why, in one line of ASCII, for the MTA to tell */
} Carrying;

/* What there is that carry_out can do, as SieveSetup.plans has it. */
unsigned carry_out_plans(void);

/* Carries the plan out.  True: everything is on stable storage or handed over, or `refusal` is set.  False:
 * nothing local has changed, and `why` is for the MTA. */
bool carry_out(Carrying *carrying, Failure *why);

/* Adds what a "keep" files: into the inbox, or where -m says. */
void carry_out_keep(const Carrying *carrying, Copies *copies, PlanFlags flags, uint32_t version);

/* The same for what no rule decided.  A rule may have said where that goes. */
void carry_out_implicit_keep(const Carrying *carrying, Copies *copies);

/* Adds "prefix what" to the outcome. */
void carry_out_tell(Carrying *carrying, const char *prefix, const char *what);

#endif
