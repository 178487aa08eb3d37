/* dotlock - keep other mail programs out of a file while it is written
 *
 * The lock is made by link(2) of a file that already has its text: no instant at which the lock is there and
 * empty, and it works over NFS, where a lost reply shows as a link count of two. */
#include "mailbox/dotlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "mailbox/boot.h"
#include "system/privileges.h"

enum {
	TOUCH_AFTER_MS = 10 * 1000, /* other programs believe a lock for at least a minute */
	PAUSE_FIRST_MS = 2,
	PAUSE_MS = 8,
	PATIENT_AFTER_MS = 2000, /* 64 deliveries that wait for one mailbox are through by then */
	PAUSE_PATIENT_MS = 100,
};

static void raise_group(const Dotlock *lock)
{
	if (lock->group != NO_GROUP)
		privileges_raise_spool_group();
}

static void lower_group(const Dotlock *lock)
{
	if (lock->group != NO_GROUP)
		privileges_lower_spool_group();
}

int64_t lock_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void lock_pause(int64_t waited_ms)
{
	const int64_t pause_ms = waited_ms < PAUSE_MS           ? PAUSE_FIRST_MS
				 : waited_ms < PATIENT_AFTER_MS ? PAUSE_MS
								: PAUSE_PATIENT_MS;
	/* Any spread will do that differs between processes: no call into the kernel for it. */
	uint64_t spread = ((uint64_t)boot_clock_ns() ^ (uint64_t)getpid() << 32) * 0x9e3779b97f4a7c15;
	int64_t wait_us = pause_ms * 500 + (int64_t)(spread >> 33) % (pause_ms * 1000);

	nanosleep(&(struct timespec){ .tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000 },
		  NULL);
}

bool dotlock_init(Dotlock *lock, int dir_fd, const char *file, const char *machine, gid_t group, Failure *why)
{
	*lock = (Dotlock){ .dir_fd = dir_fd, .machine = machine, .group = group, .fd = -1 };
	if (strlen(file) + sizeof ".lock" > sizeof lock->name)
		return failure_retry(why, "the name '%s' is too long for a lock file beside it", file);
	snprintf(lock->name, sizeof lock->name, "%s.lock", file);
	return true;
}

/* Removes the name that the lock file had before it was linked. */
static void drop_spare(Dotlock *lock)
{
	if (!lock->spare[0])
		return;
	undo_strike(&lock->undo_spare);
	unlinkat(lock->dir_fd, lock->spare, 0);
	lock->spare[0] = '\0';
}

static void drop_file(Dotlock *lock)
{
	drop_spare(lock);
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}

/* Opens the file that will be the lock: unnamed if it can be, so that nothing is left of it whatever happens.
 */
