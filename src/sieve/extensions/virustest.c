/* virustest - does the message carry a virus, says whoever looked at it before
 * RFC 5235, section 3.3 */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/verdict.h"

enum {
	VIRUS_FULL = 5 /* the worst of text values, and of the test */
};

static SieveStatus virustest(SieveRun *run, const SieveNode *node, bool *result)
{
	Verdict verdict;
	SieveStatus status = sieve_verdict(run, node->span, "virustest", VIRUS_FULL, &verdict);

	return status == SIEVE_OK ? sieve_verdict_match(run, node, &verdict, 1, VIRUS_FULL, result) : status;
}

static const SieveVerb tests[] = {
	{ .name = "virustest",
	  .parameters = SIEVE_PARAMETERS({ "value", SIEVE_STRING }),
	  .takes = SIEVE_TAKES_MATCH,
	  .test = virustest },
	{ 0 },
};

const SieveExtension sieve_ext_virustest = {
	.capability = "virustest",
	.about = "test whether the message carries a virus",
	.document = "RFC 5235, 3.3",
	.tests = tests,
};
