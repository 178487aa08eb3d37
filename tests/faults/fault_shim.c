/* fault_shim - a preloaded library that has one call of a program go wrong
 *
 * For what a tracer cannot do: a call that moves less than it was asked to, and one that is done and reports
 * a failure all the same; and for all the rest where nobody may trace.  Calls are named as the kernel's are,
 * and counted from the program's start; only those of the process that loads this, not of those that it
 * forks.
 *
 *   FAULT       "NAME NUMBER error=E"   that call fails with the error number E and does nothing
 *               "NAME NUMBER lost=E"    it is done, and fails with E
 *               "NAME NUMBER short=E"   it does half of what it was asked to, and so does the next of its
 * name; the one after these fails with E (0: nothing fails, and only this one is short) "NAME NUMBER
 * signal=S"  before it the signal S comes FAULT_LOG   a file that gets a line "NAME FIRST-ARGUMENT" for each
 * call, and "NAME hit" for one that goes wrong
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim.h"

typedef enum Fate {
	HAPPENS,
	FAILS,
	IS_LOST,
	IS_SHORT
} Fate;

static struct {
	pid_t process;
	char log[PATH_MAX], name[24], manner[8];
	unsigned number, count;
	int value;
} fault;

/* Past every function that is caught. */
static void note(const char *name, long first, bool hit)
{
	char line[64];
	int length = hit ? snprintf(line, sizeof line, "%s hit\n", name)
			 : snprintf(line, sizeof line, "%s %ld\n", name, first);
	long (*call)(long, ...) = NEXT(syscall);
	long fd = fault.log[0] ? call(SYS_openat, AT_FDCWD, fault.log, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	call(SYS_write, fd, line, (size_t)length);
	call(SYS_close, fd);
}

static void __attribute__((constructor)) read_fault(void)
{
	const char *text = getenv("FAULT"), *log = getenv("FAULT_LOG");

	fault.process = getpid();
	snprintf(fault.log, sizeof fault.log, "%s", log ? log : "");
	if (text &&
	    sscanf(text, "%23s %u %7[a-z]=%d", fault.name, &fault.number, fault.manner, &fault.value) != 4)
		abort();
	note("start", 0, false);
}

/* ---- what becomes of a call ---- */

static bool is_manner(const char *manner)
{
	return strcmp(fault.manner, manner) == 0;
}

static Fate fate_of(unsigned turn)
{
	if (is_manner("short")) {
		if (turn == 0 || (turn == 1 && fault.value))
			return IS_SHORT;
		return turn == 2 && fault.value ? FAILS : HAPPENS;
	}
	if (turn != 0)
		return HAPPENS;
	if (is_manner("signal"))
		raise(fault.value);
	return is_manner("error") ? FAILS : is_manner("lost") ? IS_LOST : HAPPENS;
}

static Fate meet(const char *name, long first)
{
	int error = errno;
	Fate fate = HAPPENS;

	if (getpid() != fault.process)
		return HAPPENS;
	note(name, first, false);
	if (strcmp(name, fault.name) == 0 && ++fault.count >= fault.number) {
		if (fault.count == fault.number)
			note(name, first, true);
		fate = fate_of(fault.count - fault.number);
	}
	errno = error;
	return fate;
}

static int refuse(void)
{
	errno = fault.value;
	return -1;
}

/* The body of a call that is caught; `fate` can be looked at in it. */
#define ANSWER(name, first, call)                                      \
	do {                                                           \
		Fate fate = meet(name, (long)(first));                 \
		typeof(call) result = -1;                              \
                                                                       \
		if (fate != FAILS)                                     \
			result = (call);                               \
		if (fate == FAILS || (fate == IS_LOST && result >= 0)) \
			return refuse();                               \
		return result;                                         \
	} while (0)

/* How much of it is to be moved. */
#define PART(size) (fate == IS_SHORT && (size) > 1 ? (size) / 2 : (size))

/* ---- bytes ---- */

CAUGHT ssize_t read(int fd, void *bytes, size_t size)
{
	ANSWER("read", fd, NEXT(read)(fd, bytes, PART(size)));
}

CAUGHT ssize_t pread(int fd, void *bytes, size_t size, off_t at)
{
	ANSWER("pread64", fd, NEXT(pread)(fd, bytes, PART(size), at));
}

CAUGHT ssize_t write(int fd, const void *bytes, size_t size)
{
	ANSWER("write", fd, NEXT(write)(fd, bytes, PART(size)));
}

CAUGHT ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	ANSWER("pwrite64", fd, NEXT(pwrite)(fd, bytes, PART(size), at));
}

CAUGHT ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	struct iovec part = *pieces;

	part.iov_len -= part.iov_len / 2;
	ANSWER("writev", fd, fate == IS_SHORT ? NEXT(writev)(fd, &part, 1) : NEXT(writev)(fd, pieces, count));
}

CAUGHT ssize_t sendfile(int to, int from, off_t *at, size_t size)
{
	ANSWER("sendfile", to, NEXT(sendfile)(to, from, at, PART(size)));
}

CAUGHT ssize_t copy_file_range(int from, off_t *from_at, int to, off_t *to_at, size_t size, unsigned flags)
{
	ANSWER("copy_file_range", to, NEXT(copy_file_range)(from, from_at, to, to_at, PART(size), flags));
}