static bool open_file(Dotlock *lock)
{
	static unsigned count;

	if (!lock->named) {
		lock->fd = openat(lock->dir_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (lock->fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
			return lock->fd >= 0;
		lock->named = true;
	}
	snprintf(lock->spare, sizeof lock->spare, ".lock.%x.%llx.%x", (unsigned)getpid(),
		 (unsigned long long)boot_clock_ns(), count++);
	undo_hold_signals();
	lock->fd = openat(lock->dir_fd, lock->spare, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			  0600);
	if (lock->fd >= 0)
		lock->undo_spare = undo_add_unlink(lock->dir_fd, lock->spare, lock->group);
	else
		lock->spare[0] = '\0';
	undo_release_signals();
	return lock->fd >= 0;
}

static bool write_text(Dotlock *lock)
{
	char text[320];
	int length = snprintf(text, sizeof text, "%ld:%.255s", (long)getpid(), lock->machine);

	lock->text_length = (size_t)length;
	return io_write(lock->fd, text, lock->text_length);
}

/* Links the file to the lock's name.  False and errno, EEXIST when another lock is there. */
static bool link_file(Dotlock *lock)
{
	char path[32];
	struct stat status;
	bool linked;
	int error;

	undo_hold_signals();
	if (lock->spare[0]) {
		linked = linkat(lock->dir_fd, lock->spare, lock->dir_fd, lock->name, 0) == 0;
		error = errno;
	} else {
		snprintf(path, sizeof path, "/proc/self/fd/%d", lock->fd);
		linked = linkat(AT_FDCWD, path, lock->dir_fd, lock->name, AT_SYMLINK_FOLLOW) == 0;
		error = errno;
	}
	/* The reply alone may have been lost. */
	if (!linked)
		linked = fstat(lock->fd, &status) == 0 && status.st_nlink == (lock->spare[0] ? 2 : 1);
	if (linked) {
		lock->undo = undo_add_unlink(lock->dir_fd, lock->name, lock->group);
		undo_only_while_locked(lock->undo, lock->dir_fd, lock->name, lock->fd);
	}
	undo_release_signals();
	errno = error;
	return linked;
}

static DotlockAnswer answer_of(const Dotlock *lock, Failure *why)
{
	if (errno == EEXIST)
		return DOTLOCK_BUSY;
	failure_errno(why, "make the lock file '%s'", lock->name);
	return errno == EACCES || errno == EPERM || errno == EROFS ? DOTLOCK_NOT_ALLOWED : DOTLOCK_FAILED;
}

/* One try, with the group raised. */
static DotlockAnswer try_lock(Dotlock *lock, Failure *why)
{
	DotlockAnswer answer;

	if (lock->fd < 0 && (!open_file(lock) || !write_text(lock))) {
		answer = answer_of(lock, why);
		drop_file(lock);
		return answer == DOTLOCK_BUSY ? DOTLOCK_FAILED : answer;
	}
	if (link_file(lock)) {
		lock->held = true;
		lock->since_ms = lock_clock_ms();
		drop_spare(lock);
		return DOTLOCK_TAKEN;
	}
	answer = answer_of(lock, why);
	if (answer == DOTLOCK_FAILED && errno == ENOENT && !lock->named) {
		lock->named = true; /* no /proc here */
		drop_file(lock);
		return try_lock(lock, why);
	}
	if (answer != DOTLOCK_BUSY)
		drop_file(lock);
	return answer;
}

DotlockAnswer dotlock_try(Dotlock *lock, Failure *why)
{
	DotlockAnswer answer;

	raise_group(lock);
	answer = try_lock(lock, why);
	lower_group(lock);
	return answer;
}

bool dotlock_mark_begun(Dotlock *lock, off_t offset, off_t length, Slice first_line, Failure *why)
{
	char record[128 + DOTLOCK_FIRST_LINE_MAX];
	size_t used;

	if (first_line.length > DOTLOCK_FIRST_LINE_MAX)
		first_line.length = DOTLOCK_FIRST_LINE_MAX;
	used = (size_t)snprintf(record, 128, "%cU %lld %lld %lld %lld %zu\n", 0, (long long)offset,
				(long long)length, (long long)boot_time_s(), (long long)boot_clock_ns(),
				first_line.length);
	memcpy(record + used, first_line.data, first_line.length);
	used += first_line.length;
	if (!io_write_at(lock->fd, record, used, (off_t)lock->text_length))
		return failure_errno(why, "write the lock file '%s'", lock->name);
	/* What a power cut leaves of the append must not be without what is known of it. */
	return fdatasync(lock->fd) == 0 || failure_errno(why, "flush the lock file '%s'", lock->name);
}

bool dotlock_mark_complete(Dotlock *lock, Failure *why)
{
	if (io_write_at(lock->fd, "C", 1, (off_t)lock->text_length + 1))
		return true;
	return failure_errno(why, "write the lock file '%s'", lock->name);
}

void dotlock_touch(Dotlock *lock)
{
	if (!lock->held || lock_clock_ms() - lock->since_ms < TOUCH_AFTER_MS)
		return;
	futimens(lock->fd, NULL);
	lock->since_ms = lock_clock_ms();
}

bool dotlock_stands(const Dotlock *lock)
{
	struct stat ours, there;

	return fstat(lock->fd, &ours) == 0 &&
	       fstatat(lock->dir_fd, lock->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

void dotlock_give_away(Dotlock *lock)
{
	undo_strike(&lock->undo);
	lock->held = false;
}

void dotlock_release(Dotlock *lock)
{
	int error = errno;

	if (lock->held) {
		/* Struck off first: between the two calls a signal may leave a lock that the
		 * next writer breaks, but never remove one that has become another's. */
		undo_strike(&lock->undo);
		raise_group(lock);
		/* After long work it may have been taken for abandoned. */
		if (lock_clock_ms() - lock->since_ms < TOUCH_AFTER_MS / 2 || dotlock_stands(lock))
			unlinkat(lock->dir_fd, lock->name, 0);
		lower_group(lock);
		lock->held = false;
	}
	if (lock->name[0])
		drop_file(lock);
	errno = error;
}

bool dotlock_acquire(Dotlock *lock, unsigned patience_s, unsigned stale_s, Failure *why)
{
	const int64_t start_ms = lock_clock_ms(), until_ms = start_ms + (int64_t)patience_s * 1000;

	for (;;) {
		DotlockAnswer answer = dotlock_try(lock, why);
		DotlockHolder holder;

		if (answer == DOTLOCK_TAKEN)
			return true;
		if (answer != DOTLOCK_BUSY)
			return false;
		if (dotlock_read_holder(lock, &holder) &&
		    (dotlock_holder_is_dead(lock, &holder) ||
		     dotlock_holder_is_old(lock, &holder, 0, stale_s)) &&
		    dotlock_break(lock, &holder))
			continue;
		if (lock_clock_ms() > until_ms) {
			failure_retry(why, "'%s' is locked", lock->name);
			dotlock_name_holder(lock, why);
			dotlock_release(lock);
			return false;
		}
		lock_pause(lock_clock_ms() - start_ms);
	}
}
