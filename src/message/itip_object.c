/* itip_object - what stands in calendar objects, as the rules of iTIP ask for it */
#include <string.h>

#include "base/ascii.h"
#include "message/itip_internal.h"

bool itip_is_scheduled(const IcalComponent *component)
{
	return ical_is(component, "VEVENT") || ical_is(component, "VTODO") || ical_is(component, "VJOURNAL");
}

bool itip_is_of(const IcalComponent *component, Slice uid)
{
	return itip_is_scheduled(component) && slice_equal(ical_value(component, "UID"), uid);
}

Slice itip_address(const IcalProperty *property)
{
	Slice value = property ? ascii_trim(property->value) : SLICE("");

	return ascii_starts_with_fold(value, "mailto:") ? slice_from(value, strlen("mailto:")) : value;
}

bool itip_same_address(Slice a, Slice b)
{
	return a.length && ascii_equal_fold(a, b);
}

bool itip_is_recipient(const ItipWishes *wishes, Slice address)
{
	return address.length && identity_has(wishes->own, address, wishes->delimiter);
}

/* The line of the attendee with this address, or NULL. */
IcalProperty *itip_find_attendee(const IcalComponent *component, Slice address)
{
	for (IcalProperty *it = ical_find(component, "ATTENDEE"); it; it = ical_next(component, it))
		if (itip_same_address(itip_address(it), address))
			return it;
	return NULL;
}

static IcalProperty *find_recipient(const IcalComponent *component, const ItipWishes *wishes)
{
	for (IcalProperty *it = ical_find(component, "ATTENDEE"); it; it = ical_next(component, it))
		if (itip_is_recipient(wishes, itip_address(it)))
			return it;
	return NULL;
}

bool itip_invites(const IcalComponent *component, const ItipWishes *wishes)
{
	return find_recipient(component, wishes) != NULL;
}

bool itip_is_token(Slice value)
{
	for (size_t i = 0; i < value.length; i++)
		if (!ascii_is_alnum(value.data[i]) && value.data[i] != '-')
			return false;
	return value.length > 0 && value.length <= 64;
}

/* RFC 5545, 3.2.12: none means this one. */
static Slice status_of(const IcalProperty *attendee)
{
	Slice status = ical_parameter(attendee, "PARTSTAT");

	return status.length ? status : SLICE("NEEDS-ACTION");
}

/* RFC 9671, 4: "MUST NOT make any changes to the participant status of the recipient". */
void itip_keep_status(const Itip *it, IcalComponent *component, const IcalComponent *old)
{
	const IcalProperty *before = find_recipient(old, it->wishes);
	const char *kept;

	if (!before || !itip_is_token(status_of(before)))
		return;
	kept = arena_copy_bytes(it->arena, status_of(before).data, status_of(before).length);
	for (IcalProperty *line = ical_find(component, "ATTENDEE"); line; line = ical_next(component, line))
		if (itip_is_recipient(it->wishes, itip_address(line)) &&
		    !ascii_equal_fold(status_of(line), slice_of(kept)))
			ical_set_parameter(line, "PARTSTAT", kept, it->arena);
}

Slice itip_organizer(const IcalComponent *calendar, Slice uid)
{
	for (size_t i = 0; i < calendar->inner_count; i++)
		if (itip_is_of(calendar->inner[i], uid) && ical_find(calendar->inner[i], "ORGANIZER"))
			return itip_address(ical_find(calendar->inner[i], "ORGANIZER"));
	return SLICE("");
}

bool itip_is_method(const IcalComponent *calendar, const char *name)
{
	return ascii_equal_fold_string(ascii_trim(ical_value(calendar, "METHOD")), name);
}

bool itip_is_public(const IcalComponent *calendar)
{
	return !ical_find(calendar, "METHOD") || itip_is_method(calendar, "PUBLISH");
}

void itip_end(Itip *it, ItipOutcome outcome, const char *reason)
{
	it->result->outcome = outcome;
	it->result->reason = reason;
	if (outcome == ITIP_NO_ACTION || outcome == ITIP_ERROR)
		it->result->object = NULL;
}

