/* A calendar object that was read and written is the same object, in lines that are not too long (RFC
 * 5545, 3.1), and what iTIP makes of any two is one that can be read.  The input is one that was sent, and
 * behind a line "%%" the one that is stored. */
#include "fuzz.h"

#include "message/icalendar.h"
#include "message/itip.h"

enum {
	LINE_OCTETS = 75
};

static void look_at_lines(Slice bytes)
{
	while (bytes.length) {
		const char *end = memmem(bytes.data, bytes.length, "\r\n", 2);

		LAW(end != NULL && end - bytes.data <= LINE_OCTETS);
		bytes = slice_from(bytes, (size_t)(end - bytes.data) + 2);
	}
}

static void look_at_written(const IcalComponent *component)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) written = { 0 }, again = { 0 };
	const IcalComponent *read;
	Failure why = { 0 };

	ical_write(component, &written);
	look_at_lines(text_slice(&written));
	read = ical_read(text_slice(&written), arena, &why);
	LAW(read != NULL, "%s: %s", why.text, text_string(&written));
	LAW(ical_equal(component, read, arena), "%s", text_string(&written));
	ical_write(read, &again);
	LAW_SAME(text_slice(&again), text_slice(&written));
}

static void look_at_result(const ItipResult *result, const IcalComponent *stored)
{
	LAW(itip_outcome_name(result->outcome) != NULL && result->reason != NULL);
	LAW(result->outcome != ITIP_ADDED || result->object);
	LAW(result->object || result->outcome != ITIP_UPDATED || stored);
	if (result->object)
		look_at_written(result->object);
}

static void process(const IcalComponent *sent, const IcalComponent *stored, unsigned wanted, Arena *arena)
{
	Identity own = { 0 };
	ItipWishes wishes = { .allow_public = wanted & 1,
			      .updates_only = wanted & 2,
			      .delete_cancelled = wanted & 4,
			      .own = &own,
			      .delimiter = "+" };
	Slice method = wanted & 8 ? ical_value(sent, "METHOD") : (Slice){ NULL, 0 };
	Slice uids[ITIP_OBJECTS_MAX + 1];
	size_t count = itip_uids(sent, uids);

	identity_add(&own, "bob@example.net", arena);
	LAW(count <= ITIP_OBJECTS_MAX + 1);
	if (itip_check(sent, method, &wishes))
		return;
	for (size_t i = 0; i < count; i++) {
		AUTO_VALUE(Text) before = { 0 }, after = { 0 };
		ItipResult result = { 0 };

		if (stored)
			ical_write(stored, &before);
		itip_organizer(sent, uids[i]);
		itip_process(sent, uids[i], stored, &wishes, arena, &result);
		look_at_result(&result, stored);
		if (stored)
			ical_write(stored, &after);
		LAW_SAME(text_slice(&after), text_slice(&before));
	}
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	Failure why = { 0 };
	Slice first, second;
	const IcalComponent *sent, *stored;

	fuzz_halves(input, &first, &second);
	sent = ical_read(first, arena, &why);
	LAW(sent || *why.text);
	if (!sent)
		return;
	look_at_written(sent);
	LAW(ical_equal(sent, ical_copy(sent, arena), arena));
	stored = ical_read(second, arena, &why);
	for (unsigned wanted = 0; wanted < 16; wanted++)
		process(sent, stored, wanted, arena);
}
