/* testbed - what a test of rules steers the engine with: for `trommel test` and the extension that its files
 * use
 *
 * The language of tests (extensions/testsuite.c) runs scripts and keeps their result; whoever plays the
 * testbed has the message, the mail-store, the outgoing mail and the settings.  It owns run->input, and
 * changes what that points to when it is told to. */
#ifndef SIEVE_TESTBED_H
#define SIEVE_TESTBED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/slice.h"
#include "plan/plan.h"
#include "sieve/sieve.h"

/* What test_set sets. */
typedef enum SieveTestObject {
	SIEVE_TEST_MESSAGE,
	SIEVE_TEST_FROM,
	SIEVE_TEST_TO,
	SIEVE_TEST_ORIGINAL_TO,
	SIEVE_TEST_AUTH,
	SIEVE_TEST_DSN_NOTIFY, /* what RFC 3461 and RFC 2852 add to an envelope, as an MTA hands it over */
	SIEVE_TEST_DSN_ORCPT,
	SIEVE_TEST_DSN_RET,
	SIEVE_TEST_DSN_ENVID,
	SIEVE_TEST_DELIVER_BY,
} SieveTestObject;

/* The errors of the scripts under test, and of carrying out what they decided. */
typedef struct SieveTestErrors {
	struct SieveTestError {
		const char *text;  /* what tests look at */
		const char *place; /* "file:line:column: " for people, or "" */
	} * items;
	size_t count, capacity;
	Arena *arena;
} SieveTestErrors;

/* Adds a copy. */
void sieve_test_error(SieveTestErrors *errors, Slice place, const char *text);

/* A function that gives a bool and has a `why` has failed when it gives false; the file's test is over then,
 * unless it says otherwise here. */
typedef struct SieveTestbed {
	void *self;
	const char *directory; /* that of the file, absolute: ${tst.path} */

	/* A block begins; it ends well; it, or the file when none is open, fails in `line`. */
	void (*begin)(void *self, Slice name, uint32_t line);
	void (*end)(void *self);
	void (*fail)(void *self, Slice reason, uint32_t line);
	/* Shows people something. */
	void (*show)(void *self, Slice text);

	/* Another message, which the envelope is taken from, or another part of the envelope.  What is no
	 * address is not set; that is no failure. */
	void (*set)(void *self, SieveTestObject object, Slice value);
	/* Makes a message the present one: the one that was sent as `index` since forget_sent, or the one
	 * that was stored in `folder` as `index`, both from 0.  False: there is none; when there is not even
	 * such a folder, the message that files begin with has become the present one. */
	bool (*take_sent)(void *self, uint64_t index);
	bool (*take_stored)(void *self, Slice folder, uint64_t index, Failure *why);
	void (*forget_sent)(void *self);

	/* Compiles the script at `path`.  NULL: it has errors, which have been added. */
	const SieveScript *(*compile)(void *self, Slice path, SieveTestErrors *errors);
	/* Before and behind a run of a script under test: its processor time is limited. */
	void (*start_clock)(void *self);
	void (*stop_clock)(void *self);
	/* Carries out `plan`, all of it.  False: some of it could not be, and the errors say why. */
	bool (*carry_out)(void *self, const Plan *plan, SieveTestErrors *errors);

	/* The mail-store. */
	bool (*make_folder)(void *self, Slice name, Failure *why);
	bool (*annotate)(void *self, Slice folder, Slice annotation, Slice value, Failure *why);

	/* Stores a setting, or takes it back (NULL data); what is stored is in force after `reload`, which
	 * gives the setup that scripts have from now on, or NULL and `why`. */
	void (*configure)(void *self, Slice name, Slice value);
	const SieveSetup *(*reload)(void *self, Failure *why);
} SieveTestbed;

#endif
