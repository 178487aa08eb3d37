#include "delivery/world_answer.h"

#include <stdlib.h>

#include "base/memory.h"

/* A name with a NUL in it names no folder. */
static bool folder_exists(Store *store, Slice name, bool *exists, Failure *why)
{
	auto_free char *folder = memory_copy_bytes(name.data, name.length);

	if (memchr(name.data, '\0', name.length))
		return true;
	return store_folder_exists(store, folder, exists, why);
}

bool world_answer(Store *store, const Question *question, Answer *answer, Failure *why)
{
	switch (question->kind) {
	case ASK_FOLDER:
		return folder_exists(store, question->arguments[0], &answer->yes, why);
	default:
		return true;
	}
}
