/* try - what the reports of `trommel try` are made of: for try*.c alone */
#ifndef COMMANDS_TRY_H
#define COMMANDS_TRY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text.h"
#include "commands/style.h"
#include "delivery/includes.h"
#include "plan/limits.h"
#include "plan/plan.h"
#include "plan/steps.h"

/* A message that was tried.  What is said of it is printable already, on one line. */
typedef struct Tried {
	const char *name;                                 /* "box, message 3" */
	const char *from, *subject, *message_id, *folder; /* "" when there is none */
	const char *sender, *recipient;                   /* of the envelope */
	int64_t now;                                      /* the time that the rules saw */
} Tried;

/* ---- try_lines.c: for people ---- */

/* What becomes of it, in one line, without its end: `file into "Lists" [line 4]; answer ...`. */
void try_outcome(const Plan *plan, Text *out);

/* `NAME: FROM: SUBJECT -> OUTCOME` */
void try_line(const Tried *it, const Plan *plan, const Style *style, Text *out);

/* The same with a line for each action, and for what was decided not to be done. */
void try_lines(const Tried *it, const Plan *plan, const Style *style, Text *out);

/* How many went where. */
typedef struct TryCount {
	char *what;
	size_t count;
} TryCount;

typedef struct TrySummary {
	TryCount *items;
	size_t count, capacity;
	size_t messages;
	size_t changed; /* of --diff */
	size_t others;  /* to more places than are counted */
} TrySummary;

void try_summary_add(TrySummary *summary, const Plan *plan);

/* The largest first. */
void try_summary_sort(TrySummary *summary);
void try_summary_print(TrySummary *summary, const Style *style, Text *out);
void try_summary_clear(TrySummary *summary);

DEFINE_AUTO_VALUE(TrySummary, try_summary_clear)

/* ---- try_trace.c: the script's own text ---- */

/* The texts of the scripts that steps are about. */
typedef struct TryScripts {
	Slice main;
	Includes includes;
	Slice texts[LIMIT_STEP_SCRIPTS]; /* of included ones, once they were asked for */
	Arena *arena;
} TryScripts;

/* The text of script `which`, or NULL data when it cannot be had. */
Slice try_script_text(TryScripts *scripts, const Steps *steps, size_t which);

/* What became of each line of a script: of line n it is marks[n - 1].  In `arena`. */
typedef enum TryMark {
	TRY_NOTHING, /* no rule, or a part of nothing */
	TRY_UNREACHED,
	TRY_UNTAKEN,
	TRY_TAKEN
} TryMark;

TryMark *try_marks(const Steps *steps, size_t script, Slice text, size_t *lines, Arena *arena);

void try_trace(TryScripts *scripts, const Plan *plan, const Style *style, Text *out);

/* ---- try_json.c ---- */

/* One object and a newline. */
void try_json(const Tried *it, const Plan *plan, Text *out);

/* ---- try_html.c: a page ---- */

typedef struct TryHtml TryHtml;

/* Opens the file; NULL and `why`. */
TryHtml *try_html_open(const char *path, Failure *why);
bool try_html_add(TryHtml *page, const Tried *it, const Plan *plan, TryScripts *scripts, Failure *why);
bool try_html_finish(TryHtml *page, const char *script_name, TryScripts *scripts, TrySummary *summary,
		     Failure *why);
void try_html_close(TryHtml *page);

/* ---- try_diff.c: two scripts ---- */

typedef struct TryDiff TryDiff;

TryDiff *try_diff_new(const Style *style, bool json, TrySummary *summary);
void try_diff_free(TryDiff *diff);

/* The plan of one message by the old or the new script, both in the order of the messages.  Writes what is
 * known to differ. */
void try_diff_add(TryDiff *diff, bool is_old, const Tried *it, const Plan *plan, Text *out);

#endif
