/* date - RFC 5322 dates, the obsolete and the merely common ones too
 * RFC 5322 section 3.3 and 4.3; RFC 3339; asctime as in From_ lines */
#ifndef MESSAGE_DATE_H
#define MESSAGE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/text.h"

typedef struct MailDate {
	int64_t seconds;   /* since 1970-01-01T00:00:00Z */
	int zone_minutes;  /* east of UTC, as written; 0 for "-0000" */
	bool zone_unknown; /* "-0000", or none was given */
} MailDate;

/* Reads a date from an unfolded value (comments allowed).  False when it is none. */
bool date_parse(Slice value, MailDate *date);

/* A calendar day and time of day; month and day from 1. */
typedef struct CivilTime {
	int64_t year;
	int month, day, hour, minute, second, weekday; /* weekday: 0 is Sunday */
} CivilTime;

/* `seconds` since 1970 as seen `zone_minutes` east of UTC, and back. */
CivilTime date_civil(int64_t seconds, int zone_minutes);
int64_t date_seconds(const CivilTime *civil, int zone_minutes);

/* The local zone's offset at that moment, in minutes east of UTC (tzset first). */
int date_local_zone(int64_t seconds);

/* "Tue, 24 Nov 2026 08:11:22 +0000" */
void date_write_rfc5322(int64_t seconds, int zone_minutes, Text *out);

/* "Tue Nov 24 08:11:22 2026" in UTC: the date of a From_ line (RFC 4155). */
void date_write_asctime(int64_t seconds, Text *out);

#endif
