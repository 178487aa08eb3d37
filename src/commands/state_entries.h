/* state_entries - the entries of a state, read as a whole, and shown to people and programs */
#ifndef COMMANDS_STATE_ENTRIES_H
#define COMMANDS_STATE_ENTRIES_H

#include "base/arena.h"
#include "base/text.h"
#include "state/state.h"

/* Those that are asked for, oldest first, in an arena. */
typedef struct StateEntries {
	StateEntry *items;
	size_t count;
} StateEntries;

/* Reads all; those of one use when `use` is not NULL. */
bool state_entries_read(State *state, const StateUse *use, Arena *arena, StateEntries *entries, Failure *why);

/* Those whose id is `id` or, when there is none, begins with it: an id as `state_entries_table` has it.
 * False and `why` when that may mean several ids. */
bool state_entries_find(const StateEntries *entries, const char *id, Arena *arena, StateEntries *found,
			Failure *why);

/* A table, ids shortened to what tells them apart; a few lines for each; a JSON object in a line for each. */
void state_entries_table(const StateEntries *entries, int64_t now, Arena *arena, Text *out);
void state_entries_paragraphs(const StateEntries *entries, int64_t now, Text *out);
void state_entries_json(const StateEntries *entries, int64_t now, Text *out);

#endif
