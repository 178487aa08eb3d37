/* state - show and forget what is remembered between messages: `trommel state` */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/panic.h"
#include "base/suggest.h"
#include "commands/commands.h"
#include "commands/settings.h"
#include "commands/state_entries.h"
#include "delivery/user_state.h"
#include "system/host.h"
#include "system/privileges.h"

enum {
	GOOD = 0,
	NOTHING_FOUND = 1,
	COULD_NOT_RUN = 2
};

typedef struct Options {
	const char *file; /* of the configuration; NULL: the usual one, which may be missing */
	const char *user; /* NULL: who runs this */
	StateUse use;     /* with has_use: only this one */
	bool has_use, all, json, yes;
	char **ids; /* what stands behind the options */
	int id_count;
} Options;

/* What a verb works on. */
typedef struct Work {
	const Options *options;
	const char *user_name;
	State *state;
	Arena *arena;
	int64_t now;
} Work;

enum {
	OPTION_ALL = OPTION_LONG,
	OPTION_JSON,
	OPTION_USE
};

static const Option options_of_state[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_USE, "use", "USE", "only this: duplicate, vacation, redirect or notice", ARGUMENT_WORDS,
	  "duplicate vacation redirect notice" },
	{ OPTION_JSON, "json", NULL, "an object in a line for each entry" },
	{ 'd', "user", "USER", "whose; only root may name another", ARGUMENT_USER },
	{ OPTION_ALL, "all", NULL, "forget everything" },
	{ 'y', "yes", NULL, "do not ask" },
	{ 0 },
};

static int complain_usage(void)
{
	return options_usage(&state_command);
}

static int nothing_found(const char *text)
{
	options_complain(&state_command, text);
	return NOTHING_FOUND;
}

static int print(const Text *out)
{
	if (fwrite(text_string(out), 1, out->length, stdout) == out->length && fflush(stdout) == 0)
		return GOOD;
	perror("trommel state: write");
	return COULD_NOT_RUN;
}

static bool read_use(const char *name, Options *options)
{
	const char *names[STATE_USES + 1] = { NULL }, *meant;

	options->has_use = state_use_of(name, &options->use);
	if (options->has_use)
		return true;
	for (int i = 0; i < STATE_USES; i++)
		names[i] = state_use_name((StateUse)i);
	meant = suggest_nearest(slice_of(name), names);
	fprintf(stderr, "trommel state: there is no use '%s'%s%s%s: duplicate, vacation, redirect, notice\n",
		name, meant ? ", did you mean '" : "", meant ? meant : "", meant ? "'" : "");
	return false;
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&state_command, argc, argv)) != -1)
		switch (option) {
		case OPTION_ALL:
			options->all = true;
			break;
		case 'c':
			options->file = optarg;
			break;
		case 'd':
			options->user = optarg;
			break;
		case OPTION_JSON:
			options->json = true;
			break;
		case OPTION_USE:
			if (!read_use(optarg, options))
				return false;
			break;
		case 'y':
			options->yes = true;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	options->ids = argv + optind;
	options->id_count = argc - optind;
	return true;
}

/* The one word that stands behind the options of list and prune. */
static bool take_user(Options *options)
{
	if (options->id_count == 0)
		return true;
	if (options->id_count > 1 || options->user)
		return false;
	options->user = options->ids[0];
	options->id_count = 0;
	return true;
}

/* ---- what it does ---- */

static bool read_entries(const Work *work, StateEntries *entries, Failure *why)
{
	return state_entries_read(work->state, work->options->has_use ? &work->options->use : NULL,
				  work->arena, entries, why);
}

/* Those that the command line names, each once. */
static bool find_entries(const Work *work, StateEntries *found, const char **missing, Failure *why)
{
	StateEntries all, some;
	size_t count = 0;

	*missing = NULL;
	if (!read_entries(work, &all, why))
		return false;
	found->items = arena_zeroed(work->arena, (all.count + 1) * ((size_t)work->options->id_count + 1),
				    sizeof *found->items);
	for (int i = 0; i < work->options->id_count; i++) {
		if (!state_entries_find(&all, work->options->ids[i], work->arena, &some, why))
			return false;
		if (some.count == 0)
			*missing = work->options->ids[i];
		memcpy(found->items + count, some.items, some.count * sizeof *some.items);
		count += some.count;
	}
	found->count = count;
	return true;
}

