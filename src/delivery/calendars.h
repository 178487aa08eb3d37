/* calendars - a directory of calendars, each a directory of objects, each a file: what calendar programs call
 * a vdir RFC 9671 (processcalendar)
 *
 * An object is the file whose name is the digest of its UID, ".ics" behind it; one that another program named
 * for the UID itself is found too.  It is replaced at once, and only while it is as it was when the rules saw
 * it. */
#ifndef DELIVERY_CALENDARS_H
#define DELIVERY_CALENDARS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "plan/plan.h"
#include "plan/world.h"

/* The calendar that gets what is put into none by name. */
#define CALENDARS_DEFAULT "default"

typedef struct Calendars {
	const char *directory; /* absolute; "": there are none */
	const char *home;      /* below it directories are made where they are missing */
	uid_t owner;
} Calendars;

/* Answers ASK_CALENDAR.  False (RETRY) and `why` when it cannot be known just now. */
bool calendars_answer(const Calendars *calendars, const Question *question, Answer *answer, Failure *why);

/* A change that is written and not yet to be seen. */
typedef struct CalendarChange CalendarChange;

/* Locks what the action is about and writes what is to be stored.  NULL (RETRY) and `why`: nothing has
 * changed; also when somebody else has changed it meanwhile. */
CalendarChange *calendar_prepare(const Calendars *calendars, const Action *action, Failure *why);

/* Makes it so. */
bool calendar_commit(CalendarChange *change, Failure *why);

/* Takes back what has not been committed. */
void calendar_free(CalendarChange *change);

DEFINE_AUTO(CalendarChange, calendar_free)

#endif
