/* message - what arrived: receiving and reading it
 * RFC 5322, section 2.1; RFC 4155 (the From_ line)
 *
 * All messages begin alike: up to LIMIT_MEMORY_BYTES are read, and more only while the
 * end of the header is not among them.  Most messages end there. */
#include "message/message.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/panic.h"
#include "message/header.h"
#include "message/limits.h"
#include "message/lines.h"

enum {
	/* The first read: few messages need a second one. */
	FIRST_READ_BYTES = 16 * 1024,
	/* Two fillings of a pipe at a time, which stay in the second-level cache between the
	 * read, the count and the write. */
	COPY_BYTES = 128 * 1024,
	/* Room for a From_ line and such in front of the longest header. */
	PREFIX_BYTES = 64 * 1024,
};

/* The line at `at`, without its line end; `*next` is where the one after it begins (the end
 * of `bytes` when this one has no end). */
static Slice line_at(Slice bytes, size_t at, size_t *next)
{
	Slice rest = slice_from(bytes, at);
	const char *feed = rest.length ? memchr(rest.data, '\n', rest.length) : NULL;
	size_t length = feed ? (size_t)(feed - rest.data) : rest.length;

	*next = at + length + (feed ? 1 : 0);
	if (feed && length && rest.data[length - 1] == '\r')
		length--;
	return slice(rest.data, length);
}

static bool starts_with(Slice line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line.length >= length && memcmp(line.data, prefix, length) == 0;
}

/* "10:00", as every date in a From_ line has it. */
static bool has_time_of_day(Slice line)
{
	for (size_t i = 1; i + 2 < line.length; i++)
		if (line.data[i] == ':' && ascii_is_digit(line.data[i - 1]) &&
		    ascii_is_digit(line.data[i + 1]) && ascii_is_digit(line.data[i + 2]))
			return true;
	return false;
}

/* "From a@b Thu Jan  1 12:00:00 2026", or "From a@b" from those who save the date; but
 * neither "From : a@b" (RFC 5322, 4.5.2) nor "From my window: a view". */
static bool is_from_line(Slice line)
{
	return starts_with(line, "From ") &&
	       (!memchr(line.data, ':', line.length) || (!header_name_length(line) && has_time_of_day(line)));
}

/* Where the message begins, behind what is no part of it (message.h). */
static size_t find_start(Slice bytes, Slice *from_line)
{
	size_t at = 0, next = 0;
	Slice line = line_at(bytes, 0, &next);

	*from_line = slice(bytes.data, 0);
	while (line.length == 0 && next > at) {
		at = next;
		line = line_at(bytes, at, &next);
	}
	if (!is_from_line(line))
		return header_name_length(line) ? at : 0;
	*from_line = line;
	do {
		at = next;
		line = line_at(bytes, at, &next);
	} while (starts_with(line, ">From "));
	return at;
}

/* True when a field is where the first one should be: lines that may stand in front of
 * it, left over from From_ lines and folds, do not count. */
static bool has_header(Slice bytes)
{
	size_t next = 0;
	Slice line = line_at(bytes, 0, &next);

	while (line.length &&
	       (ascii_is_blank(line.data[0]) || starts_with(line, "From ") || starts_with(line, ">From ")) &&
	       !header_name_length(line))
		line = line_at(bytes, next, &next);
	return line.length == 0 || header_name_length(line) > 0;
}

/* The last line of `head` that begins a field, so that none is cut in two; all of it when
 * there is none. */
static size_t last_field_start(Slice head)
{
	for (size_t at = head.length; at > 1; at--)
		if (head.data[at - 1] == '\n' && at < head.length && !ascii_is_blank(head.data[at]))
			return at;
	return head.length;
}

/* What is known of the bytes beyond those at hand. */
typedef enum Beyond {
	NOTHING_BEYOND,
	MORE_BEYOND,   /* and they can be had, to look for the end of the header */
	CUTTING_BEYOND /* and no more of them will be looked at */
} Beyond;

