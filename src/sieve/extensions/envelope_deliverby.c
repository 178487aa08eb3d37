/* envelope_deliverby - by when the message was to be delivered
 * RFC 6009, section 5; RFC 2852
 *
 * Known when the MTA tells it: see delivery/caller.c.  What counts is the time that is left when the rules
 * run. */
#include "sieve/extensions/list.h"

#include "message/date.h"
#include "sieve/extension.h"
#include "sieve/zone.h"

static SieveStatus hand_on(const SieveRun *run, const char *text, Slice *value)
{
	*value = run->input->envelope->deliver_by_mode ? slice_of(text) : (Slice){ 0 };
	return SIEVE_OK;
}

static SieveStatus get_mode(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	return hand_on(run, run->input->envelope->deliver_by_mode == 'N' ? "notify" : "return", value);
}

static SieveStatus get_trace(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	return hand_on(run, run->input->envelope->deliver_by_trace ? "trace" : "", value);
}

static SieveStatus get_relative(SieveRun *run, Slice name, Slice *value)
{
	(void)name;
	return hand_on(run,
		       arena_printf(run->arena, "%lld",
				    (long long)(run->input->envelope->deliver_by - run->input->now)),
		       value);
}

/* The zone of the test's ":zone", or the local one at that time. */
static SieveStatus zone_of(SieveRun *run, int64_t seconds, int *minutes)
{
	const SieveTagUse *use = sieve_tag(run->test, "zone");
	SieveStatus status;
	Slice text;

	if (!use) {
		*minutes = date_local_zone(seconds);
		return SIEVE_OK;
	}
	status = sieve_expand(run, use->value.strings.items, &text);
	if (status == SIEVE_OK && !sieve_zone_read(text, minutes))
		status = sieve_fail(run, use->span, "a time zone is '+hhmm' or '-hhmm'");
	return status;
}

static SieveStatus get_absolute(SieveRun *run, Slice name, Slice *value)
{
	int64_t seconds = run->input->envelope->deliver_by;
	AUTO_VALUE(Text) text = { 0 };
	int minutes;
	SieveStatus status = zone_of(run, seconds, &minutes);

	(void)name;
	if (status != SIEVE_OK)
		return status;
	sieve_zone_write(seconds, minutes, &text);
	return hand_on(run, arena_copy_string(run->arena, text_string(&text)), value);
}

static const SieveItem parts[] = {
	{ "bymode", .get = get_mode },
	{ "bytimeabsolute", .needs_zone = true, .get = get_absolute },
	{ "bytimerelative", .get = get_relative },
	{ "bytrace", .get = get_trace },
	{ 0 },
};

static const SieveTag tags[] = {
	{ .name = "zone", .of = "envelope", .value = SIEVE_STRING, .check = sieve_zone_check },
	{ 0 },
};

const SieveExtension sieve_ext_envelope_deliverby = {
	.capability = "envelope-deliverby",
	.about = "test by when the message was to be delivered",
	.document = "RFC 6009, 5",
	.envelope = parts,
	.tags = tags,
};
