/* seclusion - a courier that only files gives up everything but the mail
 *
 * As soon as the judge has compiled the rules, and before it looks at the message, it is known what they can
 * plan.  Where that is filing alone (no program, no message to anybody, no list, no memory of other
 * messages), the courier needs the mail, the state directory and the log of the rules' owner, and puts all
 * else out of its own reach (Landlock), new sockets too (seccomp), before it hears another word from a
 * process that the message may take over.
 *
 * The owner's log is made beforehand where it is missing, and may stay empty.  To make it only when there is
 * something to say would take the right to make files in the home, with content of one's own, for as long as
 * the courier listens: a file ".forward" or ".profile" is worth more than an empty one less.
 *
 * Nothing of it may cost mail: where a directory is not there yet, or the kernel cannot do it, the courier
 * stays as it is. */
#ifndef DELIVERY_SECLUSION_H
#define DELIVERY_SECLUSION_H

#include <stdbool.h>

#include "mailbox/store.h"

typedef struct Seclusion {
	const Store *store;
	const char *state; /* the directory; NULL: there is none */
	const char *log;   /* of the rules' owner; "": there is none */
	uid_t owner;
} Seclusion;

/* Does all that rules can plan (sieve_plans) need no more than this? */
bool seclusion_suits(unsigned plans);

/* Opens the log, which stays open as `*log_fd` (-1: there is none), and gives up the rest.  False: nothing
 * was given up. */
bool seclusion_begin(const Seclusion *seclusion, int *log_fd);

#endif
