#include "delivery/carry_out.h"

#include <errno.h>
#include <string.h>

#include "base/ascii.h"
#include "delivery/target.h"
#include "plan/limits.h"
#include "sieve/extension.h"
#include "system/undo.h"

/* A copy that is to be filed.  The last action that names a folder decides its flags. */
typedef struct Copy {
	const char *folder; /* NULL: the inbox */
	bool create;
	const char *special_use; /* for a folder that is made */
	bool may_fall_back;      /* to the inbox, when the folder cannot be had */
	bool given_up;           /* the inbox's own copy stands for it */
	PlanFlags flags;
	uint32_t image; /* which version of the message */
} Copy;

typedef struct Copies {
	Copy items[LIMIT_ACTIONS + 1];
	Filing *filings[LIMIT_ACTIONS + 1];
	size_t count;
	CalendarChange *changes[LIMIT_ACTIONS];
	size_t change_count;
} Copies;

static bool is_inbox(const char *folder)
{
	return !folder || ascii_strings_equal_fold(folder, "INBOX");
}

static bool same_folder(const char *a, const char *b)
{
	return is_inbox(a) ? is_inbox(b) : !is_inbox(b) && strcmp(a, b) == 0;
}

/* A message goes into one folder once, however often the rules say so (RFC 5228, 2.10.3). */
static void add_copy(Copies *copies, Copy copy)
{
	if (is_inbox(copy.folder))
		copy.folder = NULL;
	for (size_t i = 0; i < copies->count; i++)
		if (same_folder(copies->items[i].folder, copy.folder)) {
			copies->items[i].create |= copy.create;
			copies->items[i].image = copy.image;
			if (copy.flags.set)
				copies->items[i].flags = copy.flags;
			return;
		}
	copies->items[copies->count++] = copy;
}

static void add_keep(const Carrying *carrying, Copies *copies, PlanFlags flags, uint32_t image)
{
	/* -m often comes from the address (user+detail): a stranger must not be able to make folders with it,
	 * unless the site lets everything make them */
	add_copy(copies, (Copy){ .folder = carrying->inbox,
				 .create = carrying->folder_autocreate,
				 .may_fall_back = true,
				 .flags = flags,
				 .image = image });
}

/* What no rule decided.  A rule may have said where that goes. */
static void add_implicit_keep(const Carrying *carrying, Copies *copies)
{
	const Plan *plan = carrying->plan;

	if (plan->implicit_folder)
		add_copy(copies, (Copy){ .folder = plan->implicit_folder,
					 .create = carrying->folder_autocreate,
					 .may_fall_back = true,
					 .flags = plan->implicit_flags,
					 .image = plan->implicit_image });
	else
		add_keep(carrying, copies, plan->implicit_flags, plan->implicit_image);
}

static bool add_filed(const Carrying *carrying, Copies *copies, const Action *action, Failure *why)
{
	Target target;

	if (!target_find(carrying->store, action, carrying->redirection.arena, &target, why))
		return false;
	if (is_inbox(target.folder))
		add_copy(copies, (Copy){ .flags = action->flags, .image = action->image });
	else
		add_copy(copies, (Copy){ .folder = target.folder,
					 .create = action->create || carrying->folder_autocreate,
					 .special_use = target.special_use,
					 .may_fall_back = true,
					 .flags = action->flags,
					 .image = action->image });
	return true;
}

static bool collect_copies(const Carrying *carrying, Copies *copies, Failure *why)
{
	const Plan *plan = carrying->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const Action *action = &plan->actions[i];

		if (action->kind == ACTION_KEEP)
			add_keep(carrying, copies, action->flags, action->image);
		else if (action->kind == ACTION_FILEINTO && !add_filed(carrying, copies, action, why))
			return false;
	}
	if (plan->implicit_keep)
		add_implicit_keep(carrying, copies);
	return true;
}

/* Will this folder be as unusable tomorrow?  Then the inbox takes the message; what may pass is tried again.
 */
static bool is_lasting(const Failure *why)
{
	switch (why->error) {
	case EACCES:
	case EPERM:
	case EROFS:
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
	case EXDEV:
	case EEXIST:
	case ENAMETOOLONG:
	case EINVAL:
		return true;
	default:
		return false;
	}
}

