/* grep - a test of Sieve as a search in saved mail: `trommel grep`
 *
 * The test becomes a script that keeps what it is true for; judges read the messages, as for `trommel try`.
 */
#include "commands/grep.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/panic.h"
#include "base/printable.h"
#include "commands/commands.h"
#include "commands/saved.h"
#include "commands/settings.h"
#include "delivery/lists.h"

enum {
	FOUND = 0,
	NOT_FOUND = 1,
	COULD_NOT_RUN = 2,
	NAME_BYTES = 4096
};

typedef struct Options {
	const char *file; /* of the configuration */
	GrepOutput output;
	bool invert;
	unsigned judges; /* 0: one for each core */
} Options;

typedef struct Grep {
	const Options *options;
	const Config *config;
	const User *user;
	JudgeJob job;
	Lists lists;
	Batch *batch;
	Text last_name;
	size_t found, found_here; /* in all sources, in this one */
	bool failed;              /* something could not be read, or the test failed on it */
	bool enough;              /* with -q: the answer is known */
} Grep;

enum {
	OPTION_CONFIG = OPTION_LONG,
	OPTION_JSON,
	OPTION_MBOX
};

static const Option options_of_grep[] = {
	{ 'c', "count", NULL, "how many of each source" },
	{ 'l', "files-with-matches", NULL, "the names of files alone, each once" },
	{ 'q', "quiet", NULL, "nothing; the exit status tells" },
	{ 'v', "invert-match", NULL, "messages for which the test is not true" },
	{ OPTION_JSON, "json", NULL, "an object in a line for each message" },
	{ OPTION_MBOX, "mbox", NULL, "the messages themselves, as an mbox" },
	{ 'j', NULL, "COUNT", "so many judges; else one for each core" },
	{ OPTION_CONFIG, "config", "FILE", "this file instead of the site's configuration", ARGUMENT_FILE },
	{ 'o', NULL, "KEY=VALUE", "one setting (see trommel.conf(5))", ARGUMENT_SETTING },
	{ 0 },
};

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&grep_command, argc, argv)) != -1)
		switch (option) {
		case OPTION_CONFIG:
			options->file = optarg;
			break;
		case 'c':
			options->output = GREP_COUNTS;
			break;
		case 'l':
			options->output = GREP_NAMES;
			break;
		case 'q':
			options->output = GREP_NOTHING;
			break;
		case 'v':
			options->invert = true;
			break;
		case OPTION_JSON:
			options->output = GREP_JSON;
			break;
		case OPTION_MBOX:
			options->output = GREP_MBOX;
			break;
		case 'j':
			if (!options_count(&grep_command, "-j", optarg, BATCH_JUDGES_MAX, &options->judges))
				return false;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	return options_enough(&grep_command, argc, argv, 2, "a test, and behind it where to search");
}

/* --- one message --- */

static bool is_kept(const Plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->actions[i].kind == ACTION_KEEP)
			return true;
	return false;
}

static void tell_failed(Grep *grep, const GrepMessage *it, const Plan *plan)
{
	AUTO_VALUE(Text) out = { 0 };

	printable_append(&out, slice_of(it->name), NAME_BYTES);
	if (it->number)
		text_printf(&out, ":%zu", it->number);
	fprintf(stderr, "trommel grep: %s: %s\n", text_string(&out),
		plan->error ? plan->error : "not judged");
	grep->failed = true;
}

static bool take_decided(void *self, BatchItem *item, Plan *plan, Failure *why)
{
	Grep *grep = self;

	if (plan->outcome != PLAN_DECIDED) {
		tell_failed(grep, item->own, plan);
		return true;
	}
	if (is_kept(plan) == grep->options->invert)
		return true;
	grep->found++;
	grep->found_here++;
	if (grep->options->output == GREP_NOTHING) {
		grep->enough = true;
		return failure_set(why, FAILURE_USAGE, "4.0.0", "enough was found");
	}
	return grep_print(item->own, item, grep->options->output, &grep->last_name, why);
}

static bool give(void *self, const Sourced *it, Failure *why)
{
	Grep *grep = self;
	Arena *arena = batch_arena(grep->batch);
	const HeaderIndex *header = header_index(it->message->header, arena);
	const Envelope envelope = saved_envelope(grep->config, grep->user, NULL, NULL, it->message, header,
						 arena);
	const BatchItem item = { .message = *it->message,
				 .envelope = &envelope,
				 .now = saved_time(it, header, grep->job.now, arena),
				 .flags = saved_flags(it, arena),
				 .own = grep_remember(it, header, grep->job.now, arena) };

	return batch_add(grep->batch, &item, why);
}

