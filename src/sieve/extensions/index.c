/* index - only the n-th of several header fields
 * RFC 5260, section 6: ":index" and ":last" of header, address and date */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static void check_index(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	if (use->value.number == 0)
		sieve_check_error(check, use->value.span, NULL, ":index counts from 1");
}

/* Over several header names the fields are counted in the order of the names. */
static SieveStatus choose(SieveRun *run, const SieveNode *node, const SieveTagUse *use, SieveFields *fields)
{
	uint64_t number = use->value.number;

	(void)run;
	if (number == 0 || number > fields->count) {
		fields->count = 0;
		return SIEVE_OK;
	}
	fields->items += sieve_tag(node, "last") ? fields->count - number : number - 1;
	fields->count = 1;
	return SIEVE_OK;
}

#define TESTS "header address date"

const SieveExtension sieve_ext_index = {
	.capability = "index",
	.about = "test only the n-th of several header fields",
	.document = "RFC 5260, 6",
	.tags =
		(const SieveTag[]){
			{
				.name = "index",
				.of = TESTS,
				.value = SIEVE_NUMBER,
				.check = check_index,
				.filter = choose,
			},
			{ .name = "last", .of = TESTS, .needs = "index" },
			{ 0 },
		},
};
