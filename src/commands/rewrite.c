#include "commands/rewrite.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/text.h"

/* Owner and group first: giving a file away clears the bits of set-id. */
static bool be_like(int fd, const struct stat *old, const char *path, Failure *why)
{
	struct stat now;

	if (fstat(fd, &now) < 0)
		return failure_errno(why, "look at '%s'", path);
	if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid) < 0)
		return failure_errno(why, "keep the owner of '%s'", path);
	if (fchmod(fd, old->st_mode & 07777) < 0)
		return failure_errno(why, "keep the mode of '%s'", path);
	return true;
}

static bool sync_directory(const char *path, Failure *why)
{
	auto_free char *copy = memory_copy_string(path);
	auto_fd int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return (fd >= 0 && fsync(fd) == 0) || failure_errno(why, "save the directory of '%s'", path);
}

/* Writes `draft`, and gives it the name. */
static bool replace(int *fd, const char *draft, const char *path, const struct stat *old, Slice text,
		    Failure *why)
{
	if (!be_like(*fd, old, path, why))
		return false;
	if (!io_write(*fd, text.data, text.length) || fsync(*fd) < 0 || !close_checked(fd))
		return failure_errno(why, "write '%s'", draft);
	if (rename(draft, path) < 0)
		return failure_errno(why, "write '%s'", path);
	return sync_directory(path, why);
}

bool rewrite_file(const char *path, Slice text, Failure *why)
{
	auto_free char *real = realpath(path, NULL);
	AUTO_VALUE(Text) draft = { 0 };
	struct stat old;
	bool done;

	if (!real || stat(real, &old) < 0)
		return failure_errno(why, "write '%s'", path);
	if (!S_ISREG(old.st_mode))
		return failure_set(why, FAILURE_USAGE, "5.6.0", "'%s' is no file that can be rewritten",
				   path);
	text_printf(&draft, "%s.XXXXXX", real);
	auto_fd int fd = mkostemp(draft.data, O_CLOEXEC);

	if (fd < 0)
		return failure_errno(why, "make a file beside '%s'", path);
	done = replace(&fd, draft.data, real, &old, text, why);
	if (!done)
		unlink(draft.data);
	return done;
}

bool rewrite_print(Slice text, Failure *why)
{
	if (fwrite(text.data, 1, text.length, stdout) == text.length && fflush(stdout) == 0)
		return true;
	return failure_errno(why, "write");
}
