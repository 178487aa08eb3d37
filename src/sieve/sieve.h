/* sieve - the language as seen from outside: compile, ask what it needs, run
 * RFC 5228 and the extensions in sieve/extensions/ */
#ifndef SIEVE_SIEVE_H
#define SIEVE_SIEVE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/text.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/message.h"
#include "message/mime.h"
#include "plan/plan.h"
#include "plan/steps.h"
#include "plan/world.h"

typedef struct SieveScript SieveScript;

typedef enum SieveSeverity {
	SIEVE_ERROR,
	SIEVE_WARNING
} SieveSeverity;

/* A change of the source that mends a finding: `length` bytes at `offset` become `text`. */
typedef struct SieveChange {
	uint32_t offset, length;
	const char *text;
} SieveChange;

/* One finding.  All of a script's are reported, not the first alone. */
typedef struct SieveFinding {
	SieveSeverity severity;
	const char *name;      /* of its kind: "unreachable" (warnings.h), "syntax" */
	bool is_syntax;        /* it is against the grammar, whatever the words mean */
	bool is_stray;         /* a byte that means nothing, */
	bool spoils;           /* and stands within a command: two mistakes to other engines */
	const char *file;      /* as the caller called it */
	uint32_t line, column; /* from 1; columns count characters */
	uint32_t length;       /* of the span on its first line, in characters, at least 1 */
	uint32_t offset, end;  /* of the span, in bytes of the source */
	uint32_t end_line, end_column;
	const char *text;       /* "unknown test 'adress'" */
	const char *expected;   /* what would be right there: "';'"; NULL: nothing short */
	const char *suggestion; /* "did you mean 'address'?"; NULL when there is none */
	Slice source_line;      /* the line itself, for the caret */
	/* What mends it and cannot make the script mean something else; in order. */
	const SieveChange *changes;
	size_t change_count;
} SieveFinding;

typedef struct SieveFindings {
	SieveFinding *items;
	size_t count, capacity;
	size_t errors;  /* those too that are not among the items */
	size_t follows; /* of them: what follows from another on its line, and is not told */
} SieveFindings;

/* Where included scripts come from. */
typedef enum SievePlace {
	SIEVE_PERSONAL,
	SIEVE_GLOBAL
} SievePlace;
typedef enum SieveLoad {
	SIEVE_LOADED,
	SIEVE_ABSENT,
	SIEVE_REFUSED,
	SIEVE_UNREADABLE
} SieveLoad;

/* In `redirect_max` of a setup: none at all. */
#define SIEVE_NO_REDIRECTS (~0U)

typedef struct SieveSetup {
	/* Reads an included script into `source`.  ABSENT: there is none; REFUSED: somebody else
	 * could have written it, or a bad name; UNREADABLE: try again later (`why` says). */
	SieveLoad (*load)(void *self, SievePlace place, const char *name, Text *source, Failure *why);
	void *self;
	unsigned redirect_max; /* 0: the default; see sieve_redirects() */
	/* Lower limits than limits.h has; 0: those. */
	unsigned action_max, include_max, include_depth_max, variable_bytes_max;
	const char *recipient_delimiter; /* characters that begin the detail; NULL: "+" */
	/* What is set for `name` (a key of trommel.conf), as it is written there; NULL: nothing is.  May be
	 * NULL. */
	const char *(*setting)(void *self, const char *name);
	/* What the host can carry out, as SieveVerb.plans (extension.h) has it; 0: everything. */
	unsigned plans;
	bool strict_require; /* what is required and not there is an error, used or not (RFC 5228, 3.2) */
	bool strict_check;   /* `trommel check`: compile every pattern now rather than when first used */
	const struct SieveExtension *const *extensions; /* those there are, ends with NULL; NULL: all */
} SieveSetup;

/* What a setup has for as many redirects as a setting allows, 0 among them. */
static inline unsigned sieve_redirects(unsigned most)
{
	return most ? most : SIEVE_NO_REDIRECTS;
}

/* Compiles `source` (borrowed as long as the script is used), called `name` in findings.
 * Returns the script, in `arena`, or NULL when there are errors; all findings are added to
 * `findings`.  An include that is UNREADABLE just now sets `why` (RETRY) and returns NULL. */
SieveScript *sieve_compile(const char *name, Slice source, const SieveSetup *setup, Arena *arena,
			   SieveFindings *findings, Failure *why);

/* Writes a finding as people want it: file:line:column: error: text, the line, a caret under the
 * span, the suggestion. */
void sieve_finding_print(const SieveFinding *finding, Text *out);

/* Appends `source`, the script called `file` in the findings, with what mends them to `out`: as many of their
 * changes as do not touch one another.  Gives the number of findings that were mended; compile again then,
 * since the places of the others are those of the old source. */
size_t sieve_mend(Slice source, const char *file, const SieveFindings *findings, Text *out);

/* Does running it need the mime module? */
bool sieve_needs_mime(const SieveScript *script);

/* Does it look at the local time zone?  Then tzset has to be called before the process is confined. */
bool sieve_needs_zone(const SieveScript *script);

/* All that it can plan, whatever the message is, as SieveVerb.plans (extension.h) has it. */
unsigned sieve_plans(const SieveScript *script);

typedef struct SieveInput {
	Message *message;
	const HeaderIndex *header;
	const Envelope *envelope;
	const World *world;
	const MimeModule *mime;     /* NULL unless sieve_needs_mime */
	int64_t now;                /* seconds since 1970: one instant for the whole run */
	const char *host;           /* for environment "host"; may be NULL */
	const char *default_folder; /* where a keep goes; NULL: INBOX */
	const char *version;        /* of trommel */
	/* NULL: "MDA" and "during" (RFC 5183, 4.1): a delivery */
	const char *location, *phase;
	PlanFlags flags; /* that the message has already */
	/* When it becomes true the run ends with an error; may be NULL. */
	const volatile sig_atomic_t *out_of_time;
	struct SieveTrace *trace;           /* takes down the way; NULL: nobody asks */
	const struct SieveTestbed *testbed; /* NULL but in a test of rules (testbed.h) */
} SieveInput;

/* What is to take down which way a run of the script takes (plan/steps.h), in `arena`; and the steps so far,
 * which are its own. */
typedef struct SieveTrace SieveTrace;
SieveTrace *sieve_trace_new(const SieveScript *script, Arena *arena);
const Steps *sieve_trace_steps(const SieveTrace *trace);

/* Runs the script and adds to `plan`.  Always leaves a plan that is right to carry out: after a
 * run-time error its outcome says so, with the text, and the implicit keep stands. */
void sieve_run(const SieveScript *script, const SieveInput *input, Plan *plan);

#endif
