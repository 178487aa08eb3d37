#include "commands/refile_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/ascii.h"
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

	*log = (RefileLog){ .dir_fd = -1, .fd = -1 };
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

static void unescape(char *field)
{
	char *to = field;

	for (const char *at = field; *at; at++) {
		int high = *at == '%' ? ascii_hex_value(at[1]) : -1;
		int low = high < 0 ? -1 : ascii_hex_value(at[2]);

		*to++ = low < 0 ? *at : (char)(high << 4 | low);
		at += low < 0 ? 0 : 2;
	}
	*to = '\0';
}

/* `length` without the line's end. */
static void take_apart(const char *begin, size_t length, LogLine *line, Text *text)
{
	char *at;

	text_reset(text);
	text_append(text, begin, length);
	text_append_char(text, '\0');
	line->kind = text->data[0];
	at = text->data + strcspn(text->data, "\t");
	for (size_t i = 0; i < LOG_FIELDS; i++) {
		bool is_last = !*at;

		*at = '\0';
		line->fields[i] = is_last ? at : ++at;
		at += strcspn(at, "\t");
	}
	*at = '\0';
	for (size_t i = 0; i < LOG_FIELDS; i++)
		unescape(line->fields[i]);
}

void refile_log_line(const RefileLog *log, size_t number, LogLine *line, Text *text)
{
	const char *begin = log->bytes + log->lines[number];
	const char *end = memchr(begin, '\n', log->length - log->lines[number]);

	take_apart(begin, (size_t)(end - begin), line, text);
}

/* --- one that there is --- */

/* A last line without its end was never on disk, and what it says has not happened: it goes. */
static bool read_lines(RefileLog *log, Failure *why)
{
	struct stat file;
	size_t capacity = 0, whole = 0;

	if (fstat(log->fd, &file) < 0)
		return failure_errno(why, "read the log of the run '%s'", log->id);
	log->length = (size_t)file.st_size;
	if (log->length == 0)
		return true;
	log->bytes = mmap(NULL, log->length, PROT_READ, MAP_PRIVATE, log->fd, 0);
	if (log->bytes == MAP_FAILED) {
		log->bytes = NULL;
		return failure_errno(why, "read the log of the run '%s'", log->id);
	}
	for (const char *end; (end = memchr(log->bytes + whole, '\n', log->length - whole));) {
		MEMORY_GROW(log->lines, log->count, capacity);
		log->lines[log->count++] = whole;
		log->finished |= log->bytes[whole] == 'F';
		log->undone |= log->bytes[whole] == 'U';
		whole = (size_t)(end - log->bytes) + 1;
	}
	return whole == log->length || ftruncate(log->fd, (off_t)whole) == 0 ||
	       failure_errno(why, "mend the log of the run '%s'", log->id);
}

static void forget_lines(RefileLog *log)
{
	if (log->bytes)
		munmap((void *)(size_t)log->bytes, log->length);
	free(log->lines);
	log->bytes = NULL;
	log->lines = NULL;
	log->length = log->count = 0;
}

static int by_key(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

/* What was written since it was opened counts, too.  Not in memory: it has several lines for each message. */
static FILE *read_again(const RefileLog *log)
{
	auto_fd int fd = openat(log->dir_fd, "log", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (file)
		(void)TAKE_FD(fd);
	return file;
}

bool refile_log_is_empty(const RefileLog *log)
{
	FILE *file = read_again(log);
	auto_free char *line = NULL;
	size_t room = 0;
	ssize_t length = file ? getline(&line, &room, file) : 0;

	if (file)
		fclose(file);
	return length <= 0 || line[length - 1] != '\n';
}

size_t refile_log_keys(const RefileLog *log, const char *which, uint64_t **keys)
{
	AUTO_VALUE(Text) text = { 0 };
	auto_free char *bytes = NULL;
	size_t count = 0, capacity = 0, complete = 0, room = 0;
	FILE *file = read_again(log);
	LogLine line;
	ssize_t length;

	while (file && (length = getline(&bytes, &room, file)) > 0 && bytes[length - 1] == '\n') {
		if (*bytes == 'E')
			complete = count;
		else if (*bytes == 'B' || *bytes == 'R')
			count = complete;
		if (*bytes != 'm')
			continue;
		take_apart(bytes, (size_t)length - 1, &line, &text);
		if (which && strcmp(line.fields[1], which) != 0)
			continue;
		MEMORY_GROW(*keys, count, capacity);
		(*keys)[count++] = strtoull(line.fields[0], NULL, 16);
	}
	if (file)
		fclose(file);
	if (complete)
		qsort(*keys, complete, sizeof **keys, by_key);
	return complete;
}

bool refile_log_open(RefileLog *log, int place, const char *path, const char *id, unsigned patience_ms,
		     Failure *why)
{
	*log = (RefileLog){ .dir_fd = -1, .fd = -1 };
	if (strlen(id) >= sizeof log->id || strchr(id, '/') || id[0] == '.' || !*id)
		return failure_retry(why, "'%s' is no run; 'trommel undo' lists them", id);
	snprintf(log->id, sizeof log->id, "%s", id);
	return open_log(log, place, path, patience_ms, why) && read_lines(log, why);
}

size_t refile_log_open_batch(const RefileLog *log)
{
	size_t open = log->count;

	for (size_t i = 0; i < log->count; i++) {
		char kind = log->bytes[log->lines[i]];

		if (kind == 'B')
			open = i;
		else if (kind == 'E' || kind == 'R')
			open = log->count;
	}
	return open;
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
	forget_lines(log);
	*log = (RefileLog){ .dir_fd = -1, .fd = -1 };
}
