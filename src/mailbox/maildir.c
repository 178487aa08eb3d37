#include "mailbox/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "mailbox/beneath.h"
#include "mailbox/flags.h"
#include "mailbox/keywords.h"
#include "mailbox/maildir_name.h"
#include "system/privileges.h"

enum {
	NAME_ATTEMPTS = 5, /* names are unique; this is for clocks and pids gone mad */
	KEYWORDS_PATIENCE_S = 5,
	SAME_TIME_S = 60, /* a file younger than this has the right time already */
};

bool maildir_make(int dir_fd, Failure *why)
{
	static const char *const parts[] = { "tmp", "new", "cur" };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (mkdirat(dir_fd, parts[i], 0700) < 0 && errno != EEXIST)
			return failure_errno(why, "make '%s/' of the Maildir", parts[i]);
	return beneath_flush(dir_fd) || failure_errno(why, "flush the Maildir");
}

/* Whoever can write into the Maildir can read and remove what is in it. */
static bool check_owner(int dir_fd, const char *path, uid_t owner, Failure *why)
{
	struct stat status;

	if (fstat(dir_fd, &status) < 0)
		return failure_errno(why, "look at '%s'", path);
	if (status.st_uid != owner)
		return failure_retry(why, "the Maildir '%s' belongs to uid %ld, not to uid %ld: chown it",
				     path, (long)status.st_uid, (long)owner);
	if (status.st_mode & S_IWOTH)
		return failure_retry(why, "everybody can write to the Maildir '%s': chmod o-w '%s'", path,
				     path);
	return true;
}

