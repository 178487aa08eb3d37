/* cyrus_log - "log" writes a line into the log of the script's owner
 * vnd.cyrus.log */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static SieveStatus log_text(SieveRun *run, const SieveNode *node)
{
	return sieve_log_argument(run, node, "");
}

static const SieveVerb commands[] = {
	{ .name = "log", .parameters = SIEVE_PARAMETERS({ "text", SIEVE_STRING }), .act = log_text },
	{ 0 },
};

const SieveExtension sieve_ext_cyrus_log = {
	.capability = "vnd.cyrus.log",
	.about = "write a line into the log",
	.document = "Cyrus",
	.commands = commands,
};
