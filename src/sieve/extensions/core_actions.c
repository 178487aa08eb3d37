/* core_actions - keep, discard and redirect
 * RFC 5228, section 4.2, 4.3 and 4.4 */
#include "sieve/extensions/list.h"

#include "base/utf8.h"
#include "sieve/ask.h"
#include "sieve/extension.h"

static SieveStatus plain_action(SieveRun *run, const SieveNode *node, ActionKind kind)
{
	Action action;
	SieveStatus status = sieve_action(run, node, kind, &action);

	return status == SIEVE_OK ? sieve_act(run, node, &action) : status;
}

static SieveStatus keep(SieveRun *run, const SieveNode *node)
{
	return plain_action(run, node, ACTION_KEEP);
}

static SieveStatus discard(SieveRun *run, const SieveNode *node)
{
	return plain_action(run, node, ACTION_DISCARD);
}

/* How much of a text from a mail is shown. */
enum {
	SHOWN = 100
};

static void check_redirect(SieveCheck *check, SieveNode *node)
{
	const SieveStrings *addresses = sieve_strings(node, 0);

	if (node->arguments[0].type != SIEVE_STRING && !sieve_check_has(check, "vnd.cyrus.redirect-multiple"))
		sieve_check_error(check, node->arguments[0].span,
				  "write a redirect for each, or require \"vnd.cyrus.redirect-multiple\"",
				  "address wants a string, found a list of strings");
	for (size_t i = 0; i < addresses->count && !sieve_tag(node, "list"); i++) {
		const SieveString *address = &addresses->items[i];
		Slice spec;

		if (sieve_is_constant(address) && !address_read_named(address->text, &spec))
			sieve_check_error(check, address->span,
					  "write the address alone, as \"you@example.org\"",
					  "'%.*s' is not one address to send mail to",
					  (int)utf8_cut(address->text, SHOWN).length, address->text.data);
	}
}

static SieveStatus redirect_to(SieveRun *run, const SieveNode *node, SieveSpan span, Slice address)
{
	Action action;
	Slice spec;
	SieveStatus status;

	if (!address_read_named(address, &spec))
		return sieve_fail(run, span, "'%.*s' is not one address to send mail to",
				  (int)utf8_cut(address, SHOWN).length, address.data);
	status = sieve_action(run, node, ACTION_REDIRECT, &action);
	if (status != SIEVE_OK)
		return status;
	action.address = arena_copy_bytes(run->arena, spec.data, spec.length);
	return sieve_act(run, node, &action);
}

/* Each line of `addresses`. */
static SieveStatus redirect_to_all(SieveRun *run, const SieveNode *node, SieveSpan span, Slice addresses)
{
	SieveStatus status = SIEVE_OK;

	while (addresses.length && status == SIEVE_OK) {
		const char *end = memchr(addresses.data, '\n', addresses.length);
		size_t length = end ? (size_t)(end - addresses.data) : addresses.length;

		status = redirect_to(run, node, span, slice(addresses.data, length));
		addresses = slice_from(addresses, length + 1);
	}
	return status;
}

/* RFC 6134, 2.3: to everybody on a list that tells who that is.  Nobody on it: the message is kept. */
static SieveStatus redirect_to_list(SieveRun *run, const SieveNode *node, SieveSpan span, Slice list)
{
	Answer answer;
	SieveStatus status = sieve_ask_answer(run, span, ASK_LIST_ALL, list, SLICE(""), &answer);

	if (status == SIEVE_OK && !answer.yes)
		status = sieve_fail(run, span, "'%.*s' is no list that tells who is on it",
				    (int)utf8_cut(list, SHOWN).length, list.data);
	else if (status == SIEVE_OK)
		status = redirect_to_all(run, node, span, text_slice(&answer.bytes));
	text_clear(&answer.bytes);
	return status;
}

static SieveStatus redirect(SieveRun *run, const SieveNode *node)
{
	const SieveStrings *strings = sieve_strings(node, 0);
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < strings->count && status == SIEVE_OK; i++) {
		SieveSpan span = strings->items[i].span;
		Slice text;

		status = sieve_expand(run, &strings->items[i], &text);
		if (status == SIEVE_OK)
			status = sieve_tag(node, "list") ? redirect_to_list(run, node, span, text)
							 : redirect_to(run, node, span, text);
	}
	return status;
}

static const SieveActionInfo discard_info = {
	.about = "drops the message, unless something else keeps it",
	.document = "RFC 5228, 4.4",
	.interactions = "cancels the implicit keep and nothing else",
	.cancels_keep = true,
	.with_imap_events = true,
};
static const SieveActionInfo keep_info = {
	.about = "files the message into the inbox",
	.document = "RFC 5228, 4.3",
	.interactions = "with fileinto into the inbox it is one copy; not with reject",
	.cancels_keep = true,
	.with_imap_events = true,
};
static const SieveActionInfo redirect_info = {
	.about = "passes the message on to an address",
	.document = "RFC 5228, 4.2",
	.interactions = "twice to one address is once; not with reject; a loop is kept instead",
	.cancels_keep = true,
	.with_imap_events = true,
};

static const SieveVerb commands[] = {
	{ .name = "discard", .plans = 1u << ACTION_DISCARD, .action = &discard_info, .act = discard },
	{ .name = "keep", .action = &keep_info, .act = keep },
	{ .name = "redirect",
	  .plans = 1u << ACTION_REDIRECT,
	  .action = &redirect_info,
	  .parameters = SIEVE_PARAMETERS(
		  { "address", SIEVE_STRING_LIST, .one_unless = "vnd.cyrus.redirect-multiple" }),
	  .check = check_redirect,
	  .act = redirect },
	{ 0 },
};

const SieveExtension sieve_ext_core_actions = { .commands = commands };
