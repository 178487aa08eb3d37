#include "commands/state_entries.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/printable.h"

enum {
	SHORT_ID = 12, /* as much of an id as people copy by hand */
	ABOUT_BYTES = 160
};

/* ---- reading ---- */

typedef struct Reading {
	const StateUse *use;
	Arena *arena;
	StateEntry *items;
	size_t count, capacity;
} Reading;

static bool keep(void *self, const StateEntry *entry)
{
	Reading *reading = self;
	StateEntry copy = *entry;

	if (reading->use && *reading->use != entry->use)
		return true;
	copy.id = arena_copy_string(reading->arena, entry->id);
	copy.about = arena_copy_string(reading->arena, entry->about);
	MEMORY_GROW(reading->items, reading->count, reading->capacity);
	reading->items[reading->count++] = copy;
	return true;
}

static StateEntries in_arena(const StateEntry *items, size_t count, Arena *arena)
{
	StateEntries entries = { arena_zeroed(arena, count + 1, sizeof *items), count };

	if (count)
		memcpy(entries.items, items, count * sizeof *items);
	return entries;
}

bool state_entries_read(State *state, const StateUse *use, Arena *arena, StateEntries *entries, Failure *why)
{
	Reading reading = { .use = use, .arena = arena };
	bool done = state_list(state, keep, &reading, why);

	if (done)
		*entries = in_arena(reading.items, reading.count, arena);
	free(reading.items);
	return done;
}

/* ---- finding ---- */

static bool is_called(const StateEntry *entry, const char *id, bool whole)
{
	return whole ? strcmp(entry->id, id) == 0 : *id && strncmp(entry->id, id, strlen(id)) == 0;
}

static StateEntries choose(const StateEntries *entries, const char *id, bool whole, Arena *arena)
{
	StateEntries found = in_arena(entries->items, entries->count, arena);

	found.count = 0;
	for (size_t i = 0; i < entries->count; i++)
		if (is_called(&entries->items[i], id, whole))
			found.items[found.count++] = entries->items[i];
	return found;
}

bool state_entries_find(const StateEntries *entries, const char *id, Arena *arena, StateEntries *found,
			Failure *why)
{
	*found = choose(entries, id, true, arena);
	if (found->count)
		return true;
	*found = choose(entries, id, false, arena);
	for (size_t i = 1; i < found->count; i++)
		if (strcmp(found->items[i].id, found->items[0].id) != 0)
			return failure_retry(why, "%zu ids begin with '%s', %.40s and %.40s among them",
					     found->count, id, found->items[0].id, found->items[i].id);
	return true;
}

/* ---- showing ---- */

static int compare_ids(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static size_t common_length(const char *one, const char *other)
{
	size_t length = 0;

	while (one[length] && one[length] == other[length])
		length++;
	return length;
}

/* How much of each id has to be shown, so that no two that differ look alike. */
static size_t width_of_ids(const StateEntries *entries, Arena *arena)
{
	const char **ids = arena_zeroed(arena, entries->count + 1, sizeof *ids);
	size_t width = SHORT_ID;

	for (size_t i = 0; i < entries->count; i++)
		ids[i] = entries->items[i].id;
	qsort(ids, entries->count, sizeof *ids, compare_ids);
	for (size_t i = 1; i < entries->count; i++) {
		size_t common = common_length(ids[i - 1], ids[i]);

		if (strcmp(ids[i - 1], ids[i]) != 0 && common >= width)
			width = common + 1;
	}
	return width;
}

static void append_time(Text *out, int64_t when_s)
{
	time_t when = (time_t)when_s;
	struct tm local;
	char text[40];

	if (when_s != INT64_MAX && localtime_r(&when, &local) &&
	    strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local))
		text_append_string(out, text);
	else
		text_printf(out, "%-16s", when_s == INT64_MAX ? "for ever" : "?");
}

#define COMMITTED "committed"

static const char *condition(const StateEntry *entry, int64_t now)
{
	if (entry->expires <= now)
		return "expired";
	if (entry->changed > state_latest(now))
		return "ahead";
	return entry->claimed ? "claimed" : COMMITTED;
}

void state_entries_table(const StateEntries *entries, int64_t now, Arena *arena, Text *out)
{
	int width = (int)width_of_ids(entries, arena);

	text_printf(out, "%-9s  %-*s  %-16s  %-16s  %s\n", "USE", width, "ID", "WHEN", "UNTIL", "ABOUT");
	for (size_t i = 0; i < entries->count; i++) {
		const StateEntry *entry = &entries->items[i];

		text_printf(out, "%-9s  %-*.*s  ", state_use_name(entry->use), width, width, entry->id);
		append_time(out, entry->changed);
		text_append_string(out, "  ");
		append_time(out, entry->expires);
		text_append_string(out, "  ");
		if (strcmp(condition(entry, now), COMMITTED) != 0)
			text_printf(out, "(%s)%s", condition(entry, now), *entry->about ? " " : "");
		printable_append(out, slice_of(entry->about), ABOUT_BYTES);
		text_append_char(out, '\n');
	}
}

void state_entries_paragraphs(const StateEntries *entries, int64_t now, Text *out)
{
	for (size_t i = 0; i < entries->count; i++) {
		const StateEntry *entry = &entries->items[i];

		text_printf(out, "%suse:    %s\nid:     %s\nabout:  ", i ? "\n" : "",
			    state_use_name(entry->use), entry->id);
		printable_append(out, slice_of(entry->about), STATE_ABOUT_BYTES);
		text_append_string(out, "\nwhen:   ");
		append_time(out, entry->changed);
		text_append_string(out, "\nuntil:  ");
		append_time(out, entry->expires);
		text_printf(out, "\nstate:  %s\n", condition(entry, now));
	}
}

void state_entries_json(const StateEntries *entries, int64_t now, Text *out)
{
	for (size_t i = 0; i < entries->count; i++) {
		const StateEntry *entry = &entries->items[i];

		text_append_char(out, '{');
		json_field_string(out, "use", state_use_name(entry->use));
		json_field_string(out, "id", entry->id);
		json_field_string(out, "about", entry->about);
		json_field_string(out, "state", condition(entry, now));
		json_field_number(out, "when", entry->changed);
		json_field_number(out, "until", entry->expires);
		text_append_string(out, "}\n");
	}
}
