/* beneath - open what lies below a directory, and nothing else, whatever links others may have put there */
#include "mailbox/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "system/trust.h"

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

/* Makes one directory and flushes its name; one that is there already is as good. */
static bool make_one(int parent, const char *name)
{
	if (mkdirat(parent, name, 0700) == 0)
		return beneath_flush(parent);
	return errno == EEXIST;
}

bool beneath_make_directories(int root_fd, const char *relative)
{
	auto_free char *parts = memory_copy_string(relative);
	auto_fd int parent = openat(root_fd, ".", OPEN_PATH);

	for (char *part = parts, *next; parent >= 0 && part; part = next) {
		int inner;

		next = strchr(part, '/');
		if (next)
			*next++ = '\0';
		if (!make_one(parent, part))
			return false;
		inner = beneath_open_directory(parent, part);
		cleanup_fd(&parent);
		parent = inner;
	}
	return parent >= 0;
}

/* A link on the way ends it: ELOOP; or, where that cannot be asked for, ENOSYS or EPERM. */
static int open_without_links(const char *path)
{
	struct open_how how = { .flags = OPEN_PATH, .resolve = RESOLVE_NO_SYMLINKS };

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

static bool cannot_ask(void)
{
	return errno == ENOSYS || errno == EPERM;
}

static int open_resolved(const char *path)
{
	int fd = open_without_links(path);

	if (fd < 0 && cannot_ask()) {
		auto_fd int root = open("/", OPEN_PATH);

		fd = root < 0 ? -1 : open_step_by_step(root, path[1] ? path + 1 : ".");
	}
	return fd;
}

/* Where others may put a link, in a spool, it would lead the mail to any directory of the recipient's. */
int directory_open(const char *path, Failure *why)
{
	char resolved[PATH_MAX];
	int fd = open_without_links(path);

	if (fd < 0 && (errno == ELOOP || cannot_ask())) {
		Failure unheard = { 0 };
		Failure *said = why ? why : &unheard;

		if (!trusted_resolve(path, geteuid(), getegid(), resolved, said)) {
			errno = said->error ? said->error : EACCES;
			return -1;
		}
		fd = open_resolved(resolved);
	}
	if (fd < 0 && why)
		failure_errno(why, "open the directory '%s'", path);
	return fd;
}

/* Makes the directory that ends at `end` in `path`, which is changed and mended, and enters it. */
static int make_and_enter(int parent, char *path, char *name, char *end, Failure *why)
{
	const char after = *end;
	int fd = -1;

	*end = '\0';
	if (make_one(parent, name))
		fd = directory_open(path, why);
	else
		failure_errno(why, "make the directory '%s'", path);
	*end = after;
	return fd;
}

int directory_make(const char *path, const char *home, Failure *why)
{
	size_t length = strlen(home);
	bool inside = strncmp(path, home, length) == 0 && path[length] == '/';
	auto_free char *whole = memory_copy_string(path);
	auto_fd int parent = directory_open(inside ? home : "/", why);
	char *name = whole + (inside ? length : 0), *end;

	for (; parent >= 0 && *(name += strspn(name, "/")); name = end) {
		int inner;

		end = name + strcspn(name, "/");
		inner = make_and_enter(parent, whole, name, end, why);
		cleanup_fd(&parent);
		parent = inner;
	}
	return TAKE_FD(parent);
}
