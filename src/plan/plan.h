/* plan - what the rules decided: actions in order, without any effect yet
 *
 * Rules add to a plan; delivery carries it out; `try` prints it.  A plan crosses from
 * the judge to the courier, so everything in it is plain data, and plan_check says
 * whether an enemy could have made it.  Printable and comparable. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/text.h"

typedef enum ActionKind {
	ACTION_KEEP,     /* into the inbox, by the rules' own word */
	ACTION_FILEINTO, /* into a folder */
	ACTION_REDIRECT, /* on to another address */
	ACTION_DISCARD,  /* nowhere: recorded for the explanation */
} ActionKind;

typedef struct PlanFlags {
	bool set;           /* the rules said something about flags (maybe: none) */
	const char **names; /* "\\Seen", "work"; no duplicates */
	size_t count;
} PlanFlags;

typedef struct Action {
	ActionKind kind;
	const char *folder;  /* FILEINTO: the name as users see it, UTF-8 */
	const char *address; /* REDIRECT */
	bool create;         /* FILEINTO :create */
	bool copy;           /* it did not cancel the implicit keep */
	PlanFlags flags;     /* KEEP, FILEINTO */
	const char *script;  /* whose rule it was: "" for the main script, else the include's name */
	uint32_t line;       /* and its line, from 1 */
} Action;

/* How the rules ended. */
typedef enum PlanOutcome {
	PLAN_DECIDED,    /* ran to the end */
	PLAN_NO_COMPILE, /* the script has errors: implicit keep, its owner is told */
	PLAN_RUN_ERROR,  /* a run-time error or a limit: implicit keep besides nothing */
	PLAN_RETRY,      /* something the rules need could not be read just now: 75 */
} PlanOutcome;

typedef struct Plan {
	PlanOutcome outcome;
	bool implicit_keep;       /* nothing cancelled it */
	PlanFlags implicit_flags; /* for it */
	Action *actions;
	size_t count, capacity;
	const char *error; /* for all outcomes but DECIDED: what the owner is told, lines "file:line:column:
			      ..." */
	const char **warnings; /* lines for the owner's log; room for LIMIT_WARNINGS once there is one */
	size_t warning_count;
	uint32_t decided_line; /* of the action that decided, 0: none (for the delivery's log line) */
	Arena *arena;          /* everything above lives here; borrowed */
} Plan;

/* An empty plan in `arena`: DECIDED, implicit keep. */
Plan *plan_new(Arena *arena);

/* Appends a cleared action of `kind` (script "", line 0) and returns it to be filled in, valid
 * until the next one is added; strings must live in the plan's arena. */
Action *plan_add(Plan *plan, ActionKind kind);

/* Adds a line for the owner's log; from LIMIT_WARNINGS on they are dropped. */
void plan_warn(Plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The rules could not be followed to their end: nothing but the implicit keep is left of the plan
 * (RFC 5228, 2.10.6), without flags, and `error` (copied) is what its owner is told. */
void plan_fail(Plan *plan, PlanOutcome outcome, const char *error);

/* One line for people, without its end: `file into "Lists" (flags \Seen) [line 12]`. */
void plan_describe_action(const Action *action, Text *out);

/* The whole plan, one line per action, the implicit keep included. */
void plan_print(const Plan *plan, Text *out);

/* True when both would have the same effect: which rule it was, and what stands in logs, is none;
 * neither is the order of flags. */
bool plan_equal(const Plan *a, const Plan *b);

/* To bytes and back.  Writing cuts texts for people to their limits.  Reading trusts nothing:
 * lengths, counts and numbers are checked against the bytes and against plan/limits.h, and what is
 * not exactly a plan fails.  Its strings go into the arena of `plan`, whose old content is
 * replaced; texts for people come out printable (valid UTF-8 without controls).  Whether it is a
 * plan that may be carried out is for plan_check to say. */
void plan_encode(const Plan *plan, Text *out);
bool plan_decode(Slice bytes, Plan *plan, Failure *why);

/* What the courier asks of a plan before it lifts a finger: counts, folder names, addresses, flag
 * names; that one which failed has no actions, and that one which cancelled the implicit keep says how. */
bool plan_check(const Plan *plan, Failure *why);

/* A folder name that leads out of no mail root, whatever the layout: valid UTF-8 without
 * controls, of bounded length, no part between "/" empty or "." or "..".  A layout may refuse more. */
bool plan_folder_valid(Slice folder);

/* A flag that an IMAP server could show (RFC 9051, section 9: flag, flag-keyword, but for "\Recent";
 * bytes above 127 are let pass in UTF-8). */
bool plan_flag_valid(Slice flag);

#endif
