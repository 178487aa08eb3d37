#include "delivery/user_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/io.h"
#include "message/date.h"

enum {
	USER_LOG_BYTES = 256 * 1024,
	USER_LOG_ENTRY = 16 * 1024
};

static int open_log(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		    0600);
}

static bool is_ours(int fd, uid_t owner, off_t *size)
{
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return false;
	*size = status.st_size;
	return S_ISREG(status.st_mode) && status.st_nlink == 1 && status.st_uid == owner;
}

static void rotate(const char *path, int *fd)
{
	AUTO_VALUE(Text) old = { 0 };

	text_printf(&old, "%s.0", path);
	if (rename(path, text_string(&old)) < 0)
		return;
	close(*fd);
	*fd = open_log(path);
}

int user_log_open(const char *path, uid_t owner)
{
	auto_fd int fd = open_log(path);
	off_t size = 0;

	if (!is_ours(fd, owner, &size))
		return -1;
	if (size > USER_LOG_BYTES) {
		rotate(path, &fd);
		/* What stands there now may be another's. */
		if (!is_ours(fd, owner, &size))
			return -1;
	}
	return TAKE_FD(fd);
}

void user_log_append_to(int fd, int64_t now, const char *text)
{
	AUTO_VALUE(Text) entry = { 0 };

	date_write_rfc5322(now, date_local_zone(now), &entry);
	text_append_string(&entry, ":\n");
	for (const char *c = text; *c && entry.length < USER_LOG_ENTRY; c++)
		text_append_char(&entry, ascii_is_control(*c) && *c != '\n' && *c != '\t' ? '?' : *c);
	if (entry.data[entry.length - 1] != '\n')
		text_append_char(&entry, '\n');
	(void)io_write(fd, entry.data, entry.length);
}

void user_log_append(const char *path, uid_t owner, int64_t now, const char *text)
{
	auto_fd int fd = user_log_open(path, owner);

	if (fd >= 0)
		user_log_append_to(fd, now, text);
}
