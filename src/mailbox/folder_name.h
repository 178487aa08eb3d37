/* folder_name - the folders that users and rules name, and where they are below the mail root
 *
 * Users write UTF-8; on disk stands modified UTF-7, as Dovecot writes it.  Levels are separated by "/"; in
 * Maildir++, where IMAP clients see ".", by either, so that the same rules work on both layouts.  In the
 * other layouts "." is an ordinary character. */
#ifndef MAILBOX_FOLDER_NAME_H
#define MAILBOX_FOLDER_NAME_H

#include <stdbool.h>

#include "base/failure.h"
#include "base/text.h"
#include "mailbox/location.h"

/* NULL, "" and INBOX in any case. */
bool folder_name_is_inbox(const char *folder);

/* What follows "INBOX/" or "INBOX." (any case), or NULL: with the usual namespace prefix that is the folder's
 * whole name. */
const char *folder_name_below_inbox(StoreLayout layout, const char *folder);

/* Appends the name on disk, relative to the mail root: ".Lists.Work" or "Lists/Work".  A name that is not
 * well formed, or could mean anything but a folder below the root, is a failure. */
bool folder_name_on_disk(StoreLayout layout, const char *folder, Text *relative, Failure *why);

#endif
