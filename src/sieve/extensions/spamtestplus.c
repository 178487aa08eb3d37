/* spamtestplus - "spamtest" in percent
 * RFC 5235, section 3.2.2 */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static const SieveTag tags[] = {
	{ .name = "percent", .of = "spamtest" },
	{ 0 },
};

static const char *const implies[] = { "spamtest", NULL };

const SieveExtension sieve_ext_spamtestplus = {
	.capability = "spamtestplus",
	.about = "the same in percent",
	.document = "RFC 5235, 3.2.2",
	.tags = tags,
	.implies = implies,
};