static int list(const Work *work)
{
	AUTO_VALUE(Text) out = { 0 };
	StateEntries entries;
	Failure why = { 0 };

	if (!read_entries(work, &entries, &why))
		return options_complain(&state_command, why.text);
	if (entries.count == 0)
		return nothing_found("nothing is remembered");
	if (work->options->json)
		state_entries_json(&entries, work->now, &out);
	else
		state_entries_table(&entries, work->now, work->arena, &out);
	return print(&out);
}

static int report_missing(const char *id)
{
	fprintf(stderr, "trommel state: nothing with the id '%s' is remembered\n", id);
	return NOTHING_FOUND;
}

static int show(const Work *work)
{
	AUTO_VALUE(Text) out = { 0 };
	StateEntries entries;
	const char *missing;
	Failure why = { 0 };
	int status;

	if (!find_entries(work, &entries, &missing, &why))
		return options_complain(&state_command, why.text);
	if (work->options->json)
		state_entries_json(&entries, work->now, &out);
	else
		state_entries_paragraphs(&entries, work->now, &out);
	status = print(&out);
	return status == GOOD && missing ? report_missing(missing) : status;
}

static int forget_entries(const Work *work, const StateEntries *entries)
{
	size_t forgotten = 0;
	Failure why = { 0 };

	for (size_t i = 0; i < entries->count; i++) {
		const StateKey key = { entries->items[i].use, entries->items[i].id, NULL };
		bool found;

		if (!state_forget(work->state, &key, &found, &why))
			return options_complain(&state_command, why.text);
		forgotten += found;
	}
	if (!work->options->json)
		printf("forgotten: %zu\n", forgotten);
	return fflush(stdout) == 0 ? GOOD
				   : options_complain(&state_command, "the answer could not be written");
}

