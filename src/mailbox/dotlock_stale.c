/* dotlock_stale - locks that nobody holds any more
 *
 * "pid:host" of this host with no such process is dead: removed at once.  Anything else (empty: Postfix; "0":
 * procmail; a pid: maildrop; another host) goes by age alone.  Two breakers must not remove each other's
 * fresh locks: the file is renamed to a name of our own first, and put back when it is not the one we judged.
 * Where a lock is left by one who was killed there may be such names, too: they go with it.
 */
#include "mailbox/dotlock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/printable.h"
#include "base/text.h"
#include "mailbox/boot.h"
#include "system/privileges.h"
#include "system/process.h"

enum {
	LITTER_AGE_S = 3600,     /* no delivery takes so long */
	LITTER_BYTES_MAX = 1024, /* of a lock */
	SWEEP_MAX = 1000,        /* files that one breaker looks at */
};

/* Reads "pid:host", ended by NUL, newline or the end. */
static void parse_text(DotlockHolder *holder, const char *text)
{
	char *end;
	long pid;
	size_t length;

	if (!ascii_is_digit(text[0]))
		return;
	errno = 0;
	pid = strtol(text, &end, 10);
	if (errno || pid <= 0 || pid > INT_MAX)
		return;
	holder->pid = (pid_t)pid;
	if (*end != ':')
		return;
	length = strcspn(end + 1, "\n");
	if (length < sizeof holder->host)
		memcpy(holder->host, end + 1, length);
}

/* Reads the undo record behind the text.  Only one of our own user is believed: it makes us cut a mailbox. */
static void parse_record(DotlockHolder *holder, const char *text, size_t length)
{
	const char *record = memchr(text, '\0', length);
	long long offset, size, boot_s, clock_ns;
	size_t line_length;
	const char *line;
	char state;

	if (!record || holder->status.st_uid != geteuid() || !S_ISREG(holder->status.st_mode))
		return;
	if (sscanf(record + 1, "%c %lld %lld %lld %lld %zu\n", &state, &offset, &size, &boot_s, &clock_ns,
		   &line_length) != 6)
		return;
	line = memchr(record + 1, '\n', length - (size_t)(record + 1 - text));
	if ((state != 'U' && state != 'C') || offset < 0 || size <= 0 || size > INT64_MAX - offset || !line ||
	    line_length == 0 || line_length > sizeof holder->first_line ||
	    line_length != (size_t)(text + length - (line + 1)))
		return;
	memcpy(holder->first_line, line + 1, line_length);
	holder->first_line_length = line_length;
	holder->offset = offset;
	holder->length = size;
	holder->same_boot = boot_is_this_one(boot_s, clock_ns);
	holder->clock_ns = clock_ns;
	holder->state = state;
}

