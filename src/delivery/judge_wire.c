#include "delivery/judge_wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/io.h"
#include "plan/limits.h"
#include "plan/world.h"
#include "sieve/limits.h"

enum {
	CHUNK_BYTES = 4096,
	LONGEST_TEXT = FAILURE_TEXT_MAX
};

/* How long a frame of each kind that a judge may send can be. */
static bool kind_allows(char kind, size_t length)
{
	switch (kind) {
	case FRAME_LACKS:
	case FRAME_COMPILED:
		return length == FRAME_NUMBER_BYTES;
	case FRAME_CHANGED:
		return length == 0;
	case FRAME_SOURCE:
		return length <= SIEVE_LIMIT_SCRIPT_BYTES + LIMIT_FOLDER_LENGTH + 64;
	case FRAME_ASK:
		return length <= question_limit();
	case FRAME_STEPS:
		return length <= LIMIT_STEPS_BYTES;
	case FRAME_PLAN:
		return length <= LIMIT_PLAN_BYTES;
	case FRAME_GAVE_UP:
		return length <= LONGEST_TEXT;
	default:
		return false;
	}
}

int64_t frame_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until the other side reads on; false with EAGAIN when it does not before the deadline. */
static bool wait_for_room(int socket, int64_t deadline_ms)
{
	struct pollfd ready = { .fd = socket, .events = POLLOUT };

	for (;;) {
		int64_t left_ms = deadline_ms - frame_clock_ms();
		int count = poll(&ready, 1, left_ms < 0 ? 0 : left_ms < INT32_MAX ? (int)left_ms : INT32_MAX);

		if (count > 0)
			return true;
		if (count == 0 && left_ms <= 0)
			return errno = EAGAIN, false;
		if (count < 0 && errno != EINTR)
			return false;
	}
}

/* What is left of the pieces of a frame once `sent` bytes are gone. */
static void skip_sent(struct iovec *pieces, size_t sent)
{
	for (size_t i = 0; i < 2; i++) {
		size_t part = sent < pieces[i].iov_len ? sent : pieces[i].iov_len;

		pieces[i].iov_base = (char *)pieces[i].iov_base + part;
		pieces[i].iov_len -= part;
		sent -= part;
	}
}

static void write_number(char *bytes, size_t number)
{
	for (unsigned i = 0; i < FRAME_NUMBER_BYTES; i++)
		bytes[i] = (char)(number >> (8 * i) & 0xff);
}

static size_t read_number(const char *bytes)
{
	size_t number = 0;

	for (unsigned i = 0; i < FRAME_NUMBER_BYTES; i++)
		number |= (size_t)(unsigned char)bytes[i] << (8 * i);
	return number;
}

static bool send_frame(int socket, FrameKind kind, Slice body, int flags, int64_t deadline_ms)
{
	char header[FRAME_HEADER_BYTES] = { (char)kind };
	struct iovec pieces[2] = { { header, sizeof header }, { (void *)body.data, body.length } };
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };

	write_number(header + 1, body.length);
	while (pieces[1].iov_len || pieces[0].iov_len) {
		ssize_t sent = sendmsg(socket, &message, flags | MSG_NOSIGNAL);

		if (sent >= 0)
			skip_sent(pieces, (size_t)sent);
		else if (errno == EAGAIN && !wait_for_room(socket, deadline_ms))
			return false;
		else if (errno != EAGAIN && errno != EINTR)
			return false;
	}
	return true;
}

bool frame_send(int socket, FrameKind kind, Slice body)
{
	return send_frame(socket, kind, body, 0, INT64_MAX);
}

bool frame_send_until(int socket, FrameKind kind, Slice body, int64_t deadline_ms)
{
	return send_frame(socket, kind, body, MSG_DONTWAIT, deadline_ms);
}

