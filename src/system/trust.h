/* trust - files that decide where mail goes: whoever could write one has the user's mail
 *
 * A rules file counts only when nobody but its user and root could have written it.  What is looked
 * at is what was opened (fstat, never check-then-open), and every directory and symbolic link that
 * led there.  The usual case, no such file, costs one system call. */
#ifndef SYSTEM_TRUST_H
#define SYSTEM_TRUST_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/failure.h"

typedef enum Trust {
	TRUST_OK,
	TRUST_ABSENT,     /* no such file: `why` is untouched */
	TRUST_REFUSED,    /* somebody else could have written it; `why` says who and what mends it */
	TRUST_UNREADABLE, /* it is there, but cannot be read now: try again */
} Trust;

/* Opens the file at `path` (absolute, or from the working directory) for reading when only `owner` and root
 * could have written it.  Gives the descriptor, close-on-exec, the caller's, only with TRUST_OK.
 * Symbolic links are followed where `owner` or root made them; neither they nor the file may have a second
 * name where others could have given them this one. */
Trust trusted_open(const char *path, uid_t owner, int *fd, Failure *why);

/* Hears of everything between "/" and a file, the file last: `wrong` is why it is refused, or NULL. */
typedef void (*TrustSeen)(void *self, const char *path, const struct stat *entry, const char *wrong);

/* The judgement that trusted_open makes, for people: it does not end at the first thing that is wrong. */
Trust trusted_look(const char *path, uid_t owner, TrustSeen seen, void *self, Failure *why);

/* Could nobody but `owner` and root have put the directory `path` (absolute), which is open as `fd`, there,
 * or put another in its place?  False and `why` (RETRY) when somebody could, or it cannot be looked at. */
bool trusted_directory(const char *path, int fd, uid_t owner, Failure *why);

/* Where `path` leads, without a link in it, when nobody but `owner` and root could have put the links there
 * that it goes through; of what is no link nothing is asked.  `group` is the owner's own: what it may write
 * to is as the owner wants it.  In a directory of another's, which he could not have put there himself, it is
 * he whom the site has chosen to put links.  Whoever opens that follows no links: what was none may be one by
 * then.  False and `why` (RETRY; with an errno when it cannot be looked at). */
bool trusted_resolve(const char *path, uid_t owner, gid_t group, char resolved[PATH_MAX], Failure *why);

/* The same of the directory `path` (absolute), which is open as `fd`: are it, and those above it, `owner`'s,
 * root's, or of others who could not have put them there? */
bool trusted_place(const char *path, int fd, uid_t owner, gid_t group, Failure *why);

#endif