static Filing *prepare_one(Carrying *carrying, const Copy *copy, bool *missing, Failure *why)
{
	const FilingOptions options = {
		.folder = copy->folder,
		.create = copy->create || !copy->folder,
		.special_use = copy->special_use,
		.flags = copy->flags.names,
		.flag_count = copy->flags.count,
		.sender = carrying->redirection.envelope->sender,
		.received = carrying->now,
	};

	return filing_prepare(carrying->store, &options, &carrying->versions->items[copy->image].image,
			      missing, why);
}

static bool has_inbox(const Copies *copies)
{
	for (size_t i = 0; i < copies->count; i++)
		if (!copies->items[i].folder)
			return true;
	return false;
}

/* Prepares copy `index`.  A folder that cannot be had is replaced by the inbox, once, and a note says so. */
static bool prepare_copy(Carrying *carrying, Copies *copies, size_t index, Failure *why)
{
	Copy *copy = &copies->items[index];
	bool missing = false;

	copies->filings[index] = prepare_one(carrying, copy, &missing, why);
	if (copies->filings[index])
		return true;
	if (!copy->may_fall_back || !copy->folder || !(missing || is_lasting(why)))
		return false;
	carrying->fell_back = true;
	text_printf(&carrying->notes, "cannot file into \"%s\", into the inbox instead: %s\n", copy->folder,
		    why->text);
	*why = (Failure){ 0 };
	if (has_inbox(copies))
		return copy->given_up = true;
	copy->folder = NULL;
	copies->filings[index] = prepare_one(carrying, copy, &missing, why);
	return copies->filings[index] != NULL;
}

/* Prepares what has not been prepared yet. */
static bool prepare_all(Carrying *carrying, Copies *copies, Failure *why)
{
	for (size_t i = 0; i < copies->count; i++)
		if (!copies->filings[i] && !copies->items[i].given_up &&
		    !prepare_copy(carrying, copies, i, why))
			return false;
	return true;
}

static void describe(Text *outcome, const char *prefix, const char *what)
{
	text_printf(outcome, "%s%s%s", outcome->length ? ", " : "", prefix, what);
}

/* Redirects that a guard stops turn into a keep: a loop must not eat the message. */
static void guard_redirects(Carrying *carrying, Copies *copies, const Action *allowed[], size_t *count)
{
	const Plan *plan = carrying->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const char *address = plan->actions[i].address, *reason;

		if (plan->actions[i].kind != ACTION_REDIRECT)
			continue;
		reason = redirect_guard(&carrying->redirection, &plan->actions[i]);
		if (reason) {
			text_printf(&carrying->notes, "not redirected to %s, kept instead: %s\n", address,
				    reason);
			add_keep(carrying, copies, plan->implicit_flags, plan->actions[i].image);
		} else {
			allowed[(*count)++] = &plan->actions[i];
		}
	}
}

static bool send_redirects(Carrying *carrying, const Action *const *redirects, size_t count, Failure *why)
{
	for (size_t i = 0; i < count; i++) {
		if (!redirect_send(&carrying->redirection, redirects[i],
				   &carrying->versions->items[redirects[i]->image], why))
			return false;
		describe(&carrying->outcome, "redirect ", redirects[i]->address);
	}
	return true;
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
static bool pipe_one(Carrying *carrying, size_t index, Failure *why)
{
	const Action *action = &carrying->plan->actions[index];
	const Version *version = &carrying->versions->items[action->image];
	Failure reason = { 0 };

	if (programs_pipe(carrying->programs, action, version->message, &reason)) {
		describe(&carrying->outcome, "pipe ", action->program);
		return true;
	}
	if (!action->is_optional) {
		*why = reason;
		return false;
	}
	carrying->failed[index] = true;
	text_printf(&carrying->notes, "%s\n", reason.text);
	return true;
}

static bool run_pipes(Carrying *carrying, Copies *copies, Failure *why)
{
	const Plan *plan = carrying->plan;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->actions[i].kind == ACTION_PIPE && !pipe_one(carrying, i, why))
			return false;
	for (size_t i = 0; i < plan->count; i++)
		if (carrying->failed[i] && keeps_without(carrying, &plan->actions[i]))
			add_implicit_keep(carrying, copies);
	return true;
}

