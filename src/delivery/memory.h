/* memory - what the courier asks the state about, and what it does without one
 *
 * The state (state/state.h) is opened when the first question comes, with the recipient's rights.  That it
 * cannot be had loses no mail: a message is then no duplicate, nobody is answered, and a redirect that is
 * counted is kept instead.  The log says so.  A zeroed Memory remembers nothing, and finds everything new. */
#ifndef DELIVERY_MEMORY_H
#define DELIVERY_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "plan/world.h"
#include "state/state.h"

typedef struct Memory {
	StateSettings settings; /* its directory is NULL: nothing is remembered */
	int64_t now;
	unsigned patience_s; /* how long another delivery that claimed the same is waited for */
	const char *about;   /* what "duplicate" remembers, for people */
	Arena *arena;
	/* for memory.c alone */
	State *state;
	StateCommit *commits; /* in the arena */
	size_t count, capacity;
	bool away;   /* it could not be had */
	Failure why; /* and that is why */
} Memory;

typedef enum MemoryVerdict {
	MEMORY_NEW,   /* and claimed, until committed */
	MEMORY_KNOWN, /* it was done before */
	MEMORY_BUSY,  /* it has been claimed by another delivery, which was waited for */
	MEMORY_AWAY,  /* not to be known just now */
} MemoryVerdict;

/* Claims what is not known yet. */
MemoryVerdict memory_claim(Memory *memory, const StateKey *key);

/* Answers ASK_SEEN, as World's `ask` does: claims, too.  One that another delivery has claimed is waited for;
 * false (RETRY) when that takes too long.  Without a state nothing was seen. */
bool memory_answer(Memory *memory, const Question *question, Answer *answer, Failure *why);

/* How many of this use were committed in the last `period_s` seconds, those claimed included; no more than
 * `most` are counted.  False: not to be known just now. */
bool memory_count(Memory *memory, StateUse use, uint64_t period_s, unsigned most, unsigned *count);

/* Will be remembered for `keep_s` seconds (nothing when 0), once the delivery has succeeded. */
void memory_keep(Memory *memory, const StateKey *key, uint64_t keep_s);

/* Remembers it.  The message is where it should be: that it cannot be done is a line in `notes`. */
void memory_commit(Memory *memory, Text *notes);

/* Adds a line about a state that was wanted and could not be had. */
void memory_tell(const Memory *memory, Text *notes);

/* Gives up what was claimed and not committed. */
void memory_close(Memory *memory);

/* An id from strings, in the arena. */
const char *memory_id(Memory *memory, const Slice *strings, size_t count);

#endif
