/* nfs_shim - a preloaded library that has calls fail as they fail on a network file system
 *
 * Only files below $NFS_ROOT are on the server, and only calls of the process that loads this are counted,
 * not of those it forks.  There are no unnamed files (O_TMPFILE) on it, as on every NFS.  What is to go
 * wrong:
 *
 *   NFS_FAULT   "KIND NUMBER ERROR": that call of its kind fails and does nothing; "KIND NUMBER ERROR done":
 * it is done and fails all the same, as when the reply got lost and the client asked again, or gave up; "any
 * NUMBER ERROR": that call, of whatever kind, and all that follow it.  ERROR is a number. NFS_SKEW    seconds
 * by which the server's clock is ahead of ours NFS_LOG     a file that gets a line for each call, "KIND", and
 * one for each that failed, "KIND failed"
 *
 * open(O_EXCL) is not among what can be done and fail: since version 3 the protocol knows its own file again.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "shim.h"

typedef enum Kind {
	OPEN,
	STAT,
	READ,
	WRITE,
	FLUSH,
	CLOSE,
	LINK,
	RENAME,
	UNLINK,
	MKDIR,
	CUT,
	LOCK,
	DATE,
	KINDS,
	ANY = KINDS,
	NONE
} Kind;

static const char *const names[] = {
	[OPEN] = "open",   [STAT] = "stat", [READ] = "read",     [WRITE] = "write",   [FLUSH] = "flush",
	[CLOSE] = "close", [LINK] = "link", [RENAME] = "rename", [UNLINK] = "unlink", [MKDIR] = "mkdir",
	[CUT] = "cut",     [LOCK] = "lock", [DATE] = "date",     [ANY] = "any",
};

typedef enum Fate {
	HAPPENS,
	FAILS,
	FAILS_DONE
} Fate;

static struct {
	pid_t process;
	char root[PATH_MAX], log[PATH_MAX];
	Kind kind;
	unsigned number;
	int error;
	bool done;
	long skew_s;
	unsigned count[KINDS + 1];
} server = { .kind = NONE };

static void read_fault(const char *text)
{
	char kind[16], done[8] = "";

	if (sscanf(text, "%15s %u %d %7s", kind, &server.number, &server.error, done) < 3)
		abort();
	server.done = strcmp(done, "done") == 0;
	for (Kind i = 0; i <= ANY; i++)
		if (strcmp(kind, names[i]) == 0)
			server.kind = i;
	if (server.kind == NONE)
		abort();
}

static void __attribute__((constructor)) mount_it(void)
{
	const char *root = getenv("NFS_ROOT"), *log = getenv("NFS_LOG"), *skew = getenv("NFS_SKEW");
	const char *fault = getenv("NFS_FAULT");

	server.process = getpid();
	snprintf(server.root, sizeof server.root, "%s", root ? root : "/");
	snprintf(server.log, sizeof server.log, "%s", log ? log : "");
	server.skew_s = skew ? strtol(skew, NULL, 10) : 0;
	if (fault)
		read_fault(fault);
}

static void note(Kind kind, const char *what)
{
	char line[32];
	int length = snprintf(line, sizeof line, "%s%s\n", names[kind], what), fd;

	if (!server.log[0])
		return;
	fd = NEXT(open)(server.log, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)!NEXT(write)(fd, line, (size_t)length);
	NEXT(close)(fd);
}

/* -- Whose files they are -------------------------------------------------------------------------------- */

static bool is_below_root(const char *path)
{
	size_t length = strlen(server.root);

	return strncmp(path, server.root, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool is_remote(int fd)
{
	char link[64], path[PATH_MAX];
	int error = errno;
	ssize_t length;

	if (fd == AT_FDCWD)
		snprintf(link, sizeof link, "/proc/self/cwd");
	else
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof path - 1);
	path[length < 0 ? 0 : length] = '\0';
	errno = error;
	return is_below_root(path);
}

static bool is_remote_path(int dir_fd, const char *path)
{
	return path[0] == '/' ? is_below_root(path) : is_remote(dir_fd);
}

/* Late errors are of what was written. */
static bool is_written(int fd)
{
	int error = errno, flags = NEXT(fcntl)(fd, F_GETFL);

	errno = error;
	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH);
}

/* -- What becomes of a call ------------------------------------------------------------------------------ */

static bool is_hit(Kind kind)
{
	if (server.kind == ANY)
		return server.count[ANY] >= server.number;
	return server.kind == kind && server.count[kind] == server.number;
}

