/* calendar - the calendar data in the message as it is now
 * RFC 9671, section 4: what stands in several parts must be the same */
#ifndef SIEVE_CALENDAR_H
#define SIEVE_CALENDAR_H

#include "message/icalendar.h"
#include "sieve/run.h"

typedef struct SieveCalendar {
	IcalComponent *calendar; /* NULL: `reason` says why there is none that can be processed */
	Slice method;            /* of the part's Content-Type (RFC 6047, 2.4); NULL data: not given */
	const char *reason;
} SieveCalendar;

/* Looks into the parts "text/calendar"; where there is none, into "application/ics", as some programs call
 * the same. */
SieveStatus sieve_find_calendar(SieveRun *run, SieveSpan span, SieveCalendar *found);

#endif
