/* failure - why something could not be done, and what the MTA is to make of it
 *
 * A Failure lives on the caller's stack and never allocates: it has to work when
 * nothing else does.  Whoever first sees the error decides what it means;
 * everyone above passes it on and adds only what the layer below could not know.
 * Every setter returns false, so that failing is one line. */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum FailureKind {
	FAILURE_NONE,
	FAILURE_RETRY,   /* this system, at this moment: 75 */
	FAILURE_REFUSED, /* refused for good, by the rules or the site: 77 */
	FAILURE_NO_USER, /* the look-up worked, and there is no such user: 67 */
	FAILURE_USAGE,   /* a wrong command line: 64 by hand, 75 under an MTA */
} FailureKind;

enum {
	FAILURE_TEXT_MAX = 600
};

typedef struct Failure {
	FailureKind kind;
	int error;                   /* the errno behind it, or 0 */
	char code[12];               /* RFC 3463 status, such as "4.3.0" */
	char text[FAILURE_TEXT_MAX]; /* one line; a longer one ends in "..." */
} Failure;

/* Sets `why` to a failure of `kind` with an RFC 3463 `code`.  Returns false. */
bool failure_set(Failure *why, FailureKind kind, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Something to try again later: RETRY with code 4.3.0.  Returns false. */
bool failure_retry(Failure *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, from errno: appends ": " and its text.  A full disk or quota gets
 * code 4.2.2, anything else 4.3.0.  Returns false; errno is kept. */
bool failure_errno(Failure *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds ", " and what the caller knows to a failure already set.  Returns false. */
bool failure_add(Failure *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Will what failed like this fail tomorrow as well (no right to it, not what it ought to be)?  What may pass,
 * and what is not known to last, is worth another try. */
bool failure_lasts(const Failure *why);

/* The exit status for delivery: 0, 75, 77, 67 or 64. */
int failure_exit_status(const Failure *why);

#endif
