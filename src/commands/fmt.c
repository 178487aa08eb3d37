/* fmt - lay scripts out: `trommel fmt` */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/panic.h"
#include "commands/commands.h"
#include "commands/rewrite.h"
#include "commands/settings.h"
#include "sieve/format.h"
#include "sieve/sieve.h"

enum {
	GOOD = 0,
	HAS_FINDINGS = 1,
	COULD_NOT_RUN = 2
};

typedef struct Options {
	bool in_place, check;
} Options;

enum {
	OPTION_CHECK = OPTION_LONG
};

static const Option options_of_fmt[] = {
	{ 'i', "in-place", NULL, "write back what changes" },
	{ OPTION_CHECK, "check", NULL, "write nothing; name the scripts that would change" },
	{ 0 },
};

static int complain(const Failure *why)
{
	return options_complain(&fmt_command, why->text);
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&fmt_command, argc, argv)) != -1)
		switch (option) {
		case 'i':
			options->in_place = true;
			break;
		case OPTION_CHECK:
			options->check = true;
			break;
		default:
			return false;
		}
	return options_enough(&fmt_command, argc, argv, 1, "a script");
}

/* Shows what keeps a script from being one, on standard error.  Of one that has only wrong words: nothing. */
static bool has_syntax_errors(const char *name, Slice source, Arena *arena)
{
	AUTO_VALUE(Text) out = { 0 };
	SieveFindings findings = { 0 };
	Failure why = { 0 };
	bool found = false;

	sieve_compile(name, source, NULL, arena, &findings, &why);
	for (size_t i = 0; i < findings.count; i++)
		if (findings.items[i].is_syntax) {
			sieve_finding_print(&findings.items[i], &out);
			found = true;
		}
	fputs(text_string(&out), stderr);
	return found;
}

static bool lay_out(const char *name, Slice source, Text *out)
{
	AUTO(Arena) arena = arena_new();

	if (has_syntax_errors(name, source, arena))
		return false;
	if (sieve_format(source, arena, out))
		return true;
	fprintf(stderr, "%s: this is no script that could be laid out\n", name);
	return false;
}

/* Gives the status. */
static int fmt(const char *path, const Options *options)
{
	AUTO_VALUE(Text) source = { 0 };
	AUTO_VALUE(Text) out = { 0 };
	Failure why = { 0 };
	bool is_input = strcmp(path, "-") == 0, changed, done = true;
	const char *name = is_input ? "standard input" : path;

	if (!settings_read_script(path, &source, &why))
		return complain(&why);
	if (!lay_out(name, text_slice(&source), &out))
		return HAS_FINDINGS;
	changed = !slice_equal(text_slice(&source), text_slice(&out));
	if (options->check) {
		if (changed)
			puts(name);
		return changed ? HAS_FINDINGS : GOOD;
	}
	if (!options->in_place || is_input)
		done = rewrite_print(text_slice(&out), &why);
	else if (changed)
		done = rewrite_file(path, text_slice(&out), &why);
	return done ? GOOD : complain(&why);
}

static int command_fmt(int argc, char **argv)
{
	Options options = { 0 };
	int status = GOOD;

	panic_set_status(COULD_NOT_RUN);
	if (!read_options(argc, argv, &options))
		return options_usage(&fmt_command);
	for (int i = optind; i < argc; i++) {
		int one = fmt(argv[i], &options);

		status = one > status ? one : status;
	}
	if (fflush(stdout) != 0 && status != COULD_NOT_RUN) {
		perror("trommel fmt: write");
		return COULD_NOT_RUN;
	}
	return status;
}

const Command fmt_command = {
	.name = "fmt",
	.run = command_fmt,
	.summary = "lay Sieve scripts out",
	.synopsis = "fmt [-i] [--check] SCRIPT...\n",
	.about = "Prints scripts as they are best read: what they mean and what they comment stays.\n",
	.examples = "trommel fmt ~/.sieve\n"
		    "trommel fmt -i rules/*.sieve\n",
	.exit_text = "0 good, 1 a script does not parse, or would change, 2 could not run",
	.options = options_of_fmt,
	.operands = ARGUMENT_FILE,
	.page = "trommel-fmt(1)",
};
