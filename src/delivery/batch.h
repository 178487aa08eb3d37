/* batch - judges that stay: the plans for many messages, over all cores, in the order of the messages
 *
 * Each judge is the child that a delivery has (judge.h), confined and limited as that is, with the script
 * compiled once.  It gets one message after the other through memory that it can only read; each has
 * the CPU time, the wall time and the steps of a delivery.  A judge that dies, hangs or talks nonsense costs
 * that message and is replaced; where it had judged others before, the message is given to a fresh one first,
 * so that what came before it is not at fault.  What a judge could be made to do by one message it could do
 * to those that it judges later: they are of the same user, and every plan is checked.
 *
 * The memory is bounded: a window of messages is under way, and a large one stays in a file. */
#ifndef DELIVERY_BATCH_H
#define DELIVERY_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/failure.h"
#include "delivery/judge.h"
#include "message/envelope.h"
#include "message/message.h"
#include "plan/plan.h"
#include "plan/world.h"

typedef struct Batch Batch;

/* A message on its way, and what its rules have to know. */
typedef struct BatchItem {
	Message message;          /* as it was given; the bytes are the batch's */
	const Envelope *envelope; /* in the arena, as everything that it points to */
	int64_t now;
	PlanFlags flags; /* that it has already; likewise */
	void *own;       /* the caller's; likewise */
	Arena *arena;    /* of this message: until `decided` has returned */
} BatchItem;

enum {
	BATCH_JUDGES_MAX = 256
};

typedef struct BatchSettings {
	const JudgeJob *job; /* but for message, envelope, now, flags and `found`; borrowed */
	unsigned judges;     /* at most BATCH_JUDGES_MAX; 0: as many as there are cores */
	/* Answers a question of the rules about `item`, as World's `ask`.  They come in any order. */
	bool (*ask)(void *self, const BatchItem *item, const Question *question, Answer *answer,
		    Failure *why);
	/* Gets the plan for `item`, in its arena, as judge_ask gives it: in the order in which they were
	 * added. False and `why` end the batch. */
	bool (*decided)(void *self, BatchItem *item, Plan *plan, Failure *why);
	void *self;
} BatchSettings;

/* Starts judges.  NULL and `why` when none could be. */
Batch *batch_open(const BatchSettings *settings, Failure *why);

/* The arena of the message that will be added next. */
Arena *batch_arena(Batch *batch);

/* Adds one; it is copied (of one in a file the descriptor), but for what is in batch_arena.  Others may be
 * `decided` meanwhile, whose failure this one is. */
bool batch_add(Batch *batch, const BatchItem *item, Failure *why);

/* Waits until all have been decided. */
bool batch_finish(Batch *batch, Failure *why);

/* Ends the judges; what is under way is forgotten.  NULL is fine. */
void batch_close(Batch *batch);

DEFINE_AUTO(Batch, batch_close)

#endif