/* The present component of the message, `*at` behind it; NULL at the end. */
const IcalComponent *itip_next_sent(const Itip *it, size_t *at)
{
	while (*at < it->calendar->inner_count) {
		const IcalComponent *component = it->calendar->inner[(*at)++];

		if (itip_is_of(component, it->uid))
			return component;
	}
	return NULL;
}

const IcalComponent *itip_first_sent(const Itip *it)
{
	size_t at = 0;

	return itip_next_sent(it, &at);
}

unsigned long itip_sequence(const IcalComponent *component)
{
	Slice value = ascii_trim(ical_value(component, "SEQUENCE"));
	unsigned long sequence = 0;

	for (size_t i = 0; i < value.length && ascii_is_digit(value.data[i]); i++)
		sequence = sequence * 10 + (unsigned long)(value.data[i] - '0');
	return sequence;
}

int itip_compare_age(const IcalComponent *sent, const IcalComponent *stored)
{
	Slice a = ascii_trim(ical_value(sent, "DTSTAMP")), b = ascii_trim(ical_value(stored, "DTSTAMP"));

	if (itip_sequence(sent) != itip_sequence(stored))
		return itip_sequence(sent) > itip_sequence(stored) ? 1 : -1;
	/* What was sent is UTC and of one form; what is not was stored by another program. */
	return b.length == a.length ? memcmp(a.data, b.data, a.length) : 1;
}

/* Do both name the same instance of a series, or neither any? */
static bool itip_same_instance(const IcalComponent *a, const IcalComponent *b)
{
	const IcalProperty *left = ical_find(a, "RECURRENCE-ID"), *right = ical_find(b, "RECURRENCE-ID");

	return left && right ? slice_equal(ascii_trim(left->value), ascii_trim(right->value)) : left == right;
}

/* The place among the components of `object` of the one that `sent` is about; its count when there is none.
 */
size_t itip_find_instance(const IcalComponent *object, Slice uid, const IcalComponent *sent)
{
	size_t i = 0;

	while (i < object->inner_count &&
	       !(itip_is_of(object->inner[i], uid) && itip_same_instance(object->inner[i], sent)))
		i++;
	return i;
}

/* The component that stands for the series. */
IcalComponent *itip_find_master(const IcalComponent *object, Slice uid)
{
	for (size_t i = 0; i < object->inner_count; i++)
		if (itip_is_of(object->inner[i], uid) && !ical_find(object->inner[i], "RECURRENCE-ID"))
			return object->inner[i];
	return NULL;
}

/* What may be stored of a component that somebody sent. */
IcalComponent *itip_clean(const IcalComponent *sent, Arena *arena)
{
	IcalComponent *component = ical_copy(sent, arena);
	size_t kept = 0;

	ical_remove_inner(component, "VALARM");
	for (size_t i = 0; i < component->count; i++) {
		const IcalProperty *it = &component->properties[i];
		Slice kind = ical_parameter(it, "VALUE");

		if (!kind.data || !ascii_equal_fold(kind, SLICE("BINARY")))
			component->properties[kept++] = *it;
	}
	component->count = kept;
	return component;
}

/* The time zones that it came with, in place of those of the same name. */
void itip_take_zones(const Itip *it, IcalComponent *object)
{
	for (size_t i = 0; i < it->calendar->inner_count; i++) {
		const IcalComponent *zone = it->calendar->inner[i];
		size_t place = 0;

		if (!ical_is(zone, "VTIMEZONE"))
			continue;
		while (place < object->inner_count &&
		       !(ical_is(object->inner[place], "VTIMEZONE") &&
			 slice_equal(ical_value(object->inner[place], "TZID"), ical_value(zone, "TZID"))))
			place++;
		if (place < object->inner_count)
			object->inner[place] = ical_copy(zone, it->arena);
		else
			ical_add_inner(object, ical_copy(zone, it->arena), it->arena);
	}
}

static bool is_same_organizer(const Itip *it)
{
	Slice mine = itip_organizer(it->stored, it->uid), theirs = itip_organizer(it->calendar, it->uid);

	return mine.length || theirs.length ? itip_same_address(mine, theirs) : true;
}

bool itip_is_from_organizer(Itip *it)
{
	if (is_same_organizer(it))
		return true;
	itip_end(it, ITIP_NO_ACTION, "it is not from the organizer of what is stored");
	return false;
}
