/* dovecot_pipe - "pipe" gives the message to a program, which has it from then on
 * vnd.dovecot.pipe: spec-bosch-sieve-extprograms, section 5
 *
 * The program runs when the plan is carried out.  Whether there is one of this name is asked at once, so that
 * a script which names none fails where it does. */
#include "sieve/extensions/list.h"

#include <string.h>

#include "sieve/extension.h"
#include "sieve/programs.h"

/* A program gets the message once (section 5.1); what is refused is given to nobody. */
static SieveStatus check_others(SieveRun *run, const SieveNode *node, const char *program)
{
	const Plan *plan = run->plan;

	for (size_t i = 0; i < plan->count; i++) {
		if (plan->actions[i].kind == ACTION_REJECT)
			return sieve_fail(run, node->span, "a message that is rejected cannot be piped");
		if (plan->actions[i].kind == ACTION_PIPE && strcmp(plan->actions[i].program, program) == 0)
			return sieve_fail(run, node->span, "the message is piped to \"%s\" already", program);
	}
	return SIEVE_OK;
}

static SieveStatus plan_pipe(SieveRun *run, const SieveNode *node)
{
	const SieveString *name = sieve_string(node, 0);
	Action action;
	SieveStatus status = sieve_action(run, node, ACTION_PIPE, &action);

	if (status == SIEVE_OK)
		status = sieve_program_arguments(run, node, &action.arguments);
	if (status != SIEVE_OK)
		return status;
	action.program = arena_copy_bytes(run->arena, name->text.data, name->text.length);
	action.is_optional = sieve_tag(node, "try") != NULL;
	status = check_others(run, node, action.program);
	return status == SIEVE_OK ? sieve_act(run, node, &action) : status;
}

static SieveStatus pipe_message(SieveRun *run, const SieveNode *node)
{
	bool is_optional = sieve_tag(node, "try") != NULL;
	SieveProgramEnd found;
	SieveStatus status = sieve_run_program(run, node, "pipe", PROGRAM_READS_NOTHING, SLICE(""), &found);

	/* Where none is run the plan says what would be. */
	if (status == SIEVE_OK && found.end != PROGRAM_DONE && found.end != PROGRAM_NOT_RUN)
		return sieve_tell_program(run, node, &found, is_optional);
	return status == SIEVE_OK ? plan_pipe(run, node) : status;
}

static const SieveActionInfo info = {
	.about = "gives the message to a program",
	.document = "spec-bosch-sieve-extprograms, 5",
	.interactions = "not together with reject and ereject; once for each program",
	.cancels_keep = true,
	.with_imap_events = true,
};

const SieveExtension sieve_ext_dovecot_pipe = {
	.capability = "vnd.dovecot.pipe",
	.about = "give the message to a program",
	.document = "spec-bosch-sieve-extprograms",
	.commands =
		(const SieveVerb[]){
			{ .name = "pipe",
			  .parameters = SIEVE_PROGRAM_PARAMETERS,
			  .plans = 1u << ACTION_PIPE | SIEVE_PLANS_PROGRAMS,
			  .action = &info,
			  .check = sieve_check_program,
			  .act = pipe_message },
			{ 0 },
		},
	.tags =
		(const SieveTag[]){
			{ .name = "try", .of = "pipe" },
			{ 0 },
		},
};