/* Finds the header of the message that `rest` begins with.  False when more of it must be seen first. */
static bool find_header(Message *message, Slice rest, Beyond beyond)
{
	Slice window = rest;
	const char *feed = rest.length ? memchr(rest.data, '\n', rest.length) : NULL;
	size_t length = 0, body = 0;

	if (window.length > LIMIT_HEADER_BYTES)
		window.length = LIMIT_HEADER_BYTES;
	message->header_cut = false;
	if (has_header(rest) && !header_find_end(window, &length, &body)) {
		message->header_cut = window.length < rest.length || beyond != NOTHING_BEYOND;
		if (window.length == rest.length && beyond == MORE_BEYOND)
			return false;
		length = body = message->header_cut ? last_field_start(window) : window.length;
	}
	message->header = slice(rest.data, length);
	message->body_offset = (off_t)body;
	message->memory = rest;
	message->crlf = feed && feed > rest.data && feed[-1] == '\r';
	return true;
}

/* The same when something may stand before the message. */
static bool find_message(Message *message, Slice bytes, Beyond beyond)
{
	return find_header(message, slice_from(bytes, find_start(bytes, &message->from_line)), beyond);
}

static void start_empty(Message *message)
{
	*message = (Message){ .fd = -1, .spool_fd = -1, .crlf_size = -1 };
	message->header = message->memory = message->from_line = slice("", 0);
}

void message_from_bytes(Message *message, Slice bytes)
{
	start_empty(message);
	find_message(message, bytes, NOTHING_BEYOND);
	message->size_bytes = (off_t)message->memory.length;
}

/* Reads the first `count` bytes and looks whether the header ends in them, or where it is to be cut. */
static bool find_in_file(Message *message, int fd, off_t offset, size_t count, Beyond beyond, Text *bytes,
			 bool *found, Failure *why)
{
	size_t have = bytes->length;
	ssize_t got = io_read_at(fd, text_reserve(bytes, count - have), count - have, offset + (off_t)have);

	if (got < 0)
		return failure_errno(why, "read the message");
	if ((size_t)got < count - have)
		return failure_retry(why, "the message became shorter while it was read");
	bytes->length = count;
	*found = find_message(message, text_slice(bytes), beyond);
	return true;
}

bool message_from_file(Message *message, int fd, off_t offset, off_t size_bytes, Failure *why)
{
	static const size_t most[] = { LIMIT_MEMORY_BYTES, LIMIT_HEADER_BYTES + PREFIX_BYTES };
	AUTO_VALUE(Text) bytes = { 0 };
	Message made;
	bool found = false;

	start_empty(&made);
	for (size_t i = 0; i < 2 && !found; i++) {
		size_t count = size_bytes < (off_t)most[i] ? (size_t)size_bytes : most[i];
		bool more = (off_t)count < size_bytes;

		if (!find_in_file(&made, fd, offset, count,
				  !more    ? NOTHING_BEYOND
				  : i == 0 ? MORE_BEYOND
					   : CUTTING_BEYOND,
				  &bytes, &found, why))
			return false;
	}
	made.size_bytes = size_bytes - (off_t)(bytes.length - made.memory.length);
	if (made.size_bytes > (off_t)made.memory.length) {
		made.fd = fd;
		made.fd_offset = offset + size_bytes - made.size_bytes;
	}
	made.buffer = text_take(&bytes);
	*message = made;
	return true;
}

void message_clear(Message *message)
{
	/* What was received owns a buffer; a zeroed Message has no descriptor 0. */
	if (message->buffer && message->spool_fd >= 0)
		close(message->spool_fd);
	text_clear(&message->stored_head);
	free(message->buffer);
	start_empty(message);
}

/* Reads once; waits when a caller left its end of standard input non-blocking. */
static ssize_t read_some(int fd, void *buffer, size_t size_bytes)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	for (;;) {
		ssize_t got = read(fd, buffer, size_bytes);

		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
		if (errno == EAGAIN && poll(&wait, 1, -1) < 0 && errno != EINTR)
			return -1;
	}
}

