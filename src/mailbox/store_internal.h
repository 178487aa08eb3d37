/* store_internal - what the files of mailbox/ share about a Store */
#ifndef MAILBOX_STORE_INTERNAL_H
#define MAILBOX_STORE_INTERNAL_H

#include <sys/stat.h>

#include "base/text.h"
#include "mailbox/location.h"
#include "mailbox/store.h"

/* As linkat(2).  A test may put in one that loses its reply. */
typedef int StoreLink(int old_dir, const char *old_name, int new_dir, const char *new_name, int flags);

struct Store {
	StoreSettings settings; /* the strings are ours */
	Location location;
	int root_fd;     /* of location.root, for its path only; -1 until it is needed */
	bool no_unnamed; /* the file system, or a missing /proc, wants names */
	StoreLink *link;
};

/* Opens the mail root, once.  With `create` it is made when missing; without, a missing root is
 * *missing.  Refuses a directory that is another's, or that others can write. */
bool store_open_root(Store *store, bool create, bool *missing, Failure *why);

/* The Maildir that is the inbox, made when missing; may be root_fd itself.  -1 and `why`. */
int store_open_inbox(Store *store, Failure *why);

/* Closes a directory unless it is the root, which stays open.  errno is kept. */
void store_close_directory(const Store *store, int fd);

/* Refuses a directory or file that others can write.  The user's own group may, and `group` (or NO_GROUP). */
bool store_check_writers(const Store *store, const struct stat *status, gid_t group, const char *path,
			 Failure *why);

/* Where a folder is, or would be. */
typedef struct FolderPlace {
	bool inbox;
	bool exists;
	Text relative; /* below the mail root; empty for the inbox */
} FolderPlace;

/* Finds the folder by its name.  One that is not allowed, or of which a part is something else, does not
 * exist: false only when the look failed; `why` is set whenever it does not exist. */
bool store_find(Store *store, const char *folder, FolderPlace *place, Failure *why);

/* "root/relative" or the inbox. */
char *store_path(const Store *store, const FolderPlace *place);

/* Lists a folder that was just made among those that the user's readers show.  What goes wrong stays a
 * remark. */
void store_subscribe(Store *store, const char *relative);

/* Notes that the folder at `relative`, which was just made, has the special use. */
bool store_mark_use(Store *store, const char *relative, const char *use, Failure *why);

/* Can the setting be understood? */
bool store_check_special_use(const char *setting, Failure *why);

/* Is this errno the folder's nature (not there, or not a folder) and no accident? */
bool store_error_means_missing(int error);

#endif