bool dotlock_read_holder(const Dotlock *lock, DotlockHolder *holder)
{
	char text[1024];
	auto_fd int fd = openat(lock->dir_fd, lock->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t got;

	*holder = (DotlockHolder){ 0 };
	if (fd < 0)
		return fstatat(lock->dir_fd, lock->name, &holder->status, AT_SYMLINK_NOFOLLOW) == 0;
	if (fstat(fd, &holder->status) < 0)
		return false;
	if (!S_ISREG(holder->status.st_mode))
		return true;
	got = io_read(fd, text, sizeof text - 1);
	if (got < 0)
		return false;
	if (got > 0) {
		text[got] = '\0';
		parse_text(holder, text);
		parse_record(holder, text, (size_t)got);
	}
	return true;
}

/* The holder's number may have another process by now: one of a later start of the machine, or one that was
 * started after the record was written. */
static bool is_another_process(const DotlockHolder *holder)
{
	ProcessFacts facts;

	return holder->state && (boot_clock_ns() < holder->clock_ns ||
				 (process_look(holder->pid, &facts) && facts.start_ns > holder->clock_ns));
}

bool dotlock_holder_is_dead(const Dotlock *lock, const DotlockHolder *holder)
{
	if (!holder->pid || strcmp(holder->host, lock->machine) != 0)
		return false;
	return (kill(holder->pid, 0) < 0 && errno == ESRCH) || is_another_process(holder);
}

bool dotlock_holder_is_old(Dotlock *lock, const DotlockHolder *holder, time_t newest, unsigned stale_s)
{
	struct stat now;

	/* Our own lock file, touched just now, tells the time of the file server. */
	if (!S_ISREG(holder->status.st_mode) || lock->fd < 0 || futimens(lock->fd, NULL) < 0 ||
	    fstat(lock->fd, &now) < 0)
		return false;
	if (holder->status.st_ctime > newest)
		newest = holder->status.st_ctime;
	return now.st_ctime - newest > (time_t)stale_s;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Renames the lock away and looks what it was that was renamed. */
static bool remove_lock(Dotlock *lock, const DotlockHolder *holder)
{
	char away[64];
	struct stat moved;

	snprintf(away, sizeof away, ".stale.%x.%llx", (unsigned)getpid(),
		 (unsigned long long)boot_clock_ns());
	if (renameat(lock->dir_fd, lock->name, lock->dir_fd, away) < 0)
		return errno == ENOENT;
	if (fstatat(lock->dir_fd, away, &moved, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (moved.st_dev != holder->status.st_dev || moved.st_ino != holder->status.st_ino))
		(void)!linkat(lock->dir_fd, away, lock->dir_fd, lock->name, 0);
	unlinkat(lock->dir_fd, away, 0);
	return true;
}

/* Is it named as remove_lock names it, or as a lock is named before it is linked?  The clock has more digits
 * than a date that somebody gave his file. */
static bool is_named_by_us(const char *name)
{
	unsigned long long clock_ns;
	unsigned pid, count;
	int length = 0;

	return (sscanf(name, ".stale.%x.%llx%n", &pid, &clock_ns, &length) == 2 ||
		sscanf(name, ".lock.%x.%llx.%x%n", &pid, &clock_ns, &count, &length) == 3) &&
	       !name[length] && clock_ns > UINT32_MAX;
}

static bool is_litter(int dir_fd, const char *name)
{
	struct stat status;

	return is_named_by_us(name) && fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(status.st_mode) && status.st_uid == geteuid() && status.st_size <= LITTER_BYTES_MAX &&
	       time(NULL) - status.st_mtime > LITTER_AGE_S;
}

static void sweep(const Dotlock *lock)
{
	int fd = openat(lock->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (!directory) {
		cleanup_fd(&fd);
		return;
	}
	for (unsigned i = 0; i < SWEEP_MAX && (entry = readdir(directory)); i++)
		if (is_litter(fd, entry->d_name))
			unlinkat(fd, entry->d_name, 0);
	closedir(directory);
}

bool dotlock_break(Dotlock *lock, const DotlockHolder *holder)
{
	struct stat now;
	bool removed;

	if (fstatat(lock->dir_fd, lock->name, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT;
	if (!same_file(&now, &holder->status))
		return false; /* touched, or another's by now */
	if (lock->group != NO_GROUP)
		privileges_raise_spool_group();
	removed = remove_lock(lock, holder);
	sweep(lock);
	if (lock->group != NO_GROUP)
		privileges_lower_spool_group();
	return removed;
}

void dotlock_name_holder(const Dotlock *lock, Failure *why)
{
	AUTO_VALUE(Text) host = { 0 };
	DotlockHolder holder;

	if (!dotlock_read_holder(lock, &holder))
		return;
	printable_append(&host, slice_of(holder.host), sizeof holder.host);
	if (holder.pid && host.length)
		failure_add(why, "held by process %ld on %s", (long)holder.pid, host.data);
	else if (holder.pid)
		failure_add(why, "held by process %ld", (long)holder.pid);
	else
		failure_add(why, "held by an unknown program of uid %ld", (long)holder.status.st_uid);
}
