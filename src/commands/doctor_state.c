/* doctor_state - modules, and what is remembered: between messages, of deliveries that ended early, of rules
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/doctor.h"
#include "commands/tools.h"
#include "delivery/journal.h"
#include "delivery/last_rules.h"
#include "delivery/mime_module.h"
#include "delivery/poison.h"
#include "delivery/user_state.h"
#include "state/engine.h"
#include "state/sqlite.h"
#include "system/module.h"

enum {
	FILES_MAX = 100000
};

void doctor_modules(Doctor *doctor)
{
	static const struct {
		const char *name, *symbol, *use;
	} modules[] = {
		{ TOOLS_MODULE, TOOLS_MODULE_SYMBOL, "every command but the delivery" },
		{ "mime", MIME_MODULE_SYMBOL, "rules that look at parts and bodies" },
		{ "sqlite", SQLITE_MODULE_SYMBOL, "lists that are databases" },
		{ STATE_SQLITE_MODULE, STATE_SQLITE_SYMBOL, "what is remembered, in one file" },
	};

	doctor->area = "modules";
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
		Failure why = { 0 };

		if (module_open(modules[i].name, modules[i].symbol, &why))
			doctor_say(doctor, DOCTOR_GOOD, "%s: there (%s)", modules[i].name, modules[i].use);
		else
			doctor_say(doctor, DOCTOR_FINDING, "%s: %s (%s)", modules[i].name, why.text,
				   modules[i].use);
	}
}

/* ---- a round trip, in a state of its own ---- */

/* The nearest directory above `path` that is there. */
static const char *nearest_directory(const char *path, Arena *arena)
{
	char *above = arena_copy_string(arena, path);
	struct stat status;

	while (strlen(above) > 1 && (stat(above, &status) < 0 || !S_ISDIR(status.st_mode))) {
		char *slash = strrchr(above, '/');

		*(slash > above ? slash : above + 1) = '\0';
	}
	return above;
}

static bool travel(State *state, int64_t now, Failure *why)
{
	const StateKey key = { STATE_NOTICE, "doctor", "a round trip" };
	const StateCommit commit = { key, 60 };
	StateClaim claim;
	bool seen = false, found = false;

	if (!state_claim(state, &key, now, &claim, why) || !state_commit(state, &commit, 1, now, why) ||
	    !state_seen(state, &key, now, &seen, why) || !state_forget(state, &key, &found, why))
		return false;
	return (claim == STATE_CLAIMED && seen && found) ||
	       failure_retry(why, "what was remembered was not found again");
}

/* What an engine has made in the scratch directory: files, and files in directories. */
static void remove_all(const char *path, Arena *arena)
{
	DIR *listing = opendir(path);
	struct dirent *entry;

	while (listing && (entry = readdir(listing))) {
		const char *inner = arena_printf(arena, "%s/%s", path, entry->d_name);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlink(inner) < 0 && errno == EISDIR)
			remove_all(inner, arena);
	}
	if (listing)
		closedir(listing);
	rmdir(path);
}

static void try_state(Doctor *doctor, StateSettings settings)
{
	char *scratch = arena_printf(doctor->arena, "%s/.trommel-doctor.XXXXXX",
				     nearest_directory(settings.directory, doctor->arena));
	Failure why = { 0 };

	if (!mkdtemp(scratch)) {
		doctor_say(doctor, DOCTOR_FINDING,
			   "nothing can be remembered: no directory can be made at %s: %s", scratch,
			   strerror(errno));
		return;
	}
	settings.directory = scratch;
	{
		AUTO(State) state = state_open(&settings, &why);

		if (state && travel(state, doctor->now, &why))
			doctor_say(doctor, DOCTOR_GOOD,
				   "the engine '%s' claims, remembers and forgets there (tried in a "
				   "directory of its own)",
				   settings.engine);
		else
			doctor_say(doctor, DOCTOR_FINDING, "the engine '%s' does not work there: %s",
				   settings.engine, why.text);
	}
	remove_all(scratch, doctor->arena);
}

static bool count_entry(void *self, const StateEntry *entry)
{
	size_t *count = self;

	(void)entry;
	++*count;
	return true;
}

