/* Rules that were kept are read as they were, with what they include; any other bytes are rules that are
 * whole, or none (delivery/last_rules.h).
 *
 * The first byte says which: even, and the rest is the file; odd, and it chooses the rules. */
#include "fuzz_files.h"

#include "delivery/last_rules.h"

enum {
	INCLUDES_MAX = 5
};

static const int64_t written = 1794816000;

static const char *place_of_rules(void)
{
	static char path[300];

	snprintf(path, sizeof path, "%s/rules", fuzz_place());
	return path;
}

static Slice choose_text(FuzzChoices *choices)
{
	return fuzz_bytes(choices, 60);
}

static void keep_and_read(FuzzChoices *choices, Arena *arena)
{
	RuleSources includes = { 0 }, again = { 0 };
	Slice script = choose_text(choices), read = SLICE("");
	size_t count = fuzz_choose(choices, INCLUDES_MAX + 1);
	int64_t modified = 0;
	Failure why = { 0 };

	for (size_t i = 0; i < count; i++) {
		const char *name = fuzz_string(choices, 10, arena);

		/* what may be included has a name, and no line end in it (RFC 6609, 3.2) */
		if (!*name || strchr(name, '\n'))
			name = "other";
		last_rules_add(&includes,
			       (RuleSource){ fuzz_choose(choices, 2) ? SIEVE_GLOBAL : SIEVE_PERSONAL, name,
					     choose_text(choices) },
			       arena);
	}
	LAW(last_rules_keep(place_of_rules(), fuzz_place(), script, &includes, written, &why), "%s",
	    why.text);
	LAW(last_rules_are_of(place_of_rules(), written));
	LAW(last_rules_read(place_of_rules(), geteuid(), &read, &again, &modified, arena));
	LAW_SAME(read, script);
	LAW(modified == written && again.count == includes.count);
	for (size_t i = 0; i < count; i++) {
		LAW(again.items[i].place == includes.items[i].place);
		LAW_SAME(slice_of(again.items[i].name), slice_of(includes.items[i].name));
		LAW_SAME(again.items[i].text, includes.items[i].text);
	}
}

/* What is read is what stands there: written again it is the same rules. */
static void read_any(Slice input, int directory, Arena *arena)
{
	RuleSources includes = { 0 };
	Slice script = SLICE("");
	size_t bytes = 0;
	int64_t modified;

	fuzz_write(directory, "rules", input);
	if (!last_rules_read(place_of_rules(), geteuid(), &script, &includes, &modified, arena))
		return;
	bytes = script.length;
	LAW(memmem(input.data, input.length, script.data, script.length));
	for (size_t i = 0; i < includes.count; i++) {
		const RuleSource *it = &includes.items[i];

		LAW(*it->name && !strchr(it->name, '\n'));
		LAW(memmem(input.data, input.length, it->text.data, it->text.length));
		bytes += it->text.length;
	}
	LAW(bytes < input.length);
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	auto_fd int directory = fuzz_directory();
	FuzzChoices choices = { input };

	if (fuzz_choose(&choices, 2))
		keep_and_read(&choices, arena);
	else
		read_any(choices.rest, directory, arena);
}
