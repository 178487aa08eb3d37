/* sending_decide - what of a plan is to leave, and what it says
 *
 * Guards, the memory and an earlier try have their word first; then it is written. */
#include <string.h>

#include "base/ascii.h"
#include "delivery/sending_internal.h"
#include "delivery/target.h"

enum {
	REDIRECT_MEMORY_S = 12 * 3600 /* a loop comes round sooner */
};

static Slice message_id(const Carrying *carrying)
{
	const HeaderField *field = header_find(carrying->header, SLICE("message-id"));

	return field ? header_unfold(field, carrying->arena) : SLICE("");
}

/* The message and whom it goes to.  One without an id is known by its whole header. */
static StateKey redirect_key(const Carrying *carrying, const Action *action)
{
	const Slice id = message_id(carrying);
	const Slice strings[] = { slice_of(action->address), id.length ? id : carrying->message->header };

	return (StateKey){ STATE_REDIRECT, memory_id(carrying->memory, strings, 2),
			   arena_printf(carrying->arena, "%s to %s",
					id.length ? arena_copy_bytes(carrying->arena, id.data, id.length)
						  : "a message without an id",
					action->address) };
}

/* Each sender is answered once in a while; a local part is compared in any case, as people write them. */
static StateKey vacation_key(const Carrying *carrying, const Action *action)
{
	const size_t length = strlen(action->address);
	char *address = arena_copy_bytes(carrying->arena, action->address, length);

	ascii_fold(action->address, length, address);
	return (StateKey){ STATE_VACATION,
			   memory_id(carrying->memory,
				     (Slice[]){ slice_of(action->handle), slice_of(address) }, 2),
			   arena_printf(carrying->arena, "answered %s", action->address) };
}

static void set_key(const Carrying *carrying, Sending *sending)
{
	const Action *action = sending->action;
	const Config *config = carrying->config;

	if (action->kind == ACTION_REDIRECT) {
		sending->key = redirect_key(carrying, action);
		sending->keep_s = REDIRECT_MEMORY_S;
		if (config->redirect_rate_max && config->redirect_rate_period_s > sending->keep_s)
			sending->keep_s = config->redirect_rate_period_s;
	} else if (action->kind == ACTION_VACATION && action->seconds) {
		sending->key = vacation_key(carrying, action);
		sending->keep_s = action->seconds;
	}
}

#define NOT_COUNTED "how many were redirected is not known just now"

/* What others than the guards of redirect.h have to say. */
static const char *held_back(const Carrying *carrying, const Sending *sending, Failure *why)
{
	const Config *config = carrying->config;
	unsigned count;

	if (config->redirect_rate_max) {
		if (!memory_count(carrying->memory, STATE_REDIRECT, config->redirect_rate_period_s,
				  config->redirect_rate_max, &count))
			return NOT_COUNTED;
		if (count >= config->redirect_rate_max)
			return "redirect_rate_max allows no more for now";
	}
	switch (memory_claim(carrying->memory, &sending->key)) {
	case MEMORY_KNOWN:
		return "this message was redirected there before";
	case MEMORY_BUSY:
		failure_retry(why, "the same message is being redirected by another process");
		return NULL;
	case MEMORY_AWAY:
		/* what can be read and not written to (its disk is full) would count none of them */
		return config->redirect_rate_max ? NOT_COUNTED : NULL;
	default:
		return NULL;
	}
}

static bool decide_redirect(Sendings *sendings, Sending *sending, Failure *why)
{
	const Redirection redirection = sending_redirection(sendings->carrying);
	const char *reason = redirect_guard(&redirection, sending->action);
	Failure wrong = { 0 };

	if (!reason)
		reason = held_back(sendings->carrying, sending, &wrong);
	if (reason)
		sending_keep_instead(sendings, sending, sending_redirected_to(sendings, sending), reason);
	if (wrong.kind != FAILURE_NONE)
		*why = wrong;
	return wrong.kind == FAILURE_NONE;
}

static void decide_vacation(Sendings *sendings, Sending *sending)
{
	Carrying *carrying = sendings->carrying;
	MemoryVerdict verdict = sending->key.id ? memory_claim(carrying->memory, &sending->key) : MEMORY_NEW;

	sending->dropped = verdict != MEMORY_NEW;
	if (verdict == MEMORY_AWAY)
		text_printf(&carrying->notes, "%s is not answered: whether he was is not known just now\n",
			    sending->action->address);
}

/* ---- refusals ---- */

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text > 127)
			return false;
	return true;
}

/* Does anything else happen to the message, so that to refuse it would not be true? */
static bool is_all(const Sendings *sendings)
{
	const Plan *plan = sendings->carrying->plan;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->actions[i].kind == ACTION_CALENDAR)
			return false;
	return sendings->count == 1 && !sendings->copies->count;
}

