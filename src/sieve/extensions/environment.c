/* environment - what is known of the place where the rules run
 * RFC 5183
 *
 * Items of other extensions are found in their tables.  The far side of the connection
 * ("remote-host", "remote-ip") is the MTA's to know, so these are unknown items here: no match. */
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

static SieveStatus get_name(SieveRun *run, Slice name, Slice *value)
{
	(void)run;
	(void)name;
	*value = SLICE("trommel");
	return SIEVE_OK;
}

static SieveStatus get_version(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	*value = run->input->version ? slice_of(run->input->version) : (Slice){ 0 };
	return SIEVE_OK;
}

static SieveStatus get_host(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	*value = run->input->host ? slice_of(run->input->host) : (Slice){ 0 };
	return SIEVE_OK;
}

/* What stands behind the host's own name. */
static SieveStatus get_domain(SieveRun *run, Slice name, Slice *value)
{
	const char *dot = run->input->host ? strchr(run->input->host, '.') : NULL;

	(void)name;
	*value = dot ? slice_of(dot + 1) : (Slice){ 0 };
	return SIEVE_OK;
}

static SieveStatus get_location(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	*value = slice_of(run->input->location ? run->input->location : "MDA");
	return SIEVE_OK;
}

/* The message is not stored yet: rules only plan. */
static SieveStatus get_phase(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	*value = slice_of(run->input->phase ? run->input->phase : "during");
	return SIEVE_OK;
}

static const SieveItem items[] = {
	{ .name = "domain", .get = get_domain },
	{ .name = "host", .get = get_host },
	{ .name = "location", .get = get_location },
	{ .name = "name", .get = get_name },
	{ .name = "phase", .get = get_phase },
	{ .name = "version", .get = get_version },
	{ 0 },
};

/* An unknown item is not an error (section 4): the script may be meant for other places too. */
static void check_environment(SieveCheck *check, SieveNode *node)
{
	SieveString *name = sieve_string(node, 0);
	const char *suggestion = NULL;

	if (!sieve_is_constant(name))
		return;
	name->prepared = (void *)(size_t)sieve_check_environment_item(check, name->text, &suggestion);
	if (!name->prepared)
		sieve_check_warn(check, "always-false", name->span, suggestion,
				 "unknown item '%.*s', so the test is always false", (int)name->text.length,
				 name->text.data);
}

static SieveStatus match_item(SieveMatch *match, Slice value)
{
	if (!sieve_match_only_counts(match))
		return sieve_match_value(match, value);
	sieve_match_count(match, value.length > 0); /* section 4: an empty string is none */
	return SIEVE_OK;
}

static SieveStatus environment(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveString *string = sieve_string(node, 0);
	const SieveItem *item = string->prepared;
	SieveMatch match;
	Slice name, value;
	SieveStatus status = sieve_expand(run, string, &name);

	if (status != SIEVE_OK)
		return status;
	if (!item)
		item = sieve_environment_item(run, name);
	*result = false;
	if (!item)
		return SIEVE_OK;
	status = item->get(run, name, &value);
	/* Section 4: of an item that does not exist nothing is true, not that there are 0 of it either. */
	if (status != SIEVE_OK || !value.data)
		return status;
	sieve_match_begin(&match, run, node, sieve_strings(node, 1));
	status = match_item(&match, value);
	return sieve_match_end(&match, status, result);
}

static const SieveVerb tests[] = {
	{ .name = "environment",
	  .parameters = SIEVE_PARAMETERS({ .name = "name", .type = SIEVE_STRING },
					 { .name = "keys", .type = SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH,
	  .check = check_environment,
	  .test = environment },
	{ 0 },
};

const SieveExtension sieve_ext_environment = {
	.capability = "environment",
	.about = "test the surroundings",
	.document = "RFC 5183",
	.tests = tests,
	.environment = items,
};
