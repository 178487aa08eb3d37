/* run - what tests and commands may do while a script runs
 * RFC 5228, section 2.10 */
#ifndef SIEVE_RUN_H
#define SIEVE_RUN_H

#include "base/arena.h"
#include "base/failure.h"
#include "message/address.h"
#include "message/header.h"
#include "plan/plan.h"
#include "sieve/sieve.h"
#include "sieve/tree.h"

typedef enum SieveStatus {
	SIEVE_OK,
	SIEVE_STOP,   /* the whole run ends, well */
	SIEVE_RETURN, /* the included script ends, well */
	SIEVE_BREAK,  /* a loop ends; which one, the loop's extension knows */
	SIEVE_FAILED, /* a run-time error, which sieve_fail has taken down */
	SIEVE_LATER,  /* the world could not answer just now, which sieve_later has taken down */
} SieveStatus;

struct SieveFrame;
struct SieveValues;

/* One run over one message. */
typedef struct SieveRun {
	const SieveInput *input;
	Message *message;                   /* as it is now: input->message until something edits it */
	const HeaderIndex *header;          /* the same for its header */
	uint32_t image;                     /* the number that the plan has for it; 0: as it came */
	uint32_t redirect_image;            /* what "redirect" sends, once the message was enclosed */
	const HeaderIndex *enclosed_header; /* of that: what "vacation" answers */
	bool edited;                        /* since `image` was the number */
	bool enclosed;
	unsigned edits; /* how often: what was remembered of an earlier version is void */
	Plan *plan;
	Arena *arena; /* the plan's: what the run makes lives as long as the plan */
	const SieveScript *main;
	struct SieveFrame *frame; /* the script that runs now (script.h) */
	struct SieveValues *values;
	struct SieveParts *parts; /* parts.h */
	struct SieveSlot *slots;
	Text *globals;
	unsigned includes;              /* carried out so far */
	unsigned iterations;            /* of loops */
	unsigned enclosures;            /* by "enclose" */
	unsigned questions;             /* to the world (ask.h) */
	size_t arena_at_start;          /* what the arena held before */
	const SieveNode *test;          /* "envelope" or "environment" while an item of it is asked for */
	bool captures_off;              /* the present test sets no match variables */
	bool extensions_found;          /* an "ihave" has found some */
	struct SieveRun *outer;         /* in the middle of which this one is: a test's; else NULL */
	struct SieveCompared *compared; /* match.h; NULL: nobody wants to know */
	struct SieveTrace *trace;       /* trace.h; likewise */
} SieveRun;

/* Take down what went wrong at `span` of the running script and return SIEVE_FAILED or
 * SIEVE_LATER, to be handed on.  The plan becomes: error, implicit keep, nothing else. */
SieveStatus sieve_fail(SieveRun *run, SieveSpan span, const char *format, ...)
	__attribute__((cold, format(printf, 3, 4)));
SieveStatus sieve_later(SieveRun *run, const Failure *why);

/* A line "file:line:column: ..." for whoever tries the rules: why something was not done. */
void sieve_note(SieveRun *run, SieveSpan span, const char *format, ...)
	__attribute__((cold, format(printf, 3, 4)));

/* A line "file:line:column: ..." for the owner's log. */
void sieve_warn(SieveRun *run, SieveSpan span, const char *format, ...)
	__attribute__((cold, format(printf, 3, 4)));

/* What the first argument of `node` says, with `prefix` in front, as such a line; for people who look for
 * mistakes. */
SieveStatus sieve_log_argument(SieveRun *run, const SieveNode *node, const char *prefix);

/* The string's value: variables put in; lives as long as the run; a constant is not NUL-terminated. */
SieveStatus sieve_expand_pieces(SieveRun *run, const SieveString *string, Slice *value);

static inline SieveStatus sieve_expand(SieveRun *run, const SieveString *string, Slice *value)
{
	if (string->pieces)
		return sieve_expand_pieces(run, string, value);
	*value = string->text;
	return SIEVE_OK;
}

