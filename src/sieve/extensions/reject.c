/* reject - refuse the message, by mail to its sender
 * RFC 5429, section 2.2
 *
 * Whether by mail or towards the MTA is for delivery to say (delivery/sending.c).  A message from the null
 * sender is dropped: there is nobody to tell. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/reject.h"

static SieveStatus reject(SieveRun *run, const SieveNode *node)
{
	return sieve_reject(run, node, false);
}

static const SieveActionInfo info = {
	.about = "refuses the message, with this reason as it is",
	.document = "RFC 5429, 2.2",
	.interactions =
		"an error with keep, fileinto, redirect, pipe, vacation, processcalendar and another refusal",
	.cancels_keep = true,
};

static const SieveVerb commands[] = {
	{ .name = "reject",
	  .parameters = SIEVE_PARAMETERS({ "reason", SIEVE_STRING }),
	  .plans = 1u << ACTION_REJECT,
	  .action = &info,
	  .act = reject },
	{ 0 },
};

const SieveExtension sieve_ext_reject = {
	.capability = "reject",
	.about = "refuse messages, with a reason that arrives as it is",
	.document = "RFC 5429, 2.2",
	.commands = commands,
};
