/* core_header - the tests header and address
 * RFC 5228, section 5.1 and 5.7
 *
 * Section 5.1 restricts "address" to fields that hold addresses and leaves open how.  The names
 * that address_is_field knows are looked into; any other never matches, and one that stands in the
 * script as a constant is warned of, so that it does not cost its owner the rest of his rules. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/trace.h"

static void check_names(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *names = sieve_strings(node, 0);

	for (size_t i = 0; i < names->count; i++) {
		const SieveString *name = &names->items[i];

		if (sieve_is_constant(name) && !header_is_name(name->text))
			sieve_check_warn(check, "always-false", name->span,
					 name->text.length && name->text.data[name->text.length - 1] == ':'
						 ? "leave the ':' out"
						 : NULL,
					 "no header field can have this name, so the test is always false");
	}
}

/* Are the fields those of parts, which may have others that hold addresses? */
static bool finds_elsewhere(const SieveNode *node)
{
	const SieveTagUse *use = node->tags;

	while (use && !(use->tag && use->tag->find))
		use = use->next;
	return use != NULL;
}

static void check_address(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *names = sieve_strings(node, 0);

	for (size_t i = 0; i < names->count; i++) {
		const SieveString *name = &names->items[i];
		const char *suggestion;

		if (!sieve_is_constant(name) || address_is_field(name->text) || finds_elsewhere(node))
			continue;
		suggestion = sieve_check_suggest(check, name->text, address_fields);
		sieve_check_warn(check, "always-false", name->span,
				 suggestion ? suggestion : "use 'header' for other fields",
				 "this field holds no addresses, so the test is always false");
	}
}

/* Offers a field's value, or what a tag makes of it. */
static SieveStatus offer(SieveRun *run, const SieveNode *node, const HeaderField *field, SieveMatch *match)
{
	if (run->trace)
		sieve_trace_field(run, field);
	for (const SieveTagUse *use = node->tags; use; use = use->next)
		if (use->tag && use->tag->offer)
			return use->tag->offer(run, use, field, match);
	return sieve_match_kept(match, sieve_field_value(run, field));
}

static SieveStatus header(SieveRun *run, const SieveNode *node, bool *result)
{
	SieveFields fields;
	SieveMatch match;
	SieveStatus status = sieve_fields(run, node, sieve_strings(node, 0), &fields);

	sieve_match_begin(&match, run, node, sieve_strings(node, 1));
	for (size_t i = 0; i < fields.count && sieve_match_open(&match, status); i++)
		status = offer(run, node, fields.items[i], &match);
	return sieve_match_end(&match, status, result);
}

static SieveStatus match_addresses(SieveRun *run, SieveMatch *match, const AddressList *list)
{
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < list->count && sieve_match_open(match, status); i++) {
		Slice value;

		if (sieve_match_only_counts(match))
			sieve_match_count(match, 1);
		else if (match->how->part->part(run, &list->items[i], &value))
			status = sieve_match_value(match, value);
	}
	return status;
}

static SieveStatus address(SieveRun *run, const SieveNode *node, bool *result)
{
	SieveFields fields;
	SieveMatch match;
	SieveStatus status = sieve_fields(run, node, sieve_strings(node, 0), &fields);

	sieve_match_begin(&match, run, node, sieve_strings(node, 1));
	for (size_t i = 0; i < fields.count && sieve_match_open(&match, status); i++) {
		if (run->trace)
			sieve_trace_field(run, fields.items[i]);
		if (fields.all_hold_addresses || address_is_field(fields.items[i]->name))
			status = match_addresses(run, &match, sieve_field_addresses(run, fields.items[i]));
	}
	return sieve_match_end(&match, status, result);
}

static const SieveVerb tests[] = {
	{ .name = "address",
	  .parameters = SIEVE_PARAMETERS({ "header-names", SIEVE_STRING_LIST },
					 { "keys", SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH | SIEVE_TAKES_ADDRESS_PART,
	  .check = check_address,
	  .test = address },
	{ .name = "header",
	  .parameters = SIEVE_PARAMETERS({ "header-names", SIEVE_STRING_LIST },
					 { "keys", SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH,
	  .check = check_names,
	  .test = header },
	{ 0 },
};

const SieveExtension sieve_ext_core_header = { .tests = tests };
