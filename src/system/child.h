/* child - programs that are run: no shell, own process group, a deadline, a clean environment */
#ifndef SYSTEM_CHILD_H
#define SYSTEM_CHILD_H

#include <stdbool.h>

#include "base/failure.h"
#include "base/text.h"

typedef struct ChildSpec {
	const char *const *argv;        /* argv[0] is an absolute path; ends in NULL */
	const char *const *environment; /* ends in NULL */
	/* Writes the child's standard input to `fd`; NULL: /dev/null.  A child that does not read all
	 * of it (EPIPE) is no failure of its own. */
	bool (*feed)(void *self, int fd, Failure *why);
	void *self;
	unsigned timeout_s; /* then its process group is killed */
} ChildSpec;

typedef struct ChildResult {
	int status; /* exit status, or -1 when a signal ended it */
	int signal;
	bool timed_out;
	char output[512]; /* the beginning of what it wrote to stdout and stderr, one line, printable */
} ChildResult;

/* Runs it to its end.  False only when it could not be started or fed; what it said is in
 * `result`. */
bool child_run(const ChildSpec *spec, ChildResult *result, Failure *why);

#endif
