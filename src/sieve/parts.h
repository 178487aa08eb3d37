/* parts - the parts of the message as it is now, and the loops over them
 * RFC 5703, sections 3 to 5; RFC 6609, section 3.5
 *
 * The tree is found once and then follows the edits: a part that was replaced has its new parts put in its
 * place, and loops that are under way go on behind them.  An included script stands in no loop but its own:
 * what must stand within one is an error at compile time.  To a script that is included from within a loop
 * the part that the loop is at is the message. */
#ifndef SIEVE_PARTS_H
#define SIEVE_PARTS_H

#include "message/mime.h"
#include "sieve/check.h"
#include "sieve/run.h"

/* ---- while compiling: the loops that the present command stands in ---- */

typedef struct SieveLoopScope {
	const SieveNode *node;
	Slice name; /* empty: it has none */
	const struct SieveLoopScope *outer;
} SieveLoopScope;

void sieve_check_enter_loop(SieveCheck *check, const SieveNode *node, Slice name);
void sieve_check_leave_loop(SieveCheck *check);

/* The innermost one, or NULL. */
const SieveLoopScope *sieve_check_loop(const SieveCheck *check);

/* ---- while running ---- */

/* A loop under way.  Its numbers are those of parts of the tree as it is now. */
typedef struct SieveLoop {
	size_t part;             /* where it is */
	size_t next;             /* where it goes on */
	size_t end;              /* and where it ends */
	struct SieveLoop *outer; /* of the same script */
	bool is_base;            /* no loop, but the part that is the message to an included script */
} SieveLoop;

/* What a script stands in that is included now: `base`, or NULL when the message is all of it. */
SieveLoop *sieve_loop_base(const SieveRun *run, SieveLoop *base);

/* Begins a loop over all parts, or within another one over what its part contains. */
SieveStatus sieve_loop_enter(SieveRun *run, SieveLoop *loop);
void sieve_loop_leave(SieveRun *run, SieveLoop *loop);

/* Goes on to the next part; `*more` is false at the end. */
SieveStatus sieve_loop_next(SieveRun *run, SieveLoop *loop, bool *more);

/* Is the running script within a loop? */
bool sieve_in_loop(const SieveRun *run);

/* The part that its innermost loop is at; outside, what is the message to it. */
size_t sieve_current_part(const SieveRun *run);

/* The part that is the message to the running script: 0 unless it was included from within a loop. */
size_t sieve_message_part(const SieveRun *run);

/* Its header. */
SieveStatus sieve_message_header(SieveRun *run, SieveSpan span, const HeaderIndex **header);

/* Its size, with every line ended by CR LF. */
SieveStatus sieve_message_size(SieveRun *run, off_t *bytes);

/* The number behind the last part in `part`. */
size_t sieve_parts_end(const MimeTree *tree, size_t part);

/* The header of a part; found once, and what is made of its fields is kept. */
SieveStatus sieve_part_header(SieveRun *run, SieveSpan span, size_t part, const HeaderIndex **header);

/* A part's new self: its header, the empty line and its body, which begin with a header field and live as
 * long as the run. */
typedef struct SievePartEdit {
	size_t part;
	Slice bytes;
} SievePartEdit;

/* Replaces parts, which are in order and not within one another, in one edit. */
SieveStatus sieve_parts_replace(SieveRun *run, SieveSpan span, const SievePartEdit *edits, size_t count);

/* The whole message becomes `bytes`. */
SieveStatus sieve_parts_replace_all(SieveRun *run, SieveSpan span, Slice bytes);

/* The header of the message has become `growth` bytes longer. */
void sieve_parts_header_edited(SieveRun *run, const HeaderIndex *before, off_t growth);

/* The message has become the third part of another one: loops under way go on within it. */
SieveStatus sieve_parts_enclosed(SieveRun *run);

#endif
