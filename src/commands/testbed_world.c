/* testbed_world - the answers to what scripts under test ask of the world */
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "commands/settings.h"
#include "commands/testbed_state.h"
#include "delivery/lists.h"
#include "delivery/world_answer.h"

bool testbed_annotate(void *self, Slice folder, Slice entry, Slice value, Failure *why)
{
	Testbed *bed = self;
	const char *name = folder.length ? arena_copy_bytes(bed->arena, folder.data, folder.length) : NULL;

	return store_set_metadata(bed->store, name, arena_copy_bytes(bed->arena, entry.data, entry.length),
				  &value, why);
}

/* The entries of a file in which each has a line of its own behind a prefix, and a line for its value behind
 * it. */
static Slice read_entries(const Testbed *bed, const char *path)
{
	static const char prefix[] = "priv/sieve/extlists/";
	AUTO_VALUE(Text) source = { 0 }, entries = { 0 };
	Slice rest;
	Failure why = { 0 };

	if (!path || !settings_read_script(path, &source, &why))
		return SLICE("");
	for (rest = text_slice(&source); rest.length;) {
		const char *end = memchr(rest.data, '\n', rest.length);
		size_t length = end ? (size_t)(end - rest.data) : rest.length;

		if (ascii_starts_with_fold(slice(rest.data, length), prefix))
			text_printf(&entries, "%.*s\n", (int)(length - strlen(prefix)),
				    rest.data + strlen(prefix));
		rest = slice_from(rest, length + 1);
	}
	return arena_copy_slice(bed->arena, text_slice(&entries));
}

/* Adds a list that a test has set by the names that other engines use. */
static void add_list(Testbed *bed, Lists *lists, Slice name, Text *setting)
{
	char *key = arena_printf(bed->arena, "sieve_extlists_list/%.*s/dict/file/path", (int)name.length,
				 name.data);
	char *path = arena_printf(bed->arena, "list:%.*s", (int)name.length, name.data);

	lists_preload(lists, path, read_entries(bed, testbed_their_setting(bed, key)));
	text_printf(setting, "; %.*s=%s", (int)name.length, name.data, path);
}

/* The lists of the settings in force. */
static bool answer_lists(Testbed *bed, const Question *question, Answer *answer, Failure *why)
{
	const char *theirs = testbed_their_setting(bed, "sieve_extlists_list");
	AUTO_VALUE(Text) setting = { 0 };
	Lists lists = { .directory = "",
			.home = "/",
			.user = bed->envelope.user,
			.owner = geteuid(),
			.arena = bed->arena };

	text_append_string(&setting, bed->config.lists);
	while (theirs && *theirs) {
		size_t length = strcspn(theirs, " ");

		if (length)
			add_list(bed, &lists, slice(theirs, length), &setting);
		theirs += length + strspn(theirs + length, " ");
	}
	lists.setting = text_string(&setting);
	return lists_answer(&lists, question, answer, why);
}

Programs testbed_programs(Testbed *bed)
{
	Programs programs = { .config = &bed->config,
			      .user = bed->options->user,
			      .envelope = &bed->envelope,
			      .host = bed->input.host,
			      .message = bed->input.message };

	programs_begin(&programs);
	return programs;
}

static bool answer_program(Testbed *bed, const Question *question, Answer *answer, Failure *why)
{
	Programs programs = testbed_programs(bed);

	return programs_answer(&programs, question, answer, why);
}

Calendars testbed_calendars(Testbed *bed)
{
	const char *scratch = bed->options->scratch;

	return (Calendars){ .directory = arena_printf(bed->arena, "%s/calendars", scratch),
			    .home = scratch,
			    .owner = bed->options->user->uid };
}

static bool answer_calendar(Testbed *bed, const Question *question, Answer *answer, Failure *why)
{
	const Calendars calendars = testbed_calendars(bed);

	return calendars_answer(&calendars, question, answer, why);
}

/* Nothing is remembered from one message to the next; of what is not here the store knows the answer. */
bool testbed_answer(void *self, const Question *question, Answer *answer, Failure *why)
{
	Testbed *bed = self;

	switch (question->kind) {
	case ASK_SEEN:
		return true;
	case ASK_LIST:
	case ASK_LIST_KNOWN:
	case ASK_LIST_ALL:
		return answer_lists(bed, question, answer, why);
	case ASK_CALENDAR:
		return answer_calendar(bed, question, answer, why);
	case ASK_PROGRAM:
		return answer_program(bed, question, answer, why);
	default:
		return world_answer(bed->store, question, answer, why);
	}
}
