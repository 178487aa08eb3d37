/* itip_change - the methods that only change what is stored: CANCEL, REPLY */
#include <string.h>

#include "base/ascii.h"
#include "message/itip_internal.h"

/* ---- CANCEL ---- */

static void mark_cancelled(const Itip *it, IcalComponent *component, const IcalComponent *sent)
{
	ical_set(component, "STATUS", SLICE("CANCELLED"), it->arena);
	if (ical_find(sent, "SEQUENCE"))
		ical_set(component, "SEQUENCE", ical_value(sent, "SEQUENCE"), it->arena);
	ical_set(component, "DTSTAMP", ical_value(sent, "DTSTAMP"), it->arena);
}

static void cancel_all(const Itip *it, IcalComponent *object, const IcalComponent *sent)
{
	for (size_t i = 0; i < object->inner_count; i++)
		if (itip_is_of(object->inner[i], it->uid))
			mark_cancelled(it, object->inner[i], sent);
}

/* An instance that nothing was said of before: that it is cancelled. */
static void add_cancelled(const Itip *it, IcalComponent *object, const IcalComponent *master,
			  const IcalComponent *sent)
{
	IcalComponent *component = itip_clean(sent, it->arena);
	IcalProperty start = *ical_find(sent, "RECURRENCE-ID");

	start.name = SLICE("DTSTART");
	if (!ical_find(component, "DTSTART"))
		ical_add(component, start, it->arena);
	if (!ical_find(component, "SUMMARY") && ical_find(master, "SUMMARY"))
		ical_add(component, *ical_find(master, "SUMMARY"), it->arena);
	itip_keep_status(it, component, master);
	mark_cancelled(it, component, sent);
	ical_add_inner(object, component, it->arena);
}

static void remove_at(IcalComponent *object, size_t place)
{
	memmove(object->inner + place, object->inner + place + 1,
		(--object->inner_count - place) * sizeof(IcalComponent *));
}

/* The series goes on without it. */
static void delete_instance(const Itip *it, IcalComponent *object, IcalComponent *master,
			    const IcalComponent *sent)
{
	size_t place = itip_find_instance(object, it->uid, sent);
	IcalProperty date = *ical_find(sent, "RECURRENCE-ID");

	date.name = SLICE("EXDATE");
	if (place < object->inner_count)
		remove_at(object, place);
	if (master)
		ical_add(master, date, it->arena);
}

static void cancel_instance(const Itip *it, IcalComponent *object, const IcalComponent *sent)
{
	IcalComponent *master = itip_find_master(object, it->uid);
	size_t place = itip_find_instance(object, it->uid, sent);

	if (it->wishes->delete_cancelled)
		delete_instance(it, object, master, sent);
	else if (place < object->inner_count)
		mark_cancelled(it, object->inner[place], sent);
	else if (master)
		add_cancelled(it, object, master, sent);
}

static bool is_left(const Itip *it, const IcalComponent *object)
{
	for (size_t i = 0; i < object->inner_count; i++)
		if (itip_is_of(object->inner[i], it->uid))
			return true;
	return false;
}

/* An organizer who uninvites some names them alone (RFC 5546, 3.2.5).  What names nobody is public: RFC 9671,
 * 4.1. */
static bool is_uninvited(const Itip *it, const IcalComponent *sent)
{
	return ical_find(sent, "ATTENDEE") ? itip_invites(sent, it->wishes) : it->wishes->allow_public;
}

/* Is it about something that is stored, and not older? */
static bool is_current(const Itip *it, const IcalComponent *object, const IcalComponent *sent)
{
	size_t place = itip_find_instance(object, it->uid, sent);
	const IcalComponent *master = itip_find_master(object, it->uid);
	const IcalComponent *old = place < object->inner_count ? object->inner[place] : master;

	return old && itip_compare_age(sent, old) >= 0;
}

static bool cancel_one(const Itip *it, IcalComponent **object, const IcalComponent *sent)
{
	if (!*object || !is_uninvited(it, sent) || !is_current(it, *object, sent))
		return false;
	if (ical_find(sent, "RECURRENCE-ID"))
		cancel_instance(it, *object, sent);
	else if (it->wishes->delete_cancelled)
		*object = NULL;
	else
		cancel_all(it, *object, sent);
	if (*object && !is_left(it, *object))
		*object = NULL;
	return true;
}

