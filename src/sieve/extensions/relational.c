/* relational - ":value" compares by order, ":count" how many there are
 * RFC 5231 */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "sieve/extension.h"

/* The bits of an order that a relation accepts. */
enum {
	LESS = 1,
	EQUAL = 2,
	GREATER = 4,
};

static const struct {
	const char *name;
	intptr_t accepts;
} relations[] = {
	{ "gt", GREATER },      { "ge", GREATER | EQUAL }, { "lt", LESS },
	{ "le", LESS | EQUAL }, { "eq", EQUAL },           { "ne", LESS | GREATER },
};

static void check_relation(SieveCheck *check, SieveNode *node, SieveMatching *how)
{
	const SieveString *name = how->argument.strings.items;

	(void)node;
	for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
		if (ascii_equal_fold_string(name->text, relations[i].name))
			how->data = relations[i].accepts;
	if (!how->data)
		sieve_check_error(check, name->span, NULL,
				  "':%s' wants \"gt\", \"ge\", \"lt\", \"le\", \"eq\" or \"ne\"",
				  how->type->name);
}

static void check_count(SieveCheck *check, SieveNode *node, SieveMatching *how)
{
	check_relation(check, node, how);
	/* Section 4.2 says SHOULD; as texts, "10" is less than "9". */
	if (how->comparator->can & SIEVE_CAN_SUBSTRING)
		sieve_check_warn(check, "compares-text", how->span, "add ':comparator \"i;ascii-numeric\"'",
				 "without a numeric comparator ':count' compares digits as letters");
}

static SieveStatus match_relation(SieveRun *run, const SieveMatching *how, SieveValue *value,
				  const SieveKey *key, bool *result)
{
	int order = sieve_compare(run, value, key, how->comparator);

	*result = how->data & (order < 0 ? LESS : order > 0 ? GREATER : EQUAL);
	return SIEVE_OK;
}

static const SieveMatchType match_types[] = {
	{ .name = "count",
	  .argument = SIEVE_STRING,
	  .needs = SIEVE_CAN_ORDER,
	  .counts = true,
	  .check = check_count,
	  .match = match_relation },
	{ .name = "value",
	  .argument = SIEVE_STRING,
	  .needs = SIEVE_CAN_ORDER,
	  .check = check_relation,
	  .match = match_relation },
	{ 0 },
};

const SieveExtension sieve_ext_relational = { .capability = "relational",
					      .about = "compare by order, and count",
					      .document = "RFC 5231",
					      .match_types = match_types };
