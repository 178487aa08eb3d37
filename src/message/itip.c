/* itip - is it well formed, and the methods that put something into a calendar */
#include "message/itip.h"

#include <string.h>

#include "base/ascii.h"
#include "message/itip_internal.h"

size_t itip_uids(const IcalComponent *calendar, Slice uids[ITIP_OBJECTS_MAX + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < calendar->inner_count && count <= ITIP_OBJECTS_MAX; i++) {
		Slice uid = ical_value(calendar->inner[i], "UID");
		bool known = !itip_is_scheduled(calendar->inner[i]);

		for (size_t k = 0; k < count && !known; k++)
			known = slice_equal(uids[k], uid);
		if (!known)
			uids[count++] = uid;
	}
	return count;
}

/* ---- is it well formed? ---- */

#define AMBIGUOUS "malformed: it says twice what may be said once"

/* "20260101T120000Z" */
static bool is_utc(Slice value)
{
	if (value.length != 16 || value.data[8] != 'T' || value.data[15] != 'Z')
		return false;
	for (size_t i = 0; i < 15; i++)
		if (i != 8 && !ascii_is_digit(value.data[i]))
			return false;
	return true;
}

static bool is_number(Slice value)
{
	for (size_t i = 0; i < value.length; i++)
		if (!ascii_is_digit(value.data[i]))
			return false;
	return value.length > 0 && value.length < 10;
}

/* RFC 5546 leaves DTSTART out where an object only says what becomes of another. */
static bool needs_start(const IcalComponent *calendar, const IcalComponent *component)
{
	return ical_is(component, "VEVENT") &&
	       (itip_is_public(calendar) || itip_is_method(calendar, "REQUEST") ||
		itip_is_method(calendar, "ADD"));
}

/* What is twice there is one thing to us and may be another to the program that shows it: RFC 5545 has these
 * but once. */
static bool is_ambiguous(const IcalComponent *component)
{
	static const char *const once[] = { "VERSION", "PRODID",    "METHOD",   "UID",          "DTSTAMP",
					    "DTSTART", "ORGANIZER", "SEQUENCE", "RECURRENCE-ID" };

	for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
		const IcalProperty *first = ical_find(component, once[i]);

		if (first && ical_next(component, first))
			return true;
	}
	return false;
}

static const char *check_component(const IcalComponent *calendar, const IcalComponent *component)
{
	const IcalProperty *sequence = ical_find(component, "SEQUENCE");
	const IcalProperty *instance = ical_find(component, "RECURRENCE-ID");

	if (is_ambiguous(component))
		return AMBIGUOUS;
	if (!ical_value(component, "UID").length)
		return "malformed: a component without UID";
	if (!is_utc(ascii_trim(ical_value(component, "DTSTAMP"))))
		return "malformed: a component without a DTSTAMP in UTC";
	if (sequence && !is_number(ascii_trim(sequence->value)))
		return "malformed: a SEQUENCE that is no number";
	if (needs_start(calendar, component) && !ical_find(component, "DTSTART"))
		return "malformed: an event without DTSTART";
	if (instance && ical_parameter(instance, "RANGE").data)
		return "a range of instances is not processed";
	return NULL;
}

static const char *check_method(const IcalComponent *calendar, Slice method, const ItipWishes *wishes)
{
	Slice its_own = ascii_trim(ical_value(calendar, "METHOD")), uids[ITIP_OBJECTS_MAX + 1];

	if (method.data && !ascii_equal_fold(method, its_own))
		return "malformed: the part and the object in it have different methods";
	if (!itip_is_public(calendar))
		return itip_uids(calendar, uids) > 1 ? "malformed: several objects in one request" : NULL;
	if (!wishes->allow_public)
		return "it is public calendar data";
	return itip_uids(calendar, uids) > ITIP_OBJECTS_MAX ? "there are too many objects in it" : NULL;
}

