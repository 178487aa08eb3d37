#include "delivery/sending.h"

#include <string.h>
#include <time.h>

#include "delivery/sending_internal.h"
#include "system/child.h"
#include "system/undo.h"

enum {
	NOTIFIER_PART = 8 /* of the delivery's time, for all of them */
};

/* ---- what there is ---- */

static bool leaves(ActionKind kind)
{
	return kind == ACTION_REDIRECT || kind == ACTION_PIPE || compose_is_for(kind);
}

/* What tells it from the other actions of its plan, in every try: not what it says, in which there may be the
 * time of day. */
static void name_effect(const Action *action, unsigned same_before, char effect[DIGEST_HEX])
{
	const char numbers[2] = { (char)('0' + action->image % 200), (char)('0' + same_before % 200) };
	const char *const members[] = { plan_action_name(action->kind), action->address, action->program };
	Slice strings[4] = { slice(numbers, sizeof numbers) };

	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		strings[i + 1] = members[i] ? slice_of(members[i]) : SLICE("");
	digest_of(strings, sizeof strings / sizeof *strings, effect);
}

static void set_effect(const Sendings *sendings, Sending *sending)
{
	unsigned same = 0;

	name_effect(sending->action, 0, sending->effect);
	for (const Sending *earlier = sendings->items; earlier < sending; earlier++) {
		char effect[DIGEST_HEX];

		name_effect(earlier->action, 0, effect);
		same += strcmp(effect, sending->effect) == 0;
	}
	if (same)
		name_effect(sending->action, same, sending->effect);
}

void sendings_collect(Sendings *sendings)
{
	const Plan *plan = sendings->carrying->plan;

	sendings->items = arena_zeroed(sendings->carrying->arena, plan->count + 1, sizeof *sendings->items);
	for (size_t i = 0; i < plan->count; i++) {
		Sending *sending = &sendings->items[sendings->count];

		if (!leaves(plan->actions[i].kind))
			continue;
		sending->action = &plan->actions[i];
		sending->index = i;
		set_effect(sendings, sending);
		sendings->count++;
	}
}

size_t sendings_left(const Sendings *sendings)
{
	size_t left = 0;

	for (size_t i = 0; i < sendings->count; i++)
		left += !sendings->items[i].done && !sendings->items[i].dropped;
	return left;
}

size_t sendings_done(const Sendings *sendings)
{
	size_t done = 0;

	for (size_t i = 0; i < sendings->count; i++)
		done += sendings->items[i].done;
	return done;
}

/* ---- in place of it ---- */

void sending_keep_instead(Sendings *sendings, Sending *sending, const char *what, const char *why)
{
	Carrying *carrying = sendings->carrying;

	text_printf(&carrying->notes, "not %s, kept instead: %s\n", what, why);
	carry_out_keep(carrying, sendings->copies, carrying->plan->implicit_flags, sending->action->image);
	sending->dropped = true;
}

const char *sending_redirected_to(const Sendings *sendings, const Sending *sending)
{
	return arena_printf(sendings->carrying->arena, "redirected to %s", sending->action->address);
}

Redirection sending_redirection(const Carrying *carrying)
{
	return (Redirection){ .config = carrying->config,
			      .envelope = carrying->envelope,
			      .header = carrying->header,
			      .arena = carrying->arena,
			      .submitter = carrying->submitter };
}

/* ---- sending ---- */

/* That it cannot be noted means at worst that the next try does it again; there may be none. */
static void settle(Sendings *sendings, Sending *sending)
{
	Carrying *carrying = sendings->carrying;
	Failure why = { 0 };

	sending->done = true;
	if (sendings->is_kept && !journal_note(sendings->journal, sending->effect, true, &why))
		text_printf(&carrying->notes, "%s\n", why.text);
	/* At once: whoever was answered was, and what was redirected counts, whatever becomes of the rest. */
	if (sending->key.id) {
		memory_keep(carrying->memory, &sending->key, sending->keep_s);
		memory_commit(carrying->memory, &carrying->notes);
	}
}

/* Would the message be kept if this one, which was only to be tried, had not been named? */
static bool keeps_without(const Carrying *carrying, const Action *tried)
{
	const Plan *plan = carrying->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const Action *other = &plan->actions[i];

		if (other != tried && !other->copy && plan_cancels_keep(other->kind) &&
		    !(other->kind == ACTION_PIPE && carrying->failed[i]))
			return false;
	}
	return !tried->copy;
}

