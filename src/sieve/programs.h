/* programs - what pipe, filter and execute have in common: a name, arguments, and a question to the world
 * spec-bosch-sieve-extprograms, sections 3 and 4 */
#ifndef SIEVE_PROGRAMS_H
#define SIEVE_PROGRAMS_H

#include "plan/world.h"
#include "sieve/check.h"
#include "sieve/run.h"

/* The positional arguments of all three. */
#define SIEVE_PROGRAM_PARAMETERS                                             \
	SIEVE_PARAMETERS({ "program-name", SIEVE_STRING, .constant = true }, \
			 { "arguments", SIEVE_STRING_LIST, .optional = true })

/* Reports a name that no program can have, and too many arguments. */
void sieve_check_program(SieveCheck *check, SieveNode *node);

/* How a program ended, and what belongs to that (world.h); in the run's arena. */
typedef struct SieveProgramEnd {
	ProgramEnd end;
	Slice bytes;
} SieveProgramEnd;

/* Asks the world to use the node's program in the way `how`; it reads `text`, or the message as it is now. An
 * argument that is no line of text is a run-time error. */
SieveStatus sieve_run_program(SieveRun *run, const SieveNode *node, const char *how, ProgramInput reads,
			      Slice text, SieveProgramEnd *result);

/* The same for a program that the site has chosen: in the run's arena or constant. */
SieveStatus sieve_ask_program(SieveRun *run, SieveSpan span, const char *how, Slice name,
			      const PlanList *arguments, ProgramInput reads, Slice text,
			      SieveProgramEnd *result);

/* What is to be said of a program that did not end well: an unknown one is an error for a command (`is_test`
 * false), and one that only declined is worth no word for a test. */
SieveStatus sieve_tell_program(SieveRun *run, const SieveNode *node, const SieveProgramEnd *result,
			       bool is_test);

/* The values of the node's arguments, as the plan has them. */
SieveStatus sieve_program_arguments(SieveRun *run, const SieveNode *node, PlanList *list);

#endif
