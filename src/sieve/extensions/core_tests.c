/* core_tests - allof, anyof, not, true, false, exists and size
 * RFC 5228, section 5
 *
 * Tests are done from left to right and no more of them than needed (RFC 5229, 3.2; RFC 5463, 4). */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/parts.h"

/* Goes on while the tests say `going_on`, which is the result if none says otherwise. */
static SieveStatus run_list(SieveRun *run, const SieveNode *node, bool going_on, bool *result)
{
	SieveStatus status = SIEVE_OK;

	*result = going_on;
	for (const SieveNode *test = node->tests; test && status == SIEVE_OK && *result == going_on;
	     test = test->next)
		status = sieve_run_test(run, test, result);
	return status;
}

static SieveStatus allof(SieveRun *run, const SieveNode *node, bool *result)
{
	return run_list(run, node, true, result);
}

static SieveStatus anyof(SieveRun *run, const SieveNode *node, bool *result)
{
	return run_list(run, node, false, result);
}

static SieveStatus negate(SieveRun *run, const SieveNode *node, bool *result)
{
	SieveStatus status = sieve_run_test(run, node->tests, result);

	*result = !*result;
	return status;
}

static SieveStatus is_true(SieveRun *run, const SieveNode *node, bool *result)
{
	(void)run;
	(void)node;
	*result = true;
	return SIEVE_OK;
}

static SieveStatus is_false(SieveRun *run, const SieveNode *node, bool *result)
{
	(void)run;
	(void)node;
	*result = false;
	return SIEVE_OK;
}

/* True only if every field named is there. */
static SieveStatus exists(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *names = sieve_strings(node, 0);
	SieveStatus status = SIEVE_OK;

	*result = true;
	for (size_t i = 0; i < names->count && *result && status == SIEVE_OK; i++) {
		SieveStrings name = { &names->items[i], 1 };
		SieveFields fields;

		status = sieve_fields(run, node, &name, &fields);
		*result = fields.count > 0;
	}
	return status;
}

static SieveStatus size(SieveRun *run, const SieveNode *node, bool *result)
{
	uint64_t limit = sieve_number(node, 0);
	off_t bytes;
	SieveStatus status = sieve_message_size(run, &bytes);

	if (status != SIEVE_OK)
		return status;
	/* Exactly the size is neither over nor under it (5.9). */
	*result = sieve_tag(node, "over") ? (uint64_t)bytes > limit : (uint64_t)bytes < limit;
	return SIEVE_OK;
}

static const SieveVerb tests[] = {
	{ .name = "allof", .takes = SIEVE_TAKES_TESTS, .test = allof },
	{ .name = "anyof", .takes = SIEVE_TAKES_TESTS, .test = anyof },
	{ .name = "exists",
	  .parameters = SIEVE_PARAMETERS({ "header-names", SIEVE_STRING_LIST }),
	  .test = exists },
	{ .name = "false", .test = is_false },
	{ .name = "not", .takes = SIEVE_TAKES_TEST, .test = negate },
	{ .name = "size",
	  .parameters = SIEVE_PARAMETERS({ "limit", SIEVE_NUMBER }),
	  .one_of = "limit",
	  .test = size },
	{ .name = "true", .test = is_true },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "over", .of = "size", .group = "limit" },
	{ .name = "under", .of = "size", .group = "limit" },
	{ 0 },
};

const SieveExtension sieve_ext_core_tests = { .tests = tests, .tags = tags };