/* The message is delivered all the same: what is not in the calendar can be put there from it by hand. */
static void tell_unchanged(Carrying *carrying, const Failure *why)
{
	text_printf(&carrying->notes, "the calendar was not changed: %s\n", why->text);
}

static bool prepare_calendars(Carrying *carrying, Copies *copies, Failure *why)
{
	const Plan *plan = carrying->plan;
	/* to try again would pipe or redirect it a second time */
	const bool repeats = carrying->outcome.length > 0;

	for (size_t i = 0; i < plan->count; i++) {
		CalendarChange *change;

		if (plan->actions[i].kind != ACTION_CALENDAR)
			continue;
		change = calendar_prepare(&carrying->calendars, &plan->actions[i], why);
		if (!change && !repeats && !is_lasting(why))
			return false;
		if (!change) {
			tell_unchanged(carrying, why);
			*why = (Failure){ 0 };
			continue;
		}
		copies->changes[copies->change_count++] = change;
		describe(&carrying->outcome, "calendar ", plan->actions[i].calendar);
	}
	return true;
}

static void commit_calendars(Carrying *carrying, const Copies *copies)
{
	for (size_t i = 0; i < copies->change_count; i++) {
		Failure why = { 0 };

		if (!calendar_commit(copies->changes[i], &why))
			tell_unchanged(carrying, &why);
	}
}

/* The filings alone, without the gaps that a fall-back left. */
static size_t compact(Copies *copies)
{
	size_t count = 0;

	for (size_t i = 0; i < copies->count; i++)
		if (copies->filings[i])
			copies->filings[count++] = copies->filings[i];
	for (size_t i = count; i < copies->count; i++)
		copies->filings[i] = NULL;
	return copies->count = count;
}

static void take_back(Copies *copies, Failure *why)
{
	undo_hold_signals();
	for (size_t i = copies->count; i-- > 0;) {
		Failure undo = { 0 };

		if (copies->filings[i] && !filing_undo(copies->filings[i], &undo))
			failure_add(why, "and %s", undo.text);
	}
	undo_release_signals();
}

/* From the first visible copy on, a signal must find everything done or everything taken back: they are held
 * until the exit, or until the failure has been undone. */
static bool publish_all(Carrying *carrying, Copies *copies, Failure *why)
{
	undo_hold_signals();
	for (size_t i = 0; i < copies->count; i++) {
		if (!filing_publish(copies->filings[i], why)) {
			take_back(copies, why);
			undo_release_signals();
			return false;
		}
		describe(&carrying->outcome, "", filing_folder(copies->filings[i]));
	}
	return true;
}

static bool commit(Carrying *carrying, Copies *copies, Failure *why)
{
	const Action *redirects[LIMIT_ACTIONS];
	size_t count = 0;

	guard_redirects(carrying, copies, redirects, &count);
	return prepare_all(carrying, copies, why) && run_pipes(carrying, copies, why) &&
	       prepare_all(carrying, copies, why) && send_redirects(carrying, redirects, count, why) &&
	       prepare_calendars(carrying, copies, why) &&
	       filing_append_all(copies->filings, compact(copies), why) && publish_all(carrying, copies, why);
}

unsigned carry_out_plans(void)
{
	return 1u << ACTION_KEEP | 1u << ACTION_FILEINTO | 1u << ACTION_REDIRECT | 1u << ACTION_DISCARD |
	       1u << ACTION_PIPE | 1u << ACTION_CALENDAR | SIEVE_PLANS_EDITS;
}

bool carry_out(Carrying *carrying, Failure *why)
{
	Copies copies = { .count = 0 };
	bool done;

	done = collect_copies(carrying, &copies, why) && commit(carrying, &copies, why);
	if (done)
		commit_calendars(carrying, &copies);
	else
		take_back(&copies, why);
	for (size_t i = 0; i < copies.change_count; i++)
		calendar_free(copies.changes[i]);
	for (size_t i = 0; i < copies.count; i++)
		filing_free(copies.filings[i]);
	if (done && !carrying->outcome.length)
		text_append_string(&carrying->outcome, "discarded");
	return done;
}
