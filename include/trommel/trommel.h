/* trommel.h - Sieve for programs that have the mail already: MTAs, IMAP servers, tests
 *
 * Compile a script once, run it on any number of messages, and do what the plan says:
 *
 *     TrommelScript *script = trommel_script_compile("rules", source, strlen(source), NULL);
 *     TrommelPlan *plan = trommel_script_run(script, message, length, &envelope, NULL);
 *
 *     for (size_t i = 0; i < trommel_plan_count(plan); i++)
 *             carry_out(trommel_plan_action(plan, i));
 *     trommel_plan_free(plan);
 *     trommel_script_free(script);
 *
 * Running has no effect on anything: no file is written, nothing is sent.  It happens in the calling process;
 * a pattern in a user's script can take long, so a server wants to do it in a process that it can do
 * without.  When memory runs out the process ends with status 75 (sysexits EX_TEMPFAIL).
 *
 * Rules that look into bodies need the mime module where trommel installs it; others need this library and
 * PCRE2 alone (pkg-config --static trommel).
 *
 * A script and a plan may be used by one thread at a time, several of them side by side.  Strings are UTF-8
 * and belong to the object they were asked of; what may be NULL says so.
 *
 * Only what begins with "trommel_", "Trommel" and "TROMMEL_" in this file is the interface; it grows at
 * the ends of its structs, which begin with their size for that. */
#ifndef TROMMEL_TROMMEL_H
#define TROMMEL_TROMMEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TROMMEL_API __attribute__((visibility("default")))
#else
#define TROMMEL_API
#endif

/* "0.1.0": of the library that is linked. */
TROMMEL_API const char *trommel_version(void);

/* --- scripts --- */

typedef struct TrommelScript TrommelScript;

/* Something found while compiling; valid during the call. */
typedef struct TrommelFinding {
	int is_error;           /* else a warning */
	const char *file;       /* the script's name, or an included script's */
	unsigned line, column;  /* from 1, in characters; line 0: not at any line */
	const char *text;       /* "unknown test 'adress'" */
	const char *suggestion; /* "did you mean 'address'?", or NULL */
	const char *printed;    /* all of it for people, with the line and a caret; ends in a newline */
} TrommelFinding;

/* How to compile; TROMMEL_SETUP sets the size, and what is zero is the default. */
typedef struct TrommelSetup {
	size_t size;
	/* Directories of the scripts that "include" finds; NULL: there are none.  Only scripts that
	 * nobody but this process's user and root could have written are taken. */
	const char *personal_dir, *global_dir;
	unsigned redirect_max;           /* redirects in one run; 0: 4 */
	const char *recipient_delimiter; /* before the detail of an address; NULL: "+" */
	/* Told every finding; NULL: nobody is. */
	void (*report)(void *self, const TrommelFinding *finding);
	void *self;
} TrommelSetup;

#define TROMMEL_SETUP                                                 \
	{                                                             \
		sizeof(TrommelSetup), NULL, NULL, 0, NULL, NULL, NULL \
	}

/* Compiles `length` bytes of `source`, which are copied, under the name that findings shall have.  `setup`
 * may be NULL.  Returns the script, which the caller frees, or NULL when there were errors; a file or module
 * that could not be read just now is an error as well, and so is a command whose effect no TrommelAction can
 * tell: one that answers, refuses, pipes or edits the message. */
TROMMEL_API TrommelScript *trommel_script_compile(const char *name, const char *source, size_t length,
						  const TrommelSetup *setup);

/* NULL is fine. */
TROMMEL_API void trommel_script_free(TrommelScript *script);

/* --- running them --- */

/* What the MTA knows; TROMMEL_ENVELOPE sets the size. */
typedef struct TrommelEnvelope {
	size_t size;
	const char *sender;             /* "" is the null sender; NULL: not known */
	const char *recipient;          /* NULL: the user */
	const char *original_recipient; /* NULL: not known */
	const char *detail;             /* "lists" of user+lists@d; NULL: none */
	const char *user;               /* NULL: "" */
	int64_t now;                    /* seconds since 1970; 0: the clock's */
	const char *host;               /* this machine's name, or NULL */
} TrommelEnvelope;

#define TROMMEL_ENVELOPE                                                       \
	{                                                                      \
		sizeof(TrommelEnvelope), NULL, NULL, NULL, NULL, NULL, 0, NULL \
	}

/* What a script may ask. */
typedef struct TrommelWorld {
	size_t size;
	/* Is there a folder that mail can be filed into?  1, 0, or -1 when that cannot be known just now:
	 * the plan's outcome is TROMMEL_LATER then.  NULL: every folder is there. */
	int (*folder_exists)(void *self, const char *folder);
	void *self;
} TrommelWorld;

typedef enum TrommelActionKind {
	TROMMEL_KEEP,     /* into the inbox */
	TROMMEL_FILEINTO, /* into `folder` */
	TROMMEL_REDIRECT, /* on to `address` */
	TROMMEL_DISCARD   /* nothing is to be done: it is there for whoever explains the plan */
} TrommelActionKind;

typedef struct TrommelAction {
	TrommelActionKind kind;
	const char *folder;       /* FILEINTO, else NULL: never leads out of a mail root */
	const char *address;      /* REDIRECT, else NULL: one bare address */
	int create;               /* FILEINTO: the folder may be made */
	int implicit;             /* KEEP, FILEINTO: because no rule said anything else */
	const char *const *flags; /* KEEP, FILEINTO: "\\Seen", "keyword" */
	size_t flag_count;
	const char *script; /* of the rule: "" for the script itself, else an included one's name */
	unsigned line;      /* of the rule, 0: none */
} TrommelAction;

typedef enum TrommelOutcome {
	TROMMEL_DECIDED, /* the script ran to its end */
	TROMMEL_FAILED,  /* it did not: the message is to be kept, and its owner to be told */
	TROMMEL_LATER    /* the world could not answer: no action, try again */
} TrommelOutcome;

typedef struct TrommelPlan TrommelPlan;

/* Runs `script` on a message of `length` bytes, in LF or CR LF lines, a From_ line in front understood.
 * All arguments are needed during the call alone; `envelope` and `world` may be NULL.  Never NULL; the
 * caller frees the plan. */
TROMMEL_API TrommelPlan *trommel_script_run(TrommelScript *script, const void *message, size_t length,
					    const TrommelEnvelope *envelope, const TrommelWorld *world);

TROMMEL_API TrommelOutcome trommel_plan_outcome(const TrommelPlan *plan);

/* What its owner is to be told when the script failed, or NULL. */
TROMMEL_API const char *trommel_plan_error(const TrommelPlan *plan);

/* What is to be done, in order; the implicit keep is one of the actions, the last.  NULL from
 * trommel_plan_count on. */
TROMMEL_API size_t trommel_plan_count(const TrommelPlan *plan);
TROMMEL_API const TrommelAction *trommel_plan_action(const TrommelPlan *plan, size_t index);

/* The plan for people, a line for each action. */
TROMMEL_API const char *trommel_plan_text(const TrommelPlan *plan);

/* NULL is fine. */
TROMMEL_API void trommel_plan_free(TrommelPlan *plan);

#ifdef __cplusplus
}
#endif

#endif
