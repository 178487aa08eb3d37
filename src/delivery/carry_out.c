#include "delivery/carry_out.h"

#include <string.h>

#include "delivery/copies.h"
#include "delivery/sending.h"
#include "delivery/target.h"
#include "sieve/extension.h"
#include "system/undo.h"

/* Everything on its way. */
typedef struct Work {
	Carrying *carrying;
	Copies copies;
	Sendings sendings;
	CalendarChange **changes;
	size_t change_count;
} Work;

void carry_out_tell(Carrying *carrying, const char *prefix, const char *what)
{
	text_printf(&carrying->outcome, "%s%s%s", carrying->outcome.length ? ", " : "", prefix, what);
}

/* ---- copies of the message ---- */

static void add_copy(const Carrying *carrying, Copies *copies, Copy copy)
{
	copy.may_fall_back = true;
	copy.image = &carrying->versions->items[copy.version].image;
	copy.sender = carrying->envelope->sender;
	copies_add(copies, copy);
}

void carry_out_keep(const Carrying *carrying, Copies *copies, PlanFlags flags, uint32_t version)
{
	/* -m often comes from the address (user+detail): a stranger must not be able to make folders with it,
	 * unless the site lets everything make them */
	add_copy(carrying, copies,
		 (Copy){ .folder = carrying->inbox,
			 .create = carrying->folder_autocreate,
			 .flags = flags,
			 .version = version });
}

void carry_out_implicit_keep(const Carrying *carrying, Copies *copies)
{
	const Plan *plan = carrying->plan;

	if (plan->implicit_folder)
		add_copy(carrying, copies,
			 (Copy){ .folder = plan->implicit_folder,
				 .create = carrying->folder_autocreate,
				 .flags = plan->implicit_flags,
				 .version = plan->implicit_image });
	else
		carry_out_keep(carrying, copies, plan->implicit_flags, plan->implicit_image);
}

static bool add_filed(const Carrying *carrying, Copies *copies, const Action *action, Failure *why)
{
	Target target;

	if (!target_find(carrying->store, action, carrying->arena, &target, why))
		return false;
	add_copy(carrying, copies,
		 (Copy){ .folder = target.folder,
			 .create = action->create || carrying->folder_autocreate,
			 .special_use = target.special_use,
			 .flags = action->flags,
			 .version = action->image });
	return true;
}

static bool collect_copies(Work *work, Failure *why)
{
	const Carrying *carrying = work->carrying;
	const Plan *plan = carrying->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const Action *action = &plan->actions[i];

		if (action->kind == ACTION_KEEP)
			carry_out_keep(carrying, &work->copies, action->flags, action->image);
		else if (action->kind == ACTION_FILEINTO && !add_filed(carrying, &work->copies, action, why))
			return false;
	}
	if (plan->implicit_keep)
		carry_out_implicit_keep(carrying, &work->copies);
	return true;
}

/* ---- calendars ---- */

/* The message is delivered all the same: what is not in the calendar can be put there from it by hand. */
static void tell_unchanged(Carrying *carrying, const Failure *why)
{
	text_printf(&carrying->notes, "the calendar was not changed: %s\n", why->text);
}

static bool prepare_calendars(Work *work, Failure *why)
{
	Carrying *carrying = work->carrying;
	const Plan *plan = carrying->plan;
	/* without a journal to try again would send a second time */
	const bool repeats = carrying->outcome.length > 0 && !work->sendings.is_kept;

	for (size_t i = 0; i < plan->count; i++) {
		CalendarChange *change;

		if (plan->actions[i].kind != ACTION_CALENDAR)
			continue;
		change = calendar_prepare(&carrying->calendars, &plan->actions[i], why);
		if (!change && !repeats && !failure_lasts(why))
			return false;
		if (!change) {
			tell_unchanged(carrying, why);
			*why = (Failure){ 0 };
			continue;
		}
		work->changes[work->change_count++] = change;
		carry_out_tell(carrying, "calendar ", plan->actions[i].calendar);
	}
	return true;
}

static void commit_calendars(Work *work)
{
	for (size_t i = 0; i < work->change_count; i++) {
		Failure why = { 0 };

		if (!calendar_commit(work->changes[i], &why))
			tell_unchanged(work->carrying, &why);
	}
}

/* ---- the journal ---- */

/* What an earlier try has filed, before it could say so; when it was killed, its locks are there still. */
static void skip_filed(Work *work)
{
	for (size_t i = 0; i < work->copies.count && work->sendings.journal; i++) {
		Copy *copy = &work->copies.items[i];
		char effect[DIGEST_HEX];

		copies_effect(copy, effect);
		copy->published = journal_has(work->sendings.journal, effect);
		if (copy->published)
			filing_break_stale(work->copies.store, copy->folder);
	}
}

static bool keep_journal(Work *work, Failure *why)
{
	Sendings *sendings = &work->sendings;
	Failure reason = { 0 };

	if (!sendings->journal)
		return true;
	if (!journal_keep(sendings->journal, sendings->count + work->copies.count, &sendings->is_kept,
			  &reason)) {
		*why = reason;
		return false;
	}
	if (!sendings->is_kept && reason.kind != FAILURE_NONE)
		text_printf(&work->carrying->notes,
			    "should this delivery fail half-way, the next try repeats what was sent: %s\n",
			    reason.text);
	return true;
}

