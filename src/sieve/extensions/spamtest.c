/* spamtest - how much like spam is the message, says whoever looked at it before
 * RFC 5235, section 3.2; ":percent" is spamtestplus */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/verdict.h"

enum {
	SPAM_FULL = 10 /* the worst of text values */
};

static SieveStatus spamtest(SieveRun *run, const SieveNode *node, bool *result)
{
	bool percent = sieve_tag(node, "percent") != NULL;
	Verdict verdict;
	SieveStatus status = sieve_verdict(run, node->span, "spamtest", SPAM_FULL, &verdict);

	if (status != SIEVE_OK)
		return status;
	return sieve_verdict_match(run, node, &verdict, percent ? 0 : 1, percent ? 100 : 10, result);
}

static const SieveVerb tests[] = {
	{ .name = "spamtest",
	  .parameters = SIEVE_PARAMETERS({ "value", SIEVE_STRING }),
	  .takes = SIEVE_TAKES_MATCH,
	  .test = spamtest },
	{ 0 },
};

const SieveExtension sieve_ext_spamtest = {
	.capability = "spamtest",
	.about = "test how much like spam the message is",
	.document = "RFC 5235, 3.2",
	.tests = tests,
};
