/* date - match the date of a header field, or the present one, part by part
 * RFC 5260, section 4 ("date") and 5 ("currentdate")
 *
 * The local zone is that of TZ or /etc/localtime: whoever confines the process must have called
 * tzset before, as sieve_needs_zone tells. */

#include "message/date.h"
#include "base/ascii.h"
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/zone.h"

/* A moment as it is looked at: in a zone. */
typedef struct Moment {
	int64_t seconds;
	int zone_minutes;
	CivilTime civil;
} Moment;

static void write_zone(const Moment *moment, Text *out)
{
	int zone = moment->zone_minutes, east = zone < 0 ? -zone : zone;

	text_printf(out, "%c%02d%02d", zone < 0 ? '-' : '+', east / 60, east % 60);
}

static void write_year(const Moment *moment, Text *out)
{
	text_printf(out, "%04lld", (long long)moment->civil.year);
}

static void write_month(const Moment *moment, Text *out)
{
	text_printf(out, "%02d", moment->civil.month);
}

static void write_day(const Moment *moment, Text *out)
{
	text_printf(out, "%02d", moment->civil.day);
}

static void write_date(const Moment *moment, Text *out)
{
	write_year(moment, out);
	text_printf(out, "-%02d-%02d", moment->civil.month, moment->civil.day);
}

/* The days since 1858-11-17, of the date as it is in the zone: 1970-01-01 was day 40587. */
static void write_julian(const Moment *moment, Text *out)
{
	int64_t local = moment->seconds + moment->zone_minutes * 60;
	int64_t days = local / 86400 - (local % 86400 < 0);

	text_printf(out, "%lld", (long long)(days + 40587));
}

static void write_hour(const Moment *moment, Text *out)
{
	text_printf(out, "%02d", moment->civil.hour);
}

static void write_minute(const Moment *moment, Text *out)
{
	text_printf(out, "%02d", moment->civil.minute);
}

static void write_second(const Moment *moment, Text *out)
{
	text_printf(out, "%02d", moment->civil.second);
}

static void write_time(const Moment *moment, Text *out)
{
	text_printf(out, "%02d:%02d:%02d", moment->civil.hour, moment->civil.minute, moment->civil.second);
}

static void write_iso8601(const Moment *moment, Text *out)
{
	sieve_zone_write(moment->seconds, moment->zone_minutes, out);
}

static void write_std11(const Moment *moment, Text *out)
{
	date_write_rfc5322(moment->seconds, moment->zone_minutes, out);
}

static void write_weekday(const Moment *moment, Text *out)
{
	text_printf(out, "%d", moment->civil.weekday);
}

typedef struct DatePart {
	const char *name;
	void (*write)(const Moment *moment, Text *out);
} DatePart;

/* Section 4.2. */
static const DatePart parts[] = {
	{ "year", write_year },       { "month", write_month },   { "day", write_day },
	{ "date", write_date },       { "julian", write_julian }, { "hour", write_hour },
	{ "minute", write_minute },   { "second", write_second }, { "time", write_time },
	{ "iso8601", write_iso8601 }, { "std11", write_std11 },   { "zone", write_zone },
	{ "weekday", write_weekday },
};

enum {
	PART_COUNT = sizeof parts / sizeof *parts
};

static const DatePart *find_part(Slice name)
{
	for (size_t i = 0; i < PART_COUNT; i++)
		if (ascii_equal_fold_string(name, parts[i].name))
			return &parts[i];
	return NULL;
}

/* ---- compiling ---- */

static void check_part(SieveCheck *check, SieveString *name)
{
	const char *names[PART_COUNT + 1] = { NULL };

	if (!sieve_is_constant(name))
		return;
	name->prepared = (void *)(size_t)find_part(name->text);
	if (name->prepared)
		return;
	for (size_t i = 0; i < PART_COUNT; i++)
		names[i] = parts[i].name;
	sieve_check_error(check, name->span, sieve_check_suggest(check, name->text, names),
			  "unknown date part '%.*s'", (int)name->text.length, name->text.data);
}

static void check_zones(SieveCheck *check, const SieveNode *node)
{
	if (!sieve_tag(node, "zone") && !sieve_tag(node, "originalzone"))
		sieve_check_need_zone(check);
}

static void check_date(SieveCheck *check, SieveNode *node)
{
	check_part(check, sieve_string(node, 1));
	check_zones(check, node);
}

static void check_currentdate(SieveCheck *check, SieveNode *node)
{
	check_part(check, sieve_string(node, 0));
	check_zones(check, node);
}

/* ---- running ---- */