/* One effect alone is the last thing that can fail, and needs none. */
static bool prepare_journal(Work *work, Failure *why)
{
	const Plan *plan = work->carrying->plan;
	size_t left = sendings_left(&work->sendings), others = work->copies.count;

	for (size_t i = 0; i < plan->count; i++)
		others += plan->actions[i].kind == ACTION_CALENDAR;
	return left == 0 || left + others < 2 || keep_journal(work, why);
}

static void note_filed(Work *work, const Copy *copy, bool lasting)
{
	Failure why = { 0 };
	char effect[DIGEST_HEX];

	copies_effect(copy, effect);
	if (!journal_note(work->sendings.journal, effect, lasting, &why))
		text_printf(&work->carrying->notes, "%s\n", why.text);
}

/* As Copies.stands: what is there even after a crash must be known to the next try. */
static void note_standing(void *self, const Copy *copy)
{
	note_filed(self, copy, false);
}

/* What could not be taken back is there, and the next try has to know.  Where that cannot be noted, it files
 * the copy a second time. */
static void note_what_stays(Work *work)
{
	Failure why = { 0 };

	for (size_t i = 0; i < work->copies.count; i++)
		if (work->copies.items[i].published && (work->sendings.is_kept || keep_journal(work, &why)))
			note_filed(work, &work->copies.items[i], true);
}

/* Is there no word of the copy in the journal, or none any more?  It must go before the copy does: a copy
 * that is gone and noted would be lost. */
static bool is_unnoted(Work *work, const Copy *copy)
{
	Failure why = { 0 };
	char effect[DIGEST_HEX];

	copies_effect(copy, effect);
	return journal_take_back(work->sendings.journal, effect, &why);
}

/* Takes back what is visible, once; what stays is noted.  What is not visible yet goes with the copies. */
static void take_back(Work *work, Failure *why)
{
	for (size_t i = work->copies.count; i-- > 0;) {
		Copy *copy = &work->copies.items[i];

		if (copy->published && copy->filing && is_unnoted(work, copy))
			copies_take_back(copy, why);
	}
	note_what_stays(work);
}

/* ---- committing ---- */

static void describe_copy(Carrying *carrying, const Copy *copy)
{
	carry_out_tell(carrying, copy->of_action ? "copy of it in " : "",
		       copy->filing   ? filing_folder(copy->filing)
		       : copy->folder ? copy->folder
				      : "INBOX");
}

/* From the first visible copy on, a signal must find everything done or everything taken back: they are held
 * until the exit, or until the failure has been undone. */
static bool publish_all(Work *work, Failure *why)
{
	undo_hold_signals();
	for (size_t i = 0; i < work->copies.count; i++) {
		Copy *copy = &work->copies.items[i];

		if (copy->given_up)
			continue;
		if (!copies_publish(&work->copies, copy, why)) {
			take_back(work, why);
			undo_release_signals();
			return false;
		}
		describe_copy(work->carrying, copy);
		work->carrying->lacks_dotlock |= copy->filing && filing_lacks_dotlock(copy->filing);
	}
	return true;
}

static bool append_all(Work *work, Failure *why)
{
	if (work->sendings.is_kept) {
		work->copies.stands = note_standing;
		work->copies.self = work;
	}
	if (copies_append(&work->copies, why))
		return true;
	note_what_stays(work);
	return false;
}

static bool commit(Work *work, Failure *why)
{
	Copies *copies = &work->copies;
	Sendings *sendings = &work->sendings;

	if (!collect_copies(work, why) || !sendings_decide(sendings, why))
		return false;
	skip_filed(work);
	return copies_prepare(copies, why) && prepare_journal(work, why) && sendings_pipe(sendings, why) &&
	       copies_prepare(copies, why) && sendings_send(sendings, why) && copies_prepare(copies, why) &&
	       prepare_calendars(work, why) && append_all(work, why) && publish_all(work, why);
}

/* Everything is visible, and from here on nothing takes it back: what is remembered must be true. */
static void finish(Work *work)
{
	Carrying *carrying = work->carrying;

	copies_clear(&work->copies);
	commit_calendars(work);
	sendings_remember(&work->sendings);
	memory_commit(carrying->memory, &carrying->notes);
	carrying->journal_left = TAKE(work->sendings.journal);
	if (carrying->refusal)
		carry_out_tell(carrying, "", "refused");
	if (!carrying->outcome.length)
		text_append_string(&carrying->outcome, "discarded");
}

unsigned carry_out_plans(void)
{
	return ((1u << ACTION_KINDS) - 1) | SIEVE_PLANS_LISTS | SIEVE_PLANS_PROGRAMS | SIEVE_PLANS_EDITS;
}

bool carry_out(Carrying *carrying, Failure *why)
{
	const size_t actions = carrying->plan->count;
	Work *work = ARENA_NEW(carrying->arena, Work);
	bool done;

	work->carrying = carrying;
	work->copies.store = carrying->store;
	work->copies.received = carrying->now;
	work->copies.notes = &carrying->notes;
	work->copies.items = arena_zeroed(carrying->arena, actions + COPIES_BESIDES, sizeof(Copy));
	work->changes = arena_zeroed(carrying->arena, actions + 1, sizeof *work->changes);
	work->sendings.carrying = carrying;
	work->sendings.copies = &work->copies;
	done = commit(work, why);
	carrying->fell_back = work->copies.fell_back;
	if (done)
		finish(work);
	memory_tell(carrying->memory, &carrying->notes);
	for (size_t i = 0; i < work->change_count; i++)
		calendar_free(work->changes[i]);
	copies_clear(&work->copies);
	journal_close(work->sendings.journal);
	return done;
}
