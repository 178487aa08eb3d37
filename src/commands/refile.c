/* refile - let rules file saved messages anew: `trommel refile`
 *
 * The plan first; then, in a run that can be resumed and undone, what it says. */
#include "commands/refile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/panic.h"
#include "commands/commands.h"
#include "commands/refile_command.h"
#include "commands/saved.h"
#include "commands/settings.h"
#include "delivery/user_store.h"
#include "system/host.h"

enum {
	GOOD = 0,
	FAILED = 1,
	COULD_NOT_RUN = 2,
	COMMAND_BYTES = 1024 * 1024,
	OPTION_INTO = OPTION_LONG,
	OPTION_MOVE,
	OPTION_OUTGOING,
	OPTION_SHARD,
	OPTION_RESUME
};

static const Option options_of_refile[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_INTO, "into", "LOCATION", "file into this mail, as mail_location has it; else your own" },
	{ OPTION_MOVE, "move", NULL, "take messages out of their source once their copies are on disk" },
	{ OPTION_OUTGOING, "allow-outgoing", NULL,
	  "send what the rules redirect, answer, refuse and notify; else nothing is" },
	{ 'y', "yes", NULL, "do not ask" },
	{ 'j', NULL, "NUMBER", "judge so many messages at a time; else as many as there are cores" },
	{ OPTION_SHARD, "shard", "I/N", "only the I-th of N parts, for many workers" },
	{ OPTION_RESUME, "resume", "RUN", "go on with a run that was interrupted", ARGUMENT_RUN },
	{ 0 },
};

static int complain(const Failure *why)
{
	return options_complain(&refile_command, why->text);
}

/* --- options --- */

/* Digits alone, up to `end`. */
static bool read_number(const char *text, char end, uint64_t *number)
{
	char *behind;

	errno = 0;
	*number = strtoull(text, &behind, 10);
	return ascii_is_digit(*text) && *behind == end && errno == 0;
}

static bool read_shard(const char *text, RefileOptions *options)
{
	const char *slash = strchr(text, '/');

	if (slash && read_number(text, '/', &options->shard) &&
	    read_number(slash + 1, '\0', &options->shards) && options->shard >= 1 &&
	    options->shard <= options->shards)
		return true;
	fprintf(stderr, "trommel refile: '%s' is no part; write one as 2/8\n", text);
	return false;
}

/* Nothing is what a variable of the shell holds that was not set; it is not meant for one's own mail. */
static bool read_location(const char *location, RefileOptions *options)
{
	options->into = location;
	if (!*location)
		fputs("trommel refile: --into wants a location, as maildir:~/new; without --into it is your "
		      "own "
		      "mail\n",
		      stderr);
	return *location;
}

