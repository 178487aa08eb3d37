#include "delivery/poison.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "delivery/trace.h"
#include "mailbox/beneath.h"
#include "system/crash_guard.h"

enum {
	MARK_BYTES = DIGEST_HEX + 2, /* the digest, a dot, a digit and a NUL */
	SWEEP_MAX = 1000,
};

/* What the handler of a signal needs, where it can be found. */
static char directory[PATH_MAX];
static size_t home_length;
static const Message *watched;
static const HeaderIndex *fields;

/* The header tells messages apart well enough, and is in memory.  Async-signal-safe. */
static void make_mark(char mark[MARK_BYTES], unsigned number)
{
	const off_t body_bytes = watched->size_bytes - watched->body_offset;
	unsigned char bytes[DIGEST_BYTES];
	Digest digest;

	digest_begin(&digest);
	for (size_t i = 0; i < fields->count; i++)
		if (!trace_is_of_one_try(&fields->fields[i]))
			digest_add(&digest, fields->fields[i].raw);
	digest_add(&digest, slice((const char *)&body_bytes, sizeof body_bytes));
	digest_end(&digest, bytes);
	digest_hex(bytes, mark);
	mark[2 * DIGEST_BYTES] = '.';
	mark[2 * DIGEST_BYTES + 1] = (char)('0' + number);
	mark[2 * DIGEST_BYTES + 2] = '\0';
}

/* Makes what is missing below the home.  Async-signal-safe. */
static int make_directory(void)
{
	char path[PATH_MAX];

	memcpy(path, directory, sizeof path);
	for (char *at = path + home_length + 1; *at; at++)
		if (*at == '/') {
			*at = '\0';
			mkdir(path, 0700);
			*at = '/';
		}
	mkdir(path, 0700);
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The crash guard's last act. */
static void leave_mark(void)
{
	char mark[MARK_BYTES];
	int fd = make_directory();

	for (unsigned i = 1; i <= POISON_MARKS && fd >= 0; i++) {
		make_mark(mark, i);
		if (openat(fd, mark, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600) >= 0)
			return;
	}
}

void poison_watch(const char *state, const char *home, const Message *message, const HeaderIndex *header)
{
	const size_t length = strlen(home);

	if (!state ||
	    snprintf(directory, sizeof directory, "%s/" POISON_DIRECTORY, state) >= (int)sizeof directory) {
		*directory = '\0';
		return;
	}
	home_length = strncmp(directory, home, length) == 0 && directory[length] == '/' ? length : 0;
	watched = message;
	fields = header;
	crash_guard_on_fault(leave_mark);
}

/* Whoever could write there could switch a user's rules off for a message. */
static bool is_ours(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
	       !(status.st_mode & (S_IWGRP | S_IWOTH));
}

static int open_directory(void)
{
	auto_fd int place = *directory ? directory_open(directory, NULL) : -1;
	auto_fd int fd = place < 0 ? -1 : openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && is_ours(fd) ? TAKE_FD(fd) : -1;
}

unsigned poison_count(void)
{
	auto_fd int fd = open_directory();
	char mark[MARK_BYTES];
	unsigned count = 0;

	for (; fd >= 0 && count < POISON_MARKS; count++) {
		make_mark(mark, count + 1);
		if (faccessat(fd, mark, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			break;
	}
	return count;
}

static void sweep(DIR *listing, int64_t before)
{
	struct dirent *entry;
	struct stat status;

	for (unsigned i = 0; i < SWEEP_MAX && (entry = readdir(listing)); i++)
		if (entry->d_name[0] != '.' &&
		    fstatat(dirfd(listing), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    status.st_mtime < before)
			unlinkat(dirfd(listing), entry->d_name, 0);
}

void poison_forget(int64_t before)
{
	int fd = open_directory();
	DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;
	char mark[MARK_BYTES];

	if (!listing) {
		cleanup_fd(&fd);
		return;
	}
	for (unsigned i = 1; i <= POISON_MARKS; i++) {
		make_mark(mark, i);
		unlinkat(fd, mark, 0);
	}
	sweep(listing, before);
	closedir(listing);
	rmdir(directory); /* unless there are others */
}
