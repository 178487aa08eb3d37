/* duplicate - was this message, or something in it, seen by an earlier run of the script?
 * RFC 7352
 *
 * The world is asked under a digest of handle and id, and told only by a plan that was carried out: what is
 * seen for the first time is an action ACTION_REMEMBER, so a script or a delivery that fails has seen
 * nothing, and no test finds what another test of the same run looked for. */
#include "sieve/extensions/list.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "sieve/ask.h"
#include "sieve/extension.h"

enum {
	USUAL_SECONDS = 7 * 86400, /* section 3.3 */
	MOST_SECONDS = 90 * 86400,
};

static uint64_t setting_seconds(const SieveRun *run, const char *name, uint64_t usual)
{
	const char *value = sieve_setting(run, name);

	return value && *value ? strtoull(value, NULL, 10) : usual;
}

/* How long the id is remembered; 0: not at all. */
static uint64_t seconds_of(const SieveRun *run, const SieveNode *node)
{
	const SieveTagUse *given = sieve_tag(node, "seconds");
	uint64_t most = setting_seconds(run, "duplicate_max_period_s", MOST_SECONDS);
	uint64_t seconds = given ? given->value.number
				 : setting_seconds(run, "duplicate_default_period_s", USUAL_SECONDS);

	return seconds < most ? seconds : most;
}

static SieveStatus expand_tag(SieveRun *run, const SieveNode *node, const char *name, Slice *value)
{
	const SieveTagUse *use = sieve_tag(node, name);

	return use ? sieve_expand(run, use->value.strings.items, value) : SIEVE_OK;
}

/* The value that tells the message from others; NULL data when it has none (section 3.1). */
static SieveStatus find_id(SieveRun *run, const SieveNode *node, Slice *id)
{
	Slice name = SLICE("message-id");
	const HeaderField *field;
	SieveStatus status;

	*id = slice(NULL, 0);
	if (sieve_tag(node, "uniqueid"))
		return expand_tag(run, node, "uniqueid", id);
	status = expand_tag(run, node, "header", &name);
	if (status != SIEVE_OK)
		return status;
	field = header_find(run->header, name);
	if (field)
		*id = sieve_field_value(run, field)->text;
	return SIEVE_OK;
}

/* An id without a handle is none of those with one, an empty handle is one as well. */
static const char *key_of(SieveRun *run, const SieveNode *node, Slice handle, Slice id)
{
	const Slice strings[] = { sieve_tag(node, "handle") ? SLICE("duplicate handle") : SLICE("duplicate"),
				  handle, id };
	char hex[DIGEST_HEX];

	digest_of(strings, sizeof strings / sizeof *strings, hex);
	return arena_copy_string(run->arena, hex);
}

static SieveStatus remember(SieveRun *run, const SieveNode *node, const char *key, uint64_t seconds)
{
	Action action;
	SieveStatus status = sieve_action(run, node, ACTION_REMEMBER, &action);

	action.handle = key;
	action.seconds = seconds;
	return status == SIEVE_OK ? sieve_act(run, node, &action) : status;
}

static SieveStatus duplicate(SieveRun *run, const SieveNode *node, bool *result)
{
	uint64_t seconds = seconds_of(run, node);
	Slice handle = SLICE(""), id;
	const char *key;
	SieveStatus status = find_id(run, node, &id);

	*result = false;
	if (status == SIEVE_OK)
		status = expand_tag(run, node, "handle", &handle);
	if (status != SIEVE_OK || !id.data || !seconds)
		return status;
	key = key_of(run, node, handle, id);
	status = sieve_ask_whether(run, node->span, ASK_SEEN, slice_of(key), SLICE(""), result);
	/* With :last the time begins anew each time; else with the first (section 3.3). */
	if (status != SIEVE_OK || (*result && !sieve_tag(node, "last")))
		return status;
	return remember(run, node, key, seconds);
}

static const SieveVerb tests[] = {
	{ .name = "duplicate", .plans = 1u << ACTION_REMEMBER, .test = duplicate },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "handle", .of = "duplicate", .value = SIEVE_STRING },
	{ .name = "header", .of = "duplicate", .value = SIEVE_STRING, .group = "id" },
	{ .name = "uniqueid", .of = "duplicate", .value = SIEVE_STRING, .group = "id" },
	{ .name = "seconds", .of = "duplicate", .value = SIEVE_NUMBER },
	{ .name = "last", .of = "duplicate" },
	{ 0 },
};

const SieveExtension sieve_ext_duplicate = {
	.capability = "duplicate",
	.about = "test whether the message was seen before",
	.document = "RFC 7352",
	.tests = tests,
	.tags = tags,
};