static void read_state(Doctor *doctor, const StateSettings *settings)
{
	AUTO(State) state = NULL;
	size_t count = 0;
	Failure why = { 0 };

	state = state_open(settings, &why);
	if (!state || !state_list(state, count_entry, &count, &why))
		doctor_say(doctor, DOCTOR_FINDING, "%s cannot be read: %s", settings->directory, why.text);
	else
		doctor_say(doctor, DOCTOR_GOOD, "%s holds %zu %s (`trommel state list`)", settings->directory,
			   count, count == 1 ? "entry" : "entries");
}

/* ---- what deliveries have left there ---- */

typedef struct Pile {
	size_t count;
	int64_t oldest;
	const char *second_mark; /* a name that ends in ".2" */
} Pile;

static void look_at(Doctor *doctor, const char *directory, Pile *pile)
{
	DIR *listing = opendir(directory);
	struct dirent *entry;
	struct stat status;

	for (unsigned i = 0; listing && i < FILES_MAX && (entry = readdir(listing)); i++) {
		if (fstatat(dirfd(listing), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(status.st_mode))
			continue;
		if (pile->count++ == 0 || status.st_mtime < pile->oldest)
			pile->oldest = status.st_mtime;
		if (strlen(entry->d_name) > 2 && strcmp(entry->d_name + strlen(entry->d_name) - 2, ".2") == 0)
			pile->second_mark = arena_copy_string(doctor->arena, entry->d_name);
	}
	if (listing)
		closedir(listing);
}

static void report_journals(Doctor *doctor, const char *state)
{
	const char *directory = arena_printf(doctor->arena, "%s/" JOURNAL_DIRECTORY, state);
	Pile pile = { 0 };

	look_at(doctor, directory, &pile);
	if (!pile.count)
		doctor_say(doctor, DOCTOR_GOOD, "no delivery was left half done");
	else
		doctor_say(doctor, DOCTOR_FINDING,
			   "%zu %s left half done, the oldest %lld h ago (%s): something of it has left "
			   "already; the server's next try does the rest and repeats nothing, after %d days "
			   "the file goes",
			   pile.count, pile.count == 1 ? "delivery was" : "deliveries were",
			   (long long)(doctor->now - pile.oldest) / 3600, directory, JOURNAL_DAYS);
}

static void report_poison(Doctor *doctor, const char *state)
{
	const char *directory = arena_printf(doctor->arena, "%s/" POISON_DIRECTORY, state);
	Pile pile = { 0 };

	look_at(doctor, directory, &pile);
	if (!pile.count)
		doctor_say(doctor, DOCTOR_GOOD, "no message has stopped its own delivery");
	else
		doctor_say(doctor, DOCTOR_FINDING,
			   "a message has stopped its own delivery, by a bug in trommel (%s): %s", directory,
			   pile.second_mark ? "twice, so that it is filed without the rules the next time"
					    : "once; after the second time it is filed without the rules");
}

static void report_rules(Doctor *doctor, const char *state)
{
	struct stat kept;
	const char *path;

	if (!doctor->script)
		return;
	path = last_rules_path(state, doctor->script, doctor->arena);
	if (stat(path, &kept) == 0)
		doctor_say(doctor, DOCTOR_GOOD,
			   "the last rules without errors are kept in %s: they decide when %s has errors",
			   path, doctor->script);
	else
		doctor_say(doctor, DOCTOR_NOTE,
			   "no rules without errors are kept yet for %s: a delivery does that",
			   doctor->script);
}

void doctor_state(Doctor *doctor)
{
	const StateSettings settings = user_state_settings(doctor->config, &doctor->user, doctor->machine,
							   doctor->arena);
	struct stat status;

	doctor->area = "what is remembered";
	if (!settings.directory) {
		doctor_say(doctor, DOCTOR_NOTE,
			   "nothing is, since state_dir is empty: duplicates are not found, and every "
			   "vacation is answered");
		return;
	}
	try_state(doctor, settings);
	if (stat(settings.directory, &status) < 0) {
		doctor_say(doctor, DOCTOR_NOTE,
			   "%s is not there yet: the first delivery that needs it makes it",
			   settings.directory);
		return;
	}
	read_state(doctor, &settings);
	report_journals(doctor, settings.directory);
	report_poison(doctor, settings.directory);
	report_rules(doctor, settings.directory);
}
