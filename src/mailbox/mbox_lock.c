/* mbox_lock - take every lock of every mailbox, or none
 *
 * Some programs take the dotlock first, some the kernel's lock.  None of ours is waited for while we hold
 * another, so that no order can end in a deadlock: when one is busy all are given back, and after a random
 * pause all are tried again. */
#include "mailbox/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "mailbox/beneath.h"
#include "system/privileges.h"

typedef enum LockAnswer {
	LOCK_TAKEN,
	LOCK_BUSY,
	LOCK_FAILED
} LockAnswer;

enum {
	LOOK_EVERY_MS = 500, /* how often it is looked whether a dotlock is stale */
};

int mbox_open_file(const Mbox *mbox)
{
	/* Our look at its last bytes is no reading: who compares the file's times to see whether there
	 * is new mail must not be misled. */
	return openat(mbox->dir_fd, mbox->name,
		      O_RDWR | O_APPEND | O_NOATIME | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* Open file description locks conflict with fcntl(2) locks of others, and no close of ours elsewhere
 * drops them. */
bool mbox_lock_kernel(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int result = fcntl(fd, F_OFD_SETLK, &whole);

	if (result < 0 && errno == EINVAL)
		result = fcntl(fd, F_SETLK, &whole);
	if (result < 0 && errno == EACCES)
		errno = EAGAIN;
	return result == 0;
}

/* A new box in a spool gets the spool's group, and the mode that the others there have. */
static bool adopt_group(const Mbox *mbox, int fd)
{
	struct stat status;

	if (mbox->spool_group == NO_GROUP)
		return true;
	return fstat(fd, &status) == 0 &&
	       (status.st_gid == mbox->spool_group || fchown(fd, (uid_t)-1, mbox->spool_group) == 0) &&
	       fchmod(fd, 0660) == 0;
}

/* In a spool where users may make nothing somebody else has to, once. */
static bool explain_making(const Mbox *mbox, Failure *why)
{
	const bool is_forbidden = errno == EACCES;

	failure_errno(why, "make the mailbox '%s'", mbox->path);
	return is_forbidden ? failure_add(why, "so root has to: 'install -o %ld -m 600 /dev/null %s'",
					  (long)mbox->store->settings.uid, mbox->path)
			    : false;
}

static bool create_file(const Mbox *mbox, Failure *why)
{
	auto_fd int fd = -1;
	bool made;

	if (mbox->spool_group != NO_GROUP)
		privileges_raise_spool_group();
	fd = openat(mbox->dir_fd, mbox->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	made = fd >= 0 && adopt_group(mbox, fd);
	if (mbox->spool_group != NO_GROUP)
		privileges_lower_spool_group();
	if (fd < 0 && errno == EEXIST)
		return true; /* another was quicker */
	if (!made)
		return explain_making(mbox, why);
	if (!beneath_flush(mbox->dir_fd))
		return failure_errno(why, "flush the directory of '%s'", mbox->path);
	return true;
}

static bool belongs_to_another(const Mbox *mbox, const struct stat *is, Failure *why)
{
	const long uid = (long)mbox->store->settings.uid;

	return failure_retry(why, "the mailbox '%s' belongs to uid %ld, not to %ld: 'chown %ld %s' mends it",
			     mbox->path, (long)is->st_uid, uid, uid, mbox->path);
}

static bool is_directory(const Mbox *mbox, Failure *why)
{
	return failure_retry(why,
			     "'%s' is a directory with folders in it: where folders are mboxes such a folder "
			     "holds no messages itself",
			     mbox->path);
}

static bool is_a_link(const Mbox *mbox, Failure *why)
{
	return failure_retry(
		why,
		"the mailbox '%s' is a symbolic link, which is not followed: name what it leads to in "
		"mail_location",
		mbox->path);
}

static bool explain_open(const Mbox *mbox, Failure *why)
{
	struct stat status;
	int error = errno;

	if (error == ELOOP)
		return is_a_link(mbox, why);
	if (error == EISDIR)
		return is_directory(mbox, why);
	if ((error == EPERM || error == EACCES) &&
	    fstatat(mbox->dir_fd, mbox->name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    status.st_uid != mbox->store->settings.uid)
		return belongs_to_another(mbox, &status, why);
	errno = error;
	return failure_errno(why, "open the mailbox '%s'", mbox->path);
}

static LockAnswer open_file(Mbox *mbox, Failure *why)
{
	mbox->fd = mbox_open_file(mbox);
	if (mbox->fd < 0 && errno == ENOENT) {
		if (!create_file(mbox, why))
			return LOCK_FAILED;
		mbox->fd = mbox_open_file(mbox);
	}
	if (mbox->fd >= 0)
		return LOCK_TAKEN;
	/* A file server has lent it to a client (a lease, fcntl(2)), and has now been told to ask for it. */
	if (errno == EAGAIN)
		return LOCK_BUSY;
	explain_open(mbox, why);
	return LOCK_FAILED;
}

/* The group of the spool may write, where the boxes are kept as Debian does. */
static bool check_writers(const Mbox *mbox, const struct stat *is, Failure *why)
{
	gid_t allowed = mbox->spool_group;
	struct stat dir;

	if ((is->st_mode & S_IWGRP) && allowed == NO_GROUP && fstat(mbox->dir_fd, &dir) == 0)
		allowed = dir.st_gid;
	return store_check_writers(mbox->store, is, allowed, mbox->path, why);
}

/* Is it a mailbox, and the recipient's alone? */
static bool check_status(const Mbox *mbox, const struct stat *is, Failure *why)
{
	uid_t uid = mbox->store->settings.uid;

	if (S_ISLNK(is->st_mode))
		return is_a_link(mbox, why);
	if (S_ISDIR(is->st_mode))
		return is_directory(mbox, why);
	if (!S_ISREG(is->st_mode))
		return failure_retry(why, "the mailbox '%s' is not a regular file", mbox->path);
	if (is->st_nlink != 1)
		return failure_retry(why, "the mailbox '%s' has %lu names, not one", mbox->path,
				     (unsigned long)is->st_nlink);
	if (is->st_uid != uid)
		return belongs_to_another(mbox, is, why);
	return check_writers(mbox, is, why);
}

bool mbox_is_usable(const Mbox *mbox, Failure *why)
{
	struct stat is;

	if (fstatat(mbox->dir_fd, mbox->name, &is, AT_SYMLINK_NOFOLLOW) < 0)
		return true; /* what is wrong, and whether it is for good, will be known when it is opened */
	if (!check_status(mbox, &is, why))
		return false;
	return (is.st_mode & S_IWUSR) ||
	       failure_retry(why, "the mailbox '%s' may not be written", mbox->path);
}

/* Is what we opened and locked the mailbox, and the recipient's alone?  Asked with all locks held: it may
 * have been replaced while we waited. */
static bool check_file(Mbox *mbox, Failure *why)
{
	const struct stat *is = &mbox->before;
	struct stat there;

	if (fstat(mbox->fd, &mbox->before) < 0 ||
	    fstatat(mbox->dir_fd, mbox->name, &there, AT_SYMLINK_NOFOLLOW) < 0)
		return failure_errno(why, "look at the mailbox '%s'", mbox->path);
	if (is->st_dev != there.st_dev || is->st_ino != there.st_ino)
		return failure_retry(why, "the mailbox '%s' was replaced while it was locked", mbox->path);
	return check_status(mbox, is, why);
}

static LockAnswer lock_file(Mbox *mbox, Failure *why)
{
	const StoreSettings *settings = &mbox->store->settings;

	if ((settings->lock_fcntl && !mbox_lock_kernel(mbox->fd)) ||
	    (settings->lock_flock && flock(mbox->fd, LOCK_EX | LOCK_NB) < 0)) {
		if (errno == EAGAIN)
			return LOCK_BUSY;
		failure_errno(why, "lock the mailbox '%s'", mbox->path);
		return LOCK_FAILED;
	}
	return check_file(mbox, why) ? LOCK_TAKEN : LOCK_FAILED;
}

/* The time by the clock of the file server, which dates what is changed: here the mailbox, by a change that
 * changes nothing. */
static bool read_server_clock(const Mbox *mbox, time_t *now)
{
	auto_fd int fd = mbox_open_file(mbox);
	struct stat box;

	if (fd < 0 || fstat(fd, &box) < 0 || !S_ISREG(box.st_mode) || fchmod(fd, box.st_mode & 07777) < 0 ||
	    fstat(fd, &box) < 0)
		return false;
	*now = box.st_ctime;
	return true;
}

/* Where we may not make a dotlock, somebody who may can hold one.  We could not break it either: an old one
 * is passed by. */
static bool is_dotlocked(const Mbox *mbox)
{
	DotlockHolder holder;
	time_t now;

	/* What cannot be read is somebody's, too. */
	return (dotlock_read_holder(&mbox->dotlock, &holder) || holder.status.st_nlink > 0) &&
	       !dotlock_holder_is_dead(&mbox->dotlock, &holder) &&
	       !(read_server_clock(mbox, &now) &&
		 now - holder.status.st_ctime > (time_t)mbox->store->settings.lock_stale_s);
}

static LockAnswer take_dotlock(Mbox *mbox, Failure *why)
{
	const StoreSettings *settings = &mbox->store->settings;

	if (mbox->no_dotlock)
		return LOCK_TAKEN;
	switch (dotlock_try(&mbox->dotlock, why)) {
	case DOTLOCK_TAKEN:
		return LOCK_TAKEN;
	case DOTLOCK_BUSY:
		return LOCK_BUSY;
	case DOTLOCK_NOT_ALLOWED:
		mbox->no_dotlock = !settings->dotlock_required &&
				   (settings->lock_fcntl || settings->lock_flock);
		if (!mbox->no_dotlock)
			return LOCK_FAILED;
		mbox->no_dotlock = !is_dotlocked(mbox);
		return mbox->no_dotlock ? LOCK_TAKEN : LOCK_BUSY;
	default:
		return LOCK_FAILED;
	}
}

static LockAnswer try_lock(Mbox *mbox, Failure *why)
{
	LockAnswer answer = take_dotlock(mbox, why);

	if (answer == LOCK_TAKEN)
		answer = open_file(mbox, why);
	return answer == LOCK_TAKEN ? lock_file(mbox, why) : answer;
}

/* Tries all; gives all back when one cannot be had.  `*which` is that one. */
static LockAnswer try_all(Mbox *const *boxes, size_t count, size_t *which, Failure *why)
{
	for (size_t i = 0; i < count; i++) {
		LockAnswer answer = try_lock(boxes[i], why);

		if (answer == LOCK_TAKEN)
			continue;
		*which = i;
		for (size_t held = 0; held < i; held++)
			mbox_unlock(boxes[held]);
		if (answer == LOCK_FAILED || boxes[i]->fd >= 0 || boxes[i]->dotlock.held)
			mbox_unlock(boxes[i]);
		return answer; /* a dotlock that is busy stays ready to be linked */
	}
	return LOCK_TAKEN;
}

static bool give_up(Mbox *mbox, Failure *why)
{
	struct flock holder = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	auto_fd int fd = mbox_open_file(mbox);

	failure_set(why, FAILURE_RETRY, "4.2.0", "the mailbox '%s' has been locked for %u seconds",
		    mbox->path, mbox->store->settings.lock_timeout_s);
	if (!mbox->no_dotlock)
		dotlock_name_holder(&mbox->dotlock, why);
	if (fd >= 0 && fcntl(fd, F_OFD_GETLK, &holder) == 0 && holder.l_type != F_UNLCK && holder.l_pid > 0)
		failure_add(why, "its kernel lock held by process %ld", (long)holder.l_pid);
	return false;
}

bool mbox_lock_all(Mbox *const *boxes, size_t count, Failure *why)
{
	int64_t start_ms = 0, look_ms = 0;

	for (;;) {
		size_t which;
		LockAnswer answer = try_all(boxes, count, &which, why);
		int64_t now_ms;

		if (answer != LOCK_BUSY)
			return answer == LOCK_TAKEN;
		now_ms = lock_clock_ms();
		/* Nothing is looked at after the first try: it is nearly always another delivery that will be
		 * done at once. */
		if (!start_ms) {
			start_ms = now_ms;
			look_ms = now_ms + 1;
		}
		if (now_ms - start_ms >= (int64_t)boxes[which]->store->settings.lock_timeout_s * 1000) {
			mbox_unlock(boxes[which]);
			return give_up(boxes[which], why);
		}
		if (now_ms >= look_ms) {
			look_ms = now_ms + LOOK_EVERY_MS;
			if (!boxes[which]->no_dotlock && !mbox_break_stale(boxes[which], why)) {
				mbox_unlock(boxes[which]);
				return false;
			}
		}
		lock_pause(now_ms - start_ms);
	}
}
