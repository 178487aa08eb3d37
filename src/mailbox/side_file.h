/* side_file - change a small file that IMAP servers keep beside the mail, as they change it themselves
 *
 * While "<name>.lock" is held (a Dotlock, so that who died holding it is no hindrance) the new file is
 * written as ".<name>.new" and renamed over the old one.  What a writer that was killed has left under that
 * name the next one removes.
 */
#ifndef MAILBOX_SIDE_FILE_H
#define MAILBOX_SIDE_FILE_H

#include <sys/types.h>

#include "base/failure.h"
#include "base/slice.h"
#include "base/text.h"
#include "mailbox/dotlock.h"
#include "system/host.h"
#include "system/undo.h"

enum {
	SIDE_FILE_MAX = 1024 * 1024,
	SIDE_FILE_STALE_S = 120, /* Dovecot's */
};

/* One that is being changed; stays where it is until it is unlocked.  The fields are for side_file.c. */
typedef struct SideFile {
	const char *name; /* borrowed */
	Dotlock lock;
	char machine[HOST_NAME_BYTES];
	char new_name[NAME_MAX + 1]; /* the new file, before it takes the old one's place */
	int fd;                      /* the new file, until it is unlocked */
	dev_t device;
	ino_t inode;
	Undo undo;
} SideFile;

/* Reads the file as it is; a missing one is empty.  What is no file fails with ENXIO. */
bool side_file_read(int dir_fd, const char *name, Text *content, Failure *why);

/* Takes the lock, waiting at most `patience_s`. */
bool side_file_lock(SideFile *file, int dir_fd, const char *name, unsigned patience_s, Failure *why);

/* Puts the new content in the old one's place, flushed, and so unlocks; or gives up, unlocked. */
bool side_file_replace(SideFile *file, Slice content, Failure *why);

/* The same in two steps: the new content is written and flushed, then it takes the old one's place (which is
 * flushed with the directory).  After a failure the file is as it was, and locked. */
bool side_file_write(SideFile *file, Slice content, Failure *why);
bool side_file_put(SideFile *file, Failure *why);

/* Unlocks and changes nothing. */
void side_file_unlock(SideFile *file);

#endif
