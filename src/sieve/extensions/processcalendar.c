/* processcalendar - what a message invites to goes into the calendar, and what it cancels out of it
 * RFC 9671; what becomes of an object is in message/itip.h
 *
 * The world says what is stored for a UID, and the plan takes along what is to be stored: so the outcome is
 * known while the script runs.
 * ":deletecanceled" is ":deletecancelled" in drafts of the RFC. */
#include "sieve/extensions/list.h"

#include <string.h>

#include "base/digest.h"
#include "message/icalendar.h"
#include "message/identity.h"
#include "message/itip.h"
#include "plan/limits.h"
#include "sieve/ask.h"
#include "sieve/calendar.h"
#include "sieve/extension.h"
#include "sieve/folders.h"
#include "sieve/script.h"

/* For a name that no calendar can have, however long and whatever is in it. */
#define NO_CALENDAR SLICE("/")

/* The variables that it sets, bound when the script is compiled; NULL: not wanted. */
typedef struct Variables {
	SievePiece *outcome, *reason;
} Variables;

/* One command on its way. */
typedef struct Doing {
	SieveRun *run;
	const SieveNode *node;
	Slice calendar_id; /* empty: none was named */
	ItipWishes wishes;
	Identity own;
	SieveCalendar found;
	ItipOutcome outcome;
	const char *reason;
} Doing;

/* ---- while compiling ---- */

static SievePiece *bind_variable(SieveCheck *check, const SieveTagUse *tag)
{
	const SieveString *name;
	SievePiece *variable;

	if (!tag)
		return NULL;
	if (!sieve_check_has(check, "variables")) {
		sieve_check_error(check, tag->span, NULL, "':%s' needs require \"variables\"",
				  tag->tag->name);
		return NULL;
	}
	name = tag->value.strings.items;
	variable = ARENA_NEW(sieve_check_arena(check), SievePiece);
	return sieve_check_variable(check, name->text, name->span, true, variable) ? variable : NULL;
}

static void check_processcalendar(SieveCheck *check, SieveNode *node)
{
	const SieveTagUse *organizers = sieve_tag(node, "organizers");
	Variables *variables = ARENA_NEW(sieve_check_arena(check), Variables);

	sieve_check_need_mime(check);
	if (organizers && !sieve_check_has(check, "extlists"))
		sieve_check_error(check, organizers->span, NULL, "':organizers' needs require \"extlists\"");
	variables->outcome = bind_variable(check, sieve_tag(node, "outcome"));
	variables->reason = bind_variable(check, sieve_tag(node, "reason"));
	node->data = variables;
}

/* ---- what it is told ---- */

static SieveStatus add_addresses(Doing *doing)
{
	SieveRun *run = doing->run;
	const SieveTagUse *tag = sieve_tag(doing->node, "addresses");
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; tag && i < tag->value.strings.count && status == SIEVE_OK; i++) {
		Slice address;

		status = sieve_expand(run, &tag->value.strings.items[i], &address);
		if (status == SIEVE_OK && !memchr(address.data, '\0', address.length))
			identity_add(&doing->own, arena_copy_bytes(run->arena, address.data, address.length),
				     run->arena);
	}
	return status;
}

