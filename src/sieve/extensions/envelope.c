/* envelope - the sender and the recipient that the MTA told us
 * RFC 5228, section 5.4
 *
 * "to" is the one recipient that this delivery is for, "from" the reverse-path; the null sender is
 * "" in all its parts.  What was not told matches nothing.  The names of the parts are looked up
 * when the script is compiled; one that is made of variables, when it runs.
 *
 * Besides: "orig_to", the recipient before aliases, and "auth", the user that sent it, as Dovecot calls them.
 */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "sieve/extension.h"

static SieveStatus get_from(SieveRun *run, Slice name, Slice *value)
{
	const Envelope *envelope = run->input->envelope;

	(void)name;
	*value = envelope && envelope->sender ? slice_of(envelope->sender) : (Slice){ 0 };
	return SIEVE_OK;
}

static SieveStatus get_to(SieveRun *run, Slice name, Slice *value)
{
	const Envelope *envelope = run->input->envelope;

	(void)name;
	*value = envelope && envelope->recipient ? slice_of(envelope->recipient) : (Slice){ 0 };
	return SIEVE_OK;
}

static SieveStatus get_original_to(SieveRun *run, Slice name, Slice *value)
{
	const Envelope *envelope = run->input->envelope;

	(void)name;
	*value = envelope && envelope->original_recipient ? slice_of(envelope->original_recipient)
							  : (Slice){ 0 };
	return SIEVE_OK;
}

static SieveStatus get_auth(SieveRun *run, Slice name, Slice *value)
{
	const Envelope *envelope = run->input->envelope;

	(void)name;
	*value = envelope && envelope->authenticated ? slice_of(envelope->authenticated) : (Slice){ 0 };
	return SIEVE_OK;
}

static const SieveItem parts[] = {
	{ "auth", .get = get_auth },
	{ "from", .is_address = true, .get = get_from },
	{ "orig_to", .is_address = true, .get = get_original_to },
	{ "to", .is_address = true, .get = get_to },
	{ 0 },
};

static void check_envelope(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *names = sieve_strings(node, 0);

	for (size_t i = 0; i < names->count; i++) {
		SieveString *name = &names->items[i];
		const char *suggestion = NULL;

		if (!sieve_is_constant(name))
			continue;
		name->prepared = (void *)sieve_check_envelope_part(check, name->text, &suggestion);
		if (!name->prepared)
			sieve_check_error(check, name->span, suggestion, "unknown part of the envelope");
		else if (((const SieveItem *)name->prepared)->needs_zone && !sieve_tag(node, "zone"))
			sieve_check_need_zone(check);
		else if (node->matching->part_given && !((const SieveItem *)name->prepared)->is_address)
			sieve_check_error(check, name->span, NULL,
					  "'%.*s' is no address, so ':%s' cannot be asked of it",
					  (int)name->text.length, name->text.data,
					  node->matching->part->name);
	}
}

/* One of the values, which goes behind it; false at the end. */
static bool next_value(Slice *list, Slice *value)
{
	const char *comma = list->length ? memchr(list->data, ',', list->length) : NULL;

	if (!list->data)
		return false;
	*value = comma ? slice(list->data, (size_t)(comma - list->data)) : *list;
	*list = comma ? slice_from(*list, value->length + 1) : slice(NULL, 0);
	return true;
}

static SieveStatus match_list(SieveMatch *match, Slice list)
{
	SieveStatus status = SIEVE_OK;
	Slice value;

	while (sieve_match_open(match, status) && next_value(&list, &value))
		status = sieve_match_value(match, arena_copy_slice(match->run->arena, ascii_trim(value)));
	return status;
}

static SieveStatus match_part(SieveRun *run, SieveMatch *match, const SieveItem *item, Slice name)
{
	Address address;
	Slice value;
	SieveStatus status = item->get(run, name, &value);

	if (status != SIEVE_OK || !value.data)
		return status;
	if (item->is_list)
		return match_list(match, value);
	if (sieve_match_only_counts(match)) {
		/* RFC 5231, 4.2: an empty sender is none. */
		sieve_match_count(match, value.length > 0 || !item->is_address);
		return SIEVE_OK;
	}
	if (!item->is_address)
		return sieve_match_value(match, value);
	/* What is no address still is itself. */
	if (!address_parse_envelope(value, &address, run->arena))
		address = (Address){ .text = value };
	if (!match->how->part->part(run, &address, &value))
		return SIEVE_OK;
	return sieve_match_value(match, value);
}

static SieveStatus envelope(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *names = sieve_strings(node, 0);
	SieveStatus status = SIEVE_OK;
	SieveMatch match;

	run->test = node;
	sieve_match_begin(&match, run, node, sieve_strings(node, 1));
	for (size_t i = 0; i < names->count && sieve_match_open(&match, status); i++) {
		const SieveItem *item = names->items[i].prepared;
		Slice name;

		status = sieve_expand(run, &names->items[i], &name);
		if (status == SIEVE_OK && !item)
			item = sieve_envelope_part(run, name);
		if (status == SIEVE_OK && !item)
			status = sieve_fail(run, names->items[i].span, "unknown part of the envelope");
		if (status == SIEVE_OK)
			status = match_part(run, &match, item, name);
	}
	return sieve_match_end(&match, status, result);
}

static const SieveVerb tests[] = {
	{ .name = "envelope",
	  .parameters = SIEVE_PARAMETERS({ "parts", SIEVE_STRING_LIST }, { "keys", SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH | SIEVE_TAKES_ADDRESS_PART,
	  .check = check_envelope,
	  .test = envelope },
	{ 0 },
};

const SieveExtension sieve_ext_envelope = { .capability = "envelope",
					    .about = "test the sender and the recipient of the envelope",
					    .document = "RFC 5228, 5.4",
					    .tests = tests,
					    .envelope = parts };
