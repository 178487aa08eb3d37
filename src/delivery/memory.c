#include "delivery/memory.h"

#include <string.h>
#include <time.h>

enum {
	POLL_MS = 50
};

/* NULL: there is none. */
static State *open_state(Memory *memory)
{
	if (!memory->state && !memory->away && memory->settings.directory) {
		memory->state = state_open(&memory->settings, &memory->why);
		memory->away = !memory->state;
	}
	return memory->state;
}

static bool lose(Memory *memory)
{
	memory->away = true;
	state_close(memory->state);
	memory->state = NULL;
	return false;
}

static bool claim(Memory *memory, const StateKey *key, StateClaim *result)
{
	State *state = open_state(memory);

	return state && (state_claim(state, key, memory->now, result, &memory->why) || lose(memory));
}

/* Somebody who has claimed it will know soon whether he delivers it. */
static bool claim_patiently(Memory *memory, const StateKey *key, StateClaim *result)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	unsigned waits = memory->patience_s * (1000 / POLL_MS);

	while (claim(memory, key, result)) {
		if (*result != STATE_BUSY || waits-- == 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

MemoryVerdict memory_claim(Memory *memory, const StateKey *key)
{
	StateClaim result;

	if (!memory->settings.directory)
		return MEMORY_NEW;
	if (!claim_patiently(memory, key, &result))
		return MEMORY_AWAY;
	if (result == STATE_BUSY)
		return MEMORY_BUSY;
	return result == STATE_CLAIMED ? MEMORY_NEW : MEMORY_KNOWN;
}

bool memory_answer(Memory *memory, const Question *question, Answer *answer, Failure *why)
{
	const Slice id = question->arguments[0];
	const StateKey key = { STATE_DUPLICATE, arena_copy_bytes(memory->arena, id.data, id.length),
			       memory->about };
	StateClaim result = STATE_CLAIMED;

	if (!memory->settings.directory || !claim_patiently(memory, &key, &result))
		return true;
	answer->yes = result == STATE_SEEN;
	return result != STATE_BUSY ||
	       failure_retry(why, "the same message is being delivered by another process");
}

bool memory_count(Memory *memory, StateUse use, uint64_t period_s, unsigned most, unsigned *count)
{
	State *state = open_state(memory);

	*count = 0;
	if (!memory->settings.directory)
		return true;
	return state && (state_count(state, use, memory->now - (int64_t)period_s, memory->now, most, count,
				     &memory->why) ||
			 lose(memory));
}

void memory_keep(Memory *memory, const StateKey *key, uint64_t keep_s)
{
	if (!keep_s)
		return;
	if (memory->count == memory->capacity) {
		StateCommit *commits = memory->commits;

		memory->capacity = memory->capacity ? 2 * memory->capacity : 4;
		memory->commits = arena_zeroed(memory->arena, memory->capacity, sizeof *commits);
		if (memory->count)
			memcpy(memory->commits, commits, memory->count * sizeof *commits);
	}
	memory->commits[memory->count++] = (StateCommit){ *key, keep_s };
}

void memory_commit(Memory *memory, Text *notes)
{
	State *state = memory->count ? open_state(memory) : NULL;
	Failure why = { 0 };

	if (state && !state_commit(state, memory->commits, memory->count, memory->now, &why))
		text_printf(notes, "what was done is not remembered: %s\n", why.text);
	memory->count = 0;
}

void memory_tell(const Memory *memory, Text *notes)
{
	if (memory->away)
		text_printf(notes, "nothing is remembered just now: %s\n", memory->why.text);
}

void memory_close(Memory *memory)
{
	state_close(memory->state);
	memory->state = NULL;
}

const char *memory_id(Memory *memory, const Slice *strings, size_t count)
{
	char hex[DIGEST_HEX];

	digest_of(strings, count, hex);
	return arena_copy_string(memory->arena, hex);
}
