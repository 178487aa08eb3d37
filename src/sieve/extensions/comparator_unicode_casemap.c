/* comparator_unicode_casemap - i;unicode-casemap: characters in title case, decomposed
 * RFC 5051
 *
 * "?" of ":matches" stands for one character of the value as it was written (RFC 5228, 2.7.1). */
#include "sieve/extensions/list.h"

#include "base/panic.h"
#include "sieve/extension.h"

static int compare(Slice a, Slice b)
{
	size_t common = a.length < b.length ? a.length : b.length;
	int order = memcmp(a.data, b.data, common);

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

static void map(const SieveRun *run, Slice text, Text *mapped, Text *starts)
{
	BUG_IF(!run->input->mime); /* a script that compares so has needed it since it was compiled */
	run->input->mime->casemap(text, mapped, starts);
}

static const SieveComparator comparators[] = {
	{ .name = "i;unicode-casemap",
	  .can = SIEVE_CAN_EQUAL | SIEVE_CAN_SUBSTRING | SIEVE_CAN_ORDER,
	  .compare = compare,
	  .map = map,
	  .needs_mime = true },
	{ 0 },
};

const SieveExtension sieve_ext_comparator_unicode_casemap = {
	.capability = "comparator-i;unicode-casemap",
	.about = "compare without case in all scripts",
	.document = "RFC 5051",
	.comparators = comparators,
};