/* Fills `text` up to `wanted` bytes; `*ended` when the input has no more. */
static bool read_up_to(int fd, Text *text, size_t wanted, bool *ended, Failure *why)
{
	*ended = false;
	while (text->length < wanted && !*ended) {
		size_t room = text->capacity - text->length;
		ssize_t got;

		/* The room that is left is enough to see the end of most messages. */
		if (room <= FIRST_READ_BYTES / 4)
			room = text->length + FIRST_READ_BYTES;
		else
			room--;
		if (room > wanted - text->length)
			room = wanted - text->length;
		got = read_some(fd, text_reserve(text, room), room);
		if (got < 0)
			return failure_errno(why, "read the message");
		text->length += (size_t)got;
		*ended = got == 0;
	}
	return true;
}

/* The empty line that an MTA wrote behind the message, in bytes; 0 when there is none. */
static off_t suffix_length(Slice tail)
{
	if (tail.length >= 2 && memcmp(tail.data + tail.length - 2, "\n\n", 2) == 0)
		return 1;
	if (tail.length >= 3 && memcmp(tail.data + tail.length - 3, "\n\r\n", 3) == 0)
		return 2;
	return 0;
}

/* Cuts off that empty line, unless it is the one that ends the header. */
static bool drop_suffix(Message *message, Failure *why)
{
	char tail[3];
	size_t got;
	off_t from = message->size_bytes > 3 ? message->size_bytes - 3 : 0, length;

	if (!message_read(message, from, tail, sizeof tail, &got, why))
		return false;
	length = suffix_length(slice(tail, got));
	if (!length || message->size_bytes - length < message->body_offset)
		return true;
	message->size_bytes -= length;
	if ((off_t)message->memory.length > message->size_bytes)
		message->memory.length = (size_t)message->size_bytes;
	if (message->crlf_size >= 0)
		message->crlf_size -= 2;
	if (message->spool_fd >= 0 &&
	    ftruncate(message->spool_fd, message->fd_offset + message->size_bytes) < 0)
		return failure_errno(why, "cut the spool of the message");
	return true;
}

/* A regular file stays where it is; the position goes to its end, as if it had been read. */
static bool use_in_place(Message *message, int fd, const struct stat *file, Failure *why)
{
	off_t position = lseek(fd, 0, SEEK_CUR);

	if (position < 0 || lseek(fd, file->st_size > position ? file->st_size : position, SEEK_SET) < 0)
		return failure_errno(why, "find the end of the message");
	message->fd = fd;
	message->fd_offset = position - (off_t)message->memory.length;
	message->size_bytes = (off_t)message->memory.length;
	if (file->st_size > position)
		message->size_bytes += file->st_size - position;
	return true;
}

/* Copies the rest of a pipe to the spool, counting on the way: what is not in the cache
 * any more is not looked at again.  `written` bytes are in the spool; the first piece brings it to a round
 * offset, since the kernel is twice as quick with whole pages. */
static bool copy_to_spool(Message *message, int fd, off_t written, Failure *why)
{
	auto_free char *buffer = memory_new(COPY_BYTES);
	char previous = 0;
	off_t bare = (off_t)lines_bare_feeds(message->memory, &previous);
	size_t filled, want = COPY_BYTES - (size_t)written % COPY_BYTES, wanted;

	message->size_bytes = (off_t)message->memory.length;
	do {
		ssize_t got = 1;

		for (filled = 0; filled < want && got; filled += (size_t)got) {
			got = read_some(fd, buffer + filled, want - filled);
			if (got < 0)
				return failure_errno(why, "read the message");
		}
		bare += (off_t)lines_bare_feeds(slice(buffer, filled), &previous);
		if (!io_write(message->spool_fd, buffer, filled))
			return failure_errno(why, "spool the message");
		message->size_bytes += (off_t)filled;
		wanted = want;
		want = COPY_BYTES;
	} while (filled == wanted);
	message->crlf_size = message->size_bytes + bare;
	return true;
}

static bool spool(Message *message, int fd, const MessageIntake *intake, Failure *why)
{
	Slice head = intake->make_head ? text_slice(&message->stored_head) : message_head(message);
	Slice rest = slice_from(message->memory, (size_t)message->body_offset);
	struct iovec pieces[] = {
		{ .iov_base = (void *)(size_t)head.data, .iov_len = head.length },
		{ .iov_base = (void *)(size_t)rest.data, .iov_len = rest.length },
	};

	message->spool_fd = message->fd = intake->open_spool(intake->self, why);
	if (message->spool_fd < 0)
		return false;
	message->fd_offset = (off_t)head.length - message->body_offset;
	if (!io_write_vector(message->spool_fd, pieces, 2))
		return failure_errno(why, "spool the message");
	return copy_to_spool(message, fd, (off_t)(head.length + rest.length), why);
}

