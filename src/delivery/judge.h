/* judge - the rules are read and run by a child that can do nothing but answer
 *
 * The courier forks a judge, which compiles the script, gives up everything, reads the message and
 * decides.  It asks about the world and hands over its plan through a socket; the courier believes
 * none of it before it is checked.  A judge that crashes, hangs, eats memory or talks
 * nonsense costs the sorting of one message, never the message. */
#ifndef DELIVERY_JUDGE_H
#define DELIVERY_JUDGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/failure.h"
#include "delivery/last_rules.h"
#include "message/envelope.h"
#include "message/message.h"
#include "plan/plan.h"
#include "plan/world.h"
#include "system/config.h"

/* What came out besides a plan. */
typedef struct JudgeFound {
	bool compiled;
	bool changed;         /* an included script is another than the one in `last_rules` */
	unsigned lacks;       /* what it could not give up (confine.h) */
	RuleSources included; /* all of them, in the arena, when there is a `last_rules` */
} JudgeFound;

/* What is to be judged, by what, with what.  All of it is borrowed. */
typedef struct JudgeJob {
	const char *script_name; /* as findings and the owner's log call it */
	Slice script_source;
	const char *personal_dir, *global_dir; /* of included scripts; NULL: there are none */
	uid_t owner;                           /* he and root alone may have written them */
	const RuleSources *instead;            /* included scripts, rather than those; or NULL */
	const char *last_rules; /* what was kept of the script (last_rules.h); NULL: nothing is */
	Message *message;
	const Envelope *envelope;
	PlanFlags flags;            /* that the message has already */
	int64_t now;                /* seconds since 1970 */
	const char *host;           /* may be NULL */
	const char *default_folder; /* where a keep goes; NULL: the inbox */
	unsigned redirect_max;      /* 0: none */
	unsigned plans;             /* what may be planned, as SieveSetup has it; 0: everything */
	const Config *config;       /* for the settings that rules look at; may be NULL */
	const char *recipient_delimiter;
	bool trace;                        /* the plan is to have steps */
	unsigned cpu_s, wall_s, memory_mb; /* each above 0 */
	JudgeFound *found;                 /* out; may be NULL */
	/* Called once, in the courier, when it is known what the rules can plan (sieve_plans), and the
	 * message has not been seen by the judge.  May be NULL. */
	void (*on_compiled)(void *self, unsigned plans);
	void *self;
} JudgeJob;

/* Asks a judge and sees it to its end: when this returns there is no process and no descriptor more than
 * before.  `world` answers the judge's questions, in this process.
 *
 * Gives a plan in `arena` that passed plan_check.  Whatever the judge did wrong is such a plan too:
 * RUN_ERROR, implicit keep, and a text that says what happened.  RETRY is believed only of a judge that has
 * not seen the message yet, or after `world` failed: no message can make itself circle in a queue.
 *
 * False and `why` only when no judge could be started, or the courier could not hear or answer it. */
bool judge_ask(const JudgeJob *job, const World *world, Arena *arena, Plan **plan, Failure *why);

/* What a judge does, in the child: under the job's limits, no descriptor open but `socket` and the message's.
 * To return is to exit with status 0. */
typedef void (*JudgeBody)(int socket, const JudgeJob *job);

/* The same with another judge: for tests of bad ones. */
bool judge_ask_with(const JudgeJob *job, const World *world, JudgeBody body, Arena *arena, Plan **plan,
		    Failure *why);

#endif
