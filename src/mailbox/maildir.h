/* maildir - one copy of a message into one Maildir
 *
 * Order of calls: open new/ -> an unnamed file (or one in tmp/) -> write -> fsync -> link into new/ or cur/;
 * when the link says no, compare inodes (a lost NFS reply) -> fsync the directory, or take the link back.  At
 * every instant a reader sees no message or a whole one. */
#ifndef MAILBOX_MAILDIR_H
#define MAILBOX_MAILDIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/failure.h"
#include "base/text.h"
#include "message/message.h"
#include "system/undo.h"

/* A copy on its way.  The fields are for maildir.c; `name` ("new/...") says where it is or will be. */
typedef struct MaildirCopy {
	int dir_fd;            /* of the Maildir */
	int target_fd;         /* of new/ or cur/ */
	int tmp_fd;            /* of tmp/, when `draft` has a name there; or -1 */
	int file_fd;           /* the written file, open until it is linked; or -1 */
	bool borrowed;         /* file_fd is the message's spool: not ours to close */
	const char *directory; /* "new" or "cur" */
	const char *hostname;
	Text name;  /* below `directory` */
	Text draft; /* below tmp/; empty when the file is unnamed */
	Text flags; /* ":2,FS"; empty in new/ */
	ImageSize size;
	dev_t device;
	ino_t inode;
	bool published;
	Undo undo_draft, undo_name;
} MaildirCopy;

/* Makes tmp/, new/ and cur/ in the directory `dir_fd`, flushed. */
bool maildir_make(int dir_fd, Failure *why);

/* Writes and flushes the message, invisibly.  Takes `dir_fd` over in any case.  `path` names the Maildir in
 * failures; the Maildir must be `owner`'s. */
bool maildir_prepare(MaildirCopy *copy, int dir_fd, const char *path, uid_t owner, const char *hostname,
		     const MessageImage *image, const char *const *flags, size_t flag_count, int64_t received,
		     Failure *why);

/* Makes the copy visible, durably. */
bool maildir_publish(MaildirCopy *copy, Failure *why);

/* Takes it back, published or not. */
bool maildir_undo(MaildirCopy *copy, Failure *why);

void maildir_clear(MaildirCopy *copy);

#endif
