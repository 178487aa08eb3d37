/* beneath - open what lies below a directory, and nothing else, whatever links others may have put there */
#include "mailbox/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"

enum {
	OPEN_PATH = O_PATH | O_DIRECTORY | O_CLOEXEC,
};

/* One part after the other, no links: for kernels and sandboxes without openat2. */
static int open_step_by_step(int root_fd, const char *relative)
{
	auto_free char *parts = memory_copy_string(relative);
	auto_fd int fd = openat(root_fd, ".", OPEN_PATH);

	for (char *part = parts, *next; fd >= 0 && part; part = next) {
		int inner;

		next = strchr(part, '/');
		if (next)
			*next++ = '\0';
		if (strcmp(part, "..") == 0) {
			errno = EXDEV;
			return -1;
		}
		inner = openat(fd, part, OPEN_PATH | O_NOFOLLOW);
		cleanup_fd(&fd);
		fd = inner;
	}
	return TAKE_FD(fd);
}

int beneath_open_directory(int root_fd, const char *relative)
{
	struct open_how how = { .flags = OPEN_PATH, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	long fd = syscall(SYS_openat2, root_fd, relative, &how, sizeof how);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_step_by_step(root_fd, relative);
	return (int)fd;
}

bool beneath_flush(int dir_fd)
{
	auto_fd int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* A spool that may be entered but not listed cannot be opened, nor flushed alone. */
	if (fd < 0 && errno == EACCES) {
		sync();
		return true;
	}
	return fd >= 0 && fsync(fd) == 0;
}

static int open_trusted(int parent, const char *name)
{
	return openat(parent, name, OPEN_PATH);
}

/* Makes and enters one part after the other. */
static bool make_parts(int root_fd, const char *relative, int (*enter)(int parent, const char *name))
{
	auto_free char *parts = memory_copy_string(relative);
	auto_fd int parent = openat(root_fd, ".", OPEN_PATH);

	for (char *part = parts, *next; parent >= 0 && part; part = next) {
		int inner;

		next = strchr(part, '/');
		if (next)
			*next++ = '\0';
		if (mkdirat(parent, part, 0700) == 0) {
			if (!beneath_flush(parent))
				return false;
		} else if (errno != EEXIST) {
			return false;
		}
		inner = enter(parent, part);
		cleanup_fd(&parent);
		parent = inner;
	}
	return parent >= 0;
}

bool beneath_make_directories(int root_fd, const char *relative)
{
	return make_parts(root_fd, relative, beneath_open_directory);
}

int directory_open(const char *path, Failure *why)
{
	int fd = open(path, OPEN_PATH);

	if (fd < 0)
		failure_errno(why, "open the directory '%s'", path);
	return fd;
}

int directory_make(const char *path, const char *home, Failure *why)
{
	size_t length = strlen(home);
	bool inside = strncmp(path, home, length) == 0 && path[length] == '/';
	auto_fd int start = open(inside ? home : "/", OPEN_PATH);
	const char *relative = path + (inside ? length : 0);

	while (*relative == '/')
		relative++;
	if (start < 0)
		failure_errno(why, "open the directory '%s'", inside ? home : "/");
	else if (!make_parts(start, relative, open_trusted))
		failure_errno(why, "make the directory '%s'", path);
	else
		return directory_open(path, why);
	return -1;
}