/* One node, one test, one block.  A block ends early with the status that ended it. */
SieveStatus sieve_run_block(SieveRun *run, const SieveNode *first);
SieveStatus sieve_run_test(SieveRun *run, const SieveNode *test, bool *result);

/* Has the run memory left?  When not, that is an error at `span`. */
SieveStatus sieve_check_memory(SieveRun *run, SieveSpan span);

/* The place where an extension keeps what it needs to remember during one run; NULL at first. */
void **sieve_slot(SieveRun *run, const SieveExtension *extension);

/* ---- what arrived ---- */

/* The header fields that a test looks at, in order. */
typedef struct SieveFields {
	const HeaderField **items;
	size_t count;
	size_t capacity;
	bool all_hold_addresses;   /* whatever they are called: "address" is to look into them */
	const HeaderField *few[6]; /* room for the usual case */
} SieveFields;

/* The fields with these names, in the order of the names and then of the header, or those that the `find` of
 * one of the node's tags gives; after the `filter` functions of its tags. */
SieveStatus sieve_fields(SieveRun *run, const SieveNode *node, const SieveStrings *names,
			 SieveFields *fields);

/* Adds the fields of a header that have these names. */
void sieve_fields_add(SieveRun *run, SieveFields *fields, const HeaderIndex *header, const Slice *names,
		      size_t count);

/* What is made of the fields of this header, as of the message's own, will be kept. */
void sieve_keep_values(SieveRun *run, const HeaderIndex *header);

/* A field's value as tests see it: unfolded, encoded words decoded, trimmed.  Kept. */
struct SieveValue *sieve_field_value(SieveRun *run, const HeaderField *field);

/* The field's value unfolded and trimmed, encoded words as they stand. */
Slice sieve_field_raw(SieveRun *run, const HeaderField *field);

/* The addresses in a field.  Kept. */
const AddressList *sieve_field_addresses(SieveRun *run, const HeaderField *field);

/* A structured field's value and parameters (message/parameters.h).  Kept. */
const struct Parameters *sieve_field_parameters(SieveRun *run, const HeaderField *field);

/* The part of "envelope" or item of "environment" called `name` (any case) among the extensions that
 * may be used, or NULL. */
const struct SieveItem *sieve_envelope_part(const SieveRun *run, Slice name);
const struct SieveItem *sieve_environment_item(const SieveRun *run, Slice name);

/* ---- variables (RFC 5229) ---- */

/* Sets a variable that sieve_check_variable bound to a piece; a long value is cut
 * between characters. */
void sieve_variable_set(SieveRun *run, const SievePiece *variable, Slice value);
Slice sieve_variable_get(SieveRun *run, const SievePiece *variable);

/* Applies what sieve_check_modifiers gave. */
SieveStatus sieve_modify(SieveRun *run, const SieveModifier *const *modifiers, Slice *value);

/* ---- edits: see edit.h ---- */

/* The number that an action which stores or sends the message as it is now takes. */
uint32_t sieve_current_image(SieveRun *run);

/* The parts of the message as it is now; found once for a version. */
SieveStatus sieve_mime_tree(SieveRun *run, MimeTree **tree);

/* What the site or the user set for `name`, or NULL. */
const char *sieve_setting(const SieveRun *run, const char *name);

/* ---- what to do ---- */

/* A new action of `kind` for `node`, not yet in the plan: script and line filled in, then the
 * prepare_action of the required extensions and the `apply` of the node's tags have been called. */
SieveStatus sieve_action(SieveRun *run, const SieveNode *node, ActionKind kind, Action *action);

/* Puts it into the plan: joins it with an equal one, cancels the implicit keep unless it is a
 * copy, sees to the limits. */
SieveStatus sieve_act(SieveRun *run, const SieveNode *node, const Action *action);

/* The same for an action that was executed and has nothing to do this time ("vacation" before a message from
 * a list): what it cannot go with is an error all the same. */
SieveStatus sieve_act_idly(SieveRun *run, const SieveNode *node, const Action *action);

#endif
