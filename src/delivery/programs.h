/* programs - those that rules may have run: each kind from one directory that the site names
 * spec-bosch-sieve-extprograms
 *
 * They run in the courier, with the recipient's rights and a clean environment, without a shell and never
 * longer than agreed.  Who asks for one has read a hostile message: its name is one in the directory, its
 * file must be such that nobody but root and the recipient could have written it, and what it is told is
 * checked. */
#ifndef DELIVERY_PROGRAMS_H
#define DELIVERY_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"
#include "message/envelope.h"
#include "message/message.h"
#include "plan/plan.h"
#include "plan/world.h"
#include "system/config.h"
#include "system/users.h"

/* What is left for the programs of one message. */
typedef struct ProgramBudget {
	int64_t ms;
	unsigned count;
} ProgramBudget;

/* All of it is borrowed. */
typedef struct Programs {
	const Config *config;
	const User *user;
	const Envelope *envelope;
	const char *host;
	const Message *message;     /* as it came */
	ProgramBudget asked, piped; /* for those that rules ask for, and for those that get the message */
} Programs;

/* Sets both budgets, after `config`.  Those that rules ask for share half of the delivery's time, and those
 * that get the message in the end a quarter of their own: what the rules ask for can be done without, and
 * however slow it is, it cannot keep the message from where it has to go. */
void programs_begin(Programs *programs);

/* Answers ASK_PROGRAM, as World's `ask` does: runs it.  False (RETRY) and `why` when that cannot be done just
 * now. */
bool programs_answer(Programs *programs, const Question *question, Answer *answer, Failure *why);

/* Gives a version of the message to the program that the action names.  False (RETRY) and `why` unless it
 * ended with status 0. */
bool programs_pipe(Programs *programs, const Action *action, const Message *version, Failure *why);

#endif
