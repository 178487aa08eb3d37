/* extlists - lists that are kept outside the script: is a value on one, and redirect to all that are
 * RFC 6134
 *
 * A list that there is not is a run-time error where it is asked (section 2.2); ${0} becomes the entry as the
 * list has it. */
#include "sieve/extensions/list.h"

#include "base/utf8.h"
#include "sieve/ask.h"
#include "sieve/extension.h"

enum {
	SHOWN = 100
};

/* Section 2.2: the four that must be able to, that of the example in 2.9.2 with its like, and "environment"
 * for addresses of hosts.  With a comparator none can. */
static void check_list(SieveCheck *check, SieveNode *node, SieveMatching *how)
{
	static const char *const tests[] = { "address",     "currentdate", "date",  "envelope",
					     "environment", "header",      "string" };
	bool known = false;

	sieve_check_need_lists(check);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		known |= strcmp(node->verb->name, tests[i]) == 0;
	if (!known)
		sieve_check_error(check, how->span, NULL, "'%s' cannot use ':list'", node->verb->name);
	else if (how->comparator_given)
		sieve_check_error(check, how->span, NULL, "':list' cannot go with ':comparator'");
}

static SieveStatus is_known(SieveRun *run, SieveSpan span, Slice list, bool *known)
{
	return sieve_ask_whether(run, span, ASK_LIST_KNOWN, list, SLICE(""), known);
}

static SieveStatus unknown_list(SieveRun *run, SieveSpan span, Slice list)
{
	return sieve_fail(run, span, "there is no list '%.*s'", (int)utf8_cut(list, SHOWN).length, list.data);
}

/* A list that was found to be there. */
typedef struct KnownList {
	Slice name;
	struct KnownList *next;
} KnownList;

/* The same, and asked once: a message may have thousands of values to look for. */
static SieveStatus is_known_for_long(SieveRun *run, SieveSpan span, Slice list, bool *known)
{
	void **first = sieve_slot(run, &sieve_ext_extlists);
	SieveStatus status;

	for (const KnownList *it = *first; it; it = it->next)
		if (slice_equal(it->name, list)) {
			*known = true;
			return SIEVE_OK;
		}
	status = is_known(run, span, list, known);
	if (status == SIEVE_OK && *known) {
		KnownList *it = ARENA_NEW(run->arena, KnownList);

		*it = (KnownList){ arena_copy_slice(run->arena, list), *first };
		*first = it;
	}
	return status;
}

static SieveStatus match_list(SieveRun *run, const SieveMatching *how, SieveValue *value, const SieveKey *key,
			      bool *result)
{
	Answer answer;
	bool known = true;
	SieveStatus status = sieve_ask_answer(run, how->span, ASK_LIST, key->text, value->text, &answer);

	*result = status == SIEVE_OK && answer.yes;
	if (*result)
		sieve_captures(run, text_slice(&answer.bytes), NULL, 0);
	else if (status == SIEVE_OK)
		status = is_known_for_long(run, how->span, key->text, &known);
	text_clear(&answer.bytes);
	return status == SIEVE_OK && !known ? unknown_list(run, how->span, key->text) : status;
}

static SieveStatus valid_ext_list(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *names = sieve_strings(node, 0);
	SieveStatus status = SIEVE_OK;

	*result = true;
	for (size_t i = 0; i < names->count && *result && status == SIEVE_OK; i++) {
		Slice name;

		status = sieve_expand(run, &names->items[i], &name);
		if (status == SIEVE_OK)
			status = is_known(run, names->items[i].span, name, result);
	}
	return status;
}

static void check_valid(SieveCheck *check, SieveNode *node)
{
	(void)node;
	sieve_check_need_lists(check);
}

static const SieveMatchType match_types[] = {
	{ .name = "list", .check = check_list, .match = match_list },
	{ 0 },
};

static const SieveVerb tests[] = {
	{ .name = "valid_ext_list",
	  .parameters = SIEVE_PARAMETERS({ "ext-list-names", SIEVE_STRING_LIST }),
	  .check = check_valid,
	  .test = valid_ext_list },
	{ 0 },
};

/* What it does is in core_actions.c, where addresses are made of arguments. */
static const SieveTag tags[] = {
	{ .name = "list", .of = "redirect" },
	{ 0 },
};

const SieveExtension sieve_ext_extlists = {
	.capability = "extlists",
	.about = "look into lists that are kept outside the script",
	.document = "RFC 6134",
	.tests = tests,
	.tags = tags,
	.match_types = match_types,
};
