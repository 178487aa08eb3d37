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

/* The argument as a C string, or NULL when it is empty. */
static char *name_of(Slice argument)
{
	return argument.length ? memory_copy_bytes(argument.data, argument.length) : NULL;
}

static bool special_use(Store *store, const Question *question, Answer *answer, Failure *why)
{
	auto_free char *use = name_of(question->arguments[0]);
	auto_free char *folder = name_of(question->arguments[1]);

	return !use || store_special_use(store, use, folder, &answer->yes, &answer->bytes, why);
}

static bool mailbox_id(Store *store, const Question *question, Answer *answer, Failure *why)
{
	auto_free char *id = name_of(question->arguments[0]);

	if (id && !store_mailbox_id(store, id, &answer->bytes, why))
		return false;
	answer->yes = answer->bytes.length > 0;
	return true;
}

static bool metadata(Store *store, const Question *question, Answer *answer, Failure *why)
{
	auto_free char *folder = name_of(question->arguments[0]);
	auto_free char *entry = name_of(question->arguments[1]);

	return !entry || store_metadata(store, folder, entry, &answer->yes, &answer->bytes, why);
}

bool world_answer(Store *store, const Question *question, Answer *answer, Failure *why)
{
	switch (question->kind) {
	case ASK_FOLDER:
		return folder_exists(store, question->arguments[0], &answer->yes, why);
	case ASK_SPECIAL_USE:
		return special_use(store, question, answer, why);
	case ASK_MAILBOX_ID:
		return mailbox_id(store, question, answer, why);
	case ASK_METADATA:
		return metadata(store, question, answer, why);
	default:
		return true;
	}
}
