#include "state/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "state/limits.h"
#include "system/trust.h"

enum {
	DIRECTORY = O_RDONLY | O_DIRECTORY | O_CLOEXEC
};

/* statfs(2).  FUSE may be anything, sshfs and GlusterFS among it. */
static const unsigned long shared_kinds[] = {
	0x6969,     /* NFS */
	0x517b,     /* SMB */
	0xff534d42, /* CIFS */
	0xfe534d42, /* SMB 2 */
	0x65735546, /* FUSE, virtiofs */
	0x00c36400, /* Ceph */
	0x5346414f, /* AFS */
	0x6b414653, /* kAFS */
	0x73757245, /* Coda */
	0x01021997, /* 9p */
	0x0bd00bd0, /* Lustre */
	0x47504653, /* GPFS */
	0x19830326, /* BeeGFS */
	0x20030528, /* OrangeFS */
	0x01161970, /* GFS2 */
	0x7461636f, /* OCFS2 */
	0x786f4256, /* VirtualBox */
	0xaad7aaea, /* PanFS */
	0x61636673, /* ACFS */
	0xbeefdead, /* SNFS */
};

bool state_directory_is_shared(int fd, bool *shared, Failure *why)
{
	struct statfs system;

	if (fstatfs(fd, &system) < 0)
		return failure_errno(why, "ask which file system the state is on");
	*shared = false;
	for (size_t i = 0; i < sizeof shared_kinds / sizeof *shared_kinds; i++)
		if ((unsigned long)system.f_type == shared_kinds[i])
			*shared = true;
	return true;
}

/* A quota is seen by who asks for room, in a file without a name: it costs two calls and writes nothing.
 * Where such files or that question are not known (NFS), a commit finds it out. */
static bool is_given_room(int fd)
{
	auto_fd int file = openat(fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (file < 0 || fallocate(file, 0, 0, STATE_ROOM_BYTES) < 0)
		return errno != EDQUOT && errno != ENOSPC;
	return true;
}

/* A file system that counts neither blocks nor files has no end that we could see. */
bool state_directory_has_room(int fd, const char *path, Failure *why)
{
	struct statfs system;
	bool has_bytes, has_files;

	if (fstatfs(fd, &system) < 0)
		return failure_errno(why, "ask how full the file system with '%s' is", path);
	has_bytes = !system.f_blocks ||
		    (uint64_t)system.f_bavail * (uint64_t)system.f_bsize >= STATE_ROOM_BYTES;
	has_files = !system.f_files || system.f_ffree > 0;
	errno = ENOSPC;
	return (has_bytes && has_files && is_given_room(fd)) ||
	       failure_errno(why, "remember anything in '%s'", path);
}

static bool judge(int fd, const char *path, uid_t owner, Failure *why)
{
	struct stat it;

	if (fstat(fd, &it) < 0)
		return failure_errno(why, "look at '%s'", path);
	if (it.st_uid != owner)
		return failure_set(why, FAILURE_RETRY, "4.7.0",
				   "the state directory '%s' belongs to uid %lu, not to uid %lu whose state "
				   "it is to be; 'chown %lu' mends it",
				   path, (unsigned long)it.st_uid, (unsigned long)owner,
				   (unsigned long)owner);
	if (it.st_mode & (S_IWGRP | S_IWOTH))
		return failure_set(
			why, FAILURE_RETRY, "4.7.0",
			"the state directory '%s' can be written by others; 'chmod go-w %s' mends it", path,
			path);
	return true;
}

static bool flush_parent(int parent)
{
	auto_fd int fd = openat(parent, ".", DIRECTORY);

	/* One that may be entered but not read cannot be flushed alone. */
	if (fd < 0 && errno == EACCES) {
		sync();
		return true;
	}
	return fd >= 0 && fsync(fd) == 0;
}

/* Makes one directory and flushes its name.  Somebody else's at the same time is as good. */
static bool make_one(int parent, const char *name)
{
	if (mkdirat(parent, name, 0700) < 0)
		return errno == EEXIST;
	return flush_parent(parent);
}

/* Is the directory open as `fd` where the first `length` bytes of `path` lead, and have no others put links
 * there? Behind theirs nothing is made. */
static bool may_make_in(int fd, const char *path, size_t length, uid_t owner, Failure *why)
{
	auto_free char *place = memory_copy_string(path);
	char resolved[PATH_MAX];
	struct stat there, opened;

	place[length] = '\0';
	if (!trusted_resolve(place, owner, getegid(), resolved, why))
		return false;
	if (lstat(resolved, &there) == 0 && fstat(fd, &opened) == 0 && there.st_dev == opened.st_dev &&
	    there.st_ino == opened.st_ino)
		return true;
	return failure_retry(why, "'%s' has changed while it was looked at", place);
}

static bool make_all(const char *path, uid_t owner, Failure *why)
{
	auto_free char *parts = memory_copy_string(path);
	auto_fd int parent = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool made = false;

	for (char *part = parts + strspn(parts, "/"), *next; parent >= 0 && *part; part = next) {
		int inner;

		next = part + strcspn(part, "/");
		if (*next)
			*next++ = '\0';
		next += strspn(next, "/");
		inner = openat(parent, part, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (inner < 0 && errno == ENOENT) {
			if (!made && !may_make_in(parent, path, (size_t)(part - parts), owner, why))
				return false;
			made = true;
			if (make_one(parent, part))
				inner = openat(parent, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		cleanup_fd(&parent);
		parent = inner;
	}
	return parent >= 0 || failure_errno(why, "make the state directory '%s'", path);
}

bool state_directory_open(const char *path, uid_t owner, bool make, int *fd, Failure *why)
{
	auto_fd int opened = open(path, DIRECTORY);

	if (path[0] != '/')
		return failure_retry(why, "the state directory '%s' has to be a path that begins with /",
				     path);
	if (opened < 0 && errno == ENOENT) {
		if (!make) {
			*fd = -1;
			return true;
		}
		if (!make_all(path, owner, why))
			return false;
		opened = open(path, DIRECTORY);
	}
	if (opened < 0)
		return failure_errno(why, "open the state directory '%s'", path);
	if (!judge(opened, path, owner, why) || !trusted_directory(path, opened, owner, why))
		return false;
	*fd = TAKE_FD(opened);
	return true;
}

bool state_directory_enter(int parent, const char *name, uid_t owner, bool make, int *fd, Failure *why)
{
	auto_fd int opened = openat(parent, name, DIRECTORY | O_NOFOLLOW);

	if (opened < 0 && errno == ENOENT) {
		if (!make) {
			*fd = -1;
			return true;
		}
		if (!make_one(parent, name))
			return failure_errno(why, "make '%s' in the state directory", name);
		opened = openat(parent, name, DIRECTORY | O_NOFOLLOW);
	}
	if (opened < 0)
		return failure_errno(why, "open '%s' in the state directory", name);
	if (!judge(opened, name, owner, why))
		return false;
	*fd = TAKE_FD(opened);
	return true;
}
