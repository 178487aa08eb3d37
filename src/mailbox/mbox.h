/* mbox - append to an mbox file that other programs read and write too
 *
 * Locked by a dotlock, by fcntl(2) and, if wanted, by flock(2), none of them waited for while another is held
 * (mbox_lock.c takes all or none).  What is appended is one unit: flushed, or cut off again, and while it is
 * written the dotlock says how to cut it off should this process be killed. */
#ifndef MAILBOX_MBOX_H
#define MAILBOX_MBOX_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/failure.h"
#include "mailbox/dotlock.h"
#include "mailbox/mbox_record.h"
#include "mailbox/store_internal.h"
#include "system/undo.h"

/* The fields are for mbox*.c. */
typedef struct Mbox {
	const Store *store;
	int dir_fd;        /* the directory it is in, for its path only */
	char *path;        /* for people */
	char *name;        /* in dir_fd */
	gid_t spool_group; /* raised to make files in dir_fd, or NO_GROUP */
	Dotlock dotlock;
	bool no_dotlock;    /* the directory refuses it, and we may go on without */
	int fd;             /* open and locked, or -1 */
	struct stat before; /* as it was when the locks were taken */
	Undo undo;          /* cuts the append off */
	bool appended;
	bool stays; /* it could not be cut off again, and is whole */
	off_t end;  /* where it ends then */
} Mbox;

/* The mailbox `name` in the directory `dir_fd`, which becomes the mailbox's.  `path` is copied. */
bool mbox_init(Mbox *mbox, const Store *store, int dir_fd, const char *path, Failure *why);

/* Unlocks, closes, frees.  Zeroed ones are fine. */
void mbox_clear(Mbox *mbox);

/* Could what stands there now be appended to, as far as that can be seen from outside?  A file that is
 * missing could.  `why` says what is wrong with it for good: it is a directory, a link, another's. */
bool mbox_is_usable(const Mbox *mbox, Failure *why);

/* Opens the file, made when it is missing, takes every lock, and checks what was opened: all of the boxes,
 * or, after waiting, none. */
bool mbox_lock_all(Mbox *const *boxes, size_t count, Failure *why);

/* Where the first record that is appended will begin. */
bool mbox_next_offset(const Mbox *mbox, off_t *offset, Failure *why);

/* Appends the record and flushes it.  On failure the mailbox is as it was.  May be called again before the
 * commit: then all of it is one unit. */
bool mbox_append(Mbox *mbox, const MboxRecord *record, Failure *why);

/* Says in the dotlock that the append is complete: should we be killed, it stays.  It can still be taken
 * back. Fails when others have changed the mailbox since, who thought that we were gone: it is left as it is
 * then, unlocked. */
bool mbox_settle(Mbox *mbox, Failure *why);

/* What was settled stays even after a crash; mbox_take_back cuts it off all the same. */
void mbox_stand(Mbox *mbox);

/* What was settled stays: unlocks. */
void mbox_commit(Mbox *mbox);

/* Cuts off what was appended and not committed, and unlocks.  False when even that failed, or when the lock
 * is not ours any more: what stands behind the old end may be another's mail then. */
bool mbox_take_back(Mbox *mbox, Failure *why);

/* Is all that was appended there, for good, because it could not be taken back? */
bool mbox_stays(const Mbox *mbox);

/* Lets others in. */
void mbox_unlock(Mbox *mbox);

/* Opens the file as it is.  -1 and errno; O_NOFOLLOW, and nothing is waited for. */
int mbox_open_file(const Mbox *mbox);

/* ---- between mbox.c, mbox_lock.c and mbox_repair.c ---- */

/* Locks the whole file with fcntl(2), not waiting.  False and errno: EAGAIN when another holds it. */
bool mbox_lock_kernel(int fd);

/* Removes a dotlock that nobody holds any more, after taking back what its holder left half done.  False only
 * when that could not be. */
bool mbox_break_stale(Mbox *mbox, Failure *why);

#endif
