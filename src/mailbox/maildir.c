/* maildir - put a message into a Maildir: written and flushed first, then linked, whole, into new/ or cur/
 *
 * The order of the calls: new/ opened, so that nothing but its flush can fail after the link; copy, fsync,
 * fstat, close; link, and if that fails a look whether it was done all the same (a lost reply of NFS); fsync
 * of new/. */
#include "mailbox/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mailbox/beneath.h"
#include "mailbox/maildir_name.h"
#include "system/privileges.h"

enum {
	NAME_TRIES = 5,
	SAME_TIME_S = 60, /* a file younger than this has the right time already */
};

bool maildir_make(int folder_fd, const char *path, Failure *why)
{
	static const char *const parts[] = { "tmp", "new", "cur" };

	for (int i = 0; i < 3; i++)
		if (mkdirat(folder_fd, parts[i], 0700) < 0 && errno != EEXIST)
			return failure_errno(why, "make '%s/%s'", path, parts[i]);
	return beneath_flush(folder_fd) || failure_errno(why, "flush '%s'", path);
}

/* Then names are chosen at once, whoever files many flushes them together, and has a record of what must be
 * taken back. */
static bool in_bulk(const MaildirDraft *draft)
{
	return draft->store->settings.in_bulk;
}

static bool open_target(MaildirDraft *draft, Failure *why)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

	draft->target_fd = openat(draft->folder_fd, draft->target, flags);
	if (draft->target_fd < 0 && errno == ENOENT) {
		if (!maildir_make(draft->folder_fd, draft->path, why))
			return false;
		draft->target_fd = openat(draft->folder_fd, draft->target, flags);
	}
	return draft->target_fd >= 0 || failure_errno(why, "open '%s/%s'", draft->path, draft->target);
}

/* Readers take the file's time for the time of arrival. */
static bool set_time(const MaildirDraft *draft)
{
	struct timespec received = { .tv_sec = (time_t)draft->received };
	int64_t age = (int64_t)time(NULL) - draft->received;

	if (draft->received == 0 || (age > -SAME_TIME_S && age < SAME_TIME_S))
		return true;
	return futimens(draft->file_fd, (struct timespec[]){ received, received }) == 0;
}

/* Fills, dates, flushes and checks the open copy. */
static bool fill(MaildirDraft *draft, bool write, Failure *why)
{
	struct stat status;

	if (write && !image_write(draft->image, draft->file_fd, &draft->size, why))
		return failure_add(why, "mailbox '%s'", draft->path);
	if (!set_time(draft))
		return failure_errno(why, "date a message in '%s'", draft->path);
	if ((!in_bulk(draft) && fsync(draft->file_fd) < 0) || fstat(draft->file_fd, &status) < 0)
		return failure_errno(why, "flush a message in '%s'", draft->path);
	if (status.st_size != draft->size.bytes)
		return failure_retry(why, "of %lld bytes for '%s' %lld were stored",
				     (long long)draft->size.bytes, draft->path, (long long)status.st_size);
	draft->device = status.st_dev;
	draft->inode = status.st_ino;
	return true;
}

static bool open_unnamed(MaildirDraft *draft, Failure *why)
{
	const int flags = O_TMPFILE | O_RDWR | O_NOFOLLOW | O_CLOEXEC;

	draft->file_fd = openat(draft->folder_fd, "tmp", flags, 0600);
	if (draft->file_fd < 0 && errno == ENOENT && maildir_make(draft->folder_fd, draft->path, why))
		draft->file_fd = openat(draft->folder_fd, "tmp", flags, 0600);
	if (draft->file_fd >= 0)
		return true;
	if (errno == EOPNOTSUPP || errno == EISDIR)
		draft->store->no_unnamed = true;
	return failure_errno(why, "make a file in '%s/tmp'", draft->path);
}

