#include "delivery/judge_wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/io.h"
#include "plan/limits.h"

enum {
	CHUNK_BYTES = 4096,
	LONGEST_TEXT = FAILURE_TEXT_MAX
};

/* How long a frame of each kind that a judge may send can be. */
static const struct {
	FrameKind kind;
	size_t limit;
} from_judge[] = {
	{ FRAME_COMPILED, 0 },
	{ FRAME_FOLDER, LIMIT_FOLDER_LENGTH },
	{ FRAME_PLAN, LIMIT_PLAN_BYTES },
	{ FRAME_GAVE_UP, LONGEST_TEXT },
};

static bool send_frame(int socket, FrameKind kind, Slice body, int flags)
{
	char header[FRAME_HEADER_BYTES] = { (char)kind };
	struct iovec pieces[2] = { { header, sizeof header }, { (void *)body.data, body.length } };
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };

	for (unsigned i = 0; i < 4; i++)
		header[1 + i] = (char)(body.length >> (8 * i) & 0xff);
	while (pieces[1].iov_len || pieces[0].iov_len) {
		ssize_t sent = sendmsg(socket, &message, flags | MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return false;
		for (size_t i = 0, left = sent > 0 ? (size_t)sent : 0; i < 2; i++) {
			size_t part = left < pieces[i].iov_len ? left : pieces[i].iov_len;

			pieces[i].iov_base = (char *)pieces[i].iov_base + part;
			pieces[i].iov_len -= part;
			left -= part;
		}
	}
	return true;
}

bool frame_send(int socket, FrameKind kind, Slice body)
{
	return send_frame(socket, kind, body, 0);
}

bool frame_send_now(int socket, FrameKind kind, Slice body)
{
	return send_frame(socket, kind, body, MSG_DONTWAIT);
}

static size_t length_in(const char *header)
{
	size_t length = 0;

	for (unsigned i = 0; i < 4; i++)
		length |= (size_t)(unsigned char)header[1 + i] << (8 * i);
	return length;
}

bool frame_read_answer(int socket, Text *body)
{
	char header[FRAME_HEADER_BYTES];
	size_t length;

	if (io_read(socket, header, sizeof header) != (ssize_t)sizeof header)
		return false;
	length = length_in(header);
	if (header[0] != FRAME_ANSWER || length == 0 || length > 1 + LONGEST_TEXT)
		return false;
	text_reset(body);
	if (io_read(socket, text_reserve(body, length), length) != (ssize_t)length)
		return false;
	body->length = length;
	body->data[length] = '\0';
	return true;
}

int64_t frame_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
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
				return FRAME_END;
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
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			return FRAME_END;
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

static bool kind_allows(char kind, size_t length)
{
	for (size_t i = 0; i < sizeof from_judge / sizeof *from_judge; i++)
		if (kind == (char)from_judge[i].kind)
			return length <= from_judge[i].limit;
	return false;
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
	length = length_in(header);
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
