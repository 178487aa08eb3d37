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
#include "message/message.h"

typedef enum ActionKind {
	ACTION_KEEP,     /* into the inbox, by the rules' own word */
	ACTION_FILEINTO, /* into a folder */
	ACTION_REDIRECT, /* on to another address */
	ACTION_DISCARD,  /* nowhere: recorded for the explanation */
	ACTION_REJECT,   /* back to its sender, with a text (RFC 5429) */
	ACTION_VACATION, /* an answer to its sender (RFC 5230) */
	ACTION_NOTIFY,   /* word of it to somebody (RFC 5435) */
	ACTION_REPORT,   /* a report of abuse (RFC 5965) */
	ACTION_PIPE,     /* to a program */
	ACTION_CALENDAR, /* what it invites to into the calendar (RFC 9671) */
	ACTION_REMEMBER, /* that it was seen (RFC 7352); no effect on the message */
	ACTION_KINDS
} ActionKind;

typedef struct PlanFlags {
	bool set;           /* the rules said something about flags (maybe: none) */
	const char **names; /* "\\Seen", "work"; no duplicates */
	size_t count;
} PlanFlags;

typedef struct PlanList {
	const char **items;
	size_t count;
} PlanList;

/* What is to be done.  Which members an action has depends on its kind: plan_fields.c holds the table;
 * strings that a kind does not have, or that were not given, are NULL. */
typedef struct Action {
	ActionKind kind;
	bool copy;          /* it did not cancel the implicit keep */
	const char *script; /* whose rule it was: "" for the main script, else the include's name */
	uint32_t line;      /* and its line, from 1 */
	uint32_t image;     /* which version of the message: 0 as it came, else plan->images[image - 1] */
	/* where a copy goes: of the message (KEEP, FILEINTO), or of what is sent (":fcc" of VACATION, NOTIFY)
	 */
	const char *folder;      /* the name as users see it, UTF-8 */
	const char *special_use; /* rather into the folder with this use, when there is one: "\\Junk" */
	const char *mailbox_id;  /* rather into the folder with this id, when there is one */
	bool create;             /* the folder may be made */
	PlanFlags flags;
	/* who and what */
	const char
		*address; /* REDIRECT, REPORT: to whom; VACATION: whom it answers; NOTIFY: the method's URI */
	const char *from; /* VACATION, NOTIFY: for the From field; NULL: the user's own address */
	const char *to;   /* VACATION: for the To field, with a name; NULL: the address */
	const char
		*subject; /* VACATION, REJECT, NOTIFY, REPORT: of what is sent, decoded; NULL: a fixed one */
	PlanList recipients; /* NOTIFY by mail: to whom of those that the URI names */
	const char *text; /* REJECT, VACATION, NOTIFY, REPORT: what is said; CALENDAR: the iCalendar object */
	bool is_mime;     /* VACATION: `text` is a MIME entity with its header */
	const char *message_id, *references; /* VACATION, REJECT: of the message that is answered */
	const char *handle;  /* VACATION: under which it is remembered whom was answered; REMEMBER: the id */
	uint64_t seconds;    /* VACATION, REMEMBER: for how long; 0: not at all */
	bool is_ereject;     /* REJECT: refuse towards the MTA only, rather than by a message */
	unsigned importance; /* NOTIFY: 1 (high) to 3 (low) */
	const char *type;    /* REPORT: "abuse", "fraud", ... */
	bool headers_only;   /* REPORT: the header rather than all of the message */
	const char
		*calendar;  /* CALENDAR: a name in the directory of calendars; `handle` is the object's UID */
	bool removes;       /* CALENDAR: the object, rather than store `text` */
	const char *before; /* CALENDAR: the digest of the object as the rules saw it, NULL: there was none */
	const char *program; /* PIPE: a name in the directory of programs */
	PlanList arguments;  /* PIPE: the program's; NOTIFY: ":options", "name=value" */
	bool is_optional;    /* PIPE :try: the rules went on whether it could be done or not */
	/* REDIRECT: how the next MTA is to report (RFC 3461) and by when it is to deliver (RFC 2852) */
	const char *dsn_notify;      /* "NEVER", or of "SUCCESS,FAILURE,DELAY" */
	const char *dsn_ret;         /* "FULL", "HDRS" */
	const char *deliver_by;      /* seconds from now or an absolute time, as RFC 6009 has it */
	const char *deliver_by_mode; /* "NOTIFY", "RETURN" */
	bool deliver_by_trace;
} Action;

