#include "mailbox/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/text.h"
#include "mailbox/mbox_reader.h"

/* --- one file --- */

enum {
	BEGINNING_BYTES = 512 /* the longest From_ line */
};

static bool visit_mbox(const char *name, int fd, SourceVisit visit, void *self, Failure *why)
{
	AUTO_VALUE(MboxReader) reader = { .line_length = -1 };
	AUTO_VALUE(Text) bytes = { 0 };
	bool found = true;

	if (!mbox_reader_init(&reader, fd, why))
		return failure_add(why, "'%s'", name);
	for (size_t number = 1; found; number++) {
		AUTO_VALUE(Message) message = { .fd = -1, .spool_fd = -1 };

		if (!mbox_reader_next(&reader, &bytes, &found, why))
			return failure_add(why, "'%s', message %zu", name, number);
		if (!found)
			break;
		message_from_bytes(&message, text_slice(&bytes));
		if (!visit(self, &(Sourced){ name, number, &message }, why))
			return false;
	}
	return true;
}

static bool visit_message(const char *name, int fd, SourceVisit visit, void *self, Failure *why)
{
	AUTO_VALUE(Message) message = { .fd = -1, .spool_fd = -1 };

	if (!message_receive(&message, fd, NULL, why))
		return failure_add(why, "'%s'", name);
	return visit(self, &(Sourced){ name, 0, &message }, why);
}

static bool visit_regular(const char *name, int fd, SourceVisit visit, void *self, Failure *why)
{
	char beginning[BEGINNING_BYTES];
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t got = at < 0 ? -1 : io_read_at(fd, beginning, sizeof beginning, at);

	if (got < 0)
		return failure_errno(why, "read '%s'", name);
	if (mbox_reader_knows(slice(beginning, (size_t)got)))
		return visit_mbox(name, fd, visit, self, why);
	return visit_message(name, fd, visit, self, why);
}

static bool visit_file(int dir, const char *base, const char *name, SourceVisit visit, void *self,
		       Failure *why)
{
	auto_fd int fd = openat(dir, base, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat file;

	if (fd < 0)
		return failure_errno(why, "read '%s'", name);
	if (fstat(fd, &file) < 0 || !S_ISREG(file.st_mode))
		return failure_retry(why, "'%s' is neither a file nor a Maildir", name);
	return visit_regular(name, fd, visit, self, why);
}

/* --- standard input --- */

/* What comes through a pipe is kept in memory, but in pages that can be swapped and that no process limit
 * counts: it is read once and forgotten. */
static bool keep(int from, int to, Failure *why)
{
	char buffer[65536];
	ssize_t got;

	while ((got = io_read(from, buffer, sizeof buffer)) > 0)
		if (!io_write(to, buffer, (size_t)got))
			return failure_errno(why, "keep standard input");
	if (got < 0)
		return failure_errno(why, "read standard input");
	return lseek(to, 0, SEEK_SET) == 0 || failure_errno(why, "keep standard input");
}

static bool visit_standard_input(SourceVisit visit, void *self, Failure *why)
{
	auto_fd int kept = -1;
	struct stat file;

	if (fstat(STDIN_FILENO, &file) < 0)
		return failure_errno(why, "read standard input");
	if (S_ISREG(file.st_mode))
		return visit_regular("-", STDIN_FILENO, visit, self, why);
	kept = memfd_create("trommel", MFD_CLOEXEC);
	if (kept < 0)
		return failure_errno(why, "keep standard input");
	return keep(STDIN_FILENO, kept, why) && visit_regular("-", kept, visit, self, why);
}

/* --- a Maildir --- */

static bool is_message(const char *name)
{
	return name[0] != '.';
}

/* The messages in cur/ or new/.  One that is gone was moved by a reader meanwhile: it was there, and will be
 * met again elsewhere or not at all. */
static bool visit_directory(const char *maildir, const char *part, SourceVisit visit, void *self,
			    Failure *why)
{
	AUTO_VALUE(Text) path = { 0 };
	AUTO_VALUE(Names) names = { 0 };
	DIR *listing;
	bool good;

	text_printf(&path, "%s/%s", maildir, part);
	listing = opendir(text_string(&path));
	if (!listing)
		return errno == ENOENT || failure_errno(why, "list '%s'", text_string(&path));
	/* sorted, so that the same mail gives the same report */
	good = names_read(listing, is_message, SIZE_MAX, &names) ||
	       failure_errno(why, "list '%s'", text_string(&path));
	for (size_t i = 0; good && i < names.count; i++) {
		AUTO_VALUE(Text) name = { 0 };

		if (faccessat(dirfd(listing), names.items[i], F_OK, 0) < 0 && errno == ENOENT)
			continue;
		text_printf(&name, "%s/%s", text_string(&path), names.items[i]);
		good = visit_file(dirfd(listing), names.items[i], text_string(&name), visit, self, why);
	}
	closedir(listing);
	return good;
}

static bool has_directory(const char *maildir, const char *part)
{
	AUTO_VALUE(Text) path = { 0 };
	struct stat it;

	text_printf(&path, "%s/%s", maildir, part);
	return stat(text_string(&path), &it) == 0 && S_ISDIR(it.st_mode);
}

static bool visit_maildir(const char *path, SourceVisit visit, void *self, Failure *why)
{
	if (!has_directory(path, "cur") && !has_directory(path, "new"))
		return failure_retry(why, "'%s' is a directory, and no Maildir: it has neither cur/ nor new/",
				     path);
	return visit_directory(path, "new", visit, self, why) &&
	       visit_directory(path, "cur", visit, self, why);
}

bool source_each(const char *path, SourceVisit visit, void *self, Failure *why)
{
	struct stat it;

	if (strcmp(path, "-") == 0)
		return visit_standard_input(visit, self, why);
	if (stat(path, &it) == 0 && S_ISDIR(it.st_mode))
		return visit_maildir(path, visit, self, why);
	return visit_file(AT_FDCWD, path, path, visit, self, why);
}
