/* A date that was read and written is read as the same instant in the same zone (RFC 5322, 3.3), and a
 * calendar day is the moment that it was made of. */
#include "fuzz.h"

#include "message/date.h"

enum {
	YEAR_LEAST = 1900,
	YEAR_MOST = 9999,
	ZONE_MAX = 24 * 60 /* minutes; beyond that nothing is one */
};

static void look_at_civil(int64_t seconds, int zone)
{
	CivilTime civil = date_civil(seconds, zone);

	LAW(date_seconds(&civil, zone) == seconds);
	LAW(civil.month >= 1 && civil.month <= 12 && civil.day >= 1 && civil.day <= 31);
	LAW(civil.hour >= 0 && civil.hour < 24 && civil.minute >= 0 && civil.minute < 60);
	LAW(civil.second >= 0 && civil.second < 60 && civil.weekday >= 0 && civil.weekday < 7);
}

/* Whatever a file's number says. */
static void look_at_number(Slice input)
{
	int64_t seconds;
	int16_t zone;

	if (input.length < sizeof seconds + sizeof zone)
		return;
	memcpy(&seconds, input.data, sizeof seconds);
	memcpy(&zone, input.data + sizeof seconds, sizeof zone);
	look_at_civil(seconds / 256, zone % ZONE_MAX);
}

static void fuzz(Slice input)
{
	AUTO_VALUE(Text) written = { 0 }, line = { 0 };
	MailDate date, again;

	look_at_number(input);
	if (!date_parse(input, &date))
		return;
	LAW(date.zone_minutes > -ZONE_MAX * 5 && date.zone_minutes < ZONE_MAX * 5);
	look_at_civil(date.seconds, date.zone_minutes);
	date_write_rfc5322(date.seconds, date.zone_minutes, &written);
	LAW(date_parse(text_slice(&written), &again), "'%s' is no date", text_string(&written));
	LAW(again.seconds == date.seconds, "'%s'", text_string(&written));
	LAW(again.zone_minutes == date.zone_minutes, "'%s'", text_string(&written));
	if (date_civil(date.seconds, 0).year < YEAR_LEAST || date_civil(date.seconds, 0).year > YEAR_MOST)
		return; /* in UTC a year beside those that are read */
	date_write_asctime(date.seconds, &line);
	LAW(date_parse(text_slice(&line), &again), "'%s' is no date", text_string(&line));
	LAW(again.seconds == date.seconds, "'%s'", text_string(&line));
}
