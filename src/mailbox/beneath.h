/* beneath - open what lies below a directory, and nothing else, whatever links others may have put there */
#ifndef MAILBOX_BENEATH_H
#define MAILBOX_BENEATH_H

#include <sys/types.h>

#include "base/failure.h"

/* Opens the directory `relative` ("Lists/Work") below `root_fd`.  Links inside the tree are followed where
 * the kernel can promise that they stay in it (openat2), none elsewhere.  -1 and errno. */
int beneath_open_directory(int root_fd, const char *relative);

/* Makes the directories of `relative` that are missing, each flushed into its parent.  False and errno. */
bool beneath_make_directories(int root_fd, const char *relative);

/* Flushes a directory that may be open for its path only. */
bool beneath_flush(int dir_fd);

/* Opens the absolute directory `path`, for its path only; with `home` its missing parts are made first, but
 * never `home` itself or what is above it (it may lie on a disk that is not mounted).  Links on the way are
 * followed where only those could have put them whom trusted_resolve trusts.  -1, errno and `why`
 * (directory_open: NULL when nobody reads it). */
int directory_open(const char *path, Failure *why);
int directory_make(const char *path, const char *home, Failure *why);

#endif
