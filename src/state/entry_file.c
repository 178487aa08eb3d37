#include "state/entry_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define FIRST_LINE "trommel state 1\n"

enum {
	FILE_BYTES_MAX = 2048
};

/* The path of a file, for people. */
static void path_of(int dir_fd, const char *name, char path[PATH_MAX])
{
	char link[32];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", dir_fd);
	length = readlink(link, path, PATH_MAX - ENTRY_NAME_BYTES - 2);
	snprintf(path + (length > 0 ? length : 0), ENTRY_NAME_BYTES + 2, "%s%s", length > 0 ? "/" : "", name);
}

/* Returns false; errno is kept. */
static bool fail(const char *what, int dir_fd, const char *name, Failure *why)
{
	int error = errno;
	char path[PATH_MAX];

	path_of(dir_fd, name, path);
	errno = error;
	return failure_errno(why, "%s '%s'", what, path);
}

/* ---- reading ---- */

/* Copies the line at `*at`, without its end, and goes on to the next. */
static bool take_line(const char **at, char *line, size_t size)
{
	size_t length = strcspn(*at, "\n");

	if ((*at)[length] != '\n' || length >= size)
		return false;
	memcpy(line, *at, length);
	line[length] = '\0';
	*at += length + 1;
	return true;
}

static bool take_number(const char **at, int64_t *number)
{
	char line[32], *end;

	if (!take_line(at, line, sizeof line))
		return false;
	errno = 0;
	*number = strtoll(line, &end, 10);
	return errno == 0 && end != line && !*end;
}

static bool parse(const char *text, EntryFile *entry)
{
	char end[8];

	if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
		return false;
	text += strlen(FIRST_LINE);
	return take_number(&text, &entry->changed) && take_number(&text, &entry->expires) &&
	       take_line(&text, entry->token, sizeof entry->token) &&
	       take_line(&text, entry->holder, sizeof entry->holder) &&
	       take_line(&text, entry->about, sizeof entry->about) && take_line(&text, end, sizeof end) &&
	       strcmp(end, "end") == 0;
}

static EntryFound broken(int dir_fd, const char *name, const char *text, const struct stat *status,
			 EntryFile *entry, Failure *why)
{
	char path[PATH_MAX];

	path_of(dir_fd, name, path);
	*entry = (EntryFile){ .changed = status->st_mtime };
	snprintf(entry->token, sizeof entry->token, "b%llx-%llx-%llx", (unsigned long long)status->st_ino,
		 (unsigned long long)status->st_ctim.tv_sec, (unsigned long long)status->st_ctim.tv_nsec);
	if (strncmp(text, "trommel state ", 14) == 0 && strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
		failure_retry(why,
			      "'%s' is of a newer version of trommel; install that one again, or remove it",
			      path);
	else
		failure_retry(why, "'%s' is damaged; remove it", path);
	return ENTRY_BROKEN;
}

EntryFound entry_file_read(int dir_fd, const char *name, EntryFile *entry, Failure *why)
{
	auto_fd int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC);
	char text[FILE_BYTES_MAX];
	struct stat status;
	ssize_t got;

	if (fd < 0 && errno == ENOENT)
		return ENTRY_ABSENT;
	if (fd < 0 || fstat(fd, &status) < 0) {
		fail("open", dir_fd, name, why);
		return ENTRY_FAILED;
	}
	got = S_ISREG(status.st_mode) ? io_read(fd, text, sizeof text - 1) : 0;
	if (got < 0) {
		fail("read", dir_fd, name, why);
		return errno == ESTALE ? ENTRY_ABSENT : ENTRY_FAILED; /* removed on another machine */
	}
	text[got] = '\0';
	*entry = (EntryFile){ 0 };
	return parse(text, entry) ? ENTRY_THERE : broken(dir_fd, name, text, &status, entry, why);
}

/* ---- writing ---- */

bool entry_token_make(char token[ENTRY_TOKEN_BYTES], Failure *why)
{
	unsigned char random[16];

	if (getrandom(random, sizeof random, 0) != sizeof random)
		return failure_errno(why, "make a name");
	for (size_t i = 0; i < sizeof random; i++)
		snprintf(token + 2 * i, 3, "%02x", random[i]);
	return true;
}

static bool write_content(int *fd, const EntryDraft *draft, bool flush)
{
	return io_write(*fd, draft->content.data, draft->content.length) && (!flush || fsync(*fd) == 0);
}

bool entry_draft_write(EntryDraft *draft, int dir_fd, const EntryFile *entry, bool flush, Failure *why)
{
	/* Where count and prune find them without opening each. */
	const struct timespec times[2] = { { .tv_sec = entry->expires }, { .tv_sec = entry->changed } };
	auto_fd int fd = -1;
	struct stat status;

	draft->dir_fd = dir_fd;
	text_printf(&draft->content, FIRST_LINE "%lld\n%lld\n%s\n%s\n%s\nend\n", (long long)entry->changed,
		    (long long)entry->expires, entry->token, entry->holder, entry->about);
	snprintf(draft->name, sizeof draft->name, "t-%s", entry->token);
	fd = openat(dir_fd, draft->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		draft->name[0] = '\0';
		return fail("make a file in", dir_fd, "", why);
	}
	if (!write_content(&fd, draft, false) || (futimens(fd, times) < 0 && errno != EINVAL) ||
	    (flush && fsync(fd) < 0) || fstat(fd, &status) < 0 || !close_checked(&fd))
		return fail("write a file in", dir_fd, "", why);
	draft->inode = status.st_ino;
	return true;
}

/* For file systems without hard links: there is an instant at which the file is there and empty. */
static bool write_in_place(EntryDraft *draft, const char *name, Failure *why)
{
	auto_fd int fd = openat(draft->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				0600);

	if (fd < 0)
		return errno != EEXIST ? fail("make", draft->dir_fd, name, why) : false;
	if (write_content(&fd, draft, false) && close_checked(&fd))
		return true;
	fail("write", draft->dir_fd, name, why);
	unlinkat(draft->dir_fd, name, 0);
	return false;
}

bool entry_draft_link(EntryDraft *draft, const char *name, Failure *why)
{
	struct stat status;
	int error;

	if (linkat(draft->dir_fd, draft->name, draft->dir_fd, name, 0) == 0)
		return true;
	error = errno;
	if (fstatat(draft->dir_fd, draft->name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_nlink == 2)
		return true;
	if (error == EPERM || error == EOPNOTSUPP || error == ENOSYS)
		return write_in_place(draft, name, why);
	errno = error;
	return error != EEXIST ? fail("make", draft->dir_fd, name, why) : false;
}

bool entry_draft_rename(EntryDraft *draft, const char *name, Failure *why)
{
	struct stat status;
	int error;

	if (renameat(draft->dir_fd, draft->name, draft->dir_fd, name) < 0) {
		error = errno;
		if (fstatat(draft->dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
		    status.st_ino != draft->inode) {
			errno = error;
			return fail("write", draft->dir_fd, name, why);
		}
	}
	draft->name[0] = '\0';
	return true;
}

void entry_draft_clear(EntryDraft *draft)
{
	int error = errno;

	if (draft->name[0])
		unlinkat(draft->dir_fd, draft->name, 0);
	draft->name[0] = '\0';
	text_clear(&draft->content);
	errno = error;
}