static bool read_options(int argc, char **argv, RefileOptions *options)
{
	int option;

	*options = (RefileOptions){ .shard = 1, .shards = 1 };
	optind = 1;
	while ((option = options_next(&refile_command, argc, argv)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case OPTION_INTO:
			if (!read_location(optarg, options))
				return false;
			break;
		case OPTION_MOVE:
			options->move = true;
			break;
		case OPTION_OUTGOING:
			options->allow_outgoing = true;
			break;
		case OPTION_RESUME:
			options->resume = optarg;
			break;
		case 'y':
			options->yes = true;
			break;
		case 'j':
			if (!options_count(&refile_command, "-j", optarg, BATCH_JUDGES_MAX, &options->judges))
				return false;
			break;
		case OPTION_SHARD:
			if (!read_shard(optarg, options))
				return false;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	if (options->resume)
		return options_no_more(&refile_command, argc, argv, 0);
	options->sources = argv + optind + 1;
	options->source_count = argc - optind >= 2 ? (size_t)(argc - optind - 1) : 0;
	return options_enough(&refile_command, argc, argv, 2, "a script, and behind it saved messages");
}

/* --- the stage --- */

Store *refile_open_store(const Config *config, const User *user, const char *into, Failure *why)
{
	const Host host = host_find(config);
	StoreSettings settings = user_store_settings(config, user, host_in_mail(&host), host.machine);

	if (into)
		settings.location = into;
	settings.in_bulk = true;
	return store_open(&settings, why);
}

static void make_job(Refile *refile, const char *script, Slice source, Arena *arena)
{
	const Config *config = refile->config;

	refile->job = saved_job(config, refile->user, script, source, arena);
	refile->lists = lists_of(config, refile->user, arena);
}

/* --- asking --- */

static bool agree(const Refile *refile, Failure *why)
{
	const RefileOptions *options = refile->options;
	const bool sends = options->allow_outgoing && refile->counts.redirected + refile->counts.answered > 0;
	char answer[8] = "";

	if ((!options->move && !sends) || options->yes)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return failure_set(why, FAILURE_USAGE, "5.6.0",
				   "%s, and nobody can be asked here; say --yes when that is meant",
				   sends ? "mail would be sent"
					 : "messages would be taken out of their source");
	fputs(sends && options->move ? "Send these, and take messages out of their source? [y/N] "
	      : sends                ? "Send these? [y/N] "
				     : "Take these messages out of their source? [y/N] ",
	      stderr);
	if (!fgets(answer, sizeof answer, stdin) || (answer[0] != 'y' && answer[0] != 'Y'))
		return failure_set(why, FAILURE_USAGE, "5.6.0", "nothing was done");
	return true;
}

/* Who cannot be shown what is going to happen does not want it. */
static bool print_plan(const Refile *refile, Failure *why)
{
	AUTO_VALUE(Text) out = { 0 };

	refile_plan_print(refile, &out);
	return (fputs(text_string(&out), stdout) >= 0 && fflush(stdout) == 0) ||
	       failure_errno(why, "write the plan");
}

/* It has its name when all of it is there. */
static bool save_input(int dir_fd, Failure *why)
{
	auto_fd int fd = openat(dir_fd, "input.part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char piece[65536];
	ssize_t got = -1;

	while (fd >= 0 && (got = io_read(STDIN_FILENO, piece, sizeof piece)) > 0)
		if (!io_write(fd, piece, (size_t)got))
			break;
	return (fd >= 0 && got == 0 && fsync(fd) == 0 &&
		renameat(dir_fd, "input.part", dir_fd, "input") == 0 && fsync(dir_fd) == 0) ||
	       failure_errno(why, "keep standard input");
}

/* What comes through a pipe is kept with the run: it is read several times. */
static bool keep_input(const RefileOptions *options, int dir_fd, Failure *why)
{
	auto_fd int kept = -1;

	for (size_t i = 0; i < options->source_count; i++) {
		if (strcmp(options->sources[i], "-") != 0)
			continue;
		if (!options->resume && !save_input(dir_fd, why))
			return false;
		kept = openat(dir_fd, "input", O_RDONLY | O_CLOEXEC);
		if (kept < 0 && errno == ENOENT)
			return failure_retry(
				why,
				"the run ended before standard input did: give it once more, to a new run");
		if (kept < 0 || dup2(kept, STDIN_FILENO) < 0)
			return failure_errno(why, "read standard input again");
		return true;
	}
	return true;
}

static bool rewind_input(const RefileOptions *options, Failure *why)
{
	for (size_t i = 0; i < options->source_count; i++)
		if (strcmp(options->sources[i], "-") == 0 && lseek(STDIN_FILENO, 0, SEEK_SET) < 0)
			return failure_errno(why, "read standard input again");
	return true;
}

/* --- a run --- */

static bool plan_and_run(Refile *refile, Failure *why)
{
	if (!refile_plan(refile, why))
		return false;
	if (refile->problem)
		return failure_set(why, FAILURE_USAGE, "5.6.0", "%s", refile->problem);
	return print_plan(refile, why) && agree(refile, why) && rewind_input(refile->options, why) &&
	       refile_run(refile, why);
}

static int end_run(Refile *refile, int place, bool done, const Failure *why)
{
	const char *id = refile->log.id;
	Failure ignored;

	if (done) {
		printf("Done; 'trommel undo %s' puts everything back%s.\n", id,
		       refile->options->allow_outgoing ? " but what was sent" : "");
		return options_written(&refile_command, GOOD);
	}
	complain(why);
	if (!refile_log_is_empty(&refile->log)) {
		fprintf(stderr,
			"trommel refile: go on with 'trommel refile --resume %s', or 'trommel undo %s'\n", id,
			id);
		return FAILED;
	}
	refile_log_remove(&refile->log, place, &ignored);
	return COULD_NOT_RUN; /* there is nothing to resume */
}

static void clear(Refile *refile)
{
	store_close(refile->store);
	tally_clear(&refile->counts.folders);
	free(refile->done);
	free(refile->used);
	free(refile->sent);
	names_clear(&refile->mboxes);
	refile_log_close(&refile->log);
}

static bool begin(Refile *refile, int place, const char *path, int argc, char **argv, Slice script,
		  Failure *why)
{
	if (!refile->options->resume)
		return refile_log_create(&refile->log, place, path, argc, argv, script, why);
	return refile_recall(refile, why);
}

/* The arguments of the run that is resumed stand in its directory. */
static int run_in(Refile *refile, int place, const char *path, int argc, char **argv, const char *script_name,
		  Slice script, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	bool done;

	refile->counts.folders.arena = arena;
	make_job(refile, script_name, script, arena);
	refile->store = refile_open_store(refile->config, refile->user, refile->options->into, why);
	if (!refile->store || !begin(refile, place, path, argc, argv, script, why))
		return complain(why);
	done = keep_input(refile->options, refile->log.dir_fd, why);
	if (!done && refile->options->resume)
		return complain(why);
	done = done && plan_and_run(refile, why);
	return end_run(refile, place, done, why);
}

static bool read_part(int dir_fd, const char *name, size_t limit, Text *text, Failure *why)
{
	auto_fd int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd >= 0 ? io_read_file(fd, name, limit, text, why)
		       : failure_errno(why, "read '%s' of the run", name);
}

/* Goes to the directory that the run was started in and takes its arguments, which point into `text`. */
static bool recall_command(const RefileLog *log, Text *text, char ***argv, int *argc, Failure *why)
{
	size_t at, capacity = 0, count = 0;

	if (!read_part(log->dir_fd, "command", COMMAND_BYTES, text, why))
		return false;
	text_append_char(text, '\0');
	if (chdir(text->data) < 0)
		return failure_errno(why, "go to '%s', where the run was started", text->data);
	*argv = NULL;
	for (at = strlen(text->data) + 1; at + 1 < text->length; at += strlen(text->data + at) + 1) {
		MEMORY_GROW(*argv, count, capacity);
		(*argv)[count++] = text->data + at;
	}
	MEMORY_GROW(*argv, count, capacity);
	(*argv)[count] = NULL;
	*argc = (int)count;
	return true;
}

static int resume(Refile *refile, RefileOptions *options, Config *config, int place, const char *path,
		  Failure *why)
{
	AUTO_VALUE(Text) command = { 0 };
	AUTO_VALUE(Text) script = { 0 };
	auto_free char **argv = NULL;
	const char *id = options->resume;
	const bool yes = options->yes;
	int argc = 0;

	if (!refile_log_open(&refile->log, place, path, id, LOG_PATIENCE_MS, why))
		return complain(why);
	if (refile->log.undone) {
		failure_retry(why, "the run '%s' is being undone: 'trommel undo %s' goes on", id, id);
		return complain(why);
	}
	if (refile->log.finished) {
		printf("The run '%s' was finished before; 'trommel undo %s' takes it back.\n", id, id);
		return GOOD;
	}
	if (!recall_command(&refile->log, &command, &argv, &argc, why) ||
	    !read_part(refile->log.dir_fd, "script", SIZE_MAX / 2, &script, why) ||
	    !read_options(argc, argv, options) ||
	    !settings_read(argc, argv, &refile_command, options->file, config, why))
		return complain(why);
	options->resume = id;
	options->yes |= yes;
	return run_in(refile, place, path, argc, argv, argv[argc - (int)options->source_count - 1],
		      text_slice(&script), why);
}

static int run(Refile *refile, RefileOptions *options, Config *config, int argc, char **argv, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	AUTO_VALUE(Text) script = { 0 };
	const char *name = argv[optind];
	auto_fd int place = -1;

	if (!settings_read(argc, argv, &refile_command, options->file, config, why) ||
	    !refile_log_place(config, refile->user, true, &place, &path, why))
		return complain(why);
	if (options->resume)
		return resume(refile, options, config, place, text_string(&path), why);
	if (!refile_sources_apart(options, why) || !settings_read_script(name, &script, why))
		return complain(why);
	return run_in(refile, place, text_string(&path), argc, argv, name, text_slice(&script), why);
}

static int command_refile(int argc, char **argv)
{
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(User) user = { 0 };
	RefileOptions options;
	Refile refile = {
		.options = &options, .config = &config, .user = &user, .log = { .dir_fd = -1, .fd = -1 }
	};
	Failure why = { 0 };
	int status;

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options))
		return options_usage(&refile_command);
	saved_forget_environment();
	umask(077);
	if (!user_find_uid(&user, getuid(), &why))
		return complain(&why);
	status = run(&refile, &options, &config, argc, argv, &why);
	clear(&refile);
	return status;
}

const Command refile_command = {
	.name = "refile",
	.run = command_refile,
	.summary = "let rules file saved messages anew; can be resumed and undone",
	.synopsis = "refile [-y] [-c FILE] [-o KEY=VALUE]... [-j NUMBER] [--into LOCATION] [--move]\n"
		    "       [--allow-outgoing] [--shard I/N] SCRIPT SOURCE...\n"
		    "refile --resume RUN\n",
	.about =
		"Files saved messages by the rules in SCRIPT: copies them, or with --move takes them out of\n"
		"their source as well.  Shows first what will be done.  Dates and flags are kept.  Nothing "
		"is\n"
		"sent unless --allow-outgoing.  A message that lies where it belongs already stays "
		"untouched.\n",
	.examples = "trommel refile ~/.sieve ~/mail/old.mbox\n"
		    "trommel refile --move --yes ~/.sieve ~/Maildir\n"
		    "trommel refile --into maildir:/srv/new --shard 1/8 rules.sieve archive.tar\n"
		    "trommel undo 20261128-231500\n",
	.exit_text = "0 done, 1 interrupted by a failure (resume it), 2 could not run",
	.options = options_of_refile,
	.operands = ARGUMENT_FILE,
	.page = "trommel-refile(1)",
};
