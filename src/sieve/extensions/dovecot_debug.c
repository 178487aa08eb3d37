/* dovecot_debug - "debug_log" writes a line into the log of the script's owner
 * vnd.dovecot.debug */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static SieveStatus debug_log(SieveRun *run, const SieveNode *node)
{
	return sieve_log_argument(run, node, "DEBUG: ");
}

static const SieveVerb commands[] = {
	{ .name = "debug_log",
	  .parameters = SIEVE_PARAMETERS({ "message", SIEVE_STRING }),
	  .act = debug_log },
	{ 0 },
};

const SieveExtension sieve_ext_dovecot_debug = {
	.capability = "vnd.dovecot.debug",
	.about = "write a line into the log",
	.document = "Dovecot",
	.commands = commands,
};
