/* location - where a user's mail is, in Dovecot's notation
 *
 *	maildir:~/Maildir               Maildir++: folders are ".Name.Sub" beside the inbox
 *	maildir:~/Maildir:LAYOUT=fs     folders are directories inside one another
 *	mbox:~/mail:INBOX=/var/mail/%u  folders are files below a directory
 *	auto                            ~/Maildir if there is one, else the mbox line above
 *
 * "~" and %h are the home directory, %u the user, %n and %d the parts of user@domain, %% a percent sign; "::"
 * is a colon in a path.  INDEX and VOLATILEDIR, which are for Dovecot's caches, are accepted and not used. */
#ifndef MAILBOX_LOCATION_H
#define MAILBOX_LOCATION_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "mailbox/store.h"

typedef enum StoreLayout {
	STORE_MAILDIR,    /* Maildir++ */
	STORE_MAILDIR_FS, /* LAYOUT=fs */
	STORE_MBOX,
} StoreLayout;

/* Absolute paths without a slash at the end. */
typedef struct Location {
	StoreLayout layout;
	char *root;  /* the directory that holds the folders */
	char *inbox; /* the inbox file (mbox) or directory (Maildir, where it may be the root) */
} Location;

/* Reads `settings->location`; NULL and "" are "auto", which looks (stat) whether ~/Maildir is there.  False
 * and a failure that names what is wrong with it. */
bool location_parse(Location *location, const StoreSettings *settings, Failure *why);
void location_clear(Location *location);

DEFINE_AUTO_VALUE(Location, location_clear)

#endif
