/* ereject - refuse the message towards the MTA
 * RFC 5429, section 2.1 */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/reject.h"

static SieveStatus ereject(SieveRun *run, const SieveNode *node)
{
	return sieve_reject(run, node, true);
}

static const SieveActionInfo info = {
	.about = "refuses the message towards the MTA, which tells its sender",
	.document = "RFC 5429, 2.1",
	.interactions =
		"an error with keep, fileinto, redirect, pipe, vacation, processcalendar and another refusal",
	.cancels_keep = true,
};

static const SieveVerb commands[] = {
	{ .name = "ereject",
	  .parameters = SIEVE_PARAMETERS({ "reason", SIEVE_STRING }),
	  .plans = 1u << ACTION_REJECT,
	  .action = &info,
	  .act = ereject },
	{ 0 },
};

const SieveExtension sieve_ext_ereject = {
	.capability = "ereject",
	.about = "refuse messages towards the MTA",
	.document = "RFC 5429, 2.1",
	.commands = commands,
};
