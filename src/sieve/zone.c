#include "sieve/zone.h"

#include "base/ascii.h"
#include "message/date.h"

bool sieve_zone_read(Slice text, int *minutes)
{
	int digits[4];

	if (text.length != 5 || (text.data[0] != '+' && text.data[0] != '-'))
		return false;
	for (size_t i = 0; i < 4; i++) {
		if (!ascii_is_digit(text.data[i + 1]))
			return false;
		digits[i] = text.data[i + 1] - '0';
	}
	*minutes = digits[0] * 600 + digits[1] * 60 + digits[2] * 10 + digits[3];
	if (digits[2] > 5)
		return false;
	if (text.data[0] == '-')
		*minutes = -*minutes;
	return true;
}

void sieve_zone_check(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveString *zone = use->value.strings.items;
	int minutes;

	(void)node;
	if (sieve_is_constant(zone) && !sieve_zone_read(zone->text, &minutes))
		sieve_check_error(check, zone->span, NULL, "a time zone is '+hhmm' or '-hhmm'");
}

void sieve_zone_write(int64_t seconds, int zone_minutes, Text *out)
{
	CivilTime civil = date_civil(seconds, zone_minutes);
	int east = zone_minutes < 0 ? -zone_minutes : zone_minutes;

	text_printf(out, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)civil.year, civil.month, civil.day,
		    civil.hour, civil.minute, civil.second);
	if (zone_minutes == 0)
		text_append_char(out, 'Z');
	else
		text_printf(out, "%c%02d:%02d", zone_minutes < 0 ? '-' : '+', east / 60, east % 60);
}