/* Keeps what lies behind the first bytes where it is, or takes it to where it may stay. */
static bool keep_rest(Message *message, int fd, const MessageIntake *intake, Failure *why)
{
	struct stat file;

	if (fstat(fd, &file) < 0)
		return failure_errno(why, "look at standard input");
	if (S_ISREG(file.st_mode))
		return use_in_place(message, fd, &file, why);
	BUG_IF(!intake);
	return spool(message, fd, intake, why);
}

static bool receive(Message *message, int fd, const MessageIntake *intake, Failure *why)
{
	AUTO_VALUE(Text) bytes = { 0 };
	Beyond beyond;
	bool ended;

	if (!read_up_to(fd, &bytes, LIMIT_MEMORY_BYTES + 1, &ended, why))
		return false;
	beyond = ended ? NOTHING_BEYOND : MORE_BEYOND;
	if (!find_message(message, text_slice(&bytes), beyond)) {
		if (!read_up_to(fd, &bytes, LIMIT_HEADER_BYTES + PREFIX_BYTES, &ended, why))
			return false;
		beyond = ended ? NOTHING_BEYOND : CUTTING_BEYOND;
		find_message(message, text_slice(&bytes), beyond);
	}
	message->buffer = text_take(&bytes);
	message->size_bytes = (off_t)message->memory.length;
	if (intake && intake->make_head) {
		text_append(&message->stored_head, "", 0); /* an empty head is a head too */
		intake->make_head(intake->self, message, &message->stored_head);
	}
	if (beyond != NOTHING_BEYOND && !keep_rest(message, fd, intake, why))
		return false;
	if (intake && intake->drop_suffix_newline && message->from_line.length)
		return drop_suffix(message, why);
	return true;
}

/* ---- edited messages ---- */