/* Whoever types it is asked; a program has to say that it is meant. */
static bool is_meant(const Work *work, size_t count)
{
	char answer[16];

	if (work->options->yes)
		return true;
	if (!isatty(STDIN_FILENO)) {
		fprintf(stderr, "trommel state: nothing was forgotten: without a terminal to ask on, --yes "
				"has to say that all of it is meant\n");
		return false;
	}
	fprintf(stderr, "Forget %zu %s of %s? [y/N] ", count, count == 1 ? "entry" : "entries",
		work->user_name);
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int forget(const Work *work)
{
	StateEntries entries;
	const char *missing = NULL;
	Failure why = { 0 };
	int status;

	if (work->options->id_count) {
		if (!find_entries(work, &entries, &missing, &why))
			return options_complain(&state_command, why.text);
	} else {
		if (!read_entries(work, &entries, &why))
			return options_complain(&state_command, why.text);
		if (entries.count == 0)
			return nothing_found("nothing is remembered");
		if (!is_meant(work, entries.count))
			return COULD_NOT_RUN;
	}
	status = entries.count ? forget_entries(work, &entries) : GOOD;
	return status == GOOD && missing ? report_missing(missing) : status;
}

static int prune(const Work *work)
{
	Failure why = { 0 };
	unsigned count;

	if (!state_prune(work->state, work->now, &count, &why))
		return options_complain(&state_command, why.text);
	printf("forgotten: %u\n", count);
	return fflush(stdout) == 0 ? GOOD
				   : options_complain(&state_command, "the answer could not be written");
}

static const struct Verb {
	const char *name;
	int (*run)(const Work *work);
	bool takes_user; /* behind the options; else ids */
} verbs[] = {
	{ "list", list, true },
	{ "show", show, false },
	{ "forget", forget, false },
	{ "prune", prune, true },
};

/* ---- whose ---- */

/* Finds the user and becomes him for good. */
static bool become(const Options *options, User *user, Failure *why)
{
	bool found = options->user ? user_find_name(user, options->user, why)
				   : user_find_uid(user, geteuid(), why);

	if (!found)
		return false;
	if (geteuid() != 0 && user->uid != geteuid())
		return failure_retry(why, "only root may look at the state of '%s'", user->name);
	return privileges_become(user, NO_GROUP, why);
}

static int run(const struct Verb *verb, const Options *options, const Config *config)
{
	AUTO(Arena) arena = arena_new();
	AUTO(State) state = NULL;
	AUTO_VALUE(User) user = { 0 };
	char machine[HOST_NAME_BYTES];
	Failure why = { 0 };

	host_machine(machine);
	if (!become(options, &user, &why))
		return options_complain(&state_command, why.text);
	state = user_state_open(config, &user, machine, arena, &why);
	if (!state)
		return options_complain(&state_command, why.text);
	return verb->run(&(Work){ options, user.name, state, arena, (int64_t)time(NULL) });
}

static const struct Verb *find_verb(const char *name)
{
	for (size_t i = 0; name && i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static bool wrong(const char *what)
{
	options_complain(&state_command, what);
	return false;
}

static bool forgets_one_thing(const Options *options)
{
	if (options->all && (options->id_count || options->has_use))
		return wrong("--all is everything: neither --use nor ids go with it");
	return options->all || options->has_use || options->id_count ||
	       wrong("wanted are ids, as 'trommel state list' shows them, or --use, or --all");
}

static bool makes_sense(const struct Verb *verb, Options *options)
{
	if (verb->run == forget)
		return forgets_one_thing(options);
	if (options->all || options->yes)
		return wrong("--all and --yes go with 'forget' alone");
	if (verb->run == prune && options->has_use)
		return wrong("'prune' is for all uses: --use does not go with it");
	if (verb->takes_user)
		return take_user(options) || wrong("one user at a time, by -d or behind the options");
	return options->id_count > 0 || wrong("wanted are ids, as 'trommel state list' shows them");
}

/* The first word is none of `verbs`. */
static int complain_verb(const char *word)
{
	static const char *const names[] = { "list", "show", "forget", "prune", NULL };
	const char *meant = word ? suggest_nearest(slice_of(word), names) : NULL;

	if (word)
		fprintf(stderr, "trommel state: '%s' is none of list, show, forget and prune%s%s%s\n", word,
			meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
	else
		wrong("wanted is one of list, show, forget and prune");
	return complain_usage();
}

static int command_state(int argc, char **argv)
{
	AUTO_VALUE(Config) config = { 0 };
	const struct Verb *verb = find_verb(argv[1]);
	Options options = { 0 };
	Failure why = { 0 };

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!verb)
		return complain_verb(argv[1]);
	if (!read_options(argc - 1, argv + 1, &options) || !makes_sense(verb, &options))
		return complain_usage();
	if (!settings_read(argc - 1, argv + 1, &state_command, options.file, &config, &why))
		return options_complain(&state_command, why.text);
	return run(verb, &options, &config);
}

const Command state_command = {
	.name = "state",
	.run = command_state,
	.summary = "show and forget what is remembered between messages",
	.synopsis = "state list [-c FILE] [-o KEY=VALUE]... [--use USE] [--json] [USER]\n"
		    "state show [-c FILE] [-o KEY=VALUE]... [--use USE] [--json] [-d USER] ID...\n"
		    "state forget [-c FILE] [-o KEY=VALUE]... [--use USE] [-d USER] ID...\n"
		    "state forget [-c FILE] [-o KEY=VALUE]... --use USE|--all [--yes] [-d USER]\n"
		    "state prune [-c FILE] [-o KEY=VALUE]... [USER]\n",
	.about = "Shows and forgets what is remembered from one message to the next: duplicates, whom was\n"
		 "answered, what was passed on.\n",
	.examples = "trommel state list --use vacation\n"
		    "trommel state forget --use vacation      everybody is answered again\n",
	.exit_text = "0 good, 1 nothing was found, 2 could not run",
	.options = options_of_state,
	.operands = ARGUMENT_USER,
	.words = "list show forget prune",
	.page = "trommel-state(1)",
};
