#include "commands/refile_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "delivery/journal.h"
#include "delivery/rules.h"
#include "mailbox/beneath.h"
#include "state/directory.h"

enum {
	PAUSE_MS = 50
};

bool refile_log_place(const Config *config, const User *user, bool make, int *fd, Text *path, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	const char *state = rules_expand(config->state_dir, user, arena);
	auto_fd int directory = -1;

	*fd = -1;
	if (!*config->state_dir)
		return failure_retry(why, "state_dir is empty: there is no place for what is needed to undo");
	text_printf(path, "%s/refile", state);
	if (!state_directory_open(state, user->uid, make, &directory, why))
		return false;
	return directory < 0 || state_directory_enter(directory, "refile", user->uid, make, fd, why);
}

/* --- beginning --- */

/* It has its name when all of it is there: a run may be killed anywhere, and be resumed. */
static bool write_file(int dir, const char *name, Slice bytes, Failure *why)
{
	AUTO_VALUE(Text) part = { 0 };
	auto_fd int fd = -1;

	text_printf(&part, "%s.part", name);
	fd = openat(dir, text_string(&part), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return (fd >= 0 && io_write(fd, bytes.data, bytes.length) && fsync(fd) == 0 && close_checked(&fd) &&
		renameat(dir, text_string(&part), dir, name) == 0) ||
	       failure_errno(why, "write '%s' of the run", name);
}

static bool write_command(int dir, int argc, char **argv, Failure *why)
{
	AUTO_VALUE(Text) command = { 0 };
	auto_free char *here = getcwd(NULL, 0);

	if (!here)
		return failure_errno(why, "find the present directory");
	text_append(&command, here, strlen(here) + 1);
	for (int i = 0; i < argc; i++)
		text_append(&command, argv[i], strlen(argv[i]) + 1);
	return write_file(dir, "command", text_slice(&command), why);
}

/* The children of a run that was killed hold its lock until they notice. */
static bool lock_log(const RefileLog *log, unsigned patience_ms)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000 };

	for (unsigned waited_ms = 0;; waited_ms += PAUSE_MS) {
		if (flock(log->fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK || waited_ms >= patience_ms)
			return false;
		nanosleep(&pause, NULL);
	}
}

/* A run that was killed as it began, or as it was removed, may have no log: it has done nothing, or all is
 * undone. */
static bool open_log(RefileLog *log, int place, const char *path, unsigned patience_ms, Failure *why)
{
	text_printf(&log->path, "%s/%s", path, log->id);
	log->dir_fd = openat(place, log->id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (log->dir_fd < 0 && errno == ENOENT)
		return failure_retry(why, "there is no run '%s'; 'trommel undo' lists them", log->id);
	if (log->dir_fd < 0)
		return failure_errno(why, "open the run '%s'", log->id);
	log->fd = openat(log->dir_fd, "log", O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_CREAT, 0600);
	if (log->fd < 0)
		return failure_errno(why, "open the log of the run '%s'", log->id);
	if (!lock_log(log, patience_ms))
		return failure_errno(why, "another process is at the run '%s'", log->id);
	return true;
}

bool refile_log_create(RefileLog *log, int place, const char *path, int argc, char **argv, Slice script,
		       Failure *why)
{
	time_t now = time(NULL);
	struct tm parts;
	char second[24];
	int made = -1;

	*log = (RefileLog){ .dir_fd = -1, .fd = -1, .open_batch = LOG_NO_BATCH };
	strftime(second, sizeof second, "%Y%m%d-%H%M%S", localtime_r(&now, &parts));
	for (int i = 1; i < 1000 && made < 0; i++) {
		snprintf(log->id, sizeof log->id, i == 1 ? "%s" : "%s-%d", second, i);
		made = mkdirat(place, log->id, 0700);
		if (made < 0 && errno != EEXIST)
			break;
	}
	if (made < 0)
		return failure_errno(why, "make a directory for the run in '%s'", path);
	if (!open_log(log, place, path, 0, why))
		return false;
	if (mkdirat(log->dir_fd, "taken", 0700) < 0)
		return failure_errno(why, "make a directory for the run in '%s'", path);
	/* Where there is a command there is all that a run needs to go on. */
	if (!write_file(log->dir_fd, "script", script, why) || !write_command(log->dir_fd, argc, argv, why))
		return false;
	if (fsync(log->dir_fd) < 0 || !beneath_flush(place))
		return failure_errno(why, "make a directory for the run in '%s'", path);
	return true;
}

/* --- lines --- */

void refile_log_add(RefileLog *log, char kind, const char *const *fields)
{
	text_append_char(&log->pending, kind);
	for (; fields && *fields; fields++) {
		text_append_char(&log->pending, '\t');
		for (const char *at = *fields; *at; at++)
			if (*at == '\t' || *at == '\n' || *at == '%')
				text_printf(&log->pending, "%%%02X", (unsigned)*at);
			else
				text_append_char(&log->pending, *at);
	}
	text_append_char(&log->pending, '\n');
}

bool refile_log_flush(RefileLog *log, Failure *why)
{
	if (!io_write(log->fd, text_string(&log->pending), log->pending.length) || fdatasync(log->fd) < 0)
		return failure_errno(why, "write the log of the run '%s'", log->id);
	text_reset(&log->pending);
	return true;
}

/* --- one that there is --- */

bool refile_log_open(RefileLog *log, int place, const char *path, const char *id, unsigned patience_ms,
		     Failure *why)
{
	*log = (RefileLog){ .dir_fd = -1, .fd = -1 };
	if (strlen(id) >= sizeof log->id || strchr(id, '/') || id[0] == '.' || !*id)
		return failure_retry(why, "'%s' is no run; 'trommel undo' lists them", id);
	snprintf(log->id, sizeof log->id, "%s", id);
	return open_log(log, place, path, patience_ms, why) && refile_log_look(log, why);
}

/* --- the end --- */

/* A run that was killed as it began, or as it was removed, may have no such directory. */
static bool empty(int parent, const char *name, Failure *why)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *listing = fd < 0 ? NULL : fdopendir(fd);
	bool done = listing != NULL;

	if (fd < 0 && errno == ENOENT)
		return true;
	for (struct dirent *entry; done && (entry = readdir(listing));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    strcmp(entry->d_name, "taken") != 0 && strcmp(entry->d_name, JOURNAL_DIRECTORY) != 0)
			done = unlinkat(dirfd(listing), entry->d_name, 0) == 0;
	if (!done)
		failure_errno(why, "remove what is in '%s'", name);
	if (listing)
		closedir(listing);
	return done;
}

static bool remove_directory(int parent, const char *name)
{
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

bool refile_log_remove(RefileLog *log, int place, Failure *why)
{
	if (!empty(log->dir_fd, "taken", why) || !empty(log->dir_fd, JOURNAL_DIRECTORY, why) ||
	    !empty(place, log->id, why))
		return false;
	return (remove_directory(log->dir_fd, "taken") && remove_directory(log->dir_fd, JOURNAL_DIRECTORY) &&
		unlinkat(place, log->id, AT_REMOVEDIR) == 0) ||
	       failure_errno(why, "remove the run '%s'", log->id);
}

void refile_log_close(RefileLog *log)
{
	cleanup_fd(&log->fd);
	cleanup_fd(&log->dir_fd);
	text_clear(&log->path);
	text_clear(&log->pending);
	*log = (RefileLog){ .dir_fd = -1, .fd = -1 };
}
