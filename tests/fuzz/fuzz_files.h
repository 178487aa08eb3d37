/* fuzz_files - a directory of its own for what reads and writes files */
#ifndef TESTS_FUZZ_FILES_H
#define TESTS_FUZZ_FILES_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "fuzz.h"

/* Nothing here has to outlive a power cut. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	(void)fd;
	return 0;
}

/* Its path; `run` removes it. */
static inline const char *fuzz_place(void)
{
	static char path[200];
	const char *base = getenv("TMPDIR");

	if (!*path) {
		snprintf(path, sizeof path, "%s/fuzz.XXXXXX", base && *base ? base : "/tmp");
		LAW(mkdtemp(path) != NULL);
	}
	return path;
}

static inline void fuzz_empty(int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = fd < 0 ? NULL : fdopendir(fd);

	LAW(listing != NULL);
	for (struct dirent *entry; (entry = readdir(listing));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(directory, entry->d_name, 0) == 0)
			continue;
		auto_fd int inner = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		LAW(inner >= 0);
		fuzz_empty(inner);
		LAW(unlinkat(directory, entry->d_name, AT_REMOVEDIR) == 0);
	}
	closedir(listing);
}

/* The directory, empty; the caller's. */
static inline int fuzz_directory(void)
{
	int fd = open(fuzz_place(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	LAW(fd >= 0);
	fuzz_empty(fd);
	return fd;
}

static inline void fuzz_write(int directory, const char *name, Slice bytes)
{
	auto_fd int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	LAW(fd >= 0 && io_write(fd, bytes.data, bytes.length), "%s", name);
}

/* False: it is not there. */
static inline bool fuzz_read(int directory, const char *name, Text *content)
{
	auto_fd int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	Failure why = { 0 };

	text_reset(content);
	if (fd < 0)
		return false;
	LAW(io_read_file(fd, name, 16 * 1024 * 1024, content, &why), "%s", why.text);
	return true;
}

/* The only name that is in it, "" when there is none. */
static inline void fuzz_only_name(int directory, char name[NAME_MAX + 1])
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = fd < 0 ? NULL : fdopendir(fd);

	LAW(listing != NULL);
	*name = '\0';
	for (struct dirent *entry; (entry = readdir(listing));)
		if (entry->d_name[0] != '.') {
			LAW(!*name, "'%s' and '%s'", name, entry->d_name);
			snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
		}
	closedir(listing);
}

/* A string, at most `most` bytes of the choices without their NULs, in `arena`. */
static inline const char *fuzz_string(FuzzChoices *choices, size_t most, Arena *arena)
{
	Slice bytes = fuzz_bytes(choices, most);

	return arena_copy_bytes(arena, bytes.data, strnlen(bytes.data, bytes.length));
}

#endif