static bool send_number(int socket, FrameKind kind, unsigned number)
{
	char bytes[FRAME_NUMBER_BYTES];

	write_number(bytes, number);
	return frame_send(socket, kind, slice(bytes, sizeof bytes));
}

bool frame_send_lacks(int socket, unsigned lacks)
{
	return send_number(socket, FRAME_LACKS, lacks);
}

bool frame_send_compiled(int socket, unsigned plans)
{
	return send_number(socket, FRAME_COMPILED, plans);
}

unsigned frame_number(const Frame *frame)
{
	return (unsigned)read_number(frame->body.data);
}

bool frame_read_answer(int socket, Text *body)
{
	char header[FRAME_HEADER_BYTES];
	size_t length;

	if (io_read(socket, header, sizeof header) != (ssize_t)sizeof header)
		return false;
	length = read_number(header + 1);
	if (header[0] != FRAME_ANSWER || length == 0 || length > 1 + answer_limit())
		return false;
	text_reset(body);
	if (io_read(socket, text_reserve(body, length), length) != (ssize_t)length)
		return false;
	body->length = length;
	body->data[length] = '\0';
	return true;
}

/* Waits for more bytes and appends what is there, up to `wanted` or a chunk. */
static FrameResult receive(FrameReader *reader, size_t wanted)
{
	size_t room = wanted > CHUNK_BYTES ? wanted : CHUNK_BYTES;

	for (;;) {
		struct pollfd ready = { .fd = reader->socket, .events = POLLIN };
		int64_t left_ms = reader->deadline_ms - frame_clock_ms();
		ssize_t got;

		if (left_ms <= 0)
			return FRAME_LATE;
		switch (poll(&ready, 1, left_ms < INT32_MAX ? (int)left_ms : INT32_MAX)) {
		case -1:
			if (errno != EINTR)
				return FRAME_DEAF;
			continue;
		case 0:
			continue; /* the clock decides */
		default:
			break;
		}
		got = recv(reader->socket, text_reserve(&reader->bytes, room), room, MSG_DONTWAIT);
		if (got > 0) {
			reader->bytes.length += (size_t)got;
			return FRAME_READ;
		}
		if (got == 0 || errno == ECONNRESET)
			return FRAME_END;
		if (errno != EAGAIN && errno != EINTR)
			return FRAME_DEAF;
	}
}

/* Makes `count` bytes of the present frame be there. */
static FrameResult need(FrameReader *reader, size_t count)
{
	while (reader->bytes.length - reader->used < count) {
		FrameResult result = receive(reader, count - (reader->bytes.length - reader->used));

		if (result != FRAME_READ)
			return result;
	}
	return FRAME_READ;
}

static void throw_away_used(FrameReader *reader)
{
	size_t left = reader->bytes.length - reader->used;

	if (reader->used && left)
		memmove(reader->bytes.data, reader->bytes.data + reader->used, left);
	reader->bytes.length = left;
	reader->used = 0;
}

FrameResult frame_read(FrameReader *reader, Frame *frame)
{
	FrameResult result;
	const char *header;
	size_t length;

	throw_away_used(reader);
	result = need(reader, FRAME_HEADER_BYTES);
	if (result != FRAME_READ)
		return result;
	header = reader->bytes.data;
	length = read_number(header + 1);
	if (!kind_allows(header[0], length))
		return FRAME_BAD;
	result = need(reader, FRAME_HEADER_BYTES + length);
	if (result != FRAME_READ)
		return result;
	reader->used = FRAME_HEADER_BYTES + length;
	frame->kind = (FrameKind)reader->bytes.data[0];
	frame->body = slice(reader->bytes.data + FRAME_HEADER_BYTES, length);
	return FRAME_READ;
}

bool frame_is_there(const FrameReader *reader)
{
	size_t left = reader->bytes.length - reader->used;

	return left >= FRAME_HEADER_BYTES &&
	       left - FRAME_HEADER_BYTES >= read_number(reader->bytes.data + reader->used + 1);
}