static SieveStatus read_wishes(Doing *doing)
{
	SieveRun *run = doing->run;
	const SieveNode *node = doing->node;
	const Envelope *envelope = run->input->envelope;
	const SieveTagUse *id = sieve_tag(node, "calendarid");
	SieveStatus status = id ? sieve_expand(run, id->value.strings.items, &doing->calendar_id) : SIEVE_OK;

	if (doing->calendar_id.length && !plan_program_valid(doing->calendar_id))
		doing->calendar_id = NO_CALENDAR;
	doing->wishes = (ItipWishes){
		.allow_public = sieve_tag(node, "allowpublic"),
		.updates_only = sieve_tag(node, "updatesonly"),
		.delete_cancelled = sieve_tag(node, "deletecancelled") || sieve_tag(node, "deletecanceled"),
		.own = &doing->own,
		.delimiter = run->main->unit->setup.recipient_delimiter,
	};
	if (envelope) {
		identity_add_recipient(&doing->own, envelope, run->input->host, run->arena);
		identity_add(&doing->own, identity_original_recipient(envelope, run->input->host, run->arena),
			     run->arena);
		identity_add(&doing->own,
			     identity_address(sieve_setting(run, "user_email"), envelope, run->arena),
			     run->arena);
		identity_add_listed(&doing->own, sieve_setting(run, "user_addresses"), envelope, run->arena);
	}
	return status == SIEVE_OK ? add_addresses(doing) : status;
}

static void conclude(Doing *doing, ItipOutcome outcome, const char *reason)
{
	doing->outcome = outcome;
	doing->reason = reason;
}

/* ---- what is stored ---- */

/* What there is for one UID. */
typedef struct Stored {
	CalendarState state;
	const char *calendar; /* its name */
	IcalComponent *object;
	const char *before; /* the digest of what is on disk; NULL: nothing is */
	const char *words;  /* REFUSES */
} Stored;

static const char *as_string(SieveRun *run, Slice bytes)
{
	return arena_copy_bytes(run->arena, bytes.data, bytes.length);
}

static void refuse(Stored *stored, const char *words)
{
	stored->state = CALENDAR_REFUSES;
	stored->words = words;
}

static void read_object(SieveRun *run, Slice bytes, Stored *stored)
{
	const char *end = memchr(bytes.data, '\n', bytes.length);
	Slice object = slice_from(bytes, end ? (size_t)(end - bytes.data) + 1 : bytes.length);
	char hex[DIGEST_HEX];
	Failure why = { 0 };

	stored->calendar = as_string(run, slice(bytes.data, end ? (size_t)(end - bytes.data) : bytes.length));
	digest_of(&object, 1, hex);
	stored->before = arena_copy_string(run->arena, hex);
	stored->object = ical_read(object, run->arena, &why);
	if (!stored->object)
		refuse(stored, arena_printf(run->arena, "what is stored is malformed: %s", why.text));
}

static SieveStatus find_stored(Doing *doing, Slice uid, Stored *stored)
{
	SieveRun *run = doing->run;
	Slice answer = { 0 }, rest;
	SieveStatus status;

	*stored = (Stored){ .state = CALENDAR_NONE };
	/* The plan would be none. */
	if (uid.length > LIMIT_ARGUMENT_LENGTH) {
		refuse(stored, "its UID is too long");
		return SIEVE_OK;
	}
	status = sieve_ask_bytes(run, doing->node->span, ASK_CALENDAR, uid, doing->calendar_id, &answer);
	if (status != SIEVE_OK)
		return status;
	/* A world that knows nothing of calendars has an empty one: `try` says what would be done. */
	if (!answer.length && slice_equal(doing->calendar_id, NO_CALENDAR)) {
		refuse(stored, "there is no such calendar");
		return SIEVE_OK;
	}
	if (!answer.length) {
		stored->state = CALENDAR_HAS_NOT;
		stored->calendar = doing->calendar_id.length ? as_string(run, doing->calendar_id) : "default";
		return SIEVE_OK;
	}
	rest = slice_from(answer, 1);
	stored->state = (CalendarState)answer.data[0];
	if (stored->state == CALENDAR_HAS)
		read_object(run, rest, stored);
	else if (stored->state == CALENDAR_REFUSES)
		stored->words = as_string(run, rest);
	else
		stored->calendar = as_string(run, rest);
	return SIEVE_OK;
}

/* ---- one object ---- */

