/* poison - a message that stops its own delivery is filed without rules the third time
 *
 * A bug of ours that one message sets off in the courier (a fault, a panic, a loop that only the deadline or
 * the limit on CPU time ends) ends in "try again"; without more the message would circle in the MTA's queue
 * for days and then come back.  So the crash guard leaves a mark that names the message in the user's state;
 * with two of them the rules are not asked.  Nothing is paid for it but one look at a directory that is not
 * there.
 *
 * A judge leaves no mark, however it ends: the message is kept then, at once.  Kill -9 of the courier leaves
 * none either: a file that is made before, for every message, would be the price, and who kills like that (an
 * administrator, a kernel out of memory) does not mean the message.
 */
#ifndef DELIVERY_POISON_H
#define DELIVERY_POISON_H

#include <stdbool.h>
#include <stdint.h>

#include "message/header.h"
#include "message/message.h"

/* In the directory of the user's state. */
#define POISON_DIRECTORY "poison"

enum {
	POISON_MARKS = 2
};

/* From now on a fault marks this message.  `state` (absolute) is the directory of the user's state, of which
 * what is missing below `home` is made then; all must live as long as the process.  NULL `state`: none is. */
void poison_watch(const char *state, const char *home, const Message *message, const HeaderIndex *header);

/* How many times has it stopped its delivery, up to POISON_MARKS? */
unsigned poison_count(void);

/* It is delivered: its marks go, and those of others that are older than `before`, in seconds since 1970. */
void poison_forget(int64_t before);

#endif
