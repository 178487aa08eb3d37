/* zone - time zones and times as scripts write them
 * RFC 5260, section 4.1; RFC 6009, section 5 and 7; RFC 3339 */
#ifndef SIEVE_ZONE_H
#define SIEVE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/text.h"
#include "sieve/check.h"
#include "sieve/tree.h"

/* "+hhmm": minutes east of UTC; false when `text` is no zone. */
bool sieve_zone_read(Slice text, int *minutes);

/* The `check` of a tag ":zone". */
void sieve_zone_check(SieveCheck *check, SieveNode *node, SieveTagUse *use);

/* "2026-11-28T13:00:00+01:00", with "Z" in UTC (RFC 3339, 5.6). */
void sieve_zone_write(int64_t seconds, int zone_minutes, Text *out);

#endif
