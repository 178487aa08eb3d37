/* dovecot_execute - "execute" asks a program, which may read a text or the message and say something
 * vnd.dovecot.execute: spec-bosch-sieve-extprograms, sections 7 and 8
 *
 * A program that fails or declines leaves the variable as it was, and the rules go on. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/programs.h"

/* The variable for the output is node->data, or NULL. */
static void check_execute(SieveCheck *check, SieveNode *node)
{
	const SieveTagUse *output = sieve_tag(node, "output");
	SievePiece *variable;

	sieve_check_program(check, node);
	if (!output)
		return;
	if (!sieve_check_has(check, "variables")) {
		sieve_check_error(check, output->span, NULL, "':output' needs require \"variables\"");
		return;
	}
	variable = ARENA_NEW(sieve_check_arena(check), SievePiece);
	if (sieve_check_variable(check, output->value.strings.items->text, output->value.strings.items->span,
				 true, variable))
		node->data = variable;
}

static SieveStatus execute(SieveRun *run, const SieveNode *node, bool is_test, bool *done)
{
	const SieveTagUse *input = sieve_tag(node, "input");
	ProgramInput reads = input                     ? PROGRAM_READS_TEXT
			     : sieve_tag(node, "pipe") ? PROGRAM_READS_MESSAGE
						       : PROGRAM_READS_NOTHING;
	SieveProgramEnd result;
	Slice text = SLICE("");
	SieveStatus status = input ? sieve_expand(run, input->value.strings.items, &text) : SIEVE_OK;

	*done = false;
	if (status == SIEVE_OK)
		status = sieve_run_program(run, node, "execute", reads, text, &result);
	if (status != SIEVE_OK)
		return status;
	*done = result.end == PROGRAM_DONE;
	if (*done && node->data)
		sieve_variable_set(run, node->data, result.bytes);
	return sieve_tell_program(run, node, &result, is_test);
}

static SieveStatus act(SieveRun *run, const SieveNode *node)
{
	bool done;

	return execute(run, node, false, &done);
}

static SieveStatus test(SieveRun *run, const SieveNode *node, bool *result)
{
	return execute(run, node, true, result);
}

static const SieveActionInfo info = {
	.about = "runs a program, which may read a text or the message and set a variable",
	.document = "spec-bosch-sieve-extprograms, 7",
	.interactions = "none: it changes neither the message nor what happens to it",
	.with_imap_events = true,
};

const SieveExtension sieve_ext_dovecot_execute = {
	.capability = "vnd.dovecot.execute",
	.about = "ask a program",
	.document = "spec-bosch-sieve-extprograms",
	.commands =
		(const SieveVerb[]){
			{ .name = "execute",
			  .plans = SIEVE_PLANS_PROGRAMS,
			  .parameters = SIEVE_PROGRAM_PARAMETERS,
			  .action = &info,
			  .check = check_execute,
			  .act = act },
			{ 0 },
		},
	.tests =
		(const SieveVerb[]){
			{ .name = "execute",
			  .plans = SIEVE_PLANS_PROGRAMS,
			  .parameters = SIEVE_PROGRAM_PARAMETERS,
			  .check = check_execute,
			  .test = test },
			{ 0 },
		},
	.tags =
		(const SieveTag[]){
			{ .name = "input", .of = "execute", .value = SIEVE_STRING, .group = "input" },
			{ .name = "pipe", .of = "execute", .group = "input" },
			{ .name = "output", .of = "execute", .value = SIEVE_STRING, .constant = true },
			{ 0 },
		},
};
