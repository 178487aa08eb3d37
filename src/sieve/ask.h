/* ask - questions to the world while a script runs
 *
 * They are counted: one too many is an error of the rules, which says where.  What the world cannot answer
 * just now is a reason to deliver later. */
#ifndef SIEVE_ASK_H
#define SIEVE_ASK_H

#include "plan/world.h"
#include "sieve/run.h"

/* A question at `span`; `answer` is set, the caller's to clear, whatever comes of it. */
SieveStatus sieve_ask_question(SieveRun *run, SieveSpan span, const Question *question, Answer *answer);

/* The same with one or two arguments.  What is too long to be a name is that of nothing. */
SieveStatus sieve_ask_answer(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second,
			     Answer *answer);

/* The same where yes or no is all. */
SieveStatus sieve_ask_whether(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second,
			      bool *yes);

/* The same where `value` is what an answer gives besides (NULL data when the answer is no), kept as long as
 * the run.  A string with a NUL in it is the name of nothing. */
SieveStatus sieve_ask(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second,
		      Slice *value);

/* The same where an answer gives something whether it is yes or no. */
SieveStatus sieve_ask_bytes(SieveRun *run, SieveSpan span, QuestionKind kind, Slice first, Slice second,
			    Slice *value);

#endif
