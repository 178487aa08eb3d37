/* core_actions - keep, discard and redirect
 * RFC 5228, section 4.2, 4.3 and 4.4 */
#include "sieve/extensions/list.h"

#include "base/utf8.h"
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
	const SieveString *address = sieve_string(node, 0);

	if (sieve_is_constant(address) && !address_is_safe(address->text))
		sieve_check_error(check, address->span, NULL, "'%.*s' is not one address to send mail to",
				  (int)utf8_cut(address->text, SHOWN).length, address->text.data);
}

static SieveStatus redirect(SieveRun *run, const SieveNode *node)
{
	const SieveString *string = sieve_string(node, 0);
	Action action;
	Slice address;
	SieveStatus status = sieve_expand(run, string, &address);

	if (status != SIEVE_OK)
		return status;
	if (!sieve_is_constant(string) && !address_is_safe(address))
		return sieve_fail(run, string->span, "'%.*s' is not one address to send mail to",
				  (int)utf8_cut(address, SHOWN).length, address.data);
	status = sieve_action(run, node, ACTION_REDIRECT, &action);
	if (status != SIEVE_OK)
		return status;
	action.address = arena_copy_bytes(run->arena, address.data, address.length);
	return sieve_act(run, node, &action);
}

static const SieveVerb commands[] = {
	{ .name = "discard", .act = discard },
	{ .name = "keep", .act = keep },
	{ .name = "redirect",
	  .parameters = { { "address", SIEVE_STRING } },
	  .check = check_redirect,
	  .act = redirect },
	{ 0 },
};

const SieveExtension sieve_ext_core_actions = { .commands = commands };