static SieveStatus plan_change(Doing *doing, Slice uid, const Stored *stored, const ItipResult *result)
{
	SieveRun *run = doing->run;
	AUTO_VALUE(Text) object = { 0 };
	Action action;
	SieveStatus status = sieve_action(run, doing->node, ACTION_CALENDAR, &action);

	if (status != SIEVE_OK)
		return status;
	if (result->object)
		ical_write(result->object, &object);
	if (object.length > LIMIT_TEXT_LENGTH) {
		conclude(doing, ITIP_ERROR, "the object would become too long");
		return SIEVE_OK;
	}
	action.handle = as_string(run, uid);
	action.calendar = stored->calendar;
	action.removes = !result->object;
	action.before = stored->before;
	action.text = as_string(run, text_slice(&object));
	conclude(doing, result->outcome, result->reason);
	return sieve_act(run, doing->node, &action);
}

/* Section 4.6: a list of the organizers that are welcome. */
static SieveStatus is_welcome(Doing *doing, Slice uid, bool *welcome)
{
	SieveRun *run = doing->run;
	const SieveTagUse *list = sieve_tag(doing->node, "organizers");
	Slice name, organizer = itip_organizer(doing->found.calendar, uid);
	SieveStatus status;

	*welcome = true;
	if (!list)
		return SIEVE_OK;
	status = sieve_expand(run, list->value.strings.items, &name);
	*welcome = false;
	if (status != SIEVE_OK || !organizer.length)
		return status;
	return sieve_ask_whether(run, list->span, ASK_LIST, name, organizer, welcome);
}

static SieveStatus process_object(Doing *doing, Slice uid)
{
	SieveRun *run = doing->run;
	ItipResult result;
	Stored stored;
	bool welcome;
	SieveStatus status = is_welcome(doing, uid, &welcome);

	if (status == SIEVE_OK && !welcome) {
		conclude(doing, ITIP_NO_ACTION, "its organizer is not on the list");
		return SIEVE_OK;
	}
	if (status == SIEVE_OK)
		status = find_stored(doing, uid, &stored);
	if (status != SIEVE_OK)
		return status;
	if (stored.state == CALENDAR_NONE) {
		conclude(doing, ITIP_NO_ACTION, "no calendar is kept here");
		sieve_warn(run, doing->node->span, "processcalendar: no calendar is kept here");
		return SIEVE_OK;
	}
	itip_process(doing->found.calendar, uid, stored.object, &doing->wishes, run->arena, &result);
	if (result.outcome == ITIP_NO_ACTION || result.outcome == ITIP_ERROR)
		conclude(doing, result.outcome, result.reason);
	else if (stored.state == CALENDAR_REFUSES)
		conclude(doing, ITIP_ERROR, stored.words);
	else
		return plan_change(doing, uid, &stored, &result);
	return SIEVE_OK;
}

/* Of several objects in a message the best outcome is the message's. */
static SieveStatus process_all(Doing *doing)
{
	static const int rank[] = {
		[ITIP_NO_ACTION] = 0,
		[ITIP_ERROR] = 1,
		[ITIP_UPDATED] = 2,
		[ITIP_ADDED] = 3,
	};
	Slice uids[ITIP_OBJECTS_MAX + 1];
	size_t count = itip_uids(doing->found.calendar, uids);
	ItipOutcome best = ITIP_NO_ACTION;
	const char *reason = "";
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < count && status == SIEVE_OK; i++) {
		status = process_object(doing, uids[i]);
		if (i == 0 || rank[doing->outcome] > rank[best]) {
			best = doing->outcome;
			reason = doing->reason;
		}
	}
	conclude(doing, best, reason);
	return status;
}

/* ---- the command ---- */

static SieveStatus process(Doing *doing)
{
	SieveStatus status = read_wishes(doing);
	const char *wrong;

	if (status == SIEVE_OK)
		status = sieve_find_calendar(doing->run, doing->node->span, &doing->found);
	if (status != SIEVE_OK)
		return status;
	wrong = doing->found.calendar ? itip_check(doing->found.calendar, doing->found.method, &doing->wishes)
				      : doing->found.reason;
	/* Section 4.1: a list of organizers is for what organizers send. */
	if (!wrong && sieve_tag(doing->node, "organizers") && !ical_find(doing->found.calendar, "METHOD"))
		wrong = "it has no METHOD, as what an organizer sends";
	if (!wrong)
		return process_all(doing);
	conclude(doing, ITIP_NO_ACTION, wrong);
	return SIEVE_OK;
}

