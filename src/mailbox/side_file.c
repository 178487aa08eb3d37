/* side_file - change a small file that IMAP servers keep beside the mail, as they change it themselves */
#include "mailbox/side_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "mailbox/beneath.h"
#include "system/privileges.h"

bool side_file_read(int dir_fd, const char *name, Text *content, Failure *why)
{
	auto_fd int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	struct stat status;

	if (fd < 0)
		return errno == ENOENT || failure_errno(why, "open '%s'", name);
	if (fstat(fd, &status) < 0)
		return failure_errno(why, "look at '%s'", name);
	if (!S_ISREG(status.st_mode)) {
		errno = ENXIO; /* as a socket says that cannot even be opened */
		return failure_errno(why, "read '%s', which is not a file", name);
	}
	return io_read_file(fd, name, SIDE_FILE_MAX, content, why);
}

bool side_file_lock(SideFile *file, int dir_fd, const char *name, unsigned patience_s, Failure *why)
{
	*file = (SideFile){ .name = name, .fd = -1 };
	host_machine(file->machine);
	snprintf(file->new_name, sizeof file->new_name, ".%s.new", name);
	return dotlock_init(&file->lock, dir_fd, name, file->machine, NO_GROUP, why) &&
	       dotlock_acquire(&file->lock, patience_s, SIDE_FILE_STALE_S, why);
}

static bool learn_identity(SideFile *file)
{
	struct stat status;

	if (fstat(file->fd, &status) < 0)
		return false;
	file->device = status.st_dev;
	file->inode = status.st_ino;
	return true;
}

/* What a writer that was killed has left goes first: it had this lock, so it is at most one file, and nobody
 * has to look for it.  A writer that lives, but so slowly that its lock was broken, finds that its file is
 * gone before it gives it the name. */
static int create_new(const SideFile *file)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, dir_fd = file->lock.dir_fd;
	int fd = openat(dir_fd, file->new_name, flags, 0600);

	if (fd < 0 && errno == EEXIST && (unlinkat(dir_fd, file->new_name, 0) == 0 || errno == ENOENT))
		fd = openat(dir_fd, file->new_name, flags, 0600);
	return fd;
}

/* Its name was given to it a moment ago, under the lock: nobody else's file has it yet. */
static void discard_unknown(SideFile *file)
{
	int error = errno;

	unlinkat(file->lock.dir_fd, file->new_name, 0);
	cleanup_fd(&file->fd);
	errno = error;
}

static bool create(SideFile *file)
{
	bool made;

	undo_hold_signals();
	file->fd = create_new(file);
	made = file->fd >= 0 && learn_identity(file);
	if (made) {
		file->undo = undo_add_unlink(file->lock.dir_fd, file->new_name, NO_GROUP);
		undo_only_file(file->undo, file->device, file->inode);
	} else if (file->fd >= 0) {
		discard_unknown(file);
	}
	undo_release_signals();
	return made;
}

/* What a network file system has to say at the close.  The file stays open all the same: whatever else gets
 * its name then, none has its inode. */
static bool close_twin(int fd)
{
	auto_fd int twin = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return twin >= 0 && close_checked(&twin);
}

bool side_file_write(SideFile *file, Slice content, Failure *why)
{
	if (create(file) && io_write(file->fd, content.data, content.length) && fsync(file->fd) == 0 &&
	    close_twin(file->fd))
		return true;
	return failure_errno(why, "write '%s'", file->name);
}

/* Is what has this name our file? */
static bool is_called(const SideFile *file, const char *name)
{
	struct stat there;
	int error = errno;
	bool ours = fstatat(file->lock.dir_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
		    there.st_dev == file->device && there.st_ino == file->inode;

	errno = error;
	return ours;
}

bool side_file_put(SideFile *file, Failure *why)
{
	const int dir_fd = file->lock.dir_fd;
	bool done;

	if (!dotlock_stands(&file->lock) || !is_called(file, file->new_name))
		return failure_retry(why, "the lock on '%s' was broken while it was written", file->name);
	undo_hold_signals();
	/* Over NFS the reply to a rename may be lost. */
	done = renameat(dir_fd, file->new_name, dir_fd, file->name) == 0 || is_called(file, file->name);
	if (done)
		undo_strike(&file->undo);
	undo_release_signals();
	/* What a message's name refers to must be there after a power cut, as the message will. */
	return (done && beneath_flush(dir_fd)) || failure_errno(why, "write '%s'", file->name);
}

bool side_file_replace(SideFile *file, Slice content, Failure *why)
{
	bool done = side_file_write(file, content, why) && side_file_put(file, why);

	side_file_unlock(file);
	return done;
}

void side_file_unlock(SideFile *file)
{
	if (file->undo) {
		undo_strike(&file->undo);
		if (is_called(file, file->new_name))
			unlinkat(file->lock.dir_fd, file->new_name, 0);
	}
	cleanup_fd(&file->fd);
	file->fd = -1;
	dotlock_release(&file->lock);
}