static void print_remark(void *self, const char *text)
{
	(void)self;
	fprintf(stderr, "trommel grep: %s\n", text);
}

/* Every folder exists; of all else but the lists nothing is known. */
static bool answer(void *self, const BatchItem *item, const Question *question, Answer *out, Failure *why)
{
	Grep *grep = self;

	(void)item;
	if (lists_are_asked(question))
		return lists_answer(&grep->lists, question, out, why);
	out->yes = question->kind == ASK_FOLDER;
	return true;
}

/* --- all of them --- */

static bool open_judges(Grep *grep, const Text *script, Arena *arena, Failure *why)
{
	const Config *config = grep->config;

	grep->job = saved_job(config, grep->user, "TEST", text_slice(script), arena);
	grep->lists = lists_of(config, grep->user, arena);
	grep->batch = batch_open(&(BatchSettings){ .job = &grep->job,
						   .judges = grep->options->judges,
						   .ask = answer,
						   .decided = take_decided,
						   .self = grep },
				 why);
	return grep->batch != NULL;
}

static void print_found(const Grep *grep, const char *source, bool is_one)
{
	AUTO_VALUE(Text) out = { 0 };

	if (grep->options->output != GREP_COUNTS)
		return;
	if (!is_one) {
		printable_append(&out, slice_of(source), NAME_BYTES);
		text_append_char(&out, ':');
	}
	printf("%s%zu\n", text_string(&out), grep->found_here);
}

static void fail(void *self, const Failure *why)
{
	Grep *grep = self;

	options_complain(&grep_command, why->text);
	grep->failed = true;
}

/* False: there is no going on with other sources. */
static bool search(Grep *grep, const char *source, bool is_one)
{
	static const SourceOptions remarking = { .remark = print_remark, .unreadable = fail };
	Failure unreadable = { 0 }, why = { 0 };
	bool was_read;

	grep->found_here = 0;
	was_read = source_read(source, &remarking, give, grep, &unreadable);
	if (!grep->enough && !batch_finish(grep->batch, &why) && !grep->enough) {
		fail(grep, &why);
		return false;
	}
	if (!grep->enough && !was_read)
		fail(grep, &unreadable);
	print_found(grep, source, is_one);
	return !grep->enough;
}

static int run(Grep *grep, int argc, char **argv, Config *config, User *user, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) script = { 0 };
	const char *test = argv[optind];
	const int first = optind + 1;

	if (!settings_read(argc, argv, &grep_command, grep->options->file, config, why) ||
	    !user_find_uid(user, getuid(), why))
		return options_complain(&grep_command, why->text);
	if (!grep_script(test, config, &script, why))
		return why->kind == FAILURE_NONE ? COULD_NOT_RUN : options_complain(&grep_command, why->text);
	if (!open_judges(grep, &script, arena, why))
		return options_complain(&grep_command, why->text);
	for (int i = first; i < argc && search(grep, argv[i], argc - first == 1); i++)
		;
	if (grep->failed && !grep->enough)
		return COULD_NOT_RUN;
	return options_written(&grep_command, grep->found ? FOUND : NOT_FOUND);
}

static int command_grep(int argc, char **argv)
{
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(User) user = { 0 };
	Options options = { 0 };
	Grep grep = { .options = &options, .config = &config, .user = &user };
	Failure why = { 0 };
	int status;

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options))
		return options_usage(&grep_command);
	saved_forget_environment();
	status = run(&grep, argc, argv, &config, &user, &why);
	batch_close(grep.batch);
	text_clear(&grep.last_name);
	return status;
}

const Command grep_command = {
	.name = "grep",
	.run = command_grep,
	.summary = "search saved mail with a test of Sieve",
	.synopsis =
		"grep [-v] [-c | -l | -q | --json | --mbox] [-j COUNT] [--config FILE] [-o KEY=VALUE]...\n"
		"     TEST SOURCE...\n",
	.about =
		"Finds the messages for which TEST, a test of Sieve, is true.  What it needs is required by\n"
		"itself.  A SOURCE is a file with one message, an mbox, a Maildir, a directory or a tar\n"
		"archive of such, or - for standard input.  Nothing is changed.\n",
	.examples = "trommel grep 'header :contains \"subject\" \"invoice\"' ~/Maildir\n"
		    "trommel grep -c 'size :over 5M' ~/mail/*.mbox\n"
		    "trommel grep --mbox 'address :domain \"from\" \"example.org\"' old.tar >found.mbox\n"
		    "trommel grep 'not exists \"message-id\"' - <box\n",
	.exit_text = "0 something was found, 1 nothing was, 2 could not run or read everything",
	.options = options_of_grep,
	.operands = ARGUMENT_FILE,
	.page = "trommel-grep(1)",
};