static SieveStatus fail_again(SieveRun *run, const SieveNode *node, const Action *earlier)
{
	return sieve_fail(run, node->span, "'processcalendar' was executed already, in line %u",
			  earlier->line);
}

/* Section 4.9: once in a script, whatever comes of it. */
static SieveStatus check_once(SieveRun *run, const SieveNode *node)
{
	const Plan *plan = run->plan;

	for (size_t i = plan->carried_out; i < plan->count; i++)
		if (plan->actions[i].kind == ACTION_CALENDAR)
			return fail_again(run, node, &plan->actions[i]);
	for (const PlanIdle *idle = plan->idle; idle; idle = idle->next)
		if (idle->action.kind == ACTION_CALENDAR)
			return fail_again(run, node, &idle->action);
	return SIEVE_OK;
}

/* That it was executed and has planned nothing. */
static SieveStatus note_idle(SieveRun *run, const SieveNode *node)
{
	Action action;
	SieveStatus status = sieve_action(run, node, ACTION_CALENDAR, &action);

	return status == SIEVE_OK ? sieve_act_idly(run, node, &action) : status;
}

static SieveStatus processcalendar(SieveRun *run, const SieveNode *node)
{
	const Variables *variables = node->data;
	const size_t planned = run->plan->count;
	Doing doing = { .run = run, .node = node, .calendar_id = SLICE("") };
	SieveStatus status = check_once(run, node);

	if (status == SIEVE_OK)
		status = process(&doing);
	if (status == SIEVE_OK && run->plan->count == planned)
		status = note_idle(run, node);
	if (status != SIEVE_OK)
		return status;
	if (variables->outcome)
		sieve_variable_set(run, variables->outcome, slice_of(itip_outcome_name(doing.outcome)));
	if (variables->reason)
		sieve_variable_set(run, variables->reason, slice_of(doing.reason));
	return SIEVE_OK;
}

static const SieveActionInfo info = {
	.about = "puts what the message invites to into the calendar",
	.document = "RFC 9671, 4",
	.interactions = "an error with reject and ereject, and when executed twice",
	.with_imap_events = true,
};

const SieveExtension sieve_ext_processcalendar = {
	.capability = "processcalendar",
	.about = "put what messages invite to into the calendar",
	.document = "RFC 9671",
	.commands =
		(const SieveVerb[]){
			{ .name = "processcalendar",
			  .plans = 1u << ACTION_CALENDAR,
			  .action = &info,
			  .check = check_processcalendar,
			  .act = processcalendar },
			{ 0 },
		},
	.tags =
		(const SieveTag[]){
			{ .name = "addresses", .of = "processcalendar", .value = SIEVE_STRING_LIST },
			{ .name = "allowpublic", .of = "processcalendar" },
			{ .name = "calendarid",
			  .of = "processcalendar",
			  .value = SIEVE_STRING,
			  .group = "new" },
			{ .name = "deletecanceled", .of = "processcalendar", .group = "delete" },
			{ .name = "deletecancelled", .of = "processcalendar", .group = "delete" },
			{ .name = "organizers", .of = "processcalendar", .value = SIEVE_STRING },
			{ .name = "outcome",
			  .of = "processcalendar",
			  .value = SIEVE_STRING,
			  .constant = true },
			{ .name = "reason",
			  .of = "processcalendar",
			  .value = SIEVE_STRING,
			  .constant = true },
			{ .name = "updatesonly", .of = "processcalendar", .group = "new" },
			{ 0 },
		},
};