/* "reject" is for people who want their text to arrive as it is (RFC 5429, 2.2). */
static bool can_refuse(const Sendings *sendings, const Action *action)
{
	const Carrying *carrying = sendings->carrying;

	return carrying->may_refuse && strcmp(carrying->config->reject_by, "mta") == 0 && is_all(sendings) &&
	       (action->is_ereject || is_ascii(action->text));
}

static void decide_refusal(Sendings *sendings, Sending *sending)
{
	Carrying *carrying = sendings->carrying;
	const Envelope *envelope = carrying->envelope;
	const HeaderField *list = header_list_field(carrying->header);

	if (envelope->sender_known && !*envelope->sender) {
		text_printf(&carrying->notes, "dropped, and nobody was told: its envelope sender is null\n");
		sending->dropped = true;
	} else if (list) {
		sending_keep_instead(sendings, sending, "refused", "it came from a mailing list");
	} else if (can_refuse(sendings, sending->action)) {
		carrying->refusal = compose_refusal(sending->action->text, carrying->arena);
		sending->dropped = true;
	}
}

/* ---- writing ---- */

static bool add_copy(Sendings *sendings, Sending *sending, Failure *why)
{
	const Carrying *carrying = sendings->carrying;
	const Action *action = sending->action;
	Target target;

	if (!target_find(carrying->store, action, carrying->arena, &target, why))
		return false;
	composed_message(&sending->mail, &sending->copied);
	sending->image = message_image(&sending->copied);
	sending->copy = 1 + copies_add(sendings->copies,
				       (Copy){ .folder = target.folder,
					       .create = action->create || carrying->folder_autocreate,
					       .special_use = target.special_use,
					       .may_fall_back = true,
					       .flags = action->flags,
					       .image = &sending->image,
					       .sender = "",
					       .of_action = 1 + (unsigned)sending->index });
	return true;
}

static void drop_unwritten(Sendings *sendings, Sending *sending, const char *why)
{
	Carrying *carrying = sendings->carrying;

	if (sending->action->kind == ACTION_REJECT) {
		sending_keep_instead(sendings, sending, "refused", why);
		return;
	}
	text_printf(&carrying->notes, "%s of line %u sends nothing: %s\n",
		    plan_action_name(sending->action->kind), sending->action->line, why);
	sending->dropped = true;
}

/* What an earlier try has sent is written once more for its copy, which was not filed. */
static bool write_mail(Sendings *sendings, Sending *sending, Failure *why)
{
	const Carrying *carrying = sendings->carrying;
	const Composing composing = { .config = carrying->config,
				      .envelope = carrying->envelope,
				      .message = carrying->message,
				      .host = carrying->host,
				      .now = journal_begun(sendings->journal),
				      .token = arena_printf(carrying->arena, "%s.%zu",
							    journal_token(sendings->journal), sending->index),
				      .arena = carrying->arena };
	const char *why_not = compose(&composing, sending->action, &sending->mail);

	if (!why_not)
		return !sending->action->folder || add_copy(sendings, sending, why);
	drop_unwritten(sendings, sending, why_not);
	return true;
}

/* An earlier try has passed the guards, too. */
static bool decide_one(Sendings *sendings, Sending *sending, Failure *why)
{
	const Action *action = sending->action;

	set_key(sendings->carrying, sending);
	sending->done = journal_has(sendings->journal, sending->effect);
	if (!sending->done && action->kind == ACTION_REDIRECT)
		return decide_redirect(sendings, sending, why);
	if (!sending->done && action->kind == ACTION_VACATION)
		decide_vacation(sendings, sending);
	else if (!sending->done && action->kind == ACTION_REJECT)
		decide_refusal(sendings, sending);
	if (sending->dropped || !compose_is_for(action->kind))
		return true;
	return write_mail(sendings, sending, why);
}

/* May something of it stay though the delivery fails?  One file in a Maildir has its name last, but an mbox
 * may have a record that is not settled and cannot be cut off. */
static bool needs_journal(const Sendings *sendings)
{
	const Copies *copies = sendings->copies;

	return sendings->count || copies->count > 1 || (copies->count && store_has_mboxes(copies->store));
}

bool sendings_decide(Sendings *sendings, Failure *why)
{
	bool done = true;

	sendings_collect(sendings);
	if (!needs_journal(sendings))
		return true;
	done = journal_open(&sendings->carrying->journal, &sendings->journal, why);
	for (size_t i = 0; i < sendings->count && done; i++)
		done = decide_one(sendings, &sendings->items[i], why);
	return done;
}
