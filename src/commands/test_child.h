/* test_child - a file of tests in a process of its own, so that one that crashes or never ends is one failed
 * file */
#ifndef COMMANDS_TEST_CHILD_H
#define COMMANDS_TEST_CHILD_H

#include <stdbool.h>

#include "base/failure.h"
#include "commands/testbed.h"

typedef struct TestChildOptions {
	const Config *config;
	const User *user;
	const char *keep;   /* a directory below which the mail-stores stay; NULL: they are removed */
	unsigned timeout_s; /* by the clock on the wall, and of processor time */
} TestChildOptions;

/* Runs `file`, the `number`th, and hands its events to `listener`, in this process, in order.  However the
 * process ends, TEST_ENDED comes last; before it TEST_CRASHED when it ended badly.  False and `why` when
 * it could not be started. */
bool test_child_run(const char *file, unsigned number, const TestChildOptions *options,
		    const TestListener *listener, Failure *why);

#endif