void itip_cancel(Itip *it)
{
	IcalComponent *object = it->stored ? ical_copy(it->stored, it->arena) : NULL;
	const IcalComponent *sent;
	size_t at = 0;
	bool changed = false;

	if (!object) {
		itip_end(it, ITIP_NO_ACTION, "what it cancels is not stored");
		return;
	}
	if (!itip_organizer(it->calendar, it->uid).length) {
		itip_end(it, ITIP_ERROR, "ORGANIZER is missing");
		return;
	}
	if (!itip_is_from_organizer(it))
		return;
	while ((sent = itip_next_sent(it, &at)))
		changed |= cancel_one(it, &object, sent);
	it->result->object = object;
	itip_end(it, changed ? ITIP_UPDATED : ITIP_NO_ACTION,
		 changed ? ""
			 : "the recipient is not among its attendees, or it is older than what is stored");
}

/* ---- REPLY ---- */

/* When an attendee wrote the answer that is stored: mail overtakes mail (RFC 5546, 2.1.5). */
#define REPLY_STAMP "X-REPLY-DTSTAMP"

/* Above 0: the answer is newer than the one that is stored; below: older; 0 too when nobody noted when that
 * was. */
static int compare_answers(Slice stamp, const IcalProperty *line)
{
	Slice stored = ical_parameter(line, REPLY_STAMP);

	return stored.length == stamp.length ? memcmp(stamp.data, stored.data, stamp.length) : 0;
}

/* What is wrong with an answer to the invitation that is stored, or NULL: then the line of the one who
 * answers. */
static const char *check_reply(const Itip *it, const IcalComponent *object, const IcalComponent *sent,
			       IcalProperty **line)
{
	const IcalProperty *attendee = ical_find(sent, "ATTENDEE");
	size_t place = itip_find_instance(object, it->uid, sent);

	if (!attendee || ical_next(sent, attendee) || !itip_is_token(ical_parameter(attendee, "PARTSTAT")))
		return "a reply is of one attendee with a PARTSTAT";
	if (itip_is_recipient(it->wishes, itip_address(attendee)))
		return "it is of the recipient himself";
	if (place == object->inner_count)
		return "the instance that it answers is not stored by itself";
	if (itip_sequence(sent) < itip_sequence(object->inner[place]))
		return "it answers an older invitation";
	*line = itip_find_attendee(object->inner[place], itip_address(attendee));
	return *line ? NULL : "it is of somebody who was not invited";
}

static void set_parameter(const Itip *it, IcalProperty *line, const char *name, Slice value)
{
	ical_set_parameter(line, name, arena_copy_bytes(it->arena, value.data, value.length), it->arena);
}

static const char *take_reply(const Itip *it, const IcalComponent *object, const IcalComponent *sent)
{
	IcalProperty *line;
	const char *wrong = check_reply(it, object, sent, &line);
	Slice status, stamp;
	int age;

	if (wrong)
		return wrong;
	status = ical_parameter(ical_find(sent, "ATTENDEE"), "PARTSTAT");
	stamp = ascii_trim(ical_value(sent, "DTSTAMP"));
	age = compare_answers(stamp, line);
	if (age < 0)
		return "it is older than the answer that is stored";
	if (age == 0 && ascii_equal_fold(ical_parameter(line, "PARTSTAT"), status))
		return "it says nothing new";
	set_parameter(it, line, "PARTSTAT", status);
	set_parameter(it, line, REPLY_STAMP, stamp);
	return NULL;
}

void itip_reply(Itip *it)
{
	IcalComponent *object = it->stored ? ical_copy(it->stored, it->arena) : NULL;
	const IcalComponent *sent;
	const char *wrong = "";
	size_t at = 0;
	bool changed = false;

	if (!object || !itip_is_recipient(it->wishes, itip_organizer(it->stored, it->uid))) {
		itip_end(it, ITIP_NO_ACTION, "the recipient has not sent the invitation that it answers");
		return;
	}
	while ((sent = itip_next_sent(it, &at))) {
		const char *reason = take_reply(it, object, sent);

		changed |= !reason;
		wrong = reason ? reason : wrong;
	}
	it->result->object = object;
	itip_end(it, changed ? ITIP_UPDATED : ITIP_NO_ACTION, changed ? "" : wrong);
}