const char *itip_check(const IcalComponent *calendar, Slice method, const ItipWishes *wishes)
{
	const char *wrong = NULL;
	size_t count = 0;

	if (is_ambiguous(calendar))
		return AMBIGUOUS;
	if (!slice_equal(ascii_trim(ical_value(calendar, "VERSION")), SLICE("2.0")))
		return "malformed: not VERSION 2.0";
	if (!ical_value(calendar, "PRODID").length)
		return "malformed: PRODID is missing";
	for (size_t i = 0; i < calendar->inner_count && !wrong; i++) {
		if (!itip_is_scheduled(calendar->inner[i]))
			continue;
		count++;
		wrong = check_component(calendar, calendar->inner[i]);
	}
	if (wrong)
		return wrong;
	return count ? check_method(calendar, method, wishes) : "there is no event, to-do or journal in it";
}

static IcalComponent *new_object(const Itip *it)
{
	IcalComponent *object = ical_new("VCALENDAR", it->arena);
	const IcalProperty *scale = ical_find(it->calendar, "CALSCALE");

	ical_set(object, "VERSION", SLICE("2.0"), it->arena);
	ical_set(object, "PRODID", ical_value(it->calendar, "PRODID"), it->arena);
	if (scale)
		ical_add(object, *scale, it->arena);
	itip_take_zones(it, object);
	return object;
}

/* ---- REQUEST, PUBLISH ---- */

static void add(Itip *it)
{
	const IcalComponent *sent;
	size_t at = 0;

	if (it->wishes->updates_only) {
		itip_end(it, ITIP_NO_ACTION, "only updates are processed");
		return;
	}
	it->result->object = new_object(it);
	while ((sent = itip_next_sent(it, &at)))
		ical_add_inner(it->result->object, itip_clean(sent, it->arena), it->arena);
	itip_end(it, ITIP_ADDED, "");
}

/* In the place of what was stored; the user's alarms stay, and whether he takes part. */
static void replace(const Itip *it, IcalComponent *object, size_t place, const IcalComponent *sent)
{
	const IcalComponent *old = object->inner[place];
	IcalComponent *component = itip_clean(sent, it->arena);

	for (size_t i = 0; i < old->inner_count; i++)
		if (ical_is(old->inner[i], "VALARM"))
			ical_add_inner(component, old->inner[i], it->arena);
	itip_keep_status(it, component, old);
	object->inner[place] = component;
}

/* Another series: what was said of its instances before is void, unless it was sent along. */
static void drop_instances(const Itip *it, IcalComponent *object)
{
	size_t kept = 0;

	for (size_t i = 0; i < object->inner_count; i++) {
		IcalComponent *component = object->inner[i];
		bool is_instance = itip_is_of(component, it->uid) && ical_find(component, "RECURRENCE-ID");

		if (!is_instance ||
		    itip_find_instance(it->calendar, it->uid, component) < it->calendar->inner_count)
			object->inner[kept++] = component;
	}
	object->inner_count = kept;
}

/* True when it brought something new. */
static bool merge(const Itip *it, IcalComponent *object, const IcalComponent *sent)
{
	size_t place = itip_find_instance(object, it->uid, sent);
	const IcalComponent *master = itip_find_master(object, it->uid);
	IcalComponent *instance;

	if (place < object->inner_count) {
		const IcalComponent *old = object->inner[place];
		bool another_series = old == master && itip_sequence(sent) > itip_sequence(old);

		if (itip_compare_age(sent, old) <= 0)
			return false;
		replace(it, object, place, sent);
		if (another_series)
			drop_instances(it, object);
		return true;
	}
	if (master && itip_sequence(sent) < itip_sequence(master))
		return false;
	instance = itip_clean(sent, it->arena);
	if (master)
		itip_keep_status(it, instance, master);
	ical_add_inner(object, instance, it->arena);
	return true;
}

static void update(Itip *it)
{
	IcalComponent *object = ical_copy(it->stored, it->arena);
	const IcalComponent *sent;
	size_t at = 0;
	bool changed = false;

	while ((sent = itip_next_sent(it, &at)))
		changed |= merge(it, object, sent);
	if (!changed) {
		itip_end(it, ITIP_NO_ACTION, "it is not newer than what is stored");
		return;
	}
	itip_take_zones(it, object);
	it->result->object = object;
	itip_end(it, ITIP_UPDATED, "");
}

