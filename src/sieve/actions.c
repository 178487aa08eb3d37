/* actions - from what a script wants to the plan
 * RFC 5228, section 2.10.1 to 2.10.5 and 4 */
#include <string.h>

#include "base/ascii.h"
#include "plan/limits.h"
#include "sieve/script.h"

/* Some kinds leave the implicit keep alone. */
static bool cancels_keep(ActionKind kind)
{
	switch (kind) {
	case ACTION_KEEP:
	case ACTION_FILEINTO:
	case ACTION_REDIRECT:
	case ACTION_DISCARD:
	case ACTION_REJECT:
	case ACTION_PIPE:
		return true;
	default:
		return false;
	}
}

/* The version of the message that an action of this kind is about: as it is now (RFC 5293, 7).  What
 * "enclose" made of it is not sent on (RFC 5703, 6), and what answers the message is about the one that
 * arrived. */
static uint32_t image_for(SieveRun *run, ActionKind kind)
{
	switch (kind) {
	case ACTION_REDIRECT:
		return run->enclosed ? run->redirect_image : sieve_current_image(run);
	case ACTION_KEEP:
	case ACTION_FILEINTO:
	case ACTION_PIPE:
		return sieve_current_image(run);
	default:
		return 0;
	}
}

SieveStatus sieve_action(SieveRun *run, const SieveNode *node, ActionKind kind, Action *action)
{
	const SieveScript *script = run->frame->script;
	const SieveUnit *unit = script->unit;
	SieveStatus status = SIEVE_OK;

	*action = (Action){ .kind = kind,
			    .copy = !cancels_keep(kind),
			    .image = image_for(run, kind),
			    .script = *script->called ? arena_copy_string(run->arena, script->called) : "",
			    .line = node->span.line };
	for (size_t i = 0; i < unit->extension_count && status == SIEVE_OK; i++)
		if (unit->extensions[i]->prepare_action &&
		    (script->required[i] || (run->frame->found && run->frame->found[i])))
			status = unit->extensions[i]->prepare_action(run, action);
	for (const SieveTagUse *use = node->tags; use && status == SIEVE_OK; use = use->next)
		if (use->tag && use->tag->apply)
			status = use->tag->apply(run, use, action);
	return status;
}

static bool same_address(const char *a, const char *b)
{
	const char *at = strrchr(a, '@');
	size_t local = at ? (size_t)(at - a) : strlen(a);

	/* Whether case matters in a local part is for the far side to say (RFC 5321, 2.4). */
	return strncmp(a, b, local) == 0 && ascii_strings_equal_fold(a + local, b + local);
}

/* The folder under one of its names: "INBOX" in any case, and "INBOX/Lists" is "Lists".  (What else a
 * layout takes for the same, delivery sees to.) */
static const char *folder_of(const Action *action)
{
	if (action->kind == ACTION_KEEP)
		return "INBOX";
	if (action->kind != ACTION_FILEINTO)
		return NULL;
	if (ascii_strings_equal_fold(action->folder, "INBOX"))
		return "INBOX";
	return action->folder +
	       (ascii_starts_with_fold(slice_of(action->folder), "INBOX/") ? strlen("INBOX/") : 0);
}

/* Named in the same way: one folder may be meant by its use and another by its name. */
static bool same_choice(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Would both have the one effect that the message is there? */
static bool same_effect(const Action *a, const Action *b)
{
	const char *folder = folder_of(a), *other = folder_of(b);

	if (folder || other)
		return folder && other && strcmp(folder, other) == 0 &&
		       same_choice(a->special_use, b->special_use) &&
		       same_choice(a->mailbox_id, b->mailbox_id);
	if (a->kind != b->kind)
		return false;
	return a->kind == ACTION_DISCARD ||
	       (a->kind == ACTION_REDIRECT && same_address(a->address, b->address));
}

/* The same folder twice is one copy (RFC 5228, 4.1), with the flags of the last (RFC 5232, 4). */
static void join(Action *action, const Action *again)
{
	if (again->flags.set)
		action->flags = again->flags;
	action->image = again->image; /* edited or not it is the same message (RFC 5293, 7): the later one */
	action->create |= again->create;
	action->copy &= again->copy;
	/* Where the keep goes may be another folder than the inbox, by the word of the caller. */
	if (again->kind == ACTION_KEEP && action->kind == ACTION_FILEINTO) {
		action->kind = ACTION_KEEP;
		action->folder = action->special_use = action->mailbox_id = NULL;
		action->create = false;
	}
}

static SieveStatus check_limits(SieveRun *run, const SieveNode *node, const Action *action)
{
	unsigned most = run->main->unit->setup.redirect_max;
	unsigned actions = run->main->unit->setup.action_max;
	size_t redirects = 0;

	actions = actions && actions < LIMIT_ACTIONS ? actions : LIMIT_ACTIONS;
	if (run->plan->count >= actions)
		return sieve_fail(run, node->span, "more than %u actions (limit: actions)", actions);
	if (action->kind != ACTION_REDIRECT)
		return SIEVE_OK;
	most = most ? most : SIEVE_DEFAULT_REDIRECTS;
	most = most < LIMIT_REDIRECTS ? most : LIMIT_REDIRECTS;
	for (size_t i = 0; i < run->plan->count; i++)
		redirects += run->plan->actions[i].kind == ACTION_REDIRECT;
	if (redirects >= most)
		return sieve_fail(run, node->span, "more than %u redirects (limit: redirect_max)", most);
	return SIEVE_OK;
}

SieveStatus sieve_act(SieveRun *run, const SieveNode *node, const Action *action)
{
	Plan *plan = run->plan;
	Action *same = NULL;
	SieveStatus status;

	for (size_t i = 0; i < plan->count && !same; i++)
		if (same_effect(&plan->actions[i], action))
			same = &plan->actions[i];
	if (same) {
		join(same, action);
	} else {
		status = check_limits(run, node, action);
		if (status != SIEVE_OK)
			return status;
		*plan_add(plan, action->kind) = *action;
	}
	if (!action->copy) {
		plan->implicit_keep = false;
		plan->decided_line = action->line;
	}
	return SIEVE_OK;
}
