/* date - dates of mail, read and written
 * RFC 5322, section 3.3 and 4.3; RFC 3339; RFC 4155 (asctime in From_ lines)
 *
 * A date is read as a row of fields with a cursor that passes over blanks and comments in
 * between, where the obsolete syntax allows them: "10 : 00 : 00".  What is out of
 * range makes the whole no date, except for the two forms that are in use: a second of
 * 60 is the 59th (a leap second has no number of its own in seconds since 1970), and
 * 24:00:00 is midnight. */
#include "message/date.h"

#include <time.h>

#include "base/ascii.h"

enum {
	/* Longer numbers are none of a date's; shorter ones fit an int. */
	DIGITS_MAX = 8,
	DAY_SECONDS = 86400,
	YEAR_MIN = 1900, /* RFC 5322, 3.3 */
	YEAR_MAX = 9999, /* what is written has four digits */
};

typedef struct Cursor {
	const char *at, *end;
} Cursor;

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char weekdays[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* RFC 5322, 4.3; any other name, the single letters too, is an unknown zone. */
static const struct {
	const char *name;
	int minutes;
} zones[] = {
	{ "UT", 0 },        { "GMT", 0 },       { "UTC", 0 },       { "Z", 0 },
	{ "EST", -5 * 60 }, { "EDT", -4 * 60 }, { "CST", -6 * 60 }, { "CDT", -5 * 60 },
	{ "MST", -7 * 60 }, { "MDT", -6 * 60 }, { "PST", -8 * 60 }, { "PDT", -7 * 60 },
};

/* Passes over a comment at the cursor, nested ones in it; one that is not closed is not one. */
static bool skip_comment(Cursor *cursor)
{
	size_t depth = 0;

	for (const char *at = cursor->at; at < cursor->end; at++) {
		if (*at == '(')
			depth++;
		else if (*at == ')' && --depth == 0) {
			cursor->at = at + 1;
			return true;
		} else if (*at == '\\')
			at++;
	}
	return false;
}

static void skip_blanks(Cursor *cursor)
{
	while (cursor->at < cursor->end) {
		if (ascii_is_space(*cursor->at))
			cursor->at++;
		else if (*cursor->at != '(' || !skip_comment(cursor))
			return;
	}
}

static bool take(Cursor *cursor, char c)
{
	skip_blanks(cursor);
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

/* Reads a number of at most `most` digits; returns how many it has, 0 for none. */
static int take_number(Cursor *cursor, int most, int *number)
{
	int digits = 0, value = 0;

	skip_blanks(cursor);
	while (cursor->at + digits < cursor->end && ascii_is_digit(cursor->at[digits])) {
		if (digits == most)
			return 0;
		value = value * 10 + (cursor->at[digits++] - '0');
	}
	cursor->at += digits;
	*number = value;
	return digits;
}

static Slice take_word(Cursor *cursor)
{
	const char *from;

	skip_blanks(cursor);
	from = cursor->at;
	while (cursor->at < cursor->end && ascii_is_alpha(*cursor->at))
		cursor->at++;
	return slice(from, (size_t)(cursor->at - from));
}

/* The place in `names` of a name or its longer form ("Sept", "Thursday"), or -1. */
static int find_name(Slice word, const char (*names)[4], int count)
{
	for (int i = 0; i < count; i++)
		if (word.length >= 3 && ascii_starts_with_fold(word, names[i]))
			return i;
	return -1;
}

static bool take_month(Cursor *cursor, CivilTime *civil)
{
	civil->month = find_name(take_word(cursor), months, 12) + 1;
	return civil->month > 0;
}

/* RFC 5322, 4.3: two digits, and three from those who count from 1900. */
static bool take_year(Cursor *cursor, CivilTime *civil)
{
	int year = 0, digits = take_number(cursor, DIGITS_MAX, &year);

	if (digits == 2)
		year += year < 50 ? 2000 : 1900;
	else if (digits == 3)
		year += 1900;
	civil->year = year;
	return digits >= 2;
}

/* "06:09:22 PM" of programs that ask the locale for a date. */
static bool take_half_of_day(Cursor *cursor, CivilTime *civil)
{
	Cursor before = *cursor;
	Slice word = take_word(cursor);
	bool am = ascii_equal_fold_string(word, "AM"), pm = ascii_equal_fold_string(word, "PM");

	if (!am && !pm) {
		*cursor = before;
		return true;
	}
	if (civil->hour < 1 || civil->hour > 12)
		return false;
	civil->hour = civil->hour % 12 + (pm ? 12 : 0);
	return true;
}

static bool take_time(Cursor *cursor, CivilTime *civil)
{
	if (!take_number(cursor, 2, &civil->hour) || !take(cursor, ':') ||
	    !take_number(cursor, 2, &civil->minute))
		return false;
	civil->second = 0;
	if (!take(cursor, ':'))
		return take_half_of_day(cursor, civil);
	if (!take_number(cursor, 2, &civil->second))
		return false;
	if (cursor->end - cursor->at > 1 && *cursor->at == '.') /* RFC 3339 has fractions */
		do
			cursor->at++;
		while (cursor->at < cursor->end && ascii_is_digit(*cursor->at));
	return take_half_of_day(cursor, civil);
}

/* "+0530", "-08:00", and "+530" or "+5" of careless programs. */
static bool take_numeric_zone(Cursor *cursor, MailDate *date)
{
	bool west = *cursor->at == '-';
	int number, minutes = 0, digits;

	cursor->at++;
	digits = take_number(cursor, 4, &number);
	if (!digits)
		return false;
	if (digits <= 2 && cursor->end - cursor->at > 1 && *cursor->at == ':') {
		cursor->at++;
		if (take_number(cursor, 2, &minutes) != 2)
			return false;
	} else if (digits > 2) {
		minutes = number % 100;
		number /= 100;
	}
	if (minutes > 59)
		return false;
	date->zone_minutes = (number * 60 + minutes) * (west ? -1 : 1);
	date->zone_unknown = west && date->zone_minutes == 0;
	return true;
}

static bool at_sign(const Cursor *cursor)
{
	return cursor->at < cursor->end && (*cursor->at == '+' || *cursor->at == '-');
}

static bool take_zone(Cursor *cursor, MailDate *date)
{
	Slice word;

	skip_blanks(cursor);
	date->zone_unknown = true;
	date->zone_minutes = 0;
	if (at_sign(cursor))
		return take_numeric_zone(cursor, date);
	word = take_word(cursor);
	if (word.length && at_sign(cursor)) /* "GMT+0200" */
		return take_numeric_zone(cursor, date);
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		if (ascii_equal_fold_string(word, zones[i].name)) {
			date->zone_minutes = zones[i].minutes;
			date->zone_unknown = false;
		}
	return true;
}

/* "Tue, 24 Nov 2026 08:11:22 +0000", "24-Nov-26 08:11 EST" */
static bool read_day_first(Cursor *cursor, CivilTime *civil, MailDate *date)
{
	if (!take_number(cursor, 2, &civil->day))
		return false;
	take(cursor, '-');
	if (!take_month(cursor, civil))
		return false;
	take(cursor, '.');
	take(cursor, '-');
	if (!take_year(cursor, civil))
		return false;
	take(cursor, ',');
	return take_time(cursor, civil) && take_zone(cursor, date);
}

/* "Nov 24 08:11:22 2026", a zone in front of or behind the year */
static bool read_month_first(Cursor *cursor, CivilTime *civil, MailDate *date)
{
	if (!take_month(cursor, civil) || !take_number(cursor, 2, &civil->day) || !take_time(cursor, civil) ||
	    !take_zone(cursor, date) || !take_year(cursor, civil))
		return false;
	return !date->zone_unknown || take_zone(cursor, date);
}

/* "2026-11-24T08:11:22Z", with a blank for the T too */
static bool read_year_first(Cursor *cursor, CivilTime *civil, MailDate *date)
{
	int year;

	if (take_number(cursor, 4, &year) != 4 || !take(cursor, '-') ||
	    take_number(cursor, 2, &civil->month) != 2 || !take(cursor, '-') ||
	    take_number(cursor, 2, &civil->day) != 2)
		return false;
	civil->year = year;
	if (!take(cursor, 'T'))
		take(cursor, 't');
	return take_time(cursor, civil) && take_zone(cursor, date);
}

static int days_in_month(int64_t year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

static bool in_range(CivilTime *civil)
{
	if (civil->year < YEAR_MIN || civil->year > YEAR_MAX || civil->month < 1 || civil->month > 12 ||
	    civil->day < 1 || civil->day > days_in_month(civil->year, civil->month))
		return false;
	if (civil->second == 60)
		civil->second = 59;
	if (civil->hour == 24) /* the next day, which is to have a year that can be written */
		return civil->minute == 0 && civil->second == 0 &&
		       (civil->year < YEAR_MAX || civil->month < 12 || civil->day < 31);
	return civil->hour < 24 && civil->minute < 60 && civil->second < 60;
}

/* The weekday says nothing that the date does not.  One in another language is known by its
 * comma. */
static void skip_weekday(Cursor *cursor)
{
	Cursor first = *cursor;
	bool known = find_name(take_word(cursor), weekdays, 7) >= 0;

	take(cursor, '.');
	if (!take(cursor, ',') && !known)
		*cursor = first;
	skip_blanks(cursor);
}

bool date_parse(Slice value, MailDate *date)
{
	Cursor cursor = { value.data, value.data + value.length };
	CivilTime civil = { 0 };
	MailDate read = { 0 };
	bool good;

	skip_blanks(&cursor);
	if (cursor.end - cursor.at > 4 && cursor.at[4] == '-' && ascii_is_digit(*cursor.at)) {
		good = read_year_first(&cursor, &civil, &read);
	} else {
		skip_weekday(&cursor);
		good = cursor.at < cursor.end && ascii_is_alpha(*cursor.at)
			       ? read_month_first(&cursor, &civil, &read)
			       : read_day_first(&cursor, &civil, &read);
	}
	if (!good || !in_range(&civil))
		return false;
	read.seconds = date_seconds(&civil, read.zone_minutes);
	*date = read;
	return true;
}

/* Days since 1970-01-01 of the Gregorian calendar; years are counted from March, so that the
 * day that leap years add is their last.  An era is 400 years. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400, year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int64_t date_seconds(const CivilTime *civil, int zone_minutes)
{
	return days_from_civil(civil->year, civil->month, civil->day) * DAY_SECONDS + civil->hour * 3600 +
	       civil->minute * 60 + civil->second - (int64_t)zone_minutes * 60;
}

static void civil_from_days(int64_t days, CivilTime *civil)
{
	int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	civil->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	civil->month = (int)(month < 10 ? month + 3 : month - 9);
	civil->year = year + era * 400 + (civil->month <= 2);
	civil->weekday = (int)(((days + 4) % 7 + 7) % 7);
}

CivilTime date_civil(int64_t seconds, int zone_minutes)
{
	int64_t local = seconds + (int64_t)zone_minutes * 60;
	int64_t days = (local >= 0 ? local : local - DAY_SECONDS + 1) / DAY_SECONDS;
	int of_day = (int)(local - days * DAY_SECONDS);
	CivilTime civil = { .hour = of_day / 3600, .minute = of_day / 60 % 60, .second = of_day % 60 };

	civil_from_days(days, &civil);
	return civil;
}

int date_local_zone(int64_t seconds)
{
	time_t moment = (time_t)seconds;
	struct tm local;

	tzset();
	return localtime_r(&moment, &local) ? (int)(local.tm_gmtoff / 60) : 0;
}

void date_write_rfc5322(int64_t seconds, int zone_minutes, Text *out)
{
	CivilTime civil = date_civil(seconds, zone_minutes);
	int zone = zone_minutes < 0 ? -zone_minutes : zone_minutes;

	text_printf(out, "%s, %02d %s %04lld %02d:%02d:%02d %c%02d%02d", weekdays[civil.weekday], civil.day,
		    months[civil.month - 1], (long long)civil.year, civil.hour, civil.minute, civil.second,
		    zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
}

void date_write_asctime(int64_t seconds, Text *out)
{
	CivilTime civil = date_civil(seconds, 0);

	text_printf(out, "%s %s %2d %02d:%02d:%02d %04lld", weekdays[civil.weekday], months[civil.month - 1],
		    civil.day, civil.hour, civil.minute, civil.second, (long long)civil.year);
}
