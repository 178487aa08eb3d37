#include "base/io.h"

#include <errno.h>
#include <unistd.h>

ssize_t io_read(int fd, void *buffer, size_t size_bytes)
{
	size_t done = 0;

	while (done < size_bytes) {
		ssize_t got = read(fd, (char *)buffer + done, size_bytes - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

ssize_t io_read_at(int fd, void *buffer, size_t size_bytes, off_t offset)
{
	size_t done = 0;

	while (done < size_bytes) {
		ssize_t got = pread(fd, (char *)buffer + done, size_bytes - done, offset + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

bool io_write(int fd, const void *bytes, size_t size_bytes)
{
	struct iovec piece = { .iov_base = (void *)(size_t)bytes, .iov_len = size_bytes };

	return io_write_vector(fd, &piece, 1);
}

bool io_write_at(int fd, const void *bytes, size_t size_bytes, off_t offset)
{
	size_t done = 0;

	while (done < size_bytes) {
		ssize_t written = pwrite(fd, (const char *)bytes + done, size_bytes - done,
					 offset + (off_t)done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			if (written == 0)
				errno = EIO;
			return false;
		}
		done += (size_t)written;
	}
	return true;
}

bool io_write_vector(int fd, struct iovec *pieces, int count)
{
	while (count > 0) {
		ssize_t written;

		if (pieces->iov_len == 0) {
			pieces++;
			count--;
			continue;
		}
		written = writev(fd, pieces, count);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			if (written == 0)
				errno = EIO; /* a device that takes nothing would keep us here */
			return false;
		}
		while (count > 0 && (size_t)written >= pieces->iov_len) {
			written -= (ssize_t)pieces->iov_len;
			pieces++;
			count--;
		}
		if (count > 0 && written > 0) {
			pieces->iov_base = (char *)pieces->iov_base + written;
			pieces->iov_len -= (size_t)written;
		}
	}
	return true;
}

bool io_read_file(int fd, const char *name, size_t limit_bytes, Text *text, Failure *why)
{
	for (;;) {
		size_t room = text->length + 16384 <= limit_bytes + 1 ? 16384
								      : limit_bytes + 1 - text->length;
		ssize_t got = io_read(fd, text_reserve(text, room), room);

		if (got < 0)
			return failure_errno(why, "read '%s'", name);
		text->length += (size_t)got;
		text->data[text->length] = '\0';
		if (text->length > limit_bytes)
			return failure_retry(why, "'%s' is larger than the limit of %zu bytes", name,
					     limit_bytes);
		if ((size_t)got < room)
			return true;
	}
}
