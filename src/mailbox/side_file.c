/* side_file - change a small file that IMAP servers keep beside the mail, as they change it themselves */
#include "mailbox/side_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "mailbox/dotlock.h"
#include "system/privileges.h"

bool side_file_read(int dir_fd, const char *name, Text *content, Failure *why)
{
	auto_fd int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT || failure_errno(why, "open '%s'", name);
	return io_read_file(fd, name, SIDE_FILE_MAX, content, why);
}

static bool try_lock(SideFile *file)
{
	undo_hold_signals();
	file->fd = openat(file->dir_fd, file->lock_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			  0600);
	if (file->fd >= 0)
		file->undo = undo_add_unlink(file->dir_fd, file->lock_name, NO_GROUP);
	undo_release_signals();
	return file->fd >= 0;
}

/* Its holder needs milliseconds: a lock that is minutes old by this machine's clock is nobody's. */
static void remove_stale(const SideFile *file)
{
	struct stat status;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (fstatat(file->dir_fd, file->lock_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.tv_sec - status.st_ctime > SIDE_FILE_STALE_S)
		unlinkat(file->dir_fd, file->lock_name, 0);
}

bool side_file_lock(SideFile *file, int dir_fd, const char *name, unsigned patience_s, Failure *why)
{
	const int64_t start_ms = lock_clock_ms(), until_ms = start_ms + (int64_t)patience_s * 1000;

	*file = (SideFile){ .dir_fd = dir_fd, .name = name, .fd = -1 };
	snprintf(file->lock_name, sizeof file->lock_name, "%s.lock", name);
	for (;;) {
		if (try_lock(file))
			return true;
		if (errno != EEXIST)
			return failure_errno(why, "make '%s'", file->lock_name);
		if (lock_clock_ms() > until_ms)
			return failure_retry(why, "'%s' has been locked for %u seconds", name, patience_s);
		remove_stale(file);
		lock_pause(lock_clock_ms() - start_ms);
	}
}

bool side_file_write(SideFile *file, Slice content, Failure *why)
{
	if (io_write(file->fd, content.data, content.length) && fsync(file->fd) == 0 &&
	    close_checked(&file->fd))
		return true;
	return failure_errno(why, "write '%s'", file->name);
}

bool side_file_put(SideFile *file, Failure *why)
{
	bool done;

	undo_hold_signals();
	done = renameat(file->dir_fd, file->lock_name, file->dir_fd, file->name) == 0;
	if (done)
		undo_strike(&file->undo);
	undo_release_signals();
	return done || failure_errno(why, "write '%s'", file->name);
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
		unlinkat(file->dir_fd, file->lock_name, 0);
	}
	cleanup_fd(&file->fd);
	file->fd = -1;
}
