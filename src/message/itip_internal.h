/* itip_internal - what the files itip*.c share */
#ifndef MESSAGE_ITIP_INTERNAL_H
#define MESSAGE_ITIP_INTERNAL_H

#include "message/itip.h"

/* One object on its way. */
typedef struct Itip {
	const IcalComponent *calendar, *stored;
	Slice uid;
	const ItipWishes *wishes;
	Arena *arena;
	ItipResult *result;
} Itip;

/* ---- itip_object.c ---- */

/* Is it an event, a to-do or a journal entry; and of this UID? */
bool itip_is_scheduled(const IcalComponent *component);
bool itip_is_of(const IcalComponent *component, Slice uid);

bool itip_is_method(const IcalComponent *calendar, const char *name);
bool itip_is_public(const IcalComponent *calendar);

/* The address in a property; empty for NULL.  The empty one is the same as none. */
Slice itip_address(const IcalProperty *property);
bool itip_same_address(Slice a, Slice b);
bool itip_is_recipient(const ItipWishes *wishes, Slice address);

/* The line of the attendee with this address, or NULL; is the recipient an attendee? */
IcalProperty *itip_find_attendee(const IcalComponent *component, Slice address);
bool itip_invites(const IcalComponent *component, const ItipWishes *wishes);

/* May it be a parameter's value without quotes, as a PARTSTAT is? */
bool itip_is_token(Slice value);

/* Gives the recipient in `component` the PARTSTAT that he has in `old`, if that names him. */
void itip_keep_status(const Itip *it, IcalComponent *component, const IcalComponent *old);

/* Decides; what was made is dropped unless it is to be stored. */
void itip_end(Itip *it, ItipOutcome outcome, const char *reason);

/* The components of the message that are of the UID: the next one from `*at` on, and the first; or NULL. */
const IcalComponent *itip_next_sent(const Itip *it, size_t *at);
const IcalComponent *itip_first_sent(const Itip *it);

unsigned long itip_sequence(const IcalComponent *component);

/* RFC 5546, 2.1.5: by SEQUENCE, then by DTSTAMP.  More than 0 when `sent` is the newer one. */
int itip_compare_age(const IcalComponent *sent, const IcalComponent *stored);

/* The place in `object` of the component for the same instance as `sent`, its inner_count when there is none;
 * and the component that stands for the series, or NULL. */
size_t itip_find_instance(const IcalComponent *object, Slice uid, const IcalComponent *sent);
IcalComponent *itip_find_master(const IcalComponent *object, Slice uid);

/* What may be stored of a component that somebody sent. */
IcalComponent *itip_clean(const IcalComponent *sent, Arena *arena);

/* The time zones that came along, in place of those of the same name. */
void itip_take_zones(const Itip *it, IcalComponent *object);

/* Ends it where the message is not from the organizer of what is stored. */
bool itip_is_from_organizer(Itip *it);

/* ---- itip_change.c ---- */

void itip_cancel(Itip *it);
void itip_reply(Itip *it);

#endif
