#include "sieve/calendar.h"

#include <string.h>

#include "base/ascii.h"
#include "message/limits.h"
#include "message/parameters.h"
#include "sieve/parts.h"

/* ---- one part ---- */

typedef struct Gathering {
	Text text;
	bool too_long;
} Gathering;

static bool gather(void *self, Slice bytes)
{
	Gathering *gathering = self;

	gathering->too_long = gathering->text.length + bytes.length > LIMIT_ICAL_BYTES;
	if (!gathering->too_long)
		text_append_slice(&gathering->text, bytes);
	return !gathering->too_long;
}

/* The object in it; NULL with found->reason when it cannot be understood. */
static SieveStatus read_part(SieveRun *run, const MimeTree *tree, size_t part, IcalComponent **calendar,
			     SieveCalendar *found)
{
	Gathering gathering = { 0 };
	Failure why = { 0 };
	SieveStatus status = SIEVE_OK;

	*calendar = NULL;
	if (!run->input->mime->read_part(run->message, tree, part, MIME_DECODE_UTF8, gather, &gathering,
					 &why))
		status = sieve_later(run, &why);
	else if (gathering.too_long)
		found->reason = "the calendar data is too long";
	else
		*calendar = ical_read(arena_copy_slice(run->arena, text_slice(&gathering.text)), run->arena,
				      &why);
	if (status == SIEVE_OK && !*calendar && !gathering.too_long)
		found->reason = arena_printf(run->arena, "malformed: %s", why.text);
	text_clear(&gathering.text);
	return status;
}

static SieveStatus read_method(SieveRun *run, SieveSpan span, size_t part, SieveCalendar *found)
{
	const HeaderIndex *header;
	const HeaderField *field;
	Parameters parameters;
	SieveStatus status = sieve_part_header(run, span, part, &header);

	if (status != SIEVE_OK)
		return status;
	field = header_find(header, SLICE("content-type"));
	if (!field)
		return SIEVE_OK;
	parameters = parameters_read(header_unfold(field, run->arena), run->arena);
	for (size_t i = 0; i < parameters.count; i++)
		if (ascii_equal_fold(parameters.items[i].name, SLICE("method")))
			found->method = parameters.items[i].value;
	return SIEVE_OK;
}

/* ---- all of them ---- */

static bool is_type(const MimePart *part, const char *type, const char *subtype)
{
	return part->is_leaf && strcmp(part->type, type) == 0 && strcmp(part->subtype, subtype) == 0;
}

/* False: there is no need to go on. */
static bool take_part(SieveRun *run, IcalComponent *calendar, SieveCalendar *found)
{
	if (calendar && found->calendar && !ical_equal(found->calendar, calendar, run->arena)) {
		found->reason = "its parts hold different calendar data";
		calendar = NULL;
	}
	found->calendar = calendar;
	return calendar != NULL;
}

static SieveStatus find(SieveRun *run, SieveSpan span, const MimeTree *tree, const char *type,
			const char *subtype, bool *any, SieveCalendar *found)
{
	SieveStatus status = SIEVE_OK;

	for (size_t i = 0; i < tree->count && status == SIEVE_OK; i++) {
		IcalComponent *calendar;

		if (!is_type(&tree->parts[i], type, subtype))
			continue;
		*any = true;
		status = sieve_check_memory(run, span);
		if (status == SIEVE_OK)
			status = read_part(run, tree, i, &calendar, found);
		if (status == SIEVE_OK && !found->method.data)
			status = read_method(run, span, i, found);
		if (status == SIEVE_OK && !take_part(run, calendar, found))
			break;
	}
	return status;
}

SieveStatus sieve_find_calendar(SieveRun *run, SieveSpan span, SieveCalendar *found)
{
	bool any = false;
	MimeTree *tree;
	SieveStatus status = sieve_mime_tree(run, &tree);

	*found = (SieveCalendar){ .reason = "there is no calendar data in the message" };
	if (status == SIEVE_OK)
		status = find(run, span, tree, "text", "calendar", &any, found);
	if (status == SIEVE_OK && !any)
		status = find(run, span, tree, "application", "ics", &any, found);
	return status;
}