/* The zone in which a date is looked at. */
static SieveStatus zone_for(SieveRun *run, const SieveNode *node, const MailDate *date, int *minutes)
{
	const SieveTagUse *zone = sieve_tag(node, "zone");
	SieveStatus status;
	Slice text;

	if (!zone) {
		*minutes = sieve_tag(node, "originalzone") ? date->zone_minutes
							   : date_local_zone(date->seconds);
		return SIEVE_OK;
	}
	status = sieve_expand(run, zone->value.strings.items, &text);
	if (status == SIEVE_OK && !sieve_zone_read(text, minutes))
		return sieve_fail(run, zone->span, "'%.*s' is no time zone: '+hhmm' or '-hhmm'",
				  (int)text.length, text.data);
	return status;
}

static SieveStatus part_for(SieveRun *run, const SieveString *name, const DatePart **part)
{
	Slice text;
	SieveStatus status;

	*part = name->prepared;
	if (*part)
		return SIEVE_OK;
	status = sieve_expand(run, name, &text);
	if (status != SIEVE_OK)
		return status;
	*part = find_part(text);
	return *part ? SIEVE_OK
		     : sieve_fail(run, name->span, "unknown date part '%.*s'", (int)text.length, text.data);
}

/* Matches a part of `date` with the keys at `place` + 1, the part's name standing at `place`. */
static SieveStatus match_date(SieveMatch *match, SieveRun *run, const SieveNode *node, size_t place,
			      const MailDate *date)
{
	AUTO_VALUE(Text) text = { 0 };
	const DatePart *part = NULL;
	Moment moment = { .seconds = date->seconds };
	SieveStatus status = part_for(run, sieve_string(node, place), &part);

	if (status == SIEVE_OK)
		status = zone_for(run, node, date, &moment.zone_minutes);
	if (status != SIEVE_OK)
		return status;
	moment.civil = date_civil(moment.seconds, moment.zone_minutes);
	part->write(&moment, &text);
	return sieve_match_value(match, arena_copy_slice(run->arena, text_slice(&text)));
}

/* What stands behind the last semicolon outside of comments; no data when there is none. */
static Slice behind_semicolon(Slice value)
{
	Slice rest = { 0 };
	size_t depth = 0;

	for (size_t i = 0; i < value.length; i++)
		if (value.data[i] == '\\')
			i++;
		else if (value.data[i] == '(')
			depth++;
		else if (value.data[i] == ')' && depth)
			depth--;
		else if (value.data[i] == ';' && !depth)
			rest = slice_from(value, i + 1);
	return rest;
}

/* The date of a field: all of it, or what stands behind its last semicolon (Received). */
static bool read_date(Slice value, MailDate *date)
{
	const char *semicolon = value.length ? memrchr(value.data, ';', value.length) : NULL;

	if (semicolon && date_parse(slice_from(value, (size_t)(semicolon - value.data) + 1), date))
		return true;
	return date_parse(value, date) || (semicolon && date_parse(behind_semicolon(value), date));
}

static SieveStatus test_date(SieveRun *run, const SieveNode *node, bool *result)
{
	SieveFields fields;
	SieveMatch match;
	MailDate date;
	SieveStatus status = sieve_fields(run, node, sieve_strings(node, 0), &fields);

	if (status != SIEVE_OK)
		return status;
	sieve_match_begin(&match, run, node, sieve_strings(node, 2));
	/* Of several fields the first, or the one that ":index" left. */
	if (fields.count && read_date(sieve_field_raw(run, fields.items[0]), &date))
		status = match_date(&match, run, node, 1, &date);
	return sieve_match_end(&match, status, result);
}

static SieveStatus test_currentdate(SieveRun *run, const SieveNode *node, bool *result)
{
	MailDate now = { .seconds = run->input->now };
	SieveMatch match;

	sieve_match_begin(&match, run, node, sieve_strings(node, 1));
	return sieve_match_end(&match, match_date(&match, run, node, 0, &now), result);
}

const SieveExtension sieve_ext_date = {
	.capability = "date",
	.about = "test dates in the header, and today",
	.document = "RFC 5260, 4 and 5",
	.tests =
		(const SieveVerb[]){
			{
				.name = "date",
				.parameters = SIEVE_PARAMETERS(
					{ .name = "header-name", .type = SIEVE_STRING },
					{ .name = "date-part", .type = SIEVE_STRING },
					{ .name = "key-list", .type = SIEVE_STRING_LIST }),
				.takes = SIEVE_TAKES_MATCH,
				.check = check_date,
				.test = test_date,
			},
			{
				.name = "currentdate",
				.parameters = SIEVE_PARAMETERS(
					{ .name = "date-part", .type = SIEVE_STRING },
					{ .name = "key-list", .type = SIEVE_STRING_LIST }),
				.takes = SIEVE_TAKES_MATCH,
				.check = check_currentdate,
				.test = test_currentdate,
			},
			{ 0 },
		},
	.tags =
		(const SieveTag[]){
			{
				.name = "zone",
				.of = "date currentdate",
				.value = SIEVE_STRING,
				.group = "zone",
				.check = sieve_zone_check,
			},
			{ .name = "originalzone", .of = "date", .group = "zone" },
			{ 0 },
		},
};
