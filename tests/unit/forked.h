/* forked - a story that ends its process is told in a child: how it ended, and what it said */
#ifndef TESTS_FORKED_H
#define TESTS_FORKED_H

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Outcome {
	int status; /* -1 when a signal ended it */
	int signal;
	char said[4000]; /* on standard error */
} Outcome;

/* Runs `story`; a process that does not end in 20 s is killed.  A story that returns ends with 0. */
static inline Outcome forked(void (*story)(void *with), void *with)
{
	Outcome outcome = { .status = -1 };
	size_t length = 0;
	int said[2], raw = 0;
	ssize_t got;

	ck_assert_int_eq(pipe(said), 0);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		dup2(said[1], 2);
		close(said[0]);
		close(said[1]);
		story(with);
		_exit(0);
	}
	close(said[1]);
	struct pollfd more = { .fd = said[0], .events = POLLIN };
	while (poll(&more, 1, 20000) > 0 &&
	       (got = read(said[0], outcome.said + length, sizeof outcome.said - 1 - length)) > 0)
		length += (size_t)got;
	if (poll(&more, 1, 0) == 0)
		kill(child, SIGKILL);
	close(said[0]);
	ck_assert_int_eq(waitpid(child, &raw, 0), child);
	if (WIFEXITED(raw))
		outcome.status = WEXITSTATUS(raw);
	else
		outcome.signal = WTERMSIG(raw);
	return outcome;
}

/* A scratch directory for one test, and its end. */
static char scratch[200];

static inline void scratch_make(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(scratch, sizeof scratch, "%s/trommel-test.XXXXXX", base && *base ? base : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
}

static inline void scratch_remove_in(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;

	for (struct dirent *entry; listing && (entry = readdir(listing));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			scratch_remove_in(fd, entry->d_name);
	if (listing)
		closedir(listing);
	unlinkat(dir, name, fd >= 0 ? AT_REMOVEDIR : 0);
}

static inline void scratch_remove(void)
{
	scratch_remove_in(AT_FDCWD, scratch);
}

/* The path of `name` in the scratch directory; good for four at a time. */
static inline const char *in_scratch(const char *name)
{
	static char paths[4][400];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
	return path;
}

static inline void write_scratch(const char *name, const char *content, mode_t mode)
{
	int fd = open(in_scratch(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static inline bool exists(const char *name)
{
	return access(in_scratch(name), F_OK) == 0;
}

#endif
