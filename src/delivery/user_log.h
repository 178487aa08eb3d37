/* user_log - what the owner of the rules should know, in a file of his own (~/.sieve.log) */
#ifndef DELIVERY_USER_LOG_H
#define DELIVERY_USER_LOG_H

#include <stdint.h>
#include <sys/types.h>

/* Appends `text` (lines), each with the date in front, to the file at `path`, as the user.  Nothing is
 * followed or overwritten; a file above 256 KB is first renamed to PATH.0.  A log that cannot be written
 * never disturbs a delivery. */
void user_log_append(const char *path, uid_t owner, int64_t now, const char *text);

/* For who will not be able to open it later: opens the log, makes it where it is missing, and renames it when
 * it has grown.  -1: it cannot be written. */
int user_log_open(const char *path, uid_t owner);

/* Appends to one that is open. */
void user_log_append_to(int fd, int64_t now, const char *text);

#endif
