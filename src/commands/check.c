/* check - compile scripts and show what is wrong with them: `trommel check` */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/panic.h"
#include "base/suggest.h"
#include "commands/check_report.h"
#include "commands/commands.h"
#include "commands/rewrite.h"
#include "commands/settings.h"
#include "delivery/carry_out.h"
#include "delivery/includes.h"
#include "mailbox/store.h"
#include "sieve/sieve.h"
#include "sieve/warnings.h"
#include "system/users.h"

enum {
	GOOD = 0,
	HAS_FINDINGS = 1,
	COULD_NOT_RUN = 2,
	ROUNDS = 100 /* of mending: each mends one finding at least */
};

typedef struct Options {
	const char *file; /* of the configuration; NULL: the usual one, which may be missing */
	const char *mail; /* where folders are looked for; NULL: nowhere */
	bool json, fix, strict;
	bool is_off[SIEVE_WARNINGS]; /* warnings that are not shown */
} Options;

typedef struct Checking {
	Options options;
	Config config;
	User user;
	Store *store; /* NULL without --mail */
	Includes includes;
	SieveSetup setup;
	Arena *arena;
	CheckTally tally;
	int status;
} Checking;

enum {
	OPTION_FIX = OPTION_LONG,
	OPTION_JSON,
	OPTION_MAIL,
	OPTION_NO_WARN,
	OPTION_STRICT
};

static const Option options_of_check[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_FIX, "fix", NULL, "mend what is clear, then show what is left" },
	{ OPTION_JSON, "json", NULL, "an object in a line for each finding" },
	{ OPTION_MAIL, "mail", "LOCATION", "look here for the folders that rules file into" },
	{ OPTION_NO_WARN, "no-warn", "NAMES", "do not show these warnings; all: none" },
	{ OPTION_STRICT, "strict", NULL, "exit with 1 after warnings, too" },
	{ 0 },
};

/* ---- options ---- */

static bool unknown_warning(Slice name, Failure *why)
{
	const char *names[SIEVE_WARNINGS + 1] = { NULL };
	const char *nearest;

	for (size_t i = 0; i < SIEVE_WARNINGS; i++)
		names[i] = sieve_warnings[i].name;
	nearest = suggest_nearest(name, names);
	failure_set(why, FAILURE_USAGE, "5.6.0",
		    "no warning is called '%.*s'%s%s%s; trommel-check(1) has the list", (int)name.length,
		    name.data, nearest ? "; did you mean '" : "", nearest ? nearest : "",
		    nearest ? "'?" : "");
	return false;
}

static bool switch_off_one(Options *options, Slice name, Failure *why)
{
	bool found = false;

	for (size_t i = 0; i < SIEVE_WARNINGS; i++)
		if (slice_equal(name, SLICE("all")) || slice_equal(name, slice_of(sieve_warnings[i].name)))
			options->is_off[i] = found = true;
	return found || unknown_warning(name, why);
}

/* "unreachable,old-name" */
static bool switch_off(Options *options, const char *names, Failure *why)
{
	for (;; names++) {
		size_t length = strcspn(names, ",");

		if (!switch_off_one(options, slice(names, length), why))
			return false;
		names += length;
		if (!*names)
			return true;
	}
}

static bool read_options(int argc, char **argv, Options *options, Failure *why)
{
	int option;

	optind = 1;
	while ((option = options_next(&check_command, argc, argv)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case OPTION_FIX:
			options->fix = true;
			break;
		case OPTION_JSON:
			options->json = true;
			break;
		case OPTION_MAIL:
			options->mail = optarg;
			break;
		case OPTION_NO_WARN:
			if (!switch_off(options, optarg, why))
				return false;
			break;
		case 'o': /* settings_read's */
			break;
		case OPTION_STRICT:
			options->strict = true;
			break;
		default:
			return false;
		}
	return options_enough(&check_command, argc, argv, 1, "a script");
}

/* ---- the stage ---- */

/* The directory of the user's includes, "~" replaced; NULL when nobody knows. */
static const char *personal_dir(const Config *config, Arena *arena)
{
	const char *home = getenv("HOME");

	if (strncmp(config->sieve_dir, "~/", 2) != 0)
		return *config->sieve_dir ? config->sieve_dir : NULL;
	return home && *home == '/' ? arena_printf(arena, "%s%s", home, config->sieve_dir + 1) : NULL;
}

static SieveLoad load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	Checking *it = self;

	return includes_load(&it->includes, place, name, source, why);
}

/* A delivery's settings decide whether some scripts compile, and what they mean. */
static const char *setting(void *self, const char *name)
{
	const Checking *it = self;

	return config_get(&it->config, name, it->arena);
}

static bool folder_exists(void *self, const char *folder, bool *exists, Failure *why)
{
	return store_folder_exists(self, folder, exists, why);
}

static bool open_mail(Checking *it, Failure *why)
{
	StoreSettings settings;

	if (!it->options.mail)
		return true;
	if (!user_find_uid(&it->user, getuid(), why))
		return false;
	settings = (StoreSettings){ .location = it->options.mail,
				    .user = it->user.name,
				    .home = it->user.home,
				    .uid = it->user.uid,
				    .gid = it->user.gid,
				    .hostname = it->config.hostname,
				    .special_use = it->config.special_use };
	it->store = store_open(&settings, why);
	return it->store != NULL;
}

