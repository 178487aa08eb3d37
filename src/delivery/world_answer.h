/* world_answer - what the world is like, for rules that ask: the answers of a real delivery
 *
 * In the courier, with the recipient's rights; `try --mail` gives the same. */
#ifndef DELIVERY_WORLD_ANSWER_H
#define DELIVERY_WORLD_ANSWER_H

#include "mailbox/store.h"
#include "plan/world.h"

/* Answers `question` from the mail in `store`: World's `ask`. */
bool world_answer(Store *store, const Question *question, Answer *answer, Failure *why);

#endif
