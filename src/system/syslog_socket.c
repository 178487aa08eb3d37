#include "system/syslog_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, path, strnlen(path, sizeof address.sun_path - 1));
	return address;
}

/* A daemon that is busy is given a second; one that is stuck costs a line, not a delivery. */
static ssize_t send_patiently(const SyslogSocket *to, const struct msghdr *message)
{
	ssize_t sent = sendmsg(to->fd, message, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent < 0 && errno == EAGAIN) {
		struct timeval second = { .tv_sec = 1 };

		setsockopt(to->fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
		sent = sendmsg(to->fd, message, MSG_NOSIGNAL);
	}
	return sent;
}

static bool open_stream(SyslogSocket *to)
{
	struct sockaddr_un address = address_of(to->path);

	close(to->fd);
	to->is_stream = true;
	to->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return to->fd >= 0 && connect(to->fd, (struct sockaddr *)&address, sizeof address) == 0;
}

/* Datagrams name their address each time: that outlives a daemon's restart.  On a stream a NUL ends a line.
 */
static bool send_packet(SyslogSocket *to, Slice packet)
{
	struct sockaddr_un address = address_of(to->path);
	struct iovec piece = { (void *)(size_t)packet.data, packet.length + to->is_stream };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

	if (!to->is_stream) {
		message.msg_name = &address;
		message.msg_namelen = sizeof address;
	}
	return send_patiently(to, &message) >= 0;
}

/* A datagram's address is not bound to what this asks: does the daemon read a stream? */
void syslog_socket_open(SyslogSocket *to)
{
	struct sockaddr_un address = address_of(to->path);
	int saved = errno;

	if (to->fd >= 0 || to->is_dead)
		return;
	to->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (to->fd >= 0 && connect(to->fd, (struct sockaddr *)&address, sizeof address) < 0 &&
	    errno == EPROTOTYPE)
		to->is_dead = !open_stream(to);
	errno = saved;
}

void syslog_socket_send(SyslogSocket *to, int priority, Slice line)
{
	AUTO_VALUE(Text) packet = { 0 };
	int saved = errno;

	if (to->is_dead)
		return;
	if (to->fd < 0)
		to->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	text_printf(&packet, "<%d>trommel[%d]: ", priority, (int)getpid());
	text_append_slice(&packet, line);
	if (to->fd < 0 || (!send_packet(to, text_slice(&packet)) &&
			   (errno != EPROTOTYPE || to->is_stream || !open_stream(to) ||
			    !send_packet(to, text_slice(&packet))))) {
		/* A line that is too long, or no memory, says nothing about the next one. */
		to->is_dead = to->is_stream || (errno != EMSGSIZE && errno != ENOBUFS && errno != ENOMEM);
	}
	errno = saved;
}

void syslog_socket_close(SyslogSocket *to)
{
	if (to->fd >= 0)
		close(to->fd);
	to->fd = -1;
	to->is_stream = to->is_dead = false;
}