/* An unnamed file in tmp/: nothing is left of it whatever happens. */
static bool open_unnamed(MaildirCopy *copy)
{
	copy->file_fd = openat(copy->dir_fd, "tmp", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	return copy->file_fd >= 0;
}

static bool open_named(MaildirCopy *copy, Failure *why)
{
	copy->tmp_fd = openat(copy->dir_fd, "tmp", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (copy->tmp_fd < 0)
		return failure_errno(why, "open 'tmp/' of the Maildir");
	for (int attempt = 0; attempt < NAME_ATTEMPTS && copy->file_fd < 0; attempt++) {
		text_reset(&copy->draft);
		maildir_name_unique(copy->hostname, &copy->draft);
		undo_hold_signals();
		copy->file_fd = openat(copy->tmp_fd, text_string(&copy->draft),
				       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (copy->file_fd >= 0)
			copy->undo_draft = undo_add_unlink(copy->tmp_fd, text_string(&copy->draft), NO_GROUP);
		undo_release_signals();
		if (copy->file_fd < 0 && errno != EEXIST)
			break;
	}
	if (copy->file_fd >= 0)
		return true;
	text_reset(&copy->draft);
	return failure_errno(why, "make a file in 'tmp/' of the Maildir");
}

static bool open_draft(MaildirCopy *copy, Failure *why)
{
	if (open_unnamed(copy))
		return true;
	/* file systems without unnamed files: NFS, FUSE, old kernels (which take tmp/ for the file: EISDIR)
	 */
	if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)
		return open_named(copy, why);
	return failure_errno(why, "make a file in 'tmp/' of the Maildir");
}

/* Readers take the file's time for the time of arrival. */
static bool set_time(const MaildirCopy *copy, int64_t received)
{
	struct timespec times[2] = { { .tv_sec = (time_t)received }, { .tv_sec = (time_t)received } };
	int64_t age = (int64_t)time(NULL) - received;

	if (received == 0 || (age > -SAME_TIME_S && age < SAME_TIME_S))
		return true;
	return futimens(copy->file_fd, times) == 0;
}

static bool write_draft(MaildirCopy *copy, const MessageImage *image, int64_t received, Failure *why)
{
	struct stat status;

	if (!image_write(image, copy->file_fd, &copy->size, why))
		return failure_add(why, "into the Maildir");
	if (!set_time(copy, received) || fsync(copy->file_fd) < 0 || fstat(copy->file_fd, &status) < 0)
		return failure_errno(why, "save the message in the Maildir");
	copy->device = status.st_dev;
	copy->inode = status.st_ino;
	/* what has a name is closed before it is linked: NFS reports what it could not write only now */
	if (copy->draft.length && !close_checked(&copy->file_fd))
		return failure_errno(why, "save the message in the Maildir");
	return true;
}

/* The message's own spool is the file, when it lies in this file system. */
static bool use_spool(MaildirCopy *copy, const MessageImage *image, Failure *why)
{
	struct stat spool, here;

	if (image->whole_fd < 0 || fstat(image->whole_fd, &spool) < 0 || fstat(copy->dir_fd, &here) < 0 ||
	    spool.st_dev != here.st_dev || spool.st_nlink != 0)
		return false;
	if (!image_size(image, &copy->size, why) || fsync(image->whole_fd) < 0)
		return false;
	copy->file_fd = image->whole_fd;
	copy->borrowed = true;
	copy->device = spool.st_dev;
	copy->inode = spool.st_ino;
	return true;
}

static void make_flags(MaildirCopy *copy, const char *const *flags, size_t count)
{
	const KeywordsContext context = { .hostname = copy->hostname, .patience_s = KEYWORDS_PATIENCE_S };
	AUTO_VALUE(Text) letters = { 0 };
	Failure ignored = { 0 };

	copy->directory = "new";
	if (!count)
		return;
	flags_maildir(flags, count, &letters);
	/* a keyword that cannot be kept is no reason to keep the message waiting (RFC 5232, section 2) */
	(void)keywords_letters(copy->dir_fd, flags, count, &context, &letters, &ignored);
	if (!letters.length)
		return;
	copy->directory = "cur";
	text_printf(&copy->flags, ":2,%s", text_string(&letters));
}

bool maildir_prepare(MaildirCopy *copy, int dir_fd, const char *path, uid_t owner, const char *hostname,
		     const MessageImage *image, const char *const *flags, size_t flag_count, int64_t received,
		     Failure *why)
{
	*copy = (MaildirCopy){ .dir_fd = dir_fd, .target_fd = -1, .tmp_fd = -1, .file_fd = -1 };
	copy->hostname = hostname;
	if (!check_owner(dir_fd, path, owner, why))
		return false;
	make_flags(copy, flags, flag_count);
	/* before anything is written, so that nothing but the flush itself can fail after the link */
	copy->target_fd = openat(dir_fd, copy->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (copy->target_fd < 0)
		return failure_errno(why, "open '%s/' of the Maildir '%s'", copy->directory, path);
	return use_spool(copy, image, why) ||
	       (open_draft(copy, why) && write_draft(copy, image, received, why)) ||
	       failure_add(why, "in '%s'", path);
}

/* Is the name there, and our file?  Then the link was made and its reply was lost. */
static bool is_linked(const MaildirCopy *copy)
{
	struct stat there;

	return fstatat(copy->target_fd, text_string(&copy->name), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       there.st_dev == copy->device && there.st_ino == copy->inode;
}

static bool link_once(const MaildirCopy *copy)
{
	char path[32];
	int error;

	snprintf(path, sizeof path, "/proc/self/fd/%d", copy->file_fd);
	if (copy->draft.length ? linkat(copy->tmp_fd, text_string(&copy->draft), copy->target_fd,
					text_string(&copy->name), 0) == 0
			       : linkat(AT_FDCWD, path, copy->target_fd, text_string(&copy->name),
					AT_SYMLINK_FOLLOW) == 0)
		return true;
	error = errno;
	if (is_linked(copy))
		return true;
	errno = error;
	return false;
}

static bool link_it(MaildirCopy *copy, Failure *why)
{
	for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
		bool linked;

		text_reset(&copy->name);
		maildir_name_unique(copy->hostname, &copy->name);
		maildir_name_add_size(&copy->size, &copy->name);
		text_append_slice(&copy->name, text_slice(&copy->flags));
		undo_hold_signals();
		linked = link_once(copy);
		if (linked) {
			copy->undo_name = undo_add_unlink(copy->target_fd, text_string(&copy->name),
							  NO_GROUP);
			copy->published = true;
		}
		undo_release_signals();
		if (linked)
			return true;
		if (errno != EEXIST)
			break;
	}
	return failure_errno(why, "link the message into '%s/' of the Maildir", copy->directory);
}

static void drop_draft(MaildirCopy *copy)
{
	if (!copy->draft.length)
		return;
	undo_strike(&copy->undo_draft);
	unlinkat(copy->tmp_fd, text_string(&copy->draft), 0); /* what stays is swept after 36 hours */
	text_reset(&copy->draft);
}

bool maildir_publish(MaildirCopy *copy, Failure *why)
{
	if (!link_it(copy, why))
		return false;
	if (fsync(copy->target_fd) < 0) {
		failure_errno(why, "flush '%s/' of the Maildir", copy->directory);
		return false;
	}
	drop_draft(copy);
	return true;
}

bool maildir_undo(MaildirCopy *copy, Failure *why)
{
	bool done = true;

	drop_draft(copy);
	if (copy->published) {
		done = unlinkat(copy->target_fd, text_string(&copy->name), 0) == 0 ||
		       failure_errno(why, "'%s' could not be taken back", text_string(&copy->name));
		undo_strike(&copy->undo_name);
		copy->published = false;
	}
	return done;
}

void maildir_clear(MaildirCopy *copy)
{
	drop_draft(copy);
	undo_strike(&copy->undo_name);
	if (copy->borrowed)
		copy->file_fd = -1;
	cleanup_fd(&copy->file_fd);
	cleanup_fd(&copy->target_fd);
	cleanup_fd(&copy->tmp_fd);
	cleanup_fd(&copy->dir_fd);
	text_clear(&copy->name);
	text_clear(&copy->draft);
	text_clear(&copy->flags);
}
