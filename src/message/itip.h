/* itip - what a calendar object in a message asks for, and what becomes of the one that is stored
 * RFC 5546 (iTIP) and 6047 (iMIP), as far as RFC 9671 has them processed without a person
 *
 * Nothing is read or written here: an object that arrived and one that was stored (or none) become the one
 * that is to be stored.  What only the organizer or the attendee can decide (COUNTER, REFRESH, ...) is left
 * to him.
 *
 * Anybody can send such a message.  So an object is changed only in its organizer's name, and by whom it
 * names: an organizer that is another one, an attendee who was not invited, an older SEQUENCE change nothing.
 * Alarms are the user's own affair, and attachments that come along within the object stay in the message:
 * neither is stored.  Whether the recipient takes part is for him to say: what is stored of that stays. */
#ifndef MESSAGE_ITIP_H
#define MESSAGE_ITIP_H

#include <stdbool.h>

#include "base/arena.h"
#include "message/icalendar.h"
#include "message/identity.h"

typedef enum ItipOutcome {
	ITIP_NO_ACTION,
	ITIP_ADDED,
	ITIP_UPDATED, /* also: cancelled, or removed */
	ITIP_ERROR,
} ItipOutcome;

/* What RFC 9671 calls them in a script. */
const char *itip_outcome_name(ItipOutcome outcome);

typedef struct ItipWishes {
	bool allow_public;     /* what invites nobody: PUBLISH, or no method at all */
	bool updates_only;     /* nothing new */
	bool delete_cancelled; /* rather than mark it */
	const Identity *own;   /* the recipient's own addresses */
	const char *delimiter; /* identity_has's */
} ItipWishes;

typedef struct ItipResult {
	ItipOutcome outcome;
	const char *reason;    /* in a few words; "" when all is well */
	IcalComponent *object; /* ADDED, UPDATED: what is to be stored; NULL: it is to be removed */
} ItipResult;

enum {
	ITIP_OBJECTS_MAX = 32 /* in one message; an itinerary has a dozen */
};

/* Can it be processed at all?  NULL, or why not.  `method` is the parameter of the part's Content-Type; NULL
 * data: it has none. */
const char *itip_check(const IcalComponent *calendar, Slice method, const ItipWishes *wishes);

/* The UIDs of the objects in it, each once: of those that itip_check lets pass, all; of others, the first. */
size_t itip_uids(const IcalComponent *calendar, Slice uids[ITIP_OBJECTS_MAX + 1]);

/* The address of the organizer of the object `uid`; empty when it has none. */
Slice itip_organizer(const IcalComponent *calendar, Slice uid);

/* What is to become of the object `uid`, of a calendar that itip_check let pass.  `stored` is NULL when there
 * is none yet; it is not changed.  Everything lives in `arena`, and the strings of both. */
void itip_process(const IcalComponent *calendar, Slice uid, const IcalComponent *stored,
		  const ItipWishes *wishes, Arena *arena, ItipResult *result);

#endif