static Fate meet(Kind kind, bool remote)
{
	int error = errno;
	bool hit;

	if (!remote || getpid() != server.process)
		return HAPPENS;
	server.count[kind]++;
	server.count[ANY]++;
	note(kind, "");
	hit = is_hit(kind);
	if (hit)
		note(kind, " failed");
	errno = error;
	return !hit ? HAPPENS : server.done ? FAILS_DONE : FAILS;
}

static int refuse(void)
{
	errno = server.error;
	return -1;
}

/* The body of a call that is caught. */
#define ANSWER(kind, remote, call)                                        \
	do {                                                              \
		Fate fate = meet(kind, remote);                           \
		typeof(call) result = -1;                                 \
                                                                          \
		if (fate != FAILS)                                        \
			result = (call);                                  \
		if (fate == FAILS || (fate == FAILS_DONE && result >= 0)) \
			return refuse();                                  \
		return result;                                            \
	} while (0)

/* -- Opening --------------------------------------------------------------------------------------------- */

static int open_it(int dir_fd, const char *path, int flags, mode_t mode)
{
	bool remote = is_remote_path(dir_fd, path);

	if (remote && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	ANSWER(OPEN, remote, NEXT(openat)(dir_fd, path, flags, mode));
}

static mode_t mode_of(int flags, va_list arguments)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

#define CATCH_OPEN(name)                                     \
	CAUGHT int name(const char *path, int flags, ...)    \
	{                                                    \
		va_list arguments;                           \
		mode_t mode;                                 \
                                                             \
		va_start(arguments, flags);                  \
		mode = mode_of(flags, arguments);            \
		va_end(arguments);                           \
		return open_it(AT_FDCWD, path, flags, mode); \
	}
#define CATCH_OPENAT(name)                                            \
	CAUGHT int name(int dir_fd, const char *path, int flags, ...) \
	{                                                             \
		va_list arguments;                                    \
		mode_t mode;                                          \
                                                                      \
		va_start(arguments, flags);                           \
		mode = mode_of(flags, arguments);                     \
		va_end(arguments);                                    \
		return open_it(dir_fd, path, flags, mode);            \
	}
CATCH_OPEN(open)
CATCH_OPEN(open64)
CATCH_OPENAT(openat)
CATCH_OPENAT(openat64)

/* openat2 has no name in the library.  Reading more arguments than there are does no harm on our machines. */
CAUGHT long syscall(long number, ...)
{
	va_list arguments;
	long a[6];

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	ANSWER(OPEN, number == SYS_openat2 && is_remote_path((int)a[0], (const char *)(size_t)a[1]),
	       NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

/* -- Looking --------------------------------------------------------------------------------------------- */

#define CATCH_STAT(name, look, place, remote, ...)              \
	CAUGHT int name(__VA_ARGS__)                            \
	{                                                       \
		bool there = remote;                            \
		Fate fate = meet(STAT, there);                  \
		int result = fate == FAILS ? refuse() : look;   \
                                                                \
		if (result == 0 && there) {                     \
			place->st_atim.tv_sec += server.skew_s; \
			place->st_mtim.tv_sec += server.skew_s; \
			place->st_ctim.tv_sec += server.skew_s; \
		}                                               \
		return result;                                  \
	}
#define CATCH_STATS(end, type)                                                                         \
	CATCH_STAT(stat##end, NEXT(stat##end)(path, status), status, is_remote_path(AT_FDCWD, path),   \
		   const char *restrict path, struct type *restrict status)                            \
	CATCH_STAT(lstat##end, NEXT(lstat##end)(path, status), status, is_remote_path(AT_FDCWD, path), \
		   const char *restrict path, struct type *restrict status)                            \
	CATCH_STAT(fstat##end, NEXT(fstat##end)(fd, status), status, is_remote(fd), int fd,            \
		   struct type *status)                                                                \
	CATCH_STAT(fstatat##end, NEXT(fstatat##end)(dir_fd, path, status, flags), status,              \
		   is_remote_path(dir_fd, path), int dir_fd, const char *restrict path,                \
		   struct type *restrict status, int flags)
CATCH_STATS(, stat)
CATCH_STATS(64, stat64)

/* -- Bytes ----------------------------------------------------------------------------------------------- */

CAUGHT ssize_t read(int fd, void *buffer, size_t size)
{
	ANSWER(READ, is_remote(fd), NEXT(read)(fd, buffer, size));
}

CAUGHT ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	ANSWER(READ, is_remote(fd), NEXT(pread)(fd, buffer, size, offset));
}

CAUGHT ssize_t pread64(int fd, void *buffer, size_t size, off64_t offset)
{
	ANSWER(READ, is_remote(fd), NEXT(pread64)(fd, buffer, size, offset));
}

CAUGHT ssize_t write(int fd, const void *bytes, size_t size)
{
	ANSWER(WRITE, is_remote(fd), NEXT(write)(fd, bytes, size));
}

CAUGHT ssize_t writev(int fd, const struct iovec *parts, int count)
{
	ANSWER(WRITE, is_remote(fd), NEXT(writev)(fd, parts, count));
}

CAUGHT ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	ANSWER(WRITE, is_remote(fd), NEXT(pwrite)(fd, bytes, size, offset));
}

CAUGHT ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
	ANSWER(WRITE, is_remote(fd), NEXT(pwrite64)(fd, bytes, size, offset));
}