CAUGHT ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
	ANSWER("sendto", fd, NEXT(send)(fd, bytes, PART(size), flags));
}

CAUGHT ssize_t recv(int fd, void *bytes, size_t size, int flags)
{
	ANSWER("recvfrom", fd, NEXT(recv)(fd, bytes, PART(size), flags));
}

CAUGHT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	ANSWER("sendmsg", fd, NEXT(sendmsg)(fd, message, flags));
}

CAUGHT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	ANSWER("recvmsg", fd, NEXT(recvmsg)(fd, message, flags));
}

CAUGHT int fsync(int fd)
{
	ANSWER("fsync", fd, NEXT(fsync)(fd));
}

CAUGHT int fdatasync(int fd)
{
	ANSWER("fdatasync", fd, NEXT(fdatasync)(fd));
}

CAUGHT int close(int fd)
{
	ANSWER("close", fd, NEXT(close)(fd));
}

CAUGHT int ftruncate(int fd, off_t size)
{
	ANSWER("ftruncate", fd, NEXT(ftruncate)(fd, size));
}

CAUGHT int posix_fallocate(int fd, off_t at, off_t size)
{
	Fate fate = meet("fallocate", fd);
	int error = fate == FAILS ? fault.value : NEXT(posix_fallocate)(fd, at, size);

	return fate == IS_LOST && !error ? fault.value : error;
}

CAUGHT off_t lseek(int fd, off_t at, int whence)
{
	ANSWER("lseek", fd, NEXT(lseek)(fd, at, whence));
}

CAUGHT int poll(struct pollfd *files, nfds_t count, int timeout_ms)
{
	ANSWER("poll", count, NEXT(poll)(files, count, timeout_ms));
}

/* ---- names ---- */

static mode_t mode_of(int flags, va_list arguments)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

CAUGHT int open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = mode_of(flags, arguments);
	va_end(arguments);
	ANSWER("openat", AT_FDCWD, NEXT(open)(path, flags, mode));
}

CAUGHT int openat(int dir_fd, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = mode_of(flags, arguments);
	va_end(arguments);
	ANSWER("openat", dir_fd, NEXT(openat)(dir_fd, path, flags, mode));
}

/* openat2 has no name in the library.  Reading more arguments than there are does no harm on our machines. */
CAUGHT long syscall(long number, ...)
{
	va_list arguments;
	long a[6];

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	if (number != SYS_openat2)
		return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	ANSWER("openat2", a[0], NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

CAUGHT int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	ANSWER("linkat", from_fd, NEXT(linkat)(from_fd, from, to_fd, to, flags));
}

CAUGHT int rename(const char *from, const char *to)
{
	ANSWER("rename", AT_FDCWD, NEXT(rename)(from, to));
}

CAUGHT int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	ANSWER("renameat", from_fd, NEXT(renameat)(from_fd, from, to_fd, to));
}

CAUGHT int unlink(const char *path)
{
	ANSWER("unlink", AT_FDCWD, NEXT(unlink)(path));
}

CAUGHT int unlinkat(int dir_fd, const char *path, int flags)
{
	ANSWER("unlinkat", dir_fd, NEXT(unlinkat)(dir_fd, path, flags));
}

CAUGHT int mkdir(const char *path, mode_t mode)
{
	ANSWER("mkdir", AT_FDCWD, NEXT(mkdir)(path, mode));
}

CAUGHT int mkdirat(int dir_fd, const char *path, mode_t mode)
{
	ANSWER("mkdirat", dir_fd, NEXT(mkdirat)(dir_fd, path, mode));
}

CAUGHT int fchmod(int fd, mode_t mode)
{
	ANSWER("fchmod", fd, NEXT(fchmod)(fd, mode));
}

CAUGHT int futimens(int fd, const struct timespec times[2])
{
	ANSWER("utimensat", fd, NEXT(futimens)(fd, times));
}

CAUGHT int fstat(int fd, struct stat *status)
{
	ANSWER("fstat", fd, NEXT(fstat)(fd, status));
}

CAUGHT int fstatat(int dir_fd, const char *path, struct stat *status, int flags)
{
	ANSWER("newfstatat", dir_fd, NEXT(fstatat)(dir_fd, path, status, flags));
}

/* ---- locks, processes ---- */

CAUGHT int flock(int fd, int operation)
{
	ANSWER("flock", fd, NEXT(flock)(fd, operation));
}

CAUGHT int fcntl(int fd, int command, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, command);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	ANSWER("fcntl", fd, NEXT(fcntl)(fd, command, argument));
}

CAUGHT pid_t fork(void)
{
	ANSWER("clone", 0, NEXT(fork)());
}

CAUGHT pid_t waitpid(pid_t process, int *status, int options)
{
	ANSWER("wait4", 0, NEXT(waitpid)(process, status, options));
}

CAUGHT int pipe2(int ends[2], int flags)
{
	ANSWER("pipe2", 0, NEXT(pipe2)(ends, flags));
}

CAUGHT int socketpair(int domain, int type, int protocol, int ends[2])
{
	ANSWER("socketpair", 0, NEXT(socketpair)(domain, type, protocol, ends));
}
