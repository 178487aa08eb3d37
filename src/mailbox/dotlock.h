/* dotlock - keep other mail programs out of a file while it is written
 *
 * The lock on a file is "<file>.lock" beside it.  Its text is "pid:host", which Dovecot and Courier read too;
 * behind a NUL, which ends the text for them, stands our undo record: what is being appended, so that the
 * next writer can take back what a killed one left half done.
 *
 * A lock of a dead process is broken at once, any other by age alone (dotlock_stale.c).  A held dotlock says
 * nothing about fcntl(2) locks; mbox.c takes both. */
#ifndef MAILBOX_DOTLOCK_H
#define MAILBOX_DOTLOCK_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "base/slice.h"
#include "system/undo.h"

enum {
	DOTLOCK_FIRST_LINE_MAX = 256, /* of the From_ line kept in an undo record */
};

/* A lock that is wanted or held.  The fields are for dotlock*.c. */
typedef struct Dotlock {
	int dir_fd;              /* the directory of both files; borrowed, open until release */
	char name[NAME_MAX + 1]; /* "<file>.lock" */
	char spare[64];          /* the lock file before it is linked, where it needs a name; or "" */
	const char *machine;     /* the system's own name for itself; borrowed */
	gid_t group;             /* NO_GROUP, or the spool group that is raised to change the directory */
	int fd;                  /* the lock file, linked or ready to be; or -1 */
	size_t text_length;      /* of "pid:host" in it */
	bool held;
	bool named;       /* there are no unnamed files here: use `spare` */
	int64_t since_ms; /* when it was taken or touched */
	Undo undo, undo_spare;
} Dotlock;

typedef enum DotlockAnswer {
	DOTLOCK_TAKEN,
	DOTLOCK_BUSY,        /* somebody else has it */
	DOTLOCK_NOT_ALLOWED, /* this directory is not ours to write */
	DOTLOCK_FAILED,
} DotlockAnswer;

/* A lock, not yet held, on `file` in `dir_fd`.  False when the name is too long. */
bool dotlock_init(Dotlock *lock, int dir_fd, const char *file, const char *machine, gid_t group,
		  Failure *why);

/* Tries to take it, without waiting.  `why` is set for NOT_ALLOWED and FAILED. */
DotlockAnswer dotlock_try(Dotlock *lock, Failure *why);

/* Writes the undo record, to the disk: from `offset` on, `length` bytes are being appended that begin with
 * `first_line`. */
bool dotlock_mark_begun(Dotlock *lock, off_t offset, off_t length, Slice first_line, Failure *why);

/* Says in the record that the append is complete and flushed.  From here on nobody takes it back. */
bool dotlock_mark_complete(Dotlock *lock, Failure *why);

/* Does the lock that is held stand there still?  Somebody may have taken it for abandoned, and what it
 * protected for his. */
bool dotlock_stands(const Dotlock *lock);

/* Shows others that we live: to be called now and then during long work. */
void dotlock_touch(Dotlock *lock);

/* It is another's by now: nothing of it is removed, neither now nor by the undo list. */
void dotlock_give_away(Dotlock *lock);

/* Removes the lock file, if it is held, and forgets the rest.  Zeroed and released locks are fine; errno is
 * kept. */
void dotlock_release(Dotlock *lock);

/* Takes the lock on a small file, waiting at most `patience_s`, breaking it when it is older than `stale_s`.
 */
bool dotlock_acquire(Dotlock *lock, unsigned patience_s, unsigned stale_s, Failure *why);

/* ---- locks of others ---- */

/* What is known of a lock that somebody holds. */
typedef struct DotlockHolder {
	struct stat status; /* of the lock file */
	pid_t pid;          /* 0 when unknown */
	char host[256];     /* "" when unknown */
	char state;         /* 'U' begun, 'C' complete; 0: no record of ours */
	off_t offset, length;
	bool same_boot;   /* the record was written since this machine started */
	int64_t clock_ns; /* and when, since then */
	char first_line[DOTLOCK_FIRST_LINE_MAX];
	size_t first_line_length;
} DotlockHolder;

/* Reads who holds it.  False when nobody does, or the file cannot be looked at. */
bool dotlock_read_holder(const Dotlock *lock, DotlockHolder *holder);

/* Did the holder run on this machine, and is it gone?  What lives is never dead, whatever became of the
 * clock. */
bool dotlock_holder_is_dead(const Dotlock *lock, const DotlockHolder *holder);

/* Is the lock older than `stale_s`, by the clock of the file server?  `newest` is when the locked file was
 * last written (0: no matter). */
bool dotlock_holder_is_old(Dotlock *lock, const DotlockHolder *holder, time_t newest, unsigned stale_s);

/* Removes the lock file if it is still the one that `holder` was read from.  True when the way is free. */
bool dotlock_break(Dotlock *lock, const DotlockHolder *holder);

/* Adds who holds the lock to a failure. */
void dotlock_name_holder(const Dotlock *lock, Failure *why);

/* Milliseconds of a clock that only goes forward. */
int64_t lock_clock_ms(void);

/* Sleeps between two tries for a random time, who has waited for `waited_ms`: a delivery holds a lock for
 * some milliseconds, and with many waiting nobody should come late for long; a reader may hold it for much
 * longer, and then it is not worth asking often. */
void lock_pause(int64_t waited_ms);

#endif
