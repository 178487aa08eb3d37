/* passwd_file - the short way to an account: /etc/passwd, where nsswitch.conf(5) says to look there first
 *
 * libc's look-up takes 22 system calls and 30,000 instructions for what is nearly always the answer of
 * the first file.  The short way only ever says yes: whatever is unusual, missing, broken or not found is
 * left to libc, which asks everybody and tells errors from absence. */
#ifndef SYSTEM_PASSWD_FILE_H
#define SYSTEM_PASSWD_FILE_H

#include <stdbool.h>

#include "system/users.h"

typedef struct PasswdFiles {
	const char *nsswitch, *passwd; /* paths */
} PasswdFiles;

/* Finds the account called `name`, or that of `uid` when `name` is NULL.  False when libc has to be
 * asked; `user` is untouched then. */
bool passwd_file_find(const PasswdFiles *files, const char *name, uid_t uid, User *user);

#endif
