/* store - a user's mail: folders by the names that users see, whatever is on disk
 *
 * A copy is filed in steps, so that several copies become visible together or not
 * at all:  prepare (written and flushed, invisible) -> append (mbox: locks taken, record
 * written, flushed and marked complete) -> publish (Maildir: linked, directory flushed; mbox: locks
 * dropped, which cannot fail).  Until publish returns, undo takes everything back; after it, undo still
 * removes a Maildir copy. */
#ifndef MAILBOX_STORE_H
#define MAILBOX_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "base/text.h"
#include "message/message.h"

typedef struct Store Store;

/* What the store needs to know; strings are copied. */
typedef struct StoreSettings {
	const char *location; /* Dovecot's notation or "auto"; %u user, %n, %d, %h, ~ expanded */
	const char *user, *home;
	uid_t uid;
	gid_t gid;
	const char *hostname; /* in the names of messages */
	const char *machine;  /* the system's own name for itself, in locks: others compare it with theirs;
				 NULL: hostname */
	bool mboxo;           /* mboxo instead of mboxrd quoting */
	bool lock_dotlock, lock_fcntl, lock_flock;
	bool dotlock_required;
	unsigned lock_timeout_s, lock_stale_s;
	bool subscribe_created;
	bool in_bulk;            /* copies are filed many at a time, by filing_bulk.h alone: that flushes */
	const char *special_use; /* "\\Junk=Junk \\Sent=Sent"; NULL: none */
} StoreSettings;

/* The group of the spool directory that the location's INBOX lies in, when it is one like Debian's /var/mail
 * and needs it; else NO_GROUP.  Asked before privileges are dropped; stats only. */
gid_t store_spool_group(const StoreSettings *settings);

/* The code of a failure that the location is the reason of. */
#define STORE_WRONG_SETTING "4.3.5"

/* Understands the location.  Opens nothing.  NULL for a location that is wrong. */
Store *store_open(const StoreSettings *settings, Failure *why);
void store_close(Store *store);

/* The directories that everything is in: that of the folders, and the one with the inbox, which may be the
 * same.  True for mboxes, which have locks.  `*root` is the store's. */
bool store_directories(const Store *store, const char **root, Text *inbox);

/* Are its folders mboxes? */
bool store_has_mboxes(const Store *store);

/* Can `folder` be filed into now: does it exist, and may it be written?  INBOX (any case) always can.  A name
 * that is not allowed does not exist. */
bool store_folder_exists(Store *store, const char *folder, bool *exists, Failure *why);

/* Makes the folder where it is missing. */
bool store_make_folder(Store *store, const char *folder, Failure *why);

/* Appends where the folder is or would be made: the same for all names of one folder, and nothing for what is
 * no name.  False and `why` when the look failed. */
bool store_folder_place(Store *store, const char *folder, Text *path, Failure *why);

/* Appends where the folder's file or directory is; false and `why` when there is none. */
bool store_folder_path(Store *store, const char *folder, Text *path, Failure *why);

/* Is this a folder name that can never leave the mail root: valid UTF-8, no controls, no empty, dot or
 * overlong part, no leading or trailing separator? */
bool store_folder_valid(const Store *store, const char *folder, Failure *why);

/* An unnamed file (O_TMPFILE, else one in tmp/ that is unlinked at once) in the file system of the mail. */
int store_spool(Store *store, Failure *why);

/* ---- what is known of folders besides: store_facts.c, trommel-folders(5) ---- */

/* Has `folder` the special use `use` ("\\Junk", any case); or, when that is NULL, has any folder?  Appends
 * the folder's name.  Only folders that can be filed into count. */
bool store_special_use(Store *store, const char *use, const char *folder, bool *has, Text *name,
		       Failure *why);

/* Appends the name of the folder with this id (RFC 8474), nothing when there is none. */
bool store_mailbox_id(Store *store, const char *id, Text *name, Failure *why);

/* Appends the value of an annotation (RFC 5464: "/private/comment") of `folder`, or of the server when that
 * is NULL.  A folder that is not there, and a name that is none, have no value. */
bool store_metadata(Store *store, const char *folder, const char *entry, bool *is_set, Text *value,
		    Failure *why);

/* Sets it, or removes it when `value` is NULL, in a file of our own: for a test runner. */
bool store_set_metadata(Store *store, const char *folder, const char *entry, const Slice *value,
			Failure *why);

/* Is it the name of an annotation: "/private/..." or "/shared/..." (RFC 5464, 3)? */
bool store_annotation_valid(Slice entry);

/* ---- filing ---- */

typedef struct Filing Filing;

/* What goes with a copy. */
typedef struct FilingOptions {
	const char *folder;       /* NULL or "INBOX": the inbox */
	bool create;              /* make the folder when it is missing (the inbox always is) */
	const char *special_use;  /* the use that a folder which is made gets; or NULL */
	const char *const *flags; /* "\\Seen", "keyword" */
	size_t flag_count;
	const char *sender; /* for the From_ line; "" or NULL: MAILER-DAEMON */
	int64_t received;   /* seconds since 1970: From_ date, file time; 0: now */
} FilingOptions;

/* Writes and flushes a copy, invisibly.  The image stays the caller's and must live until publish.  NULL and
 * `why` on failure; `*missing` tells that the folder does not exist and was not to be created (the caller may
 * fall back to the inbox). */
Filing *filing_prepare(Store *store, const FilingOptions *options, const MessageImage *image, bool *missing,
		       Failure *why);

/* Can the copy still go where it was to go, as far as that can be seen?  Making the folder "A/B" may have put
 * a directory where the mbox "A" was to be.  False and `why` when it cannot. */
bool filing_is_usable(const Filing *filing, Failure *why);

/* See above.  filing_append_all waits for locks; to take several mailboxes pass all of them in one call, so
 * that they are locked together or not at all.  When one fails the others are taken back; what cannot be is
 * published (filing_is_published). */
bool filing_append_all(Filing *const *filings, size_t count, Failure *why);

/* The same, for whoever keeps a record of what is done: when all that goes into mboxes is whole and on disk,
 * so that even a crash leaves it there, `stands` hears of each. */
typedef void (*FilingStands)(void *self, const Filing *filing);
bool filing_append_telling(Filing *const *filings, size_t count, FilingStands stands, void *self,
			   Failure *why);

/* Removes the lock that a delivery which is gone has left on the folder, if it has: for whoever finds that it
 * had done there what was to do.  Deliveries that file there do so anyway. */
void filing_break_stale(Store *store, const char *folder);

/* From now on a crash leaves a copy that is published where it is; filing_undo takes it back all the same. */
void filing_stand(Filing *filing);
bool filing_publish(Filing *filing, Failure *why);

/* Can others see it, and does it stay? */
bool filing_is_published(const Filing *filing);

/* Takes the copy back, as far as it can be.  errno kept. */
bool filing_undo(Filing *filing, Failure *why);
void filing_free(Filing *filing);

/* Where the copy is, for the log: "Lists". */
const char *filing_folder(const Filing *filing);

/* Why a copy that was prepared has not all of its keywords, or NULL. */
const char *filing_note(const Filing *filing);

/* Does its directory refuse a dotlock, so that only the kernel's locks were taken? */
bool filing_lacks_dotlock(const Filing *filing);

DEFINE_AUTO(Store, store_close)
DEFINE_AUTO(Filing, filing_free)

#endif
