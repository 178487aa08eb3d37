/* reject - refuse the message, by mail to its sender
 * RFC 5429, section 2.2
 *
 * It could be refused towards the MTA when the reason is ASCII; we never do, because "reject" is for people
 * who want their text to arrive as it is (2.3 forbids the silent change).  A message from the null sender is
 * dropped: there is nobody to tell. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/reject.h"

static SieveStatus reject(SieveRun *run, const SieveNode *node)
{
	return sieve_reject(run, node, false);
}

static const SieveActionInfo info = {
	.about = "refuses the message, by mail to its sender",
	.document = "RFC 5429, 2.2",
	.interactions = "an error with keep, fileinto, redirect, pipe, vacation and another refusal",
	.cancels_keep = true,
};

static const SieveVerb commands[] = {
	{ .name = "reject",
	  .parameters = { { "reason", SIEVE_STRING } },
	  .plans = 1u << ACTION_REJECT,
	  .action = &info,
	  .act = reject },
	{ 0 },
};

const SieveExtension sieve_ext_reject = {
	.capability = "reject",
	.about = "refuse messages, by mail to the sender",
	.document = "RFC 5429, 2.2",
	.commands = commands,
};
