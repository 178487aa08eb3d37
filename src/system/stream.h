/* stream - a conversation in lines with a server, in which nobody waits for ever
 *
 * Two clocks run: one for all of it, and one for the step that is being done.  The socket never blocks.
 * Whatever fails is a failure for now (RETRY): who was called and what happened. */
#ifndef SYSTEM_STREAM_H
#define SYSTEM_STREAM_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/failure.h"
#include "base/slice.h"
#include "base/text.h"
#include "system/endpoint.h"

typedef struct Stream Stream;

enum {
	/* Replies of SMTP have 512 bytes at most (RFC 5321, 4.5.3.1.5); servers that say more exist. */
	STREAM_LINE_MAX = 4096
};

/* Calls `endpoint`, each of the addresses that its host has, for at most `connect_s` seconds; the whole
 * conversation has `whole_s`.  (How long a name is looked up is the resolver's own limit.)  `name` is for
 * errors, and borrowed.  Owned by the caller. */
Stream *stream_connect(const Endpoint *endpoint, const char *name, unsigned connect_s, unsigned whole_s,
		       Failure *why);

/* Hangs up.  NULL is fine. */
void stream_close(Stream *stream);

/* Begins a step: what is read and written from now on is to be done in `seconds`. */
void stream_begin_step(Stream *stream, unsigned seconds);

bool stream_write(Stream *stream, Slice bytes, Failure *why);

/* The next line, without its CR LF or LF; borrowed until the next call.  One that has more than
 * STREAM_LINE_MAX bytes is a failure. */
bool stream_read_line(Stream *stream, Slice *line, Failure *why);

/* Has the other side said something that was not read yet? */
bool stream_has_more(const Stream *stream);

/* Appends our own address as SMTP writes it: "[192.0.2.1]", "[IPv6:2001:db8::1]". */
void stream_own_address(const Stream *stream, Text *out);

DEFINE_AUTO(Stream, stream_close)

#endif
