/* undo - put back what `trommel refile` has done: `trommel undo` */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/names.h"
#include "base/panic.h"
#include "base/printable.h"
#include "commands/commands.h"
#include "commands/refile_command.h"
#include "commands/refile_undo.h"
#include "commands/settings.h"

enum {
	GOOD = 0,
	INCOMPLETE = 1,
	COULD_NOT_RUN = 2,
	COMMAND_BYTES = 1024 * 1024,
	SHOWN_BYTES = 300,
	OPTION_FORGET = OPTION_LONG
};

typedef struct Options {
	const char *file;
	bool forget;
} Options;

static const Option options_of_undo[] = {
	OPTIONS_OF_SETTINGS,
	{ OPTION_FORGET, "forget", NULL,
	  "rather give up what is kept of the run, so that it stays as it is" },
	{ 0 },
};

static int complain(const Failure *why)
{
	return options_complain(&undo_command, why->text);
}

static bool read_options(int argc, char **argv, Options *options)
{
	int option;

	optind = 1;
	while ((option = options_next(&undo_command, argc, argv)) != -1)
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case OPTION_FORGET:
			options->forget = true;
			break;
		case 'o': /* settings_read's */
			break;
		default:
			return false;
		}
	if (options->forget && !options_enough(&undo_command, argc, argv, 1, "a run"))
		return false;
	return options_no_more(&undo_command, argc, argv, 1);
}

/* --- the list --- */

static bool is_run(const char *name)
{
	return name[0] != '.';
}

static void print_command(int dir_fd, Text *out)
{
	AUTO_VALUE(Text) command = { 0 };
	AUTO_VALUE(Text) words = { 0 };
	auto_fd int fd = openat(dir_fd, "command", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	Failure ignored;

	if (fd < 0 || !io_read_file(fd, "command", COMMAND_BYTES, &command, &ignored))
		return;
	for (size_t at = strlen(text_string(&command)) + 1; at < command.length;
	     at += strlen(command.data + at) + 1)
		text_printf(&words, " %s", command.data + at);
	text_append_string(out, "  trommel");
	printable_append(out, text_slice(&words), SHOWN_BYTES);
}

static void print_run(int place, const char *path, const char *id)
{
	RefileLog log;
	AUTO_VALUE(Text) out = { 0 };
	Failure why = { 0 };

	if (refile_log_open(&log, place, path, id, 0, &why))
		text_printf(&out, "%s  %s", id,
			    log.undone     ? "half undone"
			    : log.finished ? "finished   "
					   : "unfinished ");
	else
		text_printf(&out, "%s  in use     ", id);
	if (log.dir_fd >= 0)
		print_command(log.dir_fd, &out);
	puts(text_string(&out));
	refile_log_close(&log);
}

static int list(int place, const char *path, Failure *why)
{
	AUTO_VALUE(Names) names = { 0 };
	int fd = place < 0 ? -1 : openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = fd < 0 ? NULL : fdopendir(fd);
	bool read = !listing || names_read(listing, is_run, SIZE_MAX, &names);

	if (!read)
		failure_errno(why, "list '%s'", path);
	if (listing)
		closedir(listing);
	if (!read)
		return complain(why);
	for (size_t i = 0; i < names.count; i++)
		print_run(place, path, names.items[i]);
	if (names.count == 0)
		puts("There is nothing to undo.");
	return options_written(&undo_command, GOOD);
}

/* --- one run --- */

/* The last thing first: what was taken out of mboxes at the end of the run comes first. */
static bool take_back(RefileUndo *undo, Failure *why)
{
	if (!undo->log->undone) {
		refile_log_add(undo->log, 'U', NULL);
		if (!refile_log_flush(undo->log, why))
			return false;
	}
	return refile_undo_settle(undo, why) && refile_undo_restore(undo, why) &&
	       refile_undo_batches(undo, 0, why);
}

static int put_back_run(int place, const char *path, const char *id, const Options *options,
			const Store *store, Failure *why)
{
	RefileLog log;
	RefileUndo undo = { .log = &log, .store = store };
	bool done = refile_log_open(&log, place, path, id, LOG_PATIENCE_MS, why) &&
		    (options->forget || take_back(&undo, why)) && refile_log_remove(&log, place, why);

	refile_log_close(&log);
	if (!done)
		return complain(why);
	if (options->forget)
		return GOOD;
	printf("%zu copies removed, %zu files back in their source", undo.removed, undo.returned);
	if (undo.restored)
		printf(", and in %zu mbox%s what was taken out", undo.restored,
		       undo.restored == 1 ? "" : "es");
	putchar('\n');
	if (undo.sent)
		printf("%zu messages, redirected or written for the rules, have left and cannot be called "
		       "back\n",
		       undo.sent);
	if (undo.gone)
		printf("%zu copies were not there any more, or were changed since\n", undo.gone);
	return options_written(&undo_command, undo.gone ? INCOMPLETE : GOOD);
}

static int run(int argc, char **argv, const Options *options, Config *config, User *user, Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	auto_fd int place = -1;
	AUTO(Store) store = NULL;

	if (!settings_read(argc, argv, &undo_command, options->file, config, why) ||
	    !user_find_uid(user, getuid(), why) || !refile_log_place(config, user, false, &place, &path, why))
		return complain(why);
	if (optind == argc)
		return list(place, text_string(&path), why);
	/* How mboxes are locked is all that is asked of it. */
	store = refile_open_store(config, user, "maildir:/none", why);
	if (place < 0)
		failure_retry(why, "there is no run '%s'; 'trommel undo' lists them", argv[optind]);
	if (!store || place < 0)
		return complain(why);
	return put_back_run(place, text_string(&path), argv[optind], options, store, why);
}

static int command_undo(int argc, char **argv)
{
	AUTO_VALUE(Config) config = { 0 };
	AUTO_VALUE(User) user = { 0 };
	Options options = { 0 };
	Failure why = { 0 };

	panic_set_status(COULD_NOT_RUN);
	config_init(&config);
	if (!read_options(argc, argv, &options))
		return options_usage(&undo_command);
	return run(argc, argv, &options, &config, &user, &why);
}

const Command undo_command = {
	.name = "undo",
	.run = command_undo,
	.summary = "put back what refile has done",
	.synopsis = "undo [-c FILE] [-o KEY=VALUE]... [RUN]\n"
		    "undo --forget RUN\n",
	.about = "Removes the copies that a run of `trommel refile` has made and puts what it took out of "
		 "its\n"
		 "sources back.  Mail that has come since stays.  Without RUN, lists the runs there are.\n",
	.examples = "trommel undo\n"
		    "trommel undo 20261128-231500\n",
	.exit_text = "0 all is as it was, 1 some copies were gone or changed, 2 could not run",
	.options = options_of_undo,
	.operands = ARGUMENT_RUN,
	.page = "trommel-undo(1)",
};
