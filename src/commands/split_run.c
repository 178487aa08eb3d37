/* split_run - a command for each message, several at a time
 *
 * The message is standard input: an unnamed file, so that nobody waits for anybody and the command may seek
 * in it.  When several run at a time, what each writes goes into another, and is printed in the order of the
 * messages. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/printable.h"
#include "commands/split.h"

enum {
	IN_MEMORY_BYTES = 1024 * 1024, /* larger messages are handed over in a file */
	PIECE_BYTES = 64 * 1024,
	NAME_BYTES = 300
};

extern char **environ;

/* One that is running. */
typedef struct Running {
	pid_t pid;
	int output; /* what it writes, or -1: it writes where we do */
	char *name; /* of its message, printable */
} Running;

struct SplitRun {
	SplitRunOptions options;
	Running *items; /* a ring: the oldest one is at `first` */
	size_t first, count;
	size_t failed;
};

SplitRun *split_run_new(const SplitRunOptions *options)
{
	SplitRun *run = memory_zeroed(1, sizeof *run);

	run->options = *options;
	run->items = memory_zeroed(options->at_once, sizeof *run->items);
	return run;
}

size_t split_run_failed(const SplitRun *run)
{
	return run->failed;
}

/* ---- the end of one ---- */

static bool print_output(int fd, Failure *why)
{
	auto_free char *piece = memory_new(PIECE_BYTES);
	ssize_t got = 0;

	if (fd < 0)
		return true;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return failure_errno(why, "read what a command wrote");
	while ((got = io_read(fd, piece, PIECE_BYTES)) > 0)
		if (!io_write(STDOUT_FILENO, piece, (size_t)got))
			return failure_errno(why, "write");
	return got == 0 || failure_errno(why, "read what a command wrote");
}

static void tell_failed(const SplitRun *run, const Running *it, int status)
{
	const bool signalled = WIFSIGNALED(status);

	fprintf(stderr, "trommel split: %s: '%s' ended with %s %d\n", it->name, run->options.command[0],
		signalled ? "signal" : "status", signalled ? WTERMSIG(status) : WEXITSTATUS(status));
}

/* Waits for the oldest.  False: it could not be waited for, or printed. */
static bool end_oldest(SplitRun *run, Failure *why)
{
	Running *it = &run->items[run->first];
	int status = 0;
	pid_t ended;
	bool done;

	do
		ended = waitpid(it->pid, &status, 0);
	while (ended < 0 && errno == EINTR);
	done = ended == it->pid || failure_errno(why, "wait for '%s'", run->options.command[0]);
	done = done && print_output(it->output, why);
	if (ended == it->pid && status != 0) {
		tell_failed(run, it, status);
		run->failed++;
	}
	cleanup_fd(&it->output);
	free(it->name);
	run->first = (run->first + 1) % run->options.at_once;
	run->count--;
	return done;
}

static bool goes_on(const SplitRun *run, Failure *why)
{
	if (!run->failed || run->options.keep_going)
		return true;
	return failure_set(why, FAILURE_REFUSED, "4.0.0", "stopped there; --keep-going goes on");
}

bool split_run_finish(SplitRun *run, Failure *why)
{
	bool done = true;

	while (run->count) {
		Failure later = { 0 };

		done &= end_oldest(run, done ? why : &later);
	}
	return done && goes_on(run, why);
}

void split_run_free(SplitRun *run)
{
	Failure ignored = { 0 };

	if (!run)
		return;
	while (run->count)
		end_oldest(run, &ignored);
	free(run->items);
	free(run);
}

/* ---- the beginning of one ---- */

static int unnamed_file(void)
{
	FILE *file = tmpfile();
	int fd = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 3) : -1;

	if (file)
		fclose(file);
	return fd;
}

