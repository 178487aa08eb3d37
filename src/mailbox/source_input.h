/* source_input - the bytes of a saved mailbox, in order, through one window
 *
 * A file or a pipe of any size; memory is what the window holds.  What comes through a pipe can be seen once,
 * so whoever needs to see what follows asks for more in the window. */
#ifndef MAILBOX_SOURCE_INPUT_H
#define MAILBOX_SOURCE_INPUT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "base/slice.h"

typedef struct SourceInput {
	int fd;        /* borrowed */
	bool seekable; /* what was read can be read again: a regular file */
	off_t offset;  /* of the window's first byte */
	off_t size;    /* of the file when it was opened; of a pipe -1 */
	off_t end; /* where what is looked at now ends: the size, or where a part of it does; -1: unknown */
	bool eof;  /* the pipe gave all that it had */
	char *buffer;
	size_t start, length; /* the window in it */
	size_t capacity;
} SourceInput;

enum {
	INPUT_CHUNK_BYTES = 256 * 1024
};

/* Begins with another file, at its position; the buffer is used again. */
bool input_begin(SourceInput *input, int fd, Failure *why);

/* Makes at least `wanted` bytes be in the window; fewer only where the input ends. */
bool input_fill(SourceInput *input, size_t wanted, Failure *why);

/* What is in the window, up to `end`. */
Slice input_window(const SourceInput *input);

/* Takes bytes off the front of the window. */
void input_take(SourceInput *input, size_t count);

/* The same for any number of bytes, seen or not. */
bool input_skip(SourceInput *input, off_t count, Failure *why);

/* Is there nothing behind the window? */
bool input_all_seen(const SourceInput *input);

/* An unnamed file, for a large message that comes through a pipe or has to be changed; -1 and `why`. */
int input_spool(Failure *why);

void input_clear(SourceInput *input);

DEFINE_AUTO_VALUE(SourceInput, input_clear)

#endif