/* How the rules ended. */
typedef enum PlanOutcome {
	PLAN_DECIDED,    /* ran to the end */
	PLAN_NO_COMPILE, /* the script has errors: implicit keep, its owner is told */
	PLAN_RUN_ERROR,  /* a run-time error or a limit: implicit keep besides nothing */
	PLAN_RETRY,      /* something the rules need could not be read just now: 75 */
} PlanOutcome;

/* An action that was executed and decided to do nothing this time. */
typedef struct PlanIdle {
	Action action;
	struct PlanIdle *next;
} PlanIdle;

typedef struct Plan {
	PlanOutcome outcome;
	bool implicit_keep;          /* nothing cancelled it */
	PlanFlags implicit_flags;    /* for it */
	uint32_t implicit_image;     /* the version of the message for it; also when only the failure of an
				      * optional action would bring it about */
	const char *implicit_folder; /* where it goes instead of the inbox, or NULL */
	Action *actions;
	size_t count, capacity;
	size_t carried_out;    /* so many, from the first on, have been already: in a test of rules */
	bool keep_carried_out; /* the implicit one */
	PlanIdle *idle;        /* for what may not go together; nobody else needs to know of them */
	MessagePieces *images; /* edited versions of the message */
	size_t image_count, image_capacity;
	const char *error; /* for all outcomes but DECIDED: what the owner is told, lines "file:line:column:
			      ..." */
	const char **warnings; /* lines for the owner's log; room for LIMIT_WARNINGS once there is one */
	size_t warning_count;
	const char **
		notes; /* what the rules decided not to do, and why: lines for whoever tries them; likewise */
	size_t note_count;
	const struct Steps *steps; /* how it came to it (steps.h), when that was asked for; else NULL */
	uint32_t decided_line;     /* of the action that decided, 0: none (for the delivery's log line) */
	Arena *arena;              /* everything above lives here; borrowed */
} Plan;

/* An empty plan in `arena`: DECIDED, implicit keep. */
Plan *plan_new(Arena *arena);

/* Appends a cleared action of `kind` (script "", line 0) and returns it to be filled in, valid
 * until the next one is added; strings must live in the plan's arena. */
Action *plan_add(Plan *plan, ActionKind kind);

/* Adds a version of the message, made of `pieces` (copied, but for the bytes that they point to, which must
 * live in the plan's arena); returns its number for action->image. */
uint32_t plan_add_image(Plan *plan, const MessagePieces *pieces);

/* What an action is called by tests and for people: "keep", "fileinto", ... */
const char *plan_action_name(ActionKind kind);

/* Adds a line for the owner's log; from LIMIT_WARNINGS on they are dropped. */
void plan_warn(Plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for what was decided not to be done, which is nothing that the owner has to be told of. */
void plan_note(Plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Is the message done with by an action of this kind, unless it is a copy? */
bool plan_cancels_keep(ActionKind kind);

/* Forgets all that was decided: DECIDED, implicit keep. */
void plan_clear(Plan *plan);

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

/* One version by itself, as a question about it takes it along; nothing stands for the message as it came.
 * Reading believes as little as plan_check does. */
void plan_image_encode(const MessagePieces *image, Text *out);
bool plan_image_decode(Slice bytes, off_t message_bytes, Arena *arena, MessagePieces *image, Failure *why);

/* What the courier asks of a plan before it lifts a finger: counts, folder names, addresses, flag
 * names, texts; that edited versions are made of a message of `message_bytes` bytes, each byte used once at
 * most and in order; that one which failed has no actions, and that one which cancelled the implicit keep
 * says how. */
bool plan_check(const Plan *plan, off_t message_bytes, Failure *why);

/* A folder name that leads out of no mail root, whatever the layout: valid UTF-8 without
 * controls, of bounded length, no part between "/" empty or "." or "..".  A layout may refuse more. */
bool plan_folder_valid(Slice folder);

/* The name of a program in one directory: UTF-8 without controls and "/", no option, nothing hidden.  And
 * what it may be told on its command line: one line of UTF-8 without controls. */
bool plan_program_valid(Slice name);
bool plan_argument_valid(Slice argument);

/* A type of report: a token (RFC 2045, 5.1; RFC 5965, 3.1). */
bool plan_report_type_valid(Slice type);

/* A flag that an IMAP server could show (RFC 9051, section 9: flag, flag-keyword, but for "\Recent";
 * bytes above 127 are let pass in UTF-8). */
bool plan_flag_valid(Slice flag);

#endif
