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
#include "mailbox/boot.h"
#include "system/privileges.h"

bool side_file_read(int dir_fd, const char *name, Text *content, Failure *why)
{
	auto_fd int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT || failure_errno(why, "open '%s'", name);
	return io_read_file(fd, name, SIDE_FILE_MAX, content, why);
}

bool side_file_lock(SideFile *file, int dir_fd, const char *name, unsigned patience_s, Failure *why)
{
	*file = (SideFile){ .name = name, .fd = -1 };
	host_machine(file->machine);
	return dotlock_init(&file->lock, dir_fd, name, file->machine, NO_GROUP, why) &&
	       dotlock_acquire(&file->lock, patience_s, SIDE_FILE_STALE_S, why);
}

static bool create(SideFile *file)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	static unsigned count;

	snprintf(file->new_name, sizeof file->new_name, ".new.%x.%llx.%x", (unsigned)getpid(),
		 (unsigned long long)boot_clock_ns(), count++);
	undo_hold_signals();
	file->fd = openat(file->lock.dir_fd, file->new_name, flags, 0600);
	if (file->fd >= 0)
		file->undo = undo_add_unlink(file->lock.dir_fd, file->new_name, NO_GROUP);
	undo_release_signals();
	return file->fd >= 0;
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

bool side_file_write(SideFile *file, Slice content, Failure *why)
{
	if (create(file) && io_write(file->fd, content.data, content.length) && fsync(file->fd) == 0 &&
	    learn_identity(file) && close_checked(&file->fd))
		return true;
	return failure_errno(why, "write '%s'", file->name);
}

/* Does our file have the name?  Over NFS the reply to a rename may be lost. */
static bool is_in_place(const SideFile *file)
{
	struct stat there;
	int error = errno;
	bool ours = fstatat(file->lock.dir_fd, file->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
		    there.st_dev == file->device && there.st_ino == file->inode;

	errno = error;
	return ours;
}

bool side_file_put(SideFile *file, Failure *why)
{
	const int dir_fd = file->lock.dir_fd;
	bool done;

	if (!dotlock_stands(&file->lock))
		return failure_retry(why, "the lock on '%s' was broken while it was written", file->name);
	undo_hold_signals();
	done = renameat(dir_fd, file->new_name, dir_fd, file->name) == 0 || is_in_place(file);
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
		unlinkat(file->lock.dir_fd, file->new_name, 0);
	}
	cleanup_fd(&file->fd);
	file->fd = -1;
	dotlock_release(&file->lock);
}
