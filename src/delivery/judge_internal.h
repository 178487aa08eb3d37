/* judge_internal - what a judge of one message (judge.c) and judges of many (batch.c) share */
#ifndef DELIVERY_JUDGE_INTERNAL_H
#define DELIVERY_JUDGE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "delivery/judge.h"
#include "delivery/judge_wire.h"
#include "message/mime.h"
#include "sieve/sieve.h"

/* ---- in the judge ---- */

/* Another descriptor of the file, for reading alone: through the spool's own a judge could write into what
 * will be stored (by mmap(2), which no limit on file sizes stops).  -1 and errno. */
int judge_open_for_reading(int fd);

/* The forked child becomes a judge: nothing is open but its socket, whose new number is returned, and
 * `other` (or -1), and the limits are set.  A judge `for_many` gets its time anew for each message, from
 * the courier. */
int judge_become(int socket, int other, const JudgeJob *job, bool for_many);

/* Compiles the script, fetches what it needs, gives up everything.  False when `plan` says why it cannot
 * come to a message. */
bool judge_prepare(int socket, const JudgeJob *job, Plan *plan, SieveScript **script,
		   const MimeModule **mime);

/* Runs the script over one message. */
void judge_decide(int socket, const JudgeJob *job, const SieveScript *script, const MimeModule *mime,
		  Plan *plan);

/* Hands over the steps, when there are some, and the plan; false: nobody is left to judge for. */
bool judge_send_plan(int socket, const JudgeJob *job, Plan *plan);

/* ---- in the courier ---- */

/* What has been heard of a judge about one message. */
typedef struct Hearing {
	const JudgeJob *job;
	const World *world;
	FrameReader reader;
	bool compiled;  /* said so; the message may have been seen from then on */
	unsigned plans; /* what the rules can plan, as was said before that, and what may be planned here */
	size_t frames;
	const Steps *steps; /* for the plan to come; NULL: none yet */
	Failure world_failed;
	Failure wrong; /* what the judge did wrong; nothing when it just ended */
	Failure ours;  /* what the courier could not do: no fault of the rules, and no reason to go without
			  them */
} Hearing;

/* FRAME_COMPILED, once.  Before a message is seen it is believed what the rules can plan, and later nothing
 * else: a judge that has been taken over runs no program, writes to nobody and drops nothing where the rules
 * never do. */
bool judge_hear_compiled(Hearing *hearing, const Frame *frame);

/* One frame.  False when it was the last: a plan, or something wrong. */
bool judge_hear_frame(Hearing *hearing, const Frame *frame, Arena *arena, Plan **plan);

/* Kills it, whatever it is still doing, and waits for that.  One that was dying already keeps its status. */
void judge_end(pid_t judge, int *status);

/* How a judge ended that said nothing. */
void judge_describe_end(const JudgeJob *job, int status, Failure *how);

/* The plan when there is none: RUN_ERROR, implicit keep. */
Plan *judge_no_plan(const JudgeJob *job, const Failure *how, Arena *arena);

#endif
