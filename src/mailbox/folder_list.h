/* folder_list - all folders of a store, by the names that users see */
#ifndef MAILBOX_FOLDER_LIST_H
#define MAILBOX_FOLDER_LIST_H

#include "base/cleanup.h"
#include "base/failure.h"
#include "mailbox/store.h"

typedef struct FolderList {
	char **names; /* "Lists/Work"; the inbox is not among them */
	size_t count, capacity;
} FolderList;

/* Lists what is below the mail root, in the order of the names.  More than LIMIT_FOLDERS are not looked at:
 * nobody has as many.  False and `why` when a directory cannot be read. */
bool folder_list_read(FolderList *list, Store *store, Failure *why);
void folder_list_clear(FolderList *list);

DEFINE_AUTO_VALUE(FolderList, folder_list_clear)

#endif