static int make_input(const SplitRun *run, const Message *message, Failure *why)
{
	auto_fd int fd = message->size_bytes <= IN_MEMORY_BYTES ? memfd_create("message", MFD_CLOEXEC)
								: unnamed_file();

	if (fd < 0)
		failure_errno(why, "make a file for a message");
	else if (split_write(message, run->options.from_line, fd, why) && lseek(fd, 0, SEEK_SET) == 0)
		return TAKE_FD(fd);
	return -1;
}

static void add_variable(Names *variables, const char *name, const char *value)
{
	AUTO_VALUE(Text) text = { 0 };

	text_printf(&text, "%s=%s", name, value);
	names_add(variables, text_string(&text));
}

static void add_number(Names *variables, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	add_variable(variables, name, text);
}

static void add_flags(Names *variables, const Sourced *it)
{
	AUTO_VALUE(Text) flags = { 0 };

	for (size_t i = 0; i < it->flag_count; i++)
		text_printf(&flags, "%s%s", i ? " " : "", it->flags[i]);
	add_variable(variables, "TROMMEL_FLAGS", text_string(&flags));
}

static void describe(Names *variables, const Sourced *it, size_t number)
{
	AUTO_VALUE(Text) sender = { 0 };

	text_append_slice(&sender, it->sender);
	add_number(variables, "FILENO", (int64_t)number);
	add_variable(variables, "TROMMEL_FILE", it->name);
	add_number(variables, "TROMMEL_NUMBER", (int64_t)it->number);
	add_variable(variables, "TROMMEL_FOLDER", it->folder ? it->folder : "");
	add_variable(variables, "TROMMEL_SENDER", text_string(&sender));
	if (it->has_received)
		add_number(variables, "TROMMEL_RECEIVED", it->received);
	add_flags(variables, it);
}

/* Ours, and those that were there but for the same names. */
static char **make_environment(const Names *variables)
{
	size_t count = 0, capacity = 0;
	char **all = NULL;

	for (char **there = environ; *there; there++) {
		if (strncmp(*there, "FILENO=", 7) == 0 || strncmp(*there, "TROMMEL_", 8) == 0)
			continue;
		MEMORY_GROW(all, count, capacity);
		all[count++] = *there;
	}
	for (size_t i = 0; i < variables->count; i++) {
		MEMORY_GROW(all, count, capacity);
		all[count++] = variables->items[i];
	}
	MEMORY_GROW(all, count, capacity);
	all[count] = NULL;
	return all;
}

static bool spawn(const SplitRun *run, Running *it, int input, const Names *variables, Failure *why)
{
	auto_free char **environment = make_environment(variables);
	posix_spawn_file_actions_t files;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	if (it->output >= 0)
		posix_spawn_file_actions_adddup2(&files, it->output, STDOUT_FILENO);
	error = posix_spawnp(&it->pid, run->options.command[0], &files, NULL, run->options.command,
			     environment);
	posix_spawn_file_actions_destroy(&files);
	errno = error;
	return error == 0 || failure_errno(why, "run '%s'", run->options.command[0]);
}

static char *printable_name(const Sourced *it)
{
	AUTO_VALUE(Text) name = { 0 };

	printable_append(&name, slice_of(it->name), NAME_BYTES);
	if (it->number)
		text_printf(&name, ", message %zu", it->number);
	return text_take(&name);
}

bool split_run_start(SplitRun *run, const Sourced *it, size_t number, Failure *why)
{
	AUTO_VALUE(Names) variables = { 0 };
	Running *running;
	auto_fd int input = -1;

	if (run->count == run->options.at_once && (!end_oldest(run, why) || !goes_on(run, why)))
		return false;
	input = make_input(run, it->message, why);
	if (input < 0)
		return false;
	running = &run->items[(run->first + run->count) % run->options.at_once];
	running->output = run->options.at_once > 1 ? unnamed_file() : -1;
	if (run->options.at_once > 1 && running->output < 0)
		return failure_errno(why, "make a file for what a command writes");
	describe(&variables, it, number);
	if (!spawn(run, running, input, &variables, why)) {
		cleanup_fd(&running->output);
		return false;
	}
	running->name = printable_name(it);
	run->count++;
	return true;
}