static void set_up(Checking *it)
{
	it->includes = (Includes){ .personal_dir = personal_dir(&it->config, it->arena),
				   .global_dir = it->config.sieve_global_dir,
				   .owner = geteuid() };
	it->setup = (SieveSetup){ .load = load,
				  .setting = setting,
				  .self = it,
				  .plans = carry_out_plans(),
				  .redirect_max = sieve_redirects(it->config.redirect_max),
				  .recipient_delimiter = it->config.recipient_delimiter,
				  .strict_check = true };
}

/* ---- one script ---- */

/* Compiles as a delivery would, and looks for what it would not.  False when an include, or a folder, cannot
 * be looked at. */
static bool find(Checking *it, const char *name, Slice source, Arena *arena, SieveFindings *findings,
		 Failure *why)
{
	const SieveWarnSetup how = { .folder_exists = it->store ? folder_exists : NULL,
				     .folders = it->store,
				     .autocreate = it->config.folder_autocreate };
	SieveScript *script = sieve_compile(name, source, &it->setup, arena, findings, why);

	return why->kind == FAILURE_NONE && (!script || sieve_find_warnings(script, &how, findings, why));
}

/* Fewer errors are better, then fewer warnings. */
typedef struct Standing {
	size_t errors, warnings;
} Standing;

static Standing standing_of(const SieveFindings *findings)
{
	return (Standing){ findings->errors,
			   findings->count > findings->errors ? findings->count - findings->errors : 0 };
}

static bool is_no_worse(Standing now, Standing before)
{
	return now.errors != before.errors ? now.errors < before.errors : now.warnings <= before.warnings;
}

/* Mends what can be mended, round by round since one mistake hides another.  What comes out is the last round
 * that left the script no worse than any before it. */
static bool mend(Checking *it, const char *name, Text *source, bool *changed, Failure *why)
{
	AUTO_VALUE(Text) text = { 0 };
	Standing best = { SIZE_MAX, SIZE_MAX };
	size_t mended = 1;

	*changed = false;
	text_append_slice(&text, text_slice(source));
	for (unsigned round = 0; round < ROUNDS && mended; round++) {
		AUTO(Arena) arena = arena_new();
		AUTO_VALUE(Text) next = { 0 };
		SieveFindings findings = { 0 };

		if (!find(it, name, text_slice(&text), arena, &findings, why))
			return false;
		if (is_no_worse(standing_of(&findings), best)) {
			best = standing_of(&findings);
			*changed = round > 0;
			text_reset(source);
			text_append_slice(source, text_slice(&text));
		}
		mended = sieve_mend(text_slice(&text), name, &findings, &next);
		text_reset(&text);
		text_append_slice(&text, text_slice(&next));
	}
	return true;
}

/* With --fix: the script is written back, or to standard output when it came from standard input. */
static bool fix(Checking *it, const char *path, const char *name, Text *source, Failure *why)
{
	bool changed, is_input = strcmp(path, "-") == 0;

	if (!mend(it, name, source, &changed, why))
		return false;
	if (is_input)
		return rewrite_print(text_slice(source), why);
	return !changed || rewrite_file(path, text_slice(source), why);
}

static bool check(Checking *it, const char *path, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) source = { 0 };
	SieveFindings findings = { 0 };
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	/* The script has standard output for itself when it goes there. */
	FILE *to = it->options.fix && name != path ? stderr : stdout;

	if (!settings_read_script(path, &source, why))
		return false;
	if (it->options.fix && !fix(it, path, name, &source, why))
		return false;
	if (!find(it, name, text_slice(&source), arena, &findings, why))
		return false;
	return check_report(&findings, it->options.is_off, it->options.json, to, &it->tally, why);
}

static int run(Checking *it, int argc, char **argv)
{
	Failure why = { 0 };

	if (!settings_read(argc, argv, &check_command, it->options.file, &it->config, &why) ||
	    !open_mail(it, &why))
		return options_complain(&check_command, why.text);
	set_up(it);
	for (int i = optind; i < argc; i++) {
		Failure unreadable = { 0 };

		if (!check(it, argv[i], &unreadable))
			it->status = options_complain(&check_command, unreadable.text);
	}
	if (it->status == GOOD && (it->tally.errors || (it->options.strict && it->tally.warnings)))
		return HAS_FINDINGS;
	return it->status;
}

static int command_check(int argc, char **argv)
{
	AUTO(Arena) arena = arena_new();
	Checking it = { .arena = arena };
	Failure why = { 0 };
	int status;

	panic_set_status(COULD_NOT_RUN);
	config_init(&it.config);
	if (!read_options(argc, argv, &it.options, &why)) {
		if (why.kind != FAILURE_NONE)
			return options_complain(&check_command, why.text);
		return options_usage(&check_command);
	}
	status = run(&it, argc, argv);
	store_close(it.store);
	user_clear(&it.user);
	config_clear(&it.config);
	return status;
}

const Command check_command = {
	.name = "check",
	.run = command_check,
	.summary = "find the mistakes in Sieve scripts",
	.synopsis = "check [-c FILE] [-o KEY=VALUE]... [--fix] [--json] [--mail LOCATION]\n"
		    "      [--no-warn NAMES]... [--strict] SCRIPT...\n",
	.about = "Compiles scripts and shows every error with its line, a caret and a suggestion, and\n"
		 "what can hardly be meant.\n",
	.examples = "trommel check ~/.sieve\n"
		    "trommel check --fix --mail maildir:~/Maildir ~/.sieve\n",
	.exit_text = "0 good, 1 there are errors, 2 could not run",
	.options = options_of_check,
	.operands = ARGUMENT_FILE,
	.page = "trommel-check(1)",
};
