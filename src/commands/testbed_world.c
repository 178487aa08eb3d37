/* testbed_world - the answers to what scripts under test ask of the world */
#include "commands/testbed_state.h"
#include "delivery/world_answer.h"

bool testbed_annotate(void *self, Slice folder, Slice entry, Slice value, Failure *why)
{
	Testbed *bed = self;
	const char *name = folder.length ? arena_copy_bytes(bed->arena, folder.data, folder.length) : NULL;

	return store_set_metadata(bed->store, name, arena_copy_bytes(bed->arena, entry.data, entry.length),
				  &value, why);
}

/* Nothing is remembered from one message to the next; of what is not here the store knows the answer. */
bool testbed_answer(void *self, const Question *question, Answer *answer, Failure *why)
{
	Testbed *bed = self;

	switch (question->kind) {
	case ASK_SEEN:
		return true;
	default:
		return world_answer(bed->store, question, answer, why);
	}
}
