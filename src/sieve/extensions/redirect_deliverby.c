/* redirect_deliverby - by when a redirected message is to be delivered
 * RFC 6009, section 7; RFC 2852; RFC 3339 */
#include "sieve/extensions/list.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/date.h"
#include "sieve/extension.h"

enum {
	MOST_SECONDS = 999999999, /* RFC 2852, section 4: nine digits */
	SHOWN = 100
};

#define NO_TIME    "'%.*s' is no time; one is written as 2026-11-28T13:00:00Z"
#define WANTS_MODE "':bymode' wants \"notify\" or \"return\""

/* "Z", "+01:00", and "+0100" as "currentdate" has it: the example in RFC 6009, 7.2 puts one together so. */
static bool has_zone(Slice text)
{
	const char *end = text.data + text.length;

	return end[-1] == 'Z' || strchr("+-", end[-6]) || strchr("+-", end[-5]);
}

/* A time as RFC 3339 has it, in seconds since 1970. */
static bool read_time(Slice text, int64_t *seconds)
{
	MailDate date;

	if (text.length < 20 || !has_zone(text) || text.data[4] != '-' || text.data[10] != 'T' ||
	    !date_parse(text, &date))
		return false;
	*seconds = date.seconds;
	return true;
}

static void check_relative(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	(void)node;
	if (use->value.number > MOST_SECONDS)
		sieve_check_error(check, use->value.span, NULL, "no more than %d seconds can be said",
				  MOST_SECONDS);
}

static void check_absolute(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveString *value = use->value.strings.items;
	int64_t seconds;

	(void)node;
	if (sieve_is_constant(value) && !read_time(value->text, &seconds))
		sieve_check_error(check, value->span, NULL, NO_TIME, (int)utf8_cut(value->text, SHOWN).length,
				  value->text.data);
}

static bool is_mode(Slice value)
{
	return ascii_equal_fold(value, SLICE("notify")) || ascii_equal_fold(value, SLICE("return"));
}

static void check_needs_time(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	if (!sieve_tag(node, "bytimerelative") && !sieve_tag(node, "bytimeabsolute"))
		sieve_check_error(check, use->span, NULL,
				  "':%s' needs ':bytimerelative' or ':bytimeabsolute' too", use->tag->name);
}

static void check_mode(SieveCheck *check, SieveNode *node, SieveTagUse *use)
{
	const SieveString *value = use->value.strings.items;

	check_needs_time(check, node, use);
	if (sieve_is_constant(value) && !is_mode(value->text))
		sieve_check_error(check, value->span, NULL, WANTS_MODE);
}

static void set_time(SieveRun *run, Action *action, int64_t seconds)
{
	action->deliver_by = arena_printf(run->arena, "%lld", (long long)seconds);
	if (!action->deliver_by_mode)
		action->deliver_by_mode = "RETURN";
}

/* Later than can be said is as late as can be said. */
static int64_t within(int64_t seconds)
{
	if (seconds > MOST_SECONDS)
		return MOST_SECONDS;
	return seconds < -MOST_SECONDS ? -MOST_SECONDS : seconds;
}

static SieveStatus apply_relative(SieveRun *run, const SieveTagUse *use, Action *action)
{
	set_time(run, action, (int64_t)use->value.number);
	return SIEVE_OK;
}

static SieveStatus apply_absolute(SieveRun *run, const SieveTagUse *use, Action *action)
{
	int64_t seconds;
	Slice value;
	SieveStatus status = sieve_expand(run, use->value.strings.items, &value);

	if (status == SIEVE_OK && !read_time(value, &seconds))
		status = sieve_fail(run, use->value.span, NO_TIME, (int)utf8_cut(value, SHOWN).length,
				    value.data);
	if (status == SIEVE_OK)
		set_time(run, action, within(seconds - run->input->now));
	return status;
}

static SieveStatus apply_mode(SieveRun *run, const SieveTagUse *use, Action *action)
{
	Slice value;
	SieveStatus status = sieve_expand(run, use->value.strings.items, &value);

	if (status == SIEVE_OK && !is_mode(value))
		status = sieve_fail(run, use->value.span, WANTS_MODE);
	if (status == SIEVE_OK)
		action->deliver_by_mode = ascii_equal_fold(value, SLICE("notify")) ? "NOTIFY" : "RETURN";
	return status;
}

static SieveStatus apply_trace(SieveRun *run, const SieveTagUse *use, Action *action)
{
	(void)run;
	(void)use;
	action->deliver_by_trace = true;
	return SIEVE_OK;
}

static const SieveTag tags[] = {
	{ .name = "bymode",
	  .of = "redirect",
	  .value = SIEVE_STRING,
	  .check = check_mode,
	  .apply = apply_mode },
	{ .name = "bytimeabsolute",
	  .of = "redirect",
	  .value = SIEVE_STRING,
	  .group = "bytime",
	  .check = check_absolute,
	  .apply = apply_absolute },
	{ .name = "bytimerelative",
	  .of = "redirect",
	  .value = SIEVE_NUMBER,
	  .group = "bytime",
	  .check = check_relative,
	  .apply = apply_relative },
	{ .name = "bytrace", .of = "redirect", .check = check_needs_time, .apply = apply_trace },
	{ 0 },
};

const SieveExtension sieve_ext_redirect_deliverby = {
	.capability = "redirect-deliverby",
	.about = "say by when a redirected message is to be delivered",
	.document = "RFC 6009, 7",
	.tags = tags,
};
