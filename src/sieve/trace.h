/* trace - takes down which way a run took, when somebody asks: plan/steps.h
 *
 * A delivery does not: there run->trace is NULL, and all that it costs is to see that. */
#ifndef SIEVE_TRACE_H
#define SIEVE_TRACE_H

#include "plan/steps.h"
#include "sieve/match.h"
#include "sieve/run.h"

/* Is it an if, elsif or else, which says itself whether it is taken? */
bool sieve_is_branch(const SieveNode *node);

/* A command was come by, a branch taken or not, a test true or not. */
void sieve_trace_node(SieveRun *run, const SieveNode *node, bool held);

/* What is offered next is made of this header field. */
void sieve_trace_field(SieveRun *run, const HeaderField *field);

/* A value was held against the keys of a test: `fitted` of them is the first that did, or their number. */
void sieve_trace_value(SieveMatch *match, SieveValue *value, size_t fitted);

/* What a pattern fitted, within the value. */
void sieve_trace_whole(SieveRun *run, Slice whole);

#endif