static bool create_named(MaildirDraft *draft)
{
	text_reset(&draft->draft_name);
	text_append_string(&draft->draft_name, "tmp/");
	maildir_name_unique(draft->store->settings.hostname, &draft->draft_name);
	undo_hold_signals();
	draft->file_fd = openat(draft->folder_fd, text_string(&draft->draft_name),
				O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	draft->is_named = draft->file_fd >= 0;
	if (draft->is_named && !in_bulk(draft))
		draft->undo_draft = undo_add_unlink(draft->folder_fd, text_string(&draft->draft_name),
						    NO_GROUP);
	undo_release_signals();
	return draft->file_fd >= 0;
}

static bool open_named(MaildirDraft *draft, Failure *why)
{
	for (int tries = 0; tries < NAME_TRIES; tries++) {
		if (create_named(draft))
			return true;
		if (errno == ENOENT && !maildir_make(draft->folder_fd, draft->path, why))
			return false;
		if (errno != EEXIST && errno != ENOENT)
			break;
	}
	return failure_errno(why, "make a file in '%s/tmp'", draft->path);
}

static bool copy_named(MaildirDraft *draft, Failure *why)
{
	if (!open_named(draft, why) || !fill(draft, true, why))
		return false;
	return close_checked(&draft->file_fd) || failure_errno(why, "close a message in '%s'", draft->path);
}

/* The file that holds the message already, when it can be linked into this Maildir. */
static bool adopt(MaildirDraft *draft, Failure *why)
{
	struct stat file, target;

	*why = (Failure){ 0 };
	if (draft->image->whole_fd < 0 || draft->store->no_unnamed ||
	    fstat(draft->image->whole_fd, &file) < 0 || fstat(draft->target_fd, &target) < 0 ||
	    file.st_dev != target.st_dev || !image_size(draft->image, &draft->size, why))
		return false;
	draft->file_fd = draft->image->whole_fd;
	draft->borrowed = true;
	return fill(draft, false, why);
}

static bool stage(MaildirDraft *draft, Failure *why)
{
	if (adopt(draft, why))
		return true;
	if (draft->borrowed || why->kind != FAILURE_NONE)
		return false;
	if (!draft->store->no_unnamed) {
		if (open_unnamed(draft, why))
			return fill(draft, true, why);
		if (!draft->store->no_unnamed)
			return false;
	}
	return copy_named(draft, why);
}

static void name_it(MaildirDraft *draft)
{
	text_reset(&draft->name);
	maildir_name_unique(draft->store->settings.hostname, &draft->name);
	maildir_name_sizes(&draft->size, &draft->name);
	if (draft->letters.length)
		text_printf(&draft->name, ":2,%s", text_string(&draft->letters));
}

bool maildir_prepare(MaildirDraft *draft, Store *store, int folder_fd, const char *path,
		     const MessageImage *image, Slice letters, int64_t received, Failure *why)
{
	*draft = (MaildirDraft){ .store = store,
				 .image = image,
				 .path = path,
				 .folder_fd = folder_fd,
				 .target_fd = -1,
				 .file_fd = -1,
				 .received = received,
				 .target = letters.length ? "cur" : "new" };
	text_append_slice(&draft->letters, letters);
	if (!open_target(draft, why) || !stage(draft, why))
		return false;
	if (in_bulk(draft))
		name_it(draft);
	return true;
}

/* Is what stands under our name our file? */
static bool is_there(const MaildirDraft *draft)
{
	struct stat there;
	int error = errno;
	bool ours = fstatat(draft->target_fd, text_string(&draft->name), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
		    there.st_dev == draft->device && there.st_ino == draft->inode;

	errno = error;
	return ours;
}

/* On the undo list before it is made: only our own file would be removed. */
static bool link_it(MaildirDraft *draft)
{
	StoreLink *link_to = draft->store->link;
	const char *name = text_string(&draft->name);
	char path[32];
	int result;

	undo_strike(&draft->undo_link);
	if (!in_bulk(draft)) {
		draft->undo_link = undo_add_unlink(draft->target_fd, name, NO_GROUP);
		undo_only_file(draft->undo_link, draft->device, draft->inode);
	}
	if (draft->file_fd < 0) {
		result = link_to(draft->folder_fd, text_string(&draft->draft_name), draft->target_fd, name,
				 0);
	} else {
		snprintf(path, sizeof path, "/proc/self/fd/%d", draft->file_fd);
		result = link_to(AT_FDCWD, path, draft->target_fd, name, AT_SYMLINK_FOLLOW);
	}
	return result == 0 || is_there(draft);
}

/* An unnamed file that cannot be linked: no /proc, another file system, or its last name was taken back. */
static bool wants_a_copy(const MaildirDraft *draft)
{
	return draft->file_fd >= 0 &&
	       (errno == ENOENT || errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EINVAL);
}

static void close_file(MaildirDraft *draft)
{
	if (!draft->borrowed)
		cleanup_fd(&draft->file_fd);
	draft->file_fd = -1;
	draft->borrowed = false;
}

static bool link_under_new_name(MaildirDraft *draft, Failure *why)
{
	for (int tries = 0; tries < NAME_TRIES; tries++) {
		if (!in_bulk(draft))
			name_it(draft);
		if (link_it(draft))
			return true;
		if (errno == EEXIST && !in_bulk(draft))
			continue;
		if (!wants_a_copy(draft) || in_bulk(draft))
			break;
		close_file(draft);
		if (!copy_named(draft, why))
			return false;
	}
	return failure_errno(why, "link a message into '%s/%s'", draft->path, draft->target);
}

static void drop_draft(MaildirDraft *draft)
{
	if (!draft->is_named)
		return;
	draft->is_named = false;
	undo_strike(&draft->undo_draft);
	unlinkat(draft->folder_fd, text_string(&draft->draft_name), 0);
}

/* Its name goes if it is there: a link whose reply was lost, too. */
static bool drop_link(MaildirDraft *draft)
{
	if ((draft->undo_link || draft->published) && is_there(draft) &&
	    unlinkat(draft->target_fd, text_string(&draft->name), 0) < 0 && errno != ENOENT)
		return false;
	undo_strike(&draft->undo_link);
	return true;
}

bool maildir_publish(MaildirDraft *draft, Failure *why)
{
	if (!link_under_new_name(draft, why)) {
		drop_link(draft);
		return false;
	}
	if (!in_bulk(draft) && fsync(draft->target_fd) < 0) {
		failure_errno(why, "flush '%s/%s'", draft->path, draft->target);
		if (!drop_link(draft))
			failure_add(why, "and the message could not be taken back");
		return false;
	}
	draft->published = true;
	drop_draft(draft);
	return true;
}

void maildir_stand(MaildirDraft *draft)
{
	undo_strike(&draft->undo_link);
}

bool maildir_take_back(MaildirDraft *draft, Failure *why)
{
	bool done = drop_link(draft);

	if (!done)
		failure_errno(why, "take a message back from '%s/%s'", draft->path, draft->target);
	drop_draft(draft);
	draft->published = draft->published && !done;
	return done;
}

void maildir_clear(MaildirDraft *draft)
{
	Failure ignored;

	if (!draft->store)
		return;
	if (!draft->published)
		maildir_take_back(draft, &ignored);
	undo_strike(&draft->undo_link);
	drop_draft(draft);
	close_file(draft);
	cleanup_fd(&draft->target_fd);
	store_close_directory(draft->store, draft->folder_fd);
	text_clear(&draft->draft_name);
	text_clear(&draft->name);
	text_clear(&draft->letters);
	*draft = (MaildirDraft){ .target_fd = -1, .folder_fd = -1, .file_fd = -1 };
}
