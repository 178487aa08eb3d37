/* core_control - if, elsif, else, require and stop
 * RFC 5228, section 3 */
#include "sieve/extensions/list.h"

#include "sieve/match.h"
#include "sieve/script.h"
#include "sieve/trace.h"

/* An if and what hangs on it; an else has no test. */
static SieveStatus run_if(SieveRun *run, const SieveNode *node)
{
	if (run->compared)
		run->compared->node = NULL;
	for (; node; node = node->otherwise) {
		bool result = true;
		SieveStatus status = node->tests ? sieve_run_test(run, node->tests, &result) : SIEVE_OK;

		if (run->trace)
			sieve_trace_node(run, node, status == SIEVE_OK && result);
		if (status != SIEVE_OK)
			return status;
		if (result)
			return sieve_run_block(run, node->block);
	}
	return SIEVE_OK;
}

static void enter_block(SieveCheck *check, SieveNode *node, bool entering)
{
	const SieveVerb *verb = node->tests ? node->tests->verb : NULL;

	if (verb && strcmp(verb->name, "false") == 0)
		check->dead += entering ? 1 : -1U;
}

static void check_require(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *names = sieve_strings(node, 0);

	for (size_t i = 0; i < names->count; i++)
		sieve_require(check, names->items[i].text, names->items[i].span);
}

/* It has done its work when the script was compiled. */
static SieveStatus run_require(SieveRun *run, const SieveNode *node)
{
	(void)run;
	(void)node;
	return SIEVE_OK;
}

static SieveStatus run_stop(SieveRun *run, const SieveNode *node)
{
	(void)run;
	(void)node;
	return SIEVE_STOP;
}

static const SieveVerb commands[] = {
	{ .name = "if", .takes = SIEVE_TAKES_TEST | SIEVE_TAKES_BLOCK, .block = enter_block, .act = run_if },
	{ .name = "elsif",
	  .takes = SIEVE_TAKES_TEST | SIEVE_TAKES_BLOCK,
	  .follows = "if elsif",
	  .block = enter_block,
	  .act = run_if },
	{ .name = "else", .takes = SIEVE_TAKES_BLOCK, .follows = "if elsif", .act = run_if },
	{ .name = "require",
	  .parameters = SIEVE_PARAMETERS({ "capabilities", SIEVE_STRING_LIST, .constant = true }),
	  .takes = SIEVE_AT_THE_START,
	  .check = check_require,
	  .act = run_require },
	{ .name = "stop", .act = run_stop },
	{ 0 },
};

const SieveExtension sieve_ext_core_control = { .commands = commands };
