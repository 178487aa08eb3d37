/* try_diff - the messages whose fate two scripts decide differently
 *
 * Each script has judges of its own, and either may be ahead: what one has said of a message waits, as bytes,
 * until the other has.  How far ahead is bounded by what is under way. */
#include "commands/try.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"

typedef struct Waiting {
	Text plan;
	char *title; /* its words, ready to be written */
	struct Waiting *next;
} Waiting;

struct TryDiff {
	const Style *style;
	bool json;
	TrySummary *summary;
	bool old_ahead; /* who has said those that wait */
	Waiting *first, *last;
};

TryDiff *try_diff_new(const Style *style, bool json, TrySummary *summary)
{
	TryDiff *diff = memory_zeroed(1, sizeof *diff);

	diff->style = style;
	diff->json = json;
	diff->summary = summary;
	return diff;
}

static void drop_first(TryDiff *diff)
{
	Waiting *first = diff->first;

	diff->first = first->next;
	text_clear(&first->plan);
	free(first->title);
	free(first);
}

void try_diff_free(TryDiff *diff)
{
	while (diff && diff->first)
		drop_first(diff);
	free(diff);
}

static char *make_title(const TryDiff *diff, const Tried *it)
{
	AUTO_VALUE(Text) title = { 0 };

	if (diff->json) {
		json_field_string(&title, "name", it->name);
		json_field_string(&title, "id", it->message_id);
		json_field_string(&title, "from", it->from);
		json_field_string(&title, "subject", it->subject);
	} else {
		text_printf(&title, "%s%s%s: %s: %s", diff->style->bold, it->name, diff->style->end, it->from,
			    it->subject);
	}
	return text_take(&title);
}

static void wait_for_other(TryDiff *diff, bool is_old, const Tried *it, const Plan *plan)
{
	Waiting *waiting = memory_zeroed(1, sizeof *waiting);

	plan_encode(plan, &waiting->plan);
	waiting->title = make_title(diff, it);
	if (diff->first)
		diff->last->next = waiting;
	else
		diff->first = waiting;
	diff->last = waiting;
	diff->old_ahead = is_old;
}

static void put_side(const Plan *plan, const char *before, const char *after, Text *out)
{
	text_append_string(out, before);
	try_outcome(plan, out);
	text_append_string(out, after);
}

static void put_json(const char *title, const Plan *old, const Plan *new, Text *out)
{
	AUTO_VALUE(Text) first = { 0 };
	AUTO_VALUE(Text) second = { 0 };

	try_outcome(old, &first);
	try_outcome(new, &second);
	text_append_char(out, '{');
	text_append_string(out, title);
	json_field_slice(out, "old", text_slice(&first));
	json_field_slice(out, "new", text_slice(&second));
	text_append_string(out, "}\n");
}

/* A keep is a keep, whether a rule asked for it or none had another wish. */
static void settle_keep(Plan *plan)
{
	Action *keep;

	if (!plan->implicit_keep || plan->implicit_folder)
		return;
	keep = plan_add(plan, ACTION_KEEP);
	keep->flags = plan->implicit_flags;
	keep->image = plan->implicit_image;
	plan->implicit_keep = false;
	plan->implicit_flags = (PlanFlags){ 0 };
	plan->implicit_image = 0;
}

/* Would both come to the same?  Looks at copies. */
static bool is_same_fate(const Plan *old, const Plan *new, Arena *arena)
{
	const Plan *plans[] = { old, new };
	Plan *copies[2];
	Failure ignored;

	for (size_t i = 0; i < 2; i++) {
		AUTO_VALUE(Text) bytes = { 0 };

		copies[i] = plan_new(arena);
		plan_encode(plans[i], &bytes);
		if (!plan_decode(text_slice(&bytes), copies[i], &ignored))
			return false;
		settle_keep(copies[i]);
	}
	return plan_equal(copies[0], copies[1]);
}

static void compare(TryDiff *diff, const Plan *old, const Plan *new, Arena *arena, Text *out)
{
	const Style *style = diff->style;
	const char *title = diff->first->title;

	diff->summary->messages++;
	if (is_same_fate(old, new, arena))
		return;
	diff->summary->changed++;
	if (diff->json) {
		put_json(title, old, new, out);
		return;
	}
	text_printf(out, "%s\n%s", title, style->bad);
	put_side(old, "  - ", "", out);
	text_printf(out, "%s\n%s", style->end, style->good);
	put_side(new, "  + ", "", out);
	text_printf(out, "%s\n", style->end);
}

void try_diff_add(TryDiff *diff, bool is_old, const Tried *it, const Plan *plan, Text *out)
{
	AUTO(Arena) arena = NULL;
	Plan *other;
	Failure ignored;

	if (!diff->first || diff->old_ahead == is_old) {
		wait_for_other(diff, is_old, it, plan);
		return;
	}
	arena = arena_new();
	other = plan_new(arena);
	if (plan_decode(text_slice(&diff->first->plan), other, &ignored))
		compare(diff, is_old ? plan : other, is_old ? other : plan, arena, out);
	drop_first(diff);
}
