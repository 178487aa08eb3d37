/* message - what arrived: its bytes, wherever they are kept
 *
 * A message is its bytes, from the first byte of its header (after a leading
 * From_ line, which is not part of it) to the last byte of its body.  Nothing here
 * changes them.  The header block is in memory; a small message is in memory as a
 * whole; of a large one the rest stays in a file that is read piece by piece, so
 * that 500 MB need no more memory than 5.
 *
 * What comes before the header and is no part of the message: one From_ line with
 * the ">From " lines that uucp hosts put behind it, and blank lines in front of it or
 * in front of a field.  Blank lines in front of anything else are an empty
 * header and the beginning of a body, and stay.
 *
 * The header ends at the first empty line (LF or CR LF; a lone CR ends no line),
 * and nowhere else: a line among the fields that is none hides nothing
 * that follows it (header.h).  When there is no field where the first should be,
 * there is no header, and all is body: text that somebody piped in by hand.
 *
 * Offsets count from the first byte of the message. */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/failure.h"
#include "base/slice.h"
#include "base/text.h"

/* Bytes of an edited message: literal ones, or where they stand in the message that arrived. */
typedef struct MessagePiece {
	const char *bytes; /* literal, or NULL */
	off_t offset;      /* in the message that arrived, when they are not literal */
	off_t length;
} MessagePiece;

typedef struct MessagePieces {
	MessagePiece *items;
	size_t count;
} MessagePieces;

typedef struct Message {
	Slice header;      /* the header block, without the empty line that ends it;
			    * at most LIMIT_HEADER_BYTES (message/limits.h) */
	bool header_cut;   /* the block is longer: what is beyond is stored, not searched */
	bool crlf;         /* the first line ends in CR LF */
	off_t body_offset; /* where the body begins: behind the empty line (== size: no body).
			    * When header_cut, where the unsearched rest begins: a new field, unless
			    * the only field there is longer than the limit.  All before it is
			    * in memory. */
	off_t size_bytes;
	Slice from_line; /* the From_ line that came first, without its line end; "" if none */

	/* How the bytes are kept: for message/ alone. */
	Slice memory;               /* the first bytes of the message; all of it when fd is -1 */
	int fd;                     /* holds the bytes from memory.length on, or -1 */
	off_t fd_offset;            /* message offset 0 would be here in fd (may be negative) */
	off_t crlf_size;            /* message_crlf_size remembers it here; -1 before */
	int spool_fd;               /* the unnamed file that holds `stored_head` and the rest, or -1 */
	Text stored_head;           /* what replaces the header block in what is stored */
	char *buffer;               /* owns what header, memory and from_line point into */
	const struct Message *base; /* of an edited message: the one that arrived, else NULL */
	MessagePieces pieces;       /* then: what it is made of */
	off_t *starts;              /* and where in it each piece begins */
} Message;

/* How a message is to be taken in. */
typedef struct MessageIntake {
	/* Opens an unnamed file in the file system of the user's mail, for a large message
	 * that comes through a pipe.  -1 and `why` when there is none to be had. */
	int (*open_spool)(void *self, Failure *why);
	/* Writes what is to be stored in place of the header block: trace lines, the
	 * block without those they replace, and the empty line.  Called once, as soon as
	 * the header is known (`size_bytes` is not, then), so that the spool holds the
	 * message as it will be filed.  The bytes that are replaced are those of
	 * message_head: that has no empty line when the message has none, and ends
	 * amid the header when that was cut.  NULL: it is stored as it is. */
	void (*make_head)(void *self, const Message *message, Text *head);
	void *self;
	/* Whoever writes the From_ line adds an empty line behind the message as well (Exim's
	 * message_suffix): drop it when there was a From_ line. */
	bool drop_suffix_newline;
} MessageIntake;

/* Reads a message from `fd` to its end.  Up to LIMIT_MEMORY_BYTES it is read into memory;
 * beyond that a regular file is used in place (from its present position; the
 * position ends at the file's end), so `fd` must stay open, and anything else goes to a
 * spool.  A read error is a failure, never an end.  An empty input is an empty
 * message.  `intake` may be NULL when a spool cannot be needed. */
bool message_receive(Message *message, int fd, const MessageIntake *intake, Failure *why);

/* A message that is these bytes, which stay the caller's; From_ line understood. */
void message_from_bytes(Message *message, Slice bytes);

/* A message that is `size_bytes` bytes of the file `fd` from `offset` on; From_ line understood.  The file
 * stays the caller's, and must stay open. */
bool message_from_file(Message *message, int fd, off_t offset, off_t size_bytes, Failure *why);

/* Makes `edited` the message that the `pieces` of `base` are, one behind the other, without copying what
 * stands in `base`.  It begins with its header, no From_ line.  Everything is borrowed or lives in `arena`;
 * `base` must be a message that arrived. */
bool message_edit(Message *edited, const Message *base, const MessagePieces *pieces, Arena *arena,
		  Failure *why);

/* The same where the first pieces are the head of `before`, itself edited or not, down to its empty line:
 * that is shared and not read again. */
void message_edit_body(Message *edited, const Message *before, const MessagePieces *pieces, Arena *arena);

/* The pieces that are the `pieces` of `edited`, itself an edited message or one that arrived, in terms of the
 * one that arrived.  They use every byte of it once at most, and in order.  Empty ones are left out.  In
 * `arena`. */
MessagePieces message_flatten(const Message *edited, const MessagePieces *pieces, Arena *arena);

/* The first `body_offset` bytes as they came: the header block and the empty line. */
static inline Slice message_head(const Message *message)
{
	return slice(message->header.data, (size_t)message->body_offset);
}

/* Closes and frees what the message holds.  A zeroed Message is fine too. */
void message_clear(Message *message);

/* Reads up to `size_bytes` at `offset`; short only at the message's end.  A file
 * that became shorter than it was is a failure. */
bool message_read(const Message *message, off_t offset, void *buffer, size_t size_bytes, size_t *got,
		  Failure *why);

/* The message's size with every line ended by CR LF: RFC822.SIZE, and what Sieve's
 * "size" counts.  Counted once, remembered. */
bool message_crlf_size(Message *message, off_t *size_bytes, Failure *why);

/* A message as it is stored: `head` in place of the header block and the empty line,
 * then the message's bytes from `rest_offset` on.  All of it is borrowed. */
typedef struct MessageImage {
	Slice head;
	const Message *message;
	off_t rest_offset; /* body_offset, or anything up to size_bytes */
	int whole_fd;      /* an unnamed file that holds exactly these bytes, so that filing
			    * may be a link; or -1 */
} MessageImage;

/* The image of `message` with the head that its intake made (or as it came). */
MessageImage message_image(const Message *message);

/* What image_write counted while it copied. */
typedef struct ImageSize {
	off_t bytes;      /* as stored */
	off_t crlf_bytes; /* with every line ended by CR LF */
} ImageSize;

/* Writes the whole image to `fd` at its position; `size` may be NULL. */
bool image_write(const MessageImage *image, int fd, ImageSize *size, Failure *why);

/* The sizes without writing; counts at most once per message. */
bool image_size(const MessageImage *image, ImageSize *size, Failure *why);

DEFINE_AUTO_VALUE(Message, message_clear)

#endif
