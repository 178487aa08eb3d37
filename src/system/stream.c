#include "system/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

enum {
	QUEUE_PAUSE_MS = 20
};

struct Stream {
	int fd;
	const char *name;
	int64_t end_ms, step_end_ms;
	size_t start, end; /* of what was read and not yet asked for */
	char bytes[STREAM_LINE_MAX + 2];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False with ETIMEDOUT when `until_ms` came first. */
static bool wait_for(int fd, short events, int64_t until_ms)
{
	for (;;) {
		struct pollfd it = { .fd = fd, .events = events };
		int64_t left = until_ms - now_ms();
		int ready;

		if (left <= 0) {
			errno = ETIMEDOUT;
			return false;
		}
		ready = poll(&it, 1, left < INT32_MAX ? (int)left : INT32_MAX);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return false;
	}
}

/* -- Connecting ---------------------------------------------------------------------------------------- */

/* connect(2), but a local socket whose queue is full, which cannot be polled, is asked again until
 * `until_ms`. */
static bool begin_connect(int fd, const struct sockaddr *address, socklen_t length, int64_t until_ms)
{
	while (connect(fd, address, length) < 0) {
		if (errno != EAGAIN || now_ms() >= until_ms)
			return false;
		poll(NULL, 0, QUEUE_PAUSE_MS);
	}
	return true;
}

/* Connects `fd`, or false with errno. */
static bool connect_until(int fd, const struct sockaddr *address, socklen_t length, int64_t until_ms)
{
	int error = 0;
	socklen_t size = sizeof error;

	if (begin_connect(fd, address, length, until_ms))
		return true;
	if (errno != EINPROGRESS && errno != EINTR)
		return false;
	if (!wait_for(fd, POLLOUT, until_ms) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return false;
	errno = error;
	return error == 0;
}

static int open_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static bool connect_path(Stream *stream, const char *path, Failure *why)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, path, strlen(path) + 1);
	stream->fd = open_socket(AF_UNIX);
	if (stream->fd < 0 || !connect_until(stream->fd, (const struct sockaddr *)&address, sizeof address,
					     stream->step_end_ms))
		return failure_errno(why, "connect to %s", stream->name);
	return true;
}

/* Every address gets its share of the time that is left: one that swallows all packets must not cost the next
 * one its chance. */
static bool connect_any(Stream *stream, const struct addrinfo *found)
{
	int left = 0;

	for (const struct addrinfo *it = found; it; it = it->ai_next)
		left++;
	for (const struct addrinfo *it = found; it; it = it->ai_next, left--) {
		int64_t now = now_ms();

		stream->fd = open_socket(it->ai_family);
		if (stream->fd >= 0 && connect_until(stream->fd, it->ai_addr, it->ai_addrlen,
						     now + (stream->step_end_ms - now) / left))
			return true;
		cleanup_fd(&stream->fd);
		stream->fd = -1;
	}
	return false;
}

static bool connect_host(Stream *stream, const Endpoint *endpoint, Failure *why)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	int error = getaddrinfo(endpoint->host, endpoint->port, &wanted, &found);
	bool done;

	if (error == EAI_SYSTEM)
		return failure_errno(why, "look up the host of %s", stream->name);
	if (error)
		return failure_retry(why, "look up the host of %s: %s", stream->name, gai_strerror(error));
	done = connect_any(stream, found) || failure_errno(why, "connect to %s", stream->name);
	freeaddrinfo(found);
	return done;
}

Stream *stream_connect(const Endpoint *endpoint, const char *name, unsigned connect_s, unsigned whole_s,
		       Failure *why)
{
	AUTO(Stream) stream = memory_zeroed(1, sizeof *stream);

	stream->fd = -1;
	stream->name = name;
	stream->end_ms = now_ms() + (int64_t)whole_s * 1000;
	stream_begin_step(stream, connect_s);
	if (*endpoint->host ? !connect_host(stream, endpoint, why)
			    : !connect_path(stream, endpoint->path, why))
		return NULL;
	return TAKE(stream);
}

void stream_close(Stream *stream)
{
	if (!stream)
		return;
	cleanup_fd(&stream->fd);
	free(stream);
}

/* -- Talking ------------------------------------------------------------------------------------------- */

void stream_begin_step(Stream *stream, unsigned seconds)
{
	int64_t end_ms = now_ms() + (int64_t)seconds * 1000;

	stream->step_end_ms = end_ms < stream->end_ms ? end_ms : stream->end_ms;
}

static bool lost(const Stream *stream, const char *doing, Failure *why)
{
	if (errno == ETIMEDOUT)
		return failure_retry(why, "%s took too long", stream->name);
	return failure_errno(why, "%s %s", doing, stream->name);
}

bool stream_write(Stream *stream, Slice bytes, Failure *why)
{
	while (bytes.length) {
		ssize_t sent = send(stream->fd, bytes.data, bytes.length, MSG_NOSIGNAL);

		if (sent >= 0)
			bytes = slice_from(bytes, (size_t)sent);
		else if (errno == EAGAIN ? !wait_for(stream->fd, POLLOUT, stream->step_end_ms)
					 : errno != EINTR)
			return lost(stream, "write to", why);
	}
	return true;
}

/* Waits for more bytes, behind those that are there. */
static bool read_more(Stream *stream, Failure *why)
{
	ssize_t got;

	memmove(stream->bytes, stream->bytes + stream->start, stream->end - stream->start);
	stream->end -= stream->start;
	stream->start = 0;
	if (stream->end == sizeof stream->bytes)
		return failure_retry(why, "%s sent a line of more than %d bytes", stream->name,
				     STREAM_LINE_MAX);
	do {
		if (!wait_for(stream->fd, POLLIN, stream->step_end_ms))
			return lost(stream, "read from", why);
		got = recv(stream->fd, stream->bytes + stream->end, sizeof stream->bytes - stream->end, 0);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0)
		return lost(stream, "read from", why);
	if (got == 0)
		return failure_retry(why, "%s closed the connection", stream->name);
	stream->end += (size_t)got;
	return true;
}

bool stream_read_line(Stream *stream, Slice *line, Failure *why)
{
	const char *feed;
	size_t looked_at = 0, length;

	while (!(feed = memchr(stream->bytes + stream->start + looked_at, '\n',
			       stream->end - stream->start - looked_at))) {
		looked_at = stream->end - stream->start;
		if (!read_more(stream, why))
			return false;
	}
	length = (size_t)(feed - stream->bytes) - stream->start;
	*line = slice(stream->bytes + stream->start, length);
	stream->start += length + 1;
	if (line->length && line->data[line->length - 1] == '\r')
		line->length--;
	return true;
}

bool stream_has_more(const Stream *stream)
{
	struct pollfd it = { .fd = stream->fd, .events = POLLIN };

	return stream->start < stream->end || poll(&it, 1, 0) > 0;
}

void stream_own_address(const Stream *stream, Text *out)
{
	struct sockaddr_storage own = { .ss_family = AF_UNSPEC };
	socklen_t length = sizeof own;
	char text[INET6_ADDRSTRLEN];

	getsockname(stream->fd, (struct sockaddr *)&own, &length);
	if (own.ss_family == AF_INET6)
		text_printf(out, "[IPv6:%s]",
			    inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)&own)->sin6_addr, text,
				      sizeof text));
	else if (own.ss_family == AF_INET)
		text_printf(
			out, "[%s]",
			inet_ntop(AF_INET, &((const struct sockaddr_in *)&own)->sin_addr, text, sizeof text));
	else
		text_append_string(out, "localhost");
}
