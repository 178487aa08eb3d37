/* actions - from what a script wants to the plan
 * RFC 5228, section 2.10.1 to 2.10.5 and 4 */
#include <string.h>

#include "base/ascii.h"
#include "plan/limits.h"
#include "sieve/script.h"

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
			    .copy = !plan_cancels_keep(kind),
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

/* The folder as it is named; "INBOX" in any case is one.  (What else may be the same, as "INBOX/Lists" and
 * "Lists" where there is not one of each, delivery sees to.) */
static const char *folder_of(const Action *action)
{
	if (action->kind == ACTION_KEEP)
		return "INBOX";
	if (action->kind != ACTION_FILEINTO)
		return NULL;
	return ascii_strings_equal_fold(action->folder, "INBOX") ? "INBOX" : action->folder;
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
	if (a->kind == ACTION_REMEMBER)
		return strcmp(a->handle, b->handle) == 0;
	return a->kind == ACTION_DISCARD ||
	       (a->kind == ACTION_REDIRECT && same_address(a->address, b->address)) ||
	       (a->kind == ACTION_REPORT && same_address(a->address, b->address) &&
		ascii_strings_equal_fold(a->type, b->type));
}

/* The same folder twice is one copy (RFC 5228, 4.1), with the flags of the last (RFC 5232, 4). */
static void join(Action *action, const Action *again)
{
	if (again->flags.set)
		action->flags = again->flags;
	action->image = again->image; /* edited or not it is the same message (RFC 5293, 7): the later one */
	action->create |= again->create;
	action->seconds = again->seconds > action->seconds ? again->seconds : action->seconds;
	action->copy &= again->copy;
	/* Where the keep goes may be another folder than the inbox, by the word of the caller. */
	if (again->kind == ACTION_KEEP && action->kind == ACTION_FILEINTO) {
		action->kind = ACTION_KEEP;
		action->folder = action->special_use = action->mailbox_id = NULL;
		action->create = false;
	}
}

/* ---- what cannot go together ---- */

/* A message is delivered or sent back, never both; it is refused once, and answered once (RFC 5429, 2.4;
 * RFC 5230, 4.7; RFC 9671, 4.9). */
static bool exclude(ActionKind a, ActionKind b)
{
	const unsigned with_reject = 1u << ACTION_REJECT | 1u << ACTION_VACATION | 1u << ACTION_KEEP |
				     1u << ACTION_FILEINTO | 1u << ACTION_REDIRECT | 1u << ACTION_PIPE |
				     1u << ACTION_CALENDAR;

	return (a == ACTION_REJECT && (with_reject >> b & 1)) ||
	       (b == ACTION_REJECT && (with_reject >> a & 1)) ||
	       (a == ACTION_VACATION && b == ACTION_VACATION);
}

static const char *verb_of(const Action *action)
{
	return action->is_ereject ? "ereject" : plan_action_name(action->kind);
}

static SieveStatus fail_excluded(SieveRun *run, const SieveNode *node, const Action *earlier)
{
	const char *script = earlier->script;

	return sieve_fail(run, node->span, "'%s' cannot go with the '%s' %s%s%sin line %u", node->verb->name,
			  verb_of(earlier), *script ? "of '" : "", script, *script ? "' " : "",
			  earlier->line);
}

/* What was carried out already, in a test of rules, cannot be an error any more: then the later one is
 * dropped. */
static SieveStatus check_excluded(SieveRun *run, const SieveNode *node, const Action *action, bool *dropped)
{
	const Plan *plan = run->plan;

	*dropped = false;
	for (size_t i = 0; i < plan->count; i++) {
		if (!exclude(plan->actions[i].kind, action->kind))
			continue;
		if (i >= plan->carried_out)
			return fail_excluded(run, node, &plan->actions[i]);
		*dropped = true;
	}
	for (const PlanIdle *idle = plan->idle; idle; idle = idle->next)
		if (exclude(idle->action.kind, action->kind))
			return fail_excluded(run, node, &idle->action);
	return SIEVE_OK;
}

SieveStatus sieve_act_idly(SieveRun *run, const SieveNode *node, const Action *action)
{
	bool dropped;
	SieveStatus status = check_excluded(run, node, action, &dropped);
	PlanIdle *idle;

	if (status != SIEVE_OK || dropped)
		return status;
	idle = ARENA_NEW(run->arena, PlanIdle);
	idle->action = *action;
	idle->next = run->plan->idle;
	run->plan->idle = idle;
	return SIEVE_OK;
}

static SieveStatus check_limits(SieveRun *run, const SieveNode *node, const Action *action)
{
	unsigned most = run->main->unit->setup.redirect_max;
	unsigned actions = run->main->unit->setup.action_max;
	size_t redirects = 0;

	actions = sieve_limit(actions, LIMIT_ACTIONS);
	if (run->plan->count >= actions)
		return sieve_fail(run, node->span, "more than %u actions (limit: actions)", actions);
	if (action->kind != ACTION_REDIRECT)
		return SIEVE_OK;
	most = most == SIEVE_NO_REDIRECTS ? 0 : most ? most : SIEVE_DEFAULT_REDIRECTS;
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
	bool dropped;
	SieveStatus status = check_excluded(run, node, action, &dropped);

	if (status != SIEVE_OK || dropped)
		return status;
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