CAUGHT int ftruncate(int fd, off_t length)
{
	ANSWER(CUT, is_remote(fd), NEXT(ftruncate)(fd, length));
}

CAUGHT int ftruncate64(int fd, off64_t length)
{
	ANSWER(CUT, is_remote(fd), NEXT(ftruncate64)(fd, length));
}

CAUGHT int fsync(int fd)
{
	ANSWER(FLUSH, is_remote(fd), NEXT(fsync)(fd));
}

CAUGHT int fdatasync(int fd)
{
	ANSWER(FLUSH, is_remote(fd), NEXT(fdatasync)(fd));
}

/* Whatever it says, the descriptor is gone. */
CAUGHT int close(int fd)
{
	bool late = is_remote(fd) && is_written(fd);
	int result = NEXT(close)(fd);

	return meet(CLOSE, late) == HAPPENS ? result : refuse();
}

CAUGHT int fchmod(int fd, mode_t mode)
{
	ANSWER(DATE, is_remote(fd), NEXT(fchmod)(fd, mode));
}

/* Dates that are given are the client's, and come back as they were. */
CAUGHT int futimens(int fd, const struct timespec times[2])
{
	struct timespec here[2];

	for (int i = 0; times && i < 2; i++) {
		here[i] = times[i];
		if (here[i].tv_nsec != UTIME_NOW && here[i].tv_nsec != UTIME_OMIT)
			here[i].tv_sec -= server.skew_s;
	}
	ANSWER(DATE, is_remote(fd), NEXT(futimens)(fd, times ? here : NULL));
}

/* -- Names ----------------------------------------------------------------------------------------------- */

CAUGHT int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	ANSWER(LINK, is_remote_path(to_fd, to), NEXT(linkat)(from_fd, from, to_fd, to, flags));
}

CAUGHT int link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

CAUGHT int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	ANSWER(RENAME, is_remote_path(to_fd, to), NEXT(renameat)(from_fd, from, to_fd, to));
}

CAUGHT int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

CAUGHT int unlinkat(int dir_fd, const char *path, int flags)
{
	ANSWER(UNLINK, is_remote_path(dir_fd, path), NEXT(unlinkat)(dir_fd, path, flags));
}

CAUGHT int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

CAUGHT int mkdirat(int dir_fd, const char *path, mode_t mode)
{
	ANSWER(MKDIR, is_remote_path(dir_fd, path), NEXT(mkdirat)(dir_fd, path, mode));
}

CAUGHT int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

/* -- Locks ----------------------------------------------------------------------------------------------- */

static bool is_lock(int command)
{
	return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
}

#define CATCH_FCNTL(name)                                                                           \
	CAUGHT int name(int fd, int command, ...)                                                   \
	{                                                                                           \
		va_list arguments;                                                                  \
		void *argument;                                                                     \
                                                                                                    \
		va_start(arguments, command);                                                       \
		argument = va_arg(arguments, void *);                                               \
		va_end(arguments);                                                                  \
		ANSWER(LOCK, is_lock(command) && is_remote(fd), NEXT(name)(fd, command, argument)); \
	}
CATCH_FCNTL(fcntl)
CATCH_FCNTL(fcntl64)

CAUGHT int flock(int fd, int operation)
{
	ANSWER(LOCK, is_remote(fd), NEXT(flock)(fd, operation));
}
