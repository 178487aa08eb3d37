/* check - compile scripts and show what is wrong with them: `trommel check` */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/panic.h"
#include "commands/commands.h"
#include "commands/settings.h"
#include "delivery/carry_out.h"
#include "delivery/includes.h"
#include "sieve/sieve.h"

enum {
	GOOD = 0,
	HAS_ERRORS = 1,
	COULD_NOT_RUN = 2
};

typedef struct Options {
	const char *file; /* of the configuration; NULL: the usual one, which may be missing */
	bool json;
} Options;

enum {
	OPTION_JSON = OPTION_LONG
};

static const Option options_of_check[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_JSON, "json", NULL, "an object for each finding" },
	{ 0 },
};

static int complain(const Failure *why)
{
	fprintf(stderr, "trommel check: %s\n", why->text);
	return COULD_NOT_RUN;
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&check_command, argc, argv)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case OPTION_JSON:
			options->json = true;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	return optind < argc;
}

/* The directory of the user's includes, "~" replaced; NULL when nobody knows. */
static const char *personal_dir(const Config *config, Arena *arena)
{
	const char *home = getenv("HOME");

	if (strncmp(config->sieve_dir, "~/", 2) != 0)
		return *config->sieve_dir ? config->sieve_dir : NULL;
	return home && *home == '/' ? arena_printf(arena, "%s%s", home, config->sieve_dir + 1) : NULL;
}

/* Compiles the script called `name` as a delivery would.  False when it, or one that it includes, cannot be
 * read. */
static bool check(const char *name, const SieveSetup *setup, Arena *arena, SieveFindings *findings,
		  Failure *why)
{
	AUTO_VALUE(Text) source = { 0 };

	if (!settings_read_script(name, &source, why))
		return false;
	sieve_compile(strcmp(name, "-") == 0 ? "standard input" : name,
		      arena_copy_slice(arena, text_slice(&source)), setup, arena, findings, why);
	return why->kind == FAILURE_NONE;
}

static void finding_to_json(const SieveFinding *finding, Text *out)
{
	text_append_char(out, '{');
	json_field_string(out, "file", finding->file);
	json_field_number(out, "line", finding->line);
	json_field_number(out, "column", finding->column);
	json_field_number(out, "length", finding->length);
	json_field_string(out, "severity", finding->severity == SIEVE_ERROR ? "error" : "warning");
	json_field_string(out, "text", finding->text);
	json_field_string(out, "suggestion", finding->suggestion);
	json_field_slice(out, "source_line", finding->source_line);
	text_append_string(out, "}");
}

static bool print(const SieveFindings *findings, bool json)
{
	AUTO_VALUE(Text) out = { 0 };

	text_append_string(&out, json ? "[" : "");
	for (size_t i = 0; i < findings->count; i++) {
		if (json) {
			text_append_string(&out, i ? ",\n " : "\n ");
			finding_to_json(&findings->items[i], &out);
		} else {
			sieve_finding_print(&findings->items[i], &out);
		}
	}
	text_append_string(&out, json ? "\n]\n" : "");
	if (fwrite(text_string(&out), 1, out.length, stdout) == out.length && fflush(stdout) == 0)
		return true;
	perror("trommel check: write");
	return false;
}

static int command_check(int argc, char **argv)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Config) config = { 0 };
	Options options = { 0 };
	Includes includes = { .owner = geteuid() };
	SieveSetup setup = {
		.load = includes_load, .self = &includes, .plans = carry_out_plans(), .strict_check = true
	};
	SieveFindings findings = { 0 };
	int status = GOOD;
	Failure why = { 0 };

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options)) {
		return options_usage(&check_command);
	}
	if (!settings_read(argc, argv, &check_command, options.file, &config, &why))
		return complain(&why);
	includes.personal_dir = personal_dir(&config, arena);
	includes.global_dir = config.sieve_global_dir;
	setup.redirect_max = config.redirect_max;
	setup.recipient_delimiter = config.recipient_delimiter;
	for (int i = optind; i < argc; i++) {
		Failure unreadable = { 0 };

		if (!check(argv[i], &setup, arena, &findings, &unreadable))
			status = complain(&unreadable);
	}
	if (!print(&findings, options.json))
		return COULD_NOT_RUN;
	return status == GOOD && findings.errors ? HAS_ERRORS : status;
}

const Command check_command = {
	.name = "check",
	.run = command_check,
	.summary = "find the mistakes in Sieve scripts",
	.synopsis = "check [-c FILE] [-o KEY=VALUE]... [--json] SCRIPT...\n",
	.about = "Compiles scripts and shows every error with its line, a caret and a suggestion.\n",
	.examples = "trommel check ~/.sieve\n",
	.exit_text = "0 good, 1 there are errors, 2 could not run",
	.options = options_of_check,
	.operands = ARGUMENT_FILE,
	.page = "trommel-check(1)",
};
