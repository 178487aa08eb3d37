/* carry_out - a plan becomes effect: stage every copy, redirect, then commit all
 *
 * Order: every local copy is written and flushed, invisibly; programs get theirs, redirects are handed over;
 * changes of calendars are written; mboxes are locked and appended to, all or none; then everything becomes
 * visible, calendars last: one that cannot be changed any more is told of, and no reason to wait.  Until the
 * first copy is visible a failure takes everything back but what programs and redirects have; no lock is held
 * while a program runs. */
#ifndef DELIVERY_CARRY_OUT_H
#define DELIVERY_CARRY_OUT_H

#include <stdbool.h>

#include "delivery/calendars.h"
#include "delivery/programs.h"
#include "delivery/redirect.h"
#include "delivery/versions.h"
#include "mailbox/store.h"
#include "plan/limits.h"
#include "plan/plan.h"

typedef struct Carrying {
	Store *store;
	const Plan *plan;
	const Versions *versions;
	Programs *programs;
	Calendars calendars;
	Redirection redirection;
	const char *inbox; /* where the keep goes: NULL for the inbox, or -m's folder */
	bool folder_autocreate;
	int64_t now;
	bool failed[LIMIT_ACTIONS]; /* which optional actions did */
	/* out */
	Text outcome;   /* for the log: "INBOX, Lists, redirect a@b" or "discarded" */
	Text notes;     /* lines for the log and the user's log: fall-backs, guards */
	bool fell_back; /* a folder could not be had */
} Carrying;

/* What there is that carry_out can do, as SieveSetup.plans has it. */
unsigned carry_out_plans(void);

/* Carries the plan out.  True: everything is on stable storage or handed over.  False: nothing local has
 * changed, and `why` is for the MTA. */
bool carry_out(Carrying *carrying, Failure *why);

#endif
