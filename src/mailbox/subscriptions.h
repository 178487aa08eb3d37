/* subscriptions - the list of folders that IMAP clients show, in Dovecot's file */
#ifndef MAILBOX_SUBSCRIPTIONS_H
#define MAILBOX_SUBSCRIPTIONS_H

#include <stdbool.h>

#include "base/failure.h"
#include "mailbox/location.h"

/* Adds the folder that is `relative` to the mail root `root_fd` on disk.  One that is listed stays listed
 * once. */
bool subscriptions_add(int root_fd, StoreLayout layout, const char *relative, unsigned patience_s,
		       Failure *why);

#endif
