/* window - walk through a message's bytes of any size, a piece in memory at a time
 *
 * Positions only ever move on, so the whole walk reads each byte about once. */
#ifndef MODULES_MIME_WINDOW_H
#define MODULES_MIME_WINDOW_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/failure.h"
#include "base/slice.h"
#include "message/message.h"

enum {
	/* Small enough for the processor's second cache, large enough that system calls do not count. */
	WINDOW_BYTES = 64 * 1024
};

typedef struct Window {
	const Message *message;
	char *bytes; /* WINDOW_BYTES of room */
	off_t start; /* where `bytes` begins in the message */
	size_t length;
	bool failed; /* a read failed, `why` says how; all positions are the end from then on */
	Failure *why;
} Window;

/* The bytes at `at`: at least `want` of them (at most WINDOW_BYTES) unless the message ends before.
 * Borrowed until the next call. */
Slice window_peek(Window *window, off_t at, size_t want);

/* The start of the line after the one that `at` is in; the message's end when there is none. */
off_t window_next_line(Window *window, off_t at);

/* The first line from `at`, which begins a line itself, that starts with "--"; or the end. */
off_t window_next_dashes(Window *window, off_t at);

#endif
