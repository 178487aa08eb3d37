/* mbox - append to an mbox file that other programs read and write too
 * RFC 4155; the order of the calls is the one that survives every failing call and every kill:
 * dotlock, open, fcntl, look, undo record, flush, write, flush, "complete", unlock */
#include "mailbox/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "system/privileges.h"

/* The spool group serves its spool alone. */
static bool find_spool_group(Mbox *mbox, Failure *why)
{
	gid_t reserve = privileges_spool_group();
	struct stat status;

	mbox->spool_group = NO_GROUP;
	if (reserve == NO_GROUP)
		return true;
	if (fstat(mbox->dir_fd, &status) < 0)
		return failure_errno(why, "look at the directory of '%s'", mbox->path);
	if (status.st_gid == reserve && (status.st_mode & S_IWGRP))
		mbox->spool_group = reserve;
	return true;
}

bool mbox_init(Mbox *mbox, const Store *store, int dir_fd, const char *path, Failure *why)
{
	*mbox = (Mbox){ .store = store, .dir_fd = dir_fd, .fd = -1, .path = memory_copy_string(path) };
	mbox->name = strrchr(mbox->path, '/') + 1;
	mbox->no_dotlock = !store->settings.lock_dotlock;
	return find_spool_group(mbox, why) && dotlock_init(&mbox->dotlock, dir_fd, mbox->name,
							   store->settings.machine, mbox->spool_group, why);
}

void mbox_unlock(Mbox *mbox)
{
	/* The kernel's lock first: who gets the dotlock next should not stumble over it. */
	cleanup_fd(&mbox->fd);
	mbox->fd = -1;
	dotlock_release(&mbox->dotlock);
}

void mbox_clear(Mbox *mbox)
{
	Failure ignored;

	if (!mbox->path)
		return;
	if (mbox->appended)
		mbox_take_back(mbox, &ignored);
	mbox_unlock(mbox);
	cleanup_fd(&mbox->dir_fd);
	free(mbox->path);
	*mbox = (Mbox){ .fd = -1, .dir_fd = -1 };
}

/* What must come before the From_ line: readers want a blank line there, and a foreign writer may have been
 * cut short.  At most two bytes of the mailbox are read, however long it is. */
static bool find_gap(const Mbox *mbox, off_t size, Slice *gap, Failure *why)
{
	char last[2] = "\n\n";
	size_t wanted = size < 2 ? (size_t)size : 2;

	if (io_read_at(mbox->fd, last + 2 - wanted, wanted, size - (off_t)wanted) != (ssize_t)wanted)
		return failure_errno(why, "read the end of '%s'", mbox->path);
	*gap = slice("\n\n", last[1] != '\n' ? 2 : last[0] != '\n' ? 1 : 0);
	return true;
}

bool mbox_next_offset(const Mbox *mbox, off_t *offset, Failure *why)
{
	Slice gap = SLICE("");

	if (!find_gap(mbox, mbox->before.st_size, &gap, why))
		return false;
	*offset = mbox->before.st_size + (off_t)gap.length;
	return true;
}

static void tick(void *self)
{
	Mbox *mbox = self;

	dotlock_touch(&mbox->dotlock);
}

static void add_undo(Mbox *mbox, off_t size)
{
	const Dotlock *lock = &mbox->dotlock;

	undo_hold_signals();
	mbox->undo = undo_add_truncate(mbox->fd, size);
	if (lock->held)
		undo_only_while_locked(mbox->undo, lock->dir_fd, lock->name, lock->fd);
	undo_release_signals();
}

static bool write_record(Mbox *mbox, const MboxRecord *record, off_t size, Failure *why)
{
	AUTO_VALUE(Text) first = { 0 };
	Slice gap;

	if (!find_gap(mbox, size, &gap, why))
		return false;
	text_append_slice(&first, gap);
	text_append_slice(&first, text_slice(&record->from_line));
	if (mbox->dotlock.held && !mbox->appended &&
	    !dotlock_mark_begun(&mbox->dotlock, size, (off_t)gap.length + record->size_bytes,
				text_slice(&first), why))
		return false;
	if (!mbox->appended)
		add_undo(mbox, size);
	mbox->appended = true;
	mbox->end = size + (off_t)gap.length + record->size_bytes;
	if (!mbox_record_write(record, gap, mbox->fd, tick, mbox, why))
		return failure_add(why, "mailbox '%s'", mbox->path);
	if (fdatasync(mbox->fd) < 0)
		return failure_errno(why, "flush '%s'", mbox->path);
	return true;
}

bool mbox_append(Mbox *mbox, const MboxRecord *record, Failure *why)
{
	Failure second;
	off_t size = mbox->appended ? lseek(mbox->fd, 0, SEEK_END) : mbox->before.st_size;

	if (size >= 0 && write_record(mbox, record, size, why))
		return true;
	if (size < 0)
		failure_errno(why, "find the end of '%s'", mbox->path);
	if (!mbox_take_back(mbox, &second))
		failure_add(why, "and then %s", second.text);
	return false;
}

/* Gives it back as it is: what stands behind its old end may be another's mail. */
static void leave(Mbox *mbox)
{
	undo_strike(&mbox->undo);
	mbox->appended = false;
	if (mbox->dotlock.held && !dotlock_stands(&mbox->dotlock))
		dotlock_give_away(&mbox->dotlock);
	mbox_unlock(mbox);
}

bool mbox_settle(Mbox *mbox, Failure *why)
{
	struct stat now;

	if (mbox->dotlock.held && !dotlock_mark_complete(&mbox->dotlock, why))
		return false;
	/* Only now nobody begins to cut it off any more: is it all there, and the end of the mailbox? */
	if (fstat(mbox->fd, &now) < 0)
		return failure_errno(why, "look at the mailbox '%s'", mbox->path);
	if (now.st_size == mbox->end)
		return true;
	leave(mbox);
	return failure_retry(why, "the mailbox '%s' was changed while we had it locked", mbox->path);
}

void mbox_stand(Mbox *mbox)
{
	undo_strike(&mbox->undo);
}

void mbox_commit(Mbox *mbox)
{
	undo_strike(&mbox->undo);
	mbox->appended = false;
	mbox_unlock(mbox);
}

/* All of it was flushed when it was appended. */
static bool is_whole(const Mbox *mbox)
{
	struct stat now;

	return fstat(mbox->fd, &now) == 0 && now.st_size == mbox->end;
}

bool mbox_stays(const Mbox *mbox)
{
	return mbox->stays;
}

/* Readers split an mbox on "From " lines only, so half a message would swallow the next one. */
bool mbox_take_back(Mbox *mbox, Failure *why)
{
	const struct stat *before = &mbox->before;
	bool done = true;

	if (mbox->appended && mbox->dotlock.held && !dotlock_stands(&mbox->dotlock)) {
		leave(mbox);
		return failure_retry(why, "the lock on '%s' was broken, and it keeps a broken tail",
				     mbox->path);
	}
	if (mbox->appended) {
		const bool is_cut = ftruncate(mbox->fd, before->st_size) == 0;

		done = (is_cut && fsync(mbox->fd) == 0) ||
		       failure_errno(why, "cut '%s' back, which keeps what was appended", mbox->path);
		mbox->stays = !is_cut && is_whole(mbox);
		/* Nothing new is in it, so nobody should be told so. */
		futimens(mbox->fd, (struct timespec[]){ before->st_atim, before->st_mtim });
		undo_strike(&mbox->undo);
		mbox->appended = false;
	}
	mbox_unlock(mbox);
	return done;
}