/* Does a component of the message that is from an organizer invite the recipient?  Ends it where not. */
static bool is_for_recipient(Itip *it)
{
	const IcalComponent *sent;
	size_t at = 0;

	if (!itip_organizer(it->calendar, it->uid).length) {
		itip_end(it, ITIP_ERROR, "ORGANIZER is missing");
		return false;
	}
	while ((sent = itip_next_sent(it, &at)))
		if (itip_invites(sent, it->wishes))
			return true;
	itip_end(it, ITIP_NO_ACTION, "the recipient is not among its attendees");
	return false;
}

static void publish(Itip *it)
{
	if (!it->stored)
		add(it);
	else if (itip_is_from_organizer(it))
		update(it);
}

static void request(Itip *it)
{
	if (is_for_recipient(it))
		publish(it);
}

/* ---- ADD ---- */

/* One more instance: a date of the series, and what is different on it. */
static void add_instance(const Itip *it, IcalComponent *object, IcalComponent *master,
			 const IcalComponent *sent)
{
	IcalComponent *component = itip_clean(sent, it->arena);
	IcalProperty date = *ical_find(sent, "DTSTART");

	date.name = SLICE("RDATE");
	ical_add(master, date, it->arena);
	ical_set(master, "SEQUENCE", ical_value(sent, "SEQUENCE"), it->arena);
	date.name = SLICE("RECURRENCE-ID");
	ical_add(component, date, it->arena);
	ical_add_inner(object, component, it->arena);
}

static void add_instances(Itip *it)
{
	IcalComponent *object = it->stored ? ical_copy(it->stored, it->arena) : NULL;
	IcalComponent *master = object ? itip_find_master(object, it->uid) : NULL;
	const IcalComponent *sent;
	size_t at = 0;

	if (!is_for_recipient(it))
		return;
	if (!master) {
		itip_end(it, ITIP_NO_ACTION, "what it adds to is not stored");
		return;
	}
	if (!itip_is_from_organizer(it))
		return;
	if (itip_sequence(itip_first_sent(it)) <= itip_sequence(master)) {
		itip_end(it, ITIP_NO_ACTION, "it is not newer than what is stored");
		return;
	}
	while ((sent = itip_next_sent(it, &at)))
		if (ical_find(sent, "DTSTART"))
			add_instance(it, object, master, sent);
	itip_take_zones(it, object);
	it->result->object = object;
	itip_end(it, ITIP_UPDATED, "");
}

/* ---- all of them ---- */

static const struct {
	const char *method;
	void (*process)(Itip *it);
} methods[] = {
	{ "PUBLISH", publish },    { "REQUEST", request },  { "ADD", add_instances },
	{ "CANCEL", itip_cancel }, { "REPLY", itip_reply },
};

/* Of one object there is one organizer, whichever component a program looks at. */
static bool has_several_organizers(const Itip *it)
{
	Slice organizer = itip_organizer(it->calendar, it->uid);
	const IcalComponent *sent;
	size_t at = 0;

	while ((sent = itip_next_sent(it, &at))) {
		const IcalProperty *line = ical_find(sent, "ORGANIZER");

		if (line && !ascii_equal_fold(itip_address(line), organizer))
			return true;
	}
	return false;
}

void itip_process(const IcalComponent *calendar, Slice uid, const IcalComponent *stored,
		  const ItipWishes *wishes, Arena *arena, ItipResult *result)
{
	Itip it = { calendar, stored, uid, wishes, arena, result };

	*result = (ItipResult){ .reason = "" };
	if (has_several_organizers(&it)) {
		itip_end(&it, ITIP_NO_ACTION, "malformed: one object of several organizers");
		return;
	}
	if (!ical_find(calendar, "METHOD")) {
		publish(&it);
		return;
	}
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (itip_is_method(calendar, methods[i].method)) {
			methods[i].process(&it);
			return;
		}
	itip_end(&it, ITIP_NO_ACTION, "this method is for a person to answer");
}

const char *itip_outcome_name(ItipOutcome outcome)
{
	static const char *const names[] = {
		[ITIP_NO_ACTION] = "no_action",
		[ITIP_ADDED] = "added",
		[ITIP_UPDATED] = "updated",
		[ITIP_ERROR] = "error",
	};

	return names[outcome];
}
