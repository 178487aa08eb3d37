/* users - the account a message is for
 *
 * A look-up that failed is not "no such user": the first is tried again (75), the second
 * sends the message back (67). */
#ifndef SYSTEM_USERS_H
#define SYSTEM_USERS_H

#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"

typedef struct User {
	char *name, *home, *shell;
	uid_t uid;
	gid_t gid;
} User;

/* Finds the account called `name`; FAILURE_NO_USER when there is none. */
bool user_find_name(User *user, const char *name, Failure *why);

/* Finds the account of a uid.  That there is none is a mistake of this system: RETRY. */
bool user_find_uid(User *user, uid_t uid, Failure *why);

/* Says of an account whose home directory is not there (or is no path at all) what was found, what is wanted
 * and what mends it.  It may be there tomorrow: RETRY.  Returns false. */
bool user_lacks_home(const char *name, const char *home, Failure *why);

void user_clear(User *user);

DEFINE_AUTO_VALUE(User, user_clear)

#endif