/* One program gets its version.  False: the delivery is for later. */
static bool pipe_it(Sendings *sendings, Sending *sending, Failure *why)
{
	Carrying *carrying = sendings->carrying;
	const Action *action = sending->action;
	Failure reason = { 0 };

	if (sending->done || programs_pipe(carrying->programs, action,
					   carrying->versions->items[action->image].message, &reason)) {
		settle(sendings, sending);
		carry_out_tell(carrying, "pipe ", action->program);
		return true;
	}
	if (!action->is_optional) {
		*why = reason;
		return false;
	}
	carrying->failed[sending->index] = sending->dropped = true;
	text_printf(&carrying->notes, "%s\n", reason.text);
	return true;
}

/* Between what leaves and the note of it no signal is heard but the deadline, so that none makes it leave
 * twice. */
static bool without_signals(bool (*act)(Sendings *sendings, Sending *sending, Failure *why),
			    Sendings *sendings, Sending *sending, Failure *why)
{
	bool done;

	undo_hold_all_but_deadline();
	done = act(sendings, sending, why);
	/* without a journal the next try would send it again: nothing but the end of it all follows */
	if (!done || sendings->is_kept)
		undo_release_all_but_deadline();
	return done;
}

bool sendings_pipe(Sendings *sendings, Failure *why)
{
	Carrying *carrying = sendings->carrying;
	const Plan *plan = carrying->plan;

	for (size_t i = 0; i < sendings->count; i++)
		if (sendings->items[i].action->kind == ACTION_PIPE &&
		    !without_signals(pipe_it, sendings, &sendings->items[i], why))
			return false;
	for (size_t i = 0; i < plan->count; i++)
		if (carrying->failed[i] && keeps_without(carrying, &plan->actions[i]))
			carry_out_implicit_keep(carrying, sendings->copies);
	return true;
}

static bool write_head(void *self, int fd, Failure *why)
{
	const Composed *mail = self;

	return composed_outgoing(mail).write((void *)mail, fd, why);
}

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Seconds that are left for programs, however many are told and however long they take. */
static unsigned notifier_time(const Sendings *sendings)
{
	const int64_t all_ms = (int64_t)sendings->carrying->config->deadline_s * 1000 / NOTIFIER_PART;

	return sendings->notifier_ms < all_ms ? (unsigned)((all_ms - sendings->notifier_ms + 999) / 1000) : 0;
}

/* Word of the message for a program that knows what to do with such a URI.  That it does not want it now is
 * no reason to let the message wait, unless it says so. */
static bool notify_by_program(Sendings *sendings, Sending *sending, Failure *why)
{
	Carrying *carrying = sendings->carrying;
	const char *program = carrying->config->notify_program;
	const int64_t begun_ms = clock_ms();
	const ChildSpec spec = {
		.argv = (const char *const[]){ program, sending->mail.recipients[0], NULL },
		.environment = submit_environment(carrying->envelope, carrying->arena),
		.feed = write_head,
		.self = &sending->mail,
		.timeout_s = notifier_time(sendings),
	};
	ChildResult result = { 0 };

	if (!*program)
		return failure_set(why, FAILURE_REFUSED, "5.3.5", "no notify_program is configured");
	if (!spec.timeout_s)
		return failure_set(why, FAILURE_REFUSED, "4.3.0", "%s had no time left", program);
	if (!child_run(&spec, &result, why))
		return false;
	sendings->notifier_ms += clock_ms() - begun_ms;
	if (result.timed_out)
		return failure_set(why, FAILURE_REFUSED, "4.3.0", "%s took longer than %u s", program,
				   spec.timeout_s);
	if (result.status == 0)
		return true;
	return failure_set(why, result.status == 75 ? FAILURE_RETRY : FAILURE_REFUSED, "4.3.0",
			   "%s ended with %s %d%s%s", program, result.signal ? "signal" : "status",
			   result.signal ? result.signal : result.status, *result.output ? ": " : "",
			   result.output);
}

static bool hand_over(Sendings *sendings, Sending *sending, Failure *why)
{
	const Carrying *carrying = sendings->carrying;
	const Action *action = sending->action;
	const Redirection redirection = sending_redirection(carrying);
	Outgoing outgoing;

	if (action->kind == ACTION_REDIRECT)
		return redirect_send(&redirection, action, &carrying->versions->items[action->image], why);
	if (!sending->mail.is_mail && !carrying->submitter.submit)
		return notify_by_program(sendings, sending, why);
	outgoing = composed_outgoing(&sending->mail);
	return submit_mail(&carrying->submitter, carrying->config, carrying->envelope, &outgoing, why) ||
	       failure_add(why, "while sending what %s wrote", plan_action_name(action->kind));
}

