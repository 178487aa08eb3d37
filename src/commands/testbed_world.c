/* testbed_world - the answers to what scripts under test ask of the world */
#include <string.h>

#include "base/ascii.h"
#include "commands/testbed_state.h"
#include "delivery/world_answer.h"

/* ---- annotations (RFC 5490) ---- */

static bool same_folder(const char *a, const char *b)
{
	return strcmp(a, b) == 0 ||
	       (ascii_strings_equal_fold(a, "INBOX") && ascii_strings_equal_fold(b, "INBOX"));
}

static TestAnnotation *find_annotation(const Testbed *bed, const char *folder, const char *entry)
{
	for (size_t i = 0; i < bed->annotation_count; i++)
		if (same_folder(bed->annotations[i].folder, folder) &&
		    ascii_strings_equal_fold(bed->annotations[i].entry, entry))
			return &bed->annotations[i];
	return NULL;
}

static TestAnnotation *add_annotation(Testbed *bed)
{
	if (bed->annotation_count == bed->annotation_capacity) {
		size_t capacity = bed->annotation_capacity ? bed->annotation_capacity * 2 : 8;
		TestAnnotation *items = arena_alloc(bed->arena, capacity * sizeof *items);

		if (bed->annotation_count)
			memcpy(items, bed->annotations, bed->annotation_count * sizeof *items);
		bed->annotations = items;
		bed->annotation_capacity = capacity;
	}
	return &bed->annotations[bed->annotation_count++];
}

static const char *copy(const Testbed *bed, Slice bytes)
{
	return arena_copy_bytes(bed->arena, bytes.data, bytes.length);
}

bool testbed_annotate(void *self, Slice folder, Slice entry, Slice value, Failure *why)
{
	Testbed *bed = self;
	TestAnnotation annotation = { copy(bed, folder), copy(bed, entry), copy(bed, value) };
	TestAnnotation *old = find_annotation(bed, annotation.folder, annotation.entry);
	bool exists = true;

	if (*annotation.folder && !store_folder_exists(bed->store, annotation.folder, &exists, why))
		return false;
	if (!exists)
		return failure_retry(why, "there is no folder '%s'", annotation.folder);
	if (!ascii_starts_with_fold(entry, "/private/") && !ascii_starts_with_fold(entry, "/shared/"))
		return failure_retry(why, "an annotation begins with /private/ or /shared/, found '%s'",
				     annotation.entry);
	*(old ? old : add_annotation(bed)) = annotation;
	return true;
}

static void answer_metadata(const Testbed *bed, const Question *question, Answer *answer)
{
	const TestAnnotation *annotation = find_annotation(bed, copy(bed, question->arguments[0]),
							   copy(bed, question->arguments[1]));

	answer->yes = annotation != NULL;
	if (annotation)
		text_append_string(&answer->bytes, annotation->value);
}

/* ---- all of them ---- */

/* Nothing is remembered from one message to the next; of what is not here the store knows the answer. */
bool testbed_answer(void *self, const Question *question, Answer *answer, Failure *why)
{
	Testbed *bed = self;

	switch (question->kind) {
	case ASK_METADATA:
		answer_metadata(bed, question, answer);
		return true;
	case ASK_SEEN:
		return true;
	default:
		return world_answer(bed->store, question, answer, why);
	}
}
