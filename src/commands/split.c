/* split - take saved mail apart: a command or a file for each message: `trommel split` */
#include "commands/split.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/panic.h"
#include "commands/commands.h"

enum {
	GOOD = 0,
	COMMAND_FAILED = 1,
	COULD_NOT_RUN = 2,
	AT_ONCE_MAX = 256
};

typedef struct Options {
	const char *into; /* a directory, or NULL */
	char **command;   /* or NULL */
	unsigned at_once;
	bool from_line, keep_going;
	char **sources;
	size_t source_count;
} Options;

typedef struct Splitting {
	const Options *options;
	SplitRun *run; /* NULL: files */
	int directory;
	size_t number; /* of messages so far */
} Splitting;

enum {
	OPTION_INTO = OPTION_LONG
};

static const Option options_of_split[] = {
	{ OPTION_INTO, "into", "DIRECTORY", "a file for each message: DIRECTORY/000001.eml ...",
	  ARGUMENT_DIRECTORY },
	{ 'f', "from-line", NULL, "begin each message with its From_ line, if it has one" },
	{ 'j', NULL, "COUNT", "run so many commands at a time; what they write keeps its order" },
	{ 'k', "keep-going", NULL, "go on when a command fails" },
	{ 0 },
};

/* The command stands behind "--", which getopt would not tell from the end of options. */
static int take_command(int argc, char **argv, Options *options)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0) {
			options->command = argv[i + 1] ? argv + i + 1 : NULL;
			return i;
		}
	return argc;
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	*options = (Options){ .at_once = 1 };
	argc = take_command(argc, argv, options);
	optind = 1;
	while ((option = options_next(&split_command, argc, argv)) != -1)
		switch (option) {
		case OPTION_INTO:
			options->into = optarg;
			break;
		case 'f':
			options->from_line = true;
			break;
		case 'j':
			if (!options_count(&split_command, "-j", optarg, AT_ONCE_MAX, &options->at_once))
				return false;
			break;
		case 'k':
			options->keep_going = true;
			break;
		default:
			return false;
		}
	options->sources = argv + optind;
	options->source_count = (size_t)(argc - optind);
	if (options->into && options->command)
		return options_exclude(&split_command, "--into", "a command behind '--'");
	if (!options->into && !options->command)
		return options_complain(&split_command,
					"wanted is a command behind '--', or --into a directory") == 0;
	return options_enough(&split_command, argc, argv, 1, "saved messages");
}

/* ---- all messages ---- */

static bool visit(void *self, const Sourced *it, Failure *why)
{
	Splitting *splitting = self;
	const Options *options = splitting->options;

	splitting->number++;
	if (splitting->run)
		return split_run_start(splitting->run, it, splitting->number, why);
	return split_file(splitting->directory, options->into, it, options->from_line, splitting->number,
			  why);
}

static bool open_directory(Splitting *splitting, Failure *why)
{
	const char *path = splitting->options->into;

	splitting->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return splitting->directory >= 0 || failure_errno(why, "open the directory '%s'", path);
}

static bool begin(Splitting *splitting, Failure *why)
{
	const Options *options = splitting->options;

	if (options->into)
		return open_directory(splitting, why);
	splitting->run = split_run_new(&(SplitRunOptions){ .command = options->command,
							   .at_once = options->at_once,
							   .from_line = options->from_line,
							   .keep_going = options->keep_going });
	return true;
}

static bool finish(Splitting *splitting, Failure *why)
{
	if (splitting->run)
		return split_run_finish(splitting->run, why);
	return syncfs(splitting->directory) == 0 ||
	       failure_errno(why, "flush the directory '%s'", splitting->options->into);
}

static int split_all(Splitting *splitting, Failure *why)
{
	bool done = begin(splitting, why);

	for (size_t i = 0; i < splitting->options->source_count && done; i++)
		done = source_each(splitting->options->sources[i], visit, splitting, why);
	if (done)
		done = finish(splitting, why);
	if (!done)
		options_complain(&split_command, why->text);
	if (splitting->run && split_run_failed(splitting->run) && (done || why->kind == FAILURE_REFUSED))
		return COMMAND_FAILED;
	return done ? GOOD : COULD_NOT_RUN;
}

static int command_split(int argc, char **argv)
{
	Options options;
	Splitting splitting = { .options = &options, .directory = -1 };
	Failure why = { 0 };
	int status;

	panic_set_status(COULD_NOT_RUN);
	if (!read_options(argc, argv, &options))
		return options_usage(&split_command);
	status = split_all(&splitting, &why);
	split_run_free(splitting.run);
	cleanup_fd(&splitting.directory);
	return status;
}

const Command split_command = {
	.name = "split",
	.run = command_split,
	.summary = "take saved mail apart: a command or a file for each message",
	.synopsis = "split [-f] [-j COUNT] [-k] SOURCE... -- COMMAND [ARGUMENT]...\n"
		    "split [-f] --into DIRECTORY SOURCE...\n",
	.about = "Runs COMMAND for each message, which is its standard input, or writes each into a file of\n"
		 "its own.  A SOURCE is a file with one message, an mbox, a Maildir, a directory or a tar\n"
		 "archive of such, or - for standard input.  Nothing that is there is overwritten.\n",
	.examples = "trommel split ~/mail/old.mbox -- trommel\n"
		    "trommel split -j 4 -k ~/Maildir -- sa-learn --spam\n"
		    "trommel split box -- sh -c 'echo \"$FILENO $(grep -ci \"^received:\")\"'\n"
		    "trommel split --into letters old.tar\n",
	.exit_text = "0 good, 1 a command failed, 2 could not run",
	.options = options_of_split,
	.operands = ARGUMENT_FILE,
	.page = "trommel-split(1)",
};
