/* testbed - one file of tests, with all that its scripts see: a message, a mail-store, settings, outgoing
 * mail
 *
 * Nothing leaves it: mail is stored in a scratch directory, and what would be sent is kept.  It runs in the
 * present process, which is meant for this file alone (test_child.h). */
#ifndef COMMANDS_TESTBED_H
#define COMMANDS_TESTBED_H

#include <stdint.h>

#include "base/slice.h"
#include "system/config.h"
#include "system/users.h"

typedef enum TestEvent {
	TEST_BEGINS,      /* a block; text: its name */
	TEST_PASSED,      /* the block */
	TEST_FAILED,      /* the block; text: why */
	TEST_FILE_FAILED, /* the file as a whole; text: why */
	TEST_CRASHED,     /* the same: it did not come to its end */
	TEST_SHOWN,       /* something for people to see */
	TEST_ENDED,       /* the file has been run to its end, or was left by a "stop" */
} TestEvent;

typedef struct TestListener {
	void (*hear)(void *self, TestEvent event, uint32_t line, Slice text);
	void *self;
} TestListener;

typedef struct TestbedOptions {
	const char *scratch;  /* an empty directory that is the user's own; absolute */
	const Config *config; /* what all tests begin with */
	const User *user;
} TestbedOptions;

/* Runs the tests of `file` and tells of each.  The last event is TEST_ENDED, whatever happened. */
void testbed_run(const char *file, const TestbedOptions *options, const TestListener *listener);

#endif
