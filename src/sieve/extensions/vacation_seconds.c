/* vacation-seconds - ":seconds" in place of ":days"
 * RFC 6131.  The site's bounds for the period hold here too (section 2). */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static const SieveTag tags[] = {
	{ .name = "seconds", .of = "vacation", .value = SIEVE_NUMBER, .group = "period" },
	{ 0 },
};

static const char *const implies[] = { "vacation", NULL };

const SieveExtension sieve_ext_vacation_seconds = {
	.capability = "vacation-seconds",
	.about = "answer the same sender again after seconds rather than days",
	.document = "RFC 6131",
	.tags = tags,
	.implies = implies,
};
