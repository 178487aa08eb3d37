/* try_lines - a line for each message, and a table of how many went where */
#include "commands/try.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/printable.h"

enum {
	KINDS = 500, /* of places that are counted each for itself */
	LINE_BYTES = 4096
};

/* The lines of a plan as one, the names of scripts and lines in brackets behind each part. */
void try_outcome(const Plan *plan, Text *out)
{
	AUTO_VALUE(Text) lines = { 0 };
	const char *line;

	plan_print(plan, &lines);
	line = text_string(&lines);
	for (bool first = true; *line;) {
		size_t length = strcspn(line, "\n");
		bool is_remark = strncmp(line, "note: ", 6) == 0 || strncmp(line, "warning: ", 9) == 0;

		if (!is_remark) {
			bool is_title = out->length && out->data[out->length - 1] == ':';

			text_append_string(out, first ? "" : is_title ? " " : "; ");
			printable_append(out, slice(line, length), LINE_BYTES);
			first = false;
		}
		line += length + (line[length] == '\n');
	}
}

static void append_title(const Tried *it, const Style *style, Text *out)
{
	text_printf(out, "%s%s%s: %s: %s", style->bold, it->name, style->end, it->from, it->subject);
}

static const char *colour_of(const Plan *plan, const Style *style)
{
	return plan->outcome == PLAN_DECIDED ? plan->implicit_keep ? style->faint : style->good : style->bad;
}

void try_line(const Tried *it, const Plan *plan, const Style *style, Text *out)
{
	append_title(it, style, out);
	text_printf(out, " -> %s", colour_of(plan, style));
	try_outcome(plan, out);
	text_printf(out, "%s\n", style->end);
}

void try_lines(const Tried *it, const Plan *plan, const Style *style, Text *out)
{
	AUTO_VALUE(Text) lines = { 0 };
	const char *line;

	append_title(it, style, out);
	text_append_char(out, '\n');
	plan_print(plan, &lines);
	for (line = text_string(&lines); *line;) {
		size_t length = strcspn(line, "\n");

		text_append_string(out, "    ");
		text_append(out, line, length);
		text_append_char(out, '\n');
		line += length + (line[length] == '\n');
	}
}

/* --- how many went where --- */

static void count(TrySummary *summary, const char *what)
{
	for (size_t i = 0; i < summary->count; i++)
		if (strcmp(summary->items[i].what, what) == 0) {
			summary->items[i].count++;
			return;
		}
	if (summary->count == KINDS) {
		summary->others++;
		return;
	}
	MEMORY_GROW(summary->items, summary->count, summary->capacity);
	summary->items[summary->count++] = (TryCount){ memory_copy_string(what), 1 };
}

/* An action as others are like it: its place and its text left out. */
static void describe_kind(const Action *action, Text *out)
{
	const Action alike = { .kind = action->kind,
			       .folder = action->kind == ACTION_FILEINTO ? action->folder : NULL,
			       .address = action->kind == ACTION_REDIRECT || action->kind == ACTION_REPORT
						  ? action->address
						  : NULL,
			       .type = action->type,
			       .program = action->program,
			       .calendar = action->calendar,
			       .is_ereject = action->is_ereject };

	switch (action->kind) {
	case ACTION_FILEINTO:
	case ACTION_KEEP:
	case ACTION_REDIRECT:
	case ACTION_DISCARD:
	case ACTION_REPORT:
	case ACTION_PIPE:
		plan_describe_action(&alike, out);
		break;
	case ACTION_VACATION:
		text_append_string(out, "answer the sender");
		break;
	default:
		text_append_string(out, plan_action_name(action->kind));
	}
}

static void count_actions(TrySummary *summary, const Plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		AUTO_VALUE(Text) what = { 0 };

		if (plan->actions[i].kind == ACTION_REMEMBER)
			continue;
		describe_kind(&plan->actions[i], &what);
		count(summary, text_string(&what));
	}
	if (plan->implicit_keep)
		count(summary, "keep in the inbox");
}

void try_summary_add(TrySummary *summary, const Plan *plan)
{
	summary->messages++;
	if (plan->outcome == PLAN_NO_COMPILE)
		count(summary, "the rules have errors");
	else if (plan->outcome == PLAN_RUN_ERROR)
		count(summary, "the rules failed");
	count_actions(summary, plan);
}

static int compare_counts(const void *a, const void *b)
{
	const TryCount *first = a, *second = b;

	if (first->count != second->count)
		return first->count < second->count ? 1 : -1;
	return strcmp(first->what, second->what);
}

void try_summary_sort(TrySummary *summary)
{
	if (summary->count)
		qsort(summary->items, summary->count, sizeof *summary->items, compare_counts);
}

void try_summary_print(TrySummary *summary, const Style *style, Text *out)
{
	try_summary_sort(summary);
	text_append_char(out, '\n');
	for (size_t i = 0; i < summary->count; i++) {
		text_printf(out, "%8zu  ", summary->items[i].count);
		printable_append(out, slice_of(summary->items[i].what), LINE_BYTES);
		text_append_char(out, '\n');
	}
	if (summary->others)
		text_printf(out, "%8zu  elsewhere\n", summary->others);
	text_printf(out, " %s%7zu  messages%s\n", style->bold, summary->messages, style->end);
}

void try_summary_clear(TrySummary *summary)
{
	for (size_t i = 0; i < summary->count; i++)
		free(summary->items[i].what);
	free(summary->items);
	*summary = (TrySummary){ 0 };
}
