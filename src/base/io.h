/* io - read and write all of it: short counts and EINTR end here */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/failure.h"
#include "base/text.h"

/* Reads until `size_bytes` are there or the end is.  Returns how many came, or -1
 * and errno: a read error is never an end of file. */
ssize_t io_read(int fd, void *buffer, size_t size_bytes);

/* The same from `offset`, moving no file position. */
ssize_t io_read_at(int fd, void *buffer, size_t size_bytes, off_t offset);

/* Writes all of it, or returns false with errno. */
bool io_write(int fd, const void *bytes, size_t size_bytes);

/* The same from `offset` on; where the file is written next otherwise does not change. */
bool io_write_at(int fd, const void *bytes, size_t size_bytes, off_t offset);

/* Writes all the pieces, which it uses up, or returns false with errno. */
bool io_write_vector(int fd, struct iovec *pieces, int count);

/* Reads a whole file of at most `limit_bytes` into `text`.  A longer one, or any
 * error, is a failure naming `name`. */
bool io_read_file(int fd, const char *name, size_t limit_bytes, Text *text, Failure *why);

#endif