/* Refused for good: the message stays where somebody sees it. */
static void give_up(Sendings *sendings, Sending *sending, const Failure *why)
{
	const ActionKind kind = sending->action->kind;

	if (sending->copy)
		copies_drop(sendings->copies, sending->copy - 1);
	if (kind == ACTION_REDIRECT || kind == ACTION_REJECT) {
		sending_keep_instead(sendings, sending,
				     kind == ACTION_REDIRECT ? sending_redirected_to(sendings, sending)
							     : "refused",
				     why->text);
	} else {
		text_printf(&sendings->carrying->notes, "%s of line %u was not sent: %s\n",
			    plan_action_name(kind), sending->action->line, why->text);
		sending->dropped = true;
	}
}

/* ---- at most once ---- */

static void name_attempt(const Sending *sending, char attempt[DIGEST_HEX])
{
	digest_of((const Slice[]){ SLICE("attempt"), slice_of(sending->effect) }, 2, attempt);
}

/* Each has its attempt in the journal, and may take that back. */
bool sendings_keep_journal(Sendings *sendings, Failure *why)
{
	Failure wrong = { 0 };

	if (journal_keep(sendings->journal, 3 * sendings->count, &sendings->is_kept, &wrong) &&
	    sendings->is_kept)
		return true;
	if (wrong.kind == FAILURE_NONE)
		failure_retry(&wrong, "state_dir is empty: nothing is sent where it cannot be noted");
	*why = wrong;
	return false;
}

/* Hands over what was not tried before.  A failure means that it has not left. */
static bool hand_over_once(Sendings *sendings, Sending *sending, Failure *why)
{
	char attempt[DIGEST_HEX];
	Failure ignored = { 0 };

	if (!sendings->at_most_once)
		return hand_over(sendings, sending, why);
	name_attempt(sending, attempt);
	if (journal_has(sendings->journal, attempt))
		return failure_set(why, FAILURE_REFUSED, "4.0.0",
				   "it may have been sent already, just before the end of an earlier try");
	if (!journal_note(sendings->journal, attempt, true, why))
		return false;
	if (hand_over(sendings, sending, why))
		return true;
	/* where that cannot be noted, the next try keeps it */
	(void)journal_take_back(sendings->journal, attempt, &ignored);
	return false;
}

static bool send_it(Sendings *sendings, Sending *sending, Failure *why)
{
	const Action *action = sending->action;
	Failure reason = { 0 };

	if (!sending->done && !hand_over_once(sendings, sending, &reason)) {
		if (reason.kind != FAILURE_REFUSED) {
			*why = reason;
			return false;
		}
		give_up(sendings, sending, &reason);
		return true;
	}
	if (reason.kind != FAILURE_NONE)
		text_printf(&sendings->carrying->notes, "%s of line %u did not reach everybody: %s\n",
			    plan_action_name(action->kind), action->line, reason.text);
	settle(sendings, sending);
	carry_out_tell(sendings->carrying,
		       arena_printf(sendings->carrying->arena, "%s ", plan_action_name(action->kind)),
		       action->address ? action->address : sendings->carrying->envelope->sender);
	return true;
}

bool sendings_send(Sendings *sendings, Failure *why)
{
	/* what is most likely to be held up by a full queue comes first: then nobody has been answered */
	for (unsigned redirects = 2; redirects-- > 0;)
		for (size_t i = 0; i < sendings->count; i++) {
			Sending *sending = &sendings->items[i];
			const ActionKind kind = sending->action->kind;

			if (sending->dropped || kind == ACTION_PIPE ||
			    (kind == ACTION_REDIRECT) != (redirects == 1))
				continue;
			if (!without_signals(send_it, sendings, sending, why))
				return false;
		}
	return true;
}

void sendings_remember(const Sendings *sendings)
{
	const Carrying *carrying = sendings->carrying;
	const Plan *plan = carrying->plan;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->actions[i].kind == ACTION_REMEMBER)
			memory_keep(carrying->memory,
				    &(StateKey){ STATE_DUPLICATE, plan->actions[i].handle,
						 carrying->memory->about },
				    plan->actions[i].seconds);
}
