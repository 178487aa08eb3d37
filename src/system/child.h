/* child - programs that are run: no shell, own process group, a deadline, a clean environment
 *
 * Standard input is a pipe that a second process fills, so neither side can wait for the other for
 * ever, and a message of any size takes no memory and no disk.  The pipe's end is held open here until
 * that process has said that all was written: a program never takes half a message for a whole one.
 * When anything fails before, the program is killed first. */
#ifndef SYSTEM_CHILD_H
#define SYSTEM_CHILD_H

#include <stdbool.h>

#include "base/failure.h"
#include "base/text.h"

typedef struct ChildSpec {
	const char *const *argv;        /* argv[0] is an absolute path; ends in NULL */
	const char *const *environment; /* ends in NULL */
	/* Writes the child's standard input to `fd`; NULL: /dev/null.  It runs in a process of its own: what
	 * it changes in memory is lost, and a file's position is shared, so it reads with pread.  A child
	 * that does not read all of it is no failure of its own: see `left_input`. */
	bool (*feed)(void *self, int fd, Failure *why);
	void *self;
	unsigned timeout_s; /* then its process group is killed */
	/* Gets all that it writes to stdout, at most `output_max` bytes: more, and its process group is
	 * killed.  NULL: nobody wants it. */
	Text *output;
	size_t output_max;
} ChildSpec;

typedef struct ChildResult {
	int status; /* exit status, or -1 when a signal ended it */
	int signal;
	bool timed_out;
	bool too_long;    /* what it wrote */
	bool left_input;  /* it ended before it had read its input to the end */
	char output[512]; /* the beginning of what it wrote to stderr, and to stdout when nobody wants that:
			   * one line, printable */
} ChildResult;

/* Runs it to its end, in the current directory, without the spool's group; processes that it leaves in the
 * background are let be.  False (RETRY) only when it could not be started or fed; what it said is in
 * `result`. */
bool child_run(const ChildSpec *spec, ChildResult *result, Failure *why);

#endif
