/* maildir - put a message into a Maildir: written and flushed first, then linked, whole, into new/ or cur/
 *
 * The copy has no name until then where the file system allows that (O_TMPFILE), so that nothing is left of
 * it whatever happens; elsewhere it lies in tmp/.  A message that is in an unnamed file already is linked as
 * it is. */
#ifndef MAILBOX_MAILDIR_H
#define MAILBOX_MAILDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/text.h"
#include "mailbox/store_internal.h"
#include "system/undo.h"

/* The fields are for maildir.c. */
typedef struct MaildirDraft {
	Store *store;
	const MessageImage *image;
	const char *path; /* of the Maildir, for people; borrowed */
	int folder_fd;    /* of the Maildir, for its path only */
	int target_fd;    /* its new/ or cur/ */
	const char *target;
	int file_fd; /* the copy; -1 when it has a name in tmp/ */
	bool borrowed;
	Text draft_name; /* "tmp/..." or empty */
	bool is_named;   /* it is there under that name */
	Text name;       /* in the target */
	Text letters;    /* flags and keywords */
	ImageSize size;
	int64_t received;
	dev_t device;
	ino_t inode;
	Undo undo_draft, undo_link;
	bool published;
} MaildirDraft;

/* Makes tmp/, new/ and cur/ where they are missing, flushed. */
bool maildir_make(int folder_fd, const char *path, Failure *why);

/* Writes and flushes a copy of `image`.  `folder_fd` becomes the draft's.  With letters it is meant for cur/,
 * without for new/.  `received` is the file's time, 0 for now. */
bool maildir_prepare(MaildirDraft *draft, Store *store, int folder_fd, const char *path,
		     const MessageImage *image, Slice letters, int64_t received, Failure *why);

/* Makes it visible and flushes the directory; else nothing is visible. */
bool maildir_publish(MaildirDraft *draft, Failure *why);

/* A crash leaves what was published where it is; maildir_take_back takes it back all the same. */
void maildir_stand(MaildirDraft *draft);

/* Takes it back, published or not. */
bool maildir_take_back(MaildirDraft *draft, Failure *why);

/* Forgets the draft; what was published stays. */
void maildir_clear(MaildirDraft *draft);

#endif
