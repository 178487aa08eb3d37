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

/* All of it is borrowed. */
typedef struct Programs {
	const Config *config;
	const User *user;
	const Envelope *envelope;
	const char *host;
	const Message *message; /* as it came */
	int64_t left_ms;        /* for all that are run over it, see programs_time */
	unsigned run;           /* how many have been */
} Programs;

/* How long all of them together may take: half of what the delivery has, so that one that is always late
 * does not keep the message from being delivered for ever. */
int64_t programs_time(const Config *config);

/* Answers ASK_PROGRAM, as World's `ask` does: runs it.  False (RETRY) and `why` when that cannot be done just
 * now. */
bool programs_answer(Programs *programs, const Question *question, Answer *answer, Failure *why);

/* Gives a version of the message to the program that the action names.  False (RETRY) and `why` unless it
 * ended with status 0. */
bool programs_pipe(Programs *programs, const Action *action, const Message *version, Failure *why);

#endif