/* The piece that byte `offset` of the message is in. */
static size_t find_piece(const Message *message, off_t offset)
{
	size_t low = 0, high = message->pieces.count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (message->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool pieces_read(const Message *message, off_t offset, char *buffer, size_t wanted, Failure *why)
{
	for (size_t i = find_piece(message, offset); wanted; i++) {
		const MessagePiece *piece = &message->pieces.items[i];
		off_t within = offset - message->starts[i];
		size_t length = (size_t)(piece->length - within), got = length;

		if (length > wanted)
			length = got = wanted;
		if (piece->bytes)
			memcpy(buffer, piece->bytes + within, length);
		else if (!message_read(message->base, piece->offset + within, buffer, length, &got, why))
			return false;
		if (got < length)
			return failure_retry(why, "the message became shorter while it was read");
		buffer += length;
		offset += (off_t)length;
		wanted -= length;
	}
	return true;
}

/* Has the first bytes of an edited message in memory, as many as its header needs. */
static bool hold_header(Message *edited, size_t size, Beyond beyond, Arena *arena, Failure *why, bool *found)
{
	char *bytes = arena_alloc(arena, size + 1);

	if (!pieces_read(edited, 0, bytes, size, why))
		return false;
	*found = find_header(edited, slice(bytes, size), beyond);
	return true;
}

static void take_pieces(Message *edited, const Message *base, const MessagePieces *pieces, Arena *arena)
{
	off_t total = 0;

	start_empty(edited);
	BUG_IF(base->base);
	edited->base = base;
	edited->pieces = *pieces;
	edited->starts = arena_alloc(arena, (pieces->count + 1) * sizeof *edited->starts);
	for (size_t i = 0; i < pieces->count; i++) {
		edited->starts[i] = total;
		total += pieces->items[i].length;
	}
	edited->size_bytes = total;
}

void message_edit_body(Message *edited, const Message *before, const MessagePieces *pieces, Arena *arena)
{
	take_pieces(edited, before->base ? before->base : before, pieces, arena);
	edited->header = before->header;
	edited->crlf = before->crlf;
	edited->body_offset = before->body_offset;
	edited->memory = message_head(before);
}

bool message_edit(Message *edited, const Message *base, const MessagePieces *pieces, Arena *arena,
		  Failure *why)
{
	off_t total;
	size_t most;
	bool found;

	take_pieces(edited, base, pieces, arena);
	total = edited->size_bytes;
	most = total > LIMIT_MEMORY_BYTES ? LIMIT_MEMORY_BYTES : (size_t)total;
	if (!hold_header(edited, most, total > (off_t)most ? MORE_BEYOND : NOTHING_BEYOND, arena, why,
			 &found))
		return false;
	if (found)
		return true;
	most = total > LIMIT_HEADER_BYTES + PREFIX_BYTES ? LIMIT_HEADER_BYTES + PREFIX_BYTES : (size_t)total;
	return hold_header(edited, most, total > (off_t)most ? CUTTING_BEYOND : NOTHING_BEYOND, arena, why,
			   &found);
}

/* Adds a piece, or makes the last one longer. */
static void add_piece(MessagePieces *flat, const MessagePiece *piece)
{
	MessagePiece *last = flat->count ? &flat->items[flat->count - 1] : NULL;

	if (last && !last->bytes && !piece->bytes && last->offset + last->length == piece->offset)
		last->length += piece->length;
	else if (piece->length)
		flat->items[flat->count++] = *piece;
}

/* Adds what `length` bytes from `offset` of `edited` are made of. */
static void flatten_range(const Message *edited, off_t offset, off_t length, MessagePieces *flat)
{
	for (size_t i = length ? find_piece(edited, offset) : 0; length > 0; i++) {
		MessagePiece piece = edited->pieces.items[i];
		off_t within = offset - edited->starts[i];

		if (piece.bytes)
			piece.bytes += within;
		piece.offset += within;
		piece.length -= within;
		if (piece.length > length)
			piece.length = length;
		add_piece(flat, &piece);
		offset += piece.length;
		length -= piece.length;
	}
}

MessagePieces message_flatten(const Message *edited, const MessagePieces *pieces, Arena *arena)
{
	/* Each range begins and ends within a piece at most. */
	size_t most = edited->pieces.count + 2 * pieces->count;
	MessagePieces flat = { .items = arena_alloc(arena, (most + 1) * sizeof *flat.items) };

	for (size_t i = 0; i < pieces->count; i++) {
		const MessagePiece *piece = &pieces->items[i];

		if (edited->base && !piece->bytes)
			flatten_range(edited, piece->offset, piece->length, &flat);
		else
			add_piece(&flat, piece);
	}
	return flat;
}

bool message_receive(Message *message, int fd, const MessageIntake *intake, Failure *why)
{
	Message received;
	bool done;

	start_empty(&received);
	done = receive(&received, fd, intake, why);
	if (done)
		*message = received;
	else
		message_clear(&received);
	return done;
}

/* Reads what is not in memory, all `wanted` bytes of it. */
static bool read_kept(const Message *message, off_t offset, char *buffer, size_t wanted, Failure *why)
{
	ssize_t got;

	if (message->base)
		return pieces_read(message, offset, buffer, wanted, why);
	got = io_read_at(message->fd, buffer, wanted, message->fd_offset + offset);
	if (got < 0)
		return failure_errno(why, "read the message again");
	if ((size_t)got < wanted)
		return failure_retry(why, "the message became shorter while it was read");
	return true;
}

bool message_read(const Message *message, off_t offset, void *buffer, size_t size_bytes, size_t *got,
		  Failure *why)
{
	off_t left = offset < message->size_bytes ? message->size_bytes - offset : 0;
	size_t wanted = (off_t)size_bytes < left ? size_bytes : (size_t)left;
	Slice held = offset < (off_t)message->memory.length ? slice_from(message->memory, (size_t)offset)
							    : slice("", 0);
	size_t from_memory = held.length < wanted ? held.length : wanted;

	memcpy(buffer, held.data, from_memory);
	if (from_memory < wanted && !read_kept(message, offset + (off_t)from_memory,
					       (char *)buffer + from_memory, wanted - from_memory, why))
		return false;
	*got = wanted;
	return true;
}
