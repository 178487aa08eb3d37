/* refile_plan - what would be done, counted and shown before it is */
#include <string.h>

#include "base/memory.h"
#include "base/printable.h"
#include "commands/refile.h"

enum {
	FOLDER_BYTES = 200
};

static void count_folder(Refile *refile, const char *folder)
{
	RefileCounts *counts = &refile->counts;
	Failure ignored;
	bool exists = true;

	folder = folder ? folder : "INBOX";
	for (size_t i = 0; i < counts->count; i++)
		if (strcmp(counts->items[i].folder, folder) == 0) {
			counts->items[i].messages++;
			return;
		}
	(void)store_folder_exists(refile->store, folder, &exists, &ignored);
	MEMORY_GROW(counts->items, counts->count, counts->capacity);
	counts->items[counts->count++] = (RefileCount){ memory_copy_string(folder), 1, !exists };
}

static void count_outgoing(const Plan *plan, RefileCounts *counts)
{
	for (size_t i = 0; i < plan->count; i++)
		switch (plan->actions[i].kind) {
		case ACTION_REDIRECT:
			counts->redirected++;
			break;
		case ACTION_PIPE:
			counts->piped++;
			break;
		case ACTION_CALENDAR:
			counts->calendars++;
			break;
		case ACTION_REJECT:
		case ACTION_VACATION:
		case ACTION_NOTIFY:
		case ACTION_REPORT:
			counts->answered++;
			break;
		default:
			break;
		}
}

static bool count_message(void *self, BatchItem *item, Plan *plan, Failure *why)
{
	Refile *refile = self;
	RefileCounts *counts = &refile->counts;
	RefileFate fate;

	if (plan->outcome == PLAN_NO_COMPILE)
		return failure_set(why, FAILURE_REFUSED, "5.6.0", "the rules have errors:\n%s", plan->error);
	if (!refile_decide(refile, item, plan, &fate, why))
		return false;
	counts->messages++;
	counts->failed += plan->outcome != PLAN_DECIDED;
	counts->staying += fate.staying;
	counts->withheld += fate.withheld;
	counts->discarded += plan->outcome == PLAN_DECIDED && fate.discarded;
	count_outgoing(plan, counts);
	for (size_t i = 0; i < fate.count; i++)
		count_folder(refile, fate.copies[i].folder);
	return true;
}

bool refile_plan(Refile *refile, Failure *why)
{
	return refile_read(refile, count_message, why);
}

static void print_row(size_t count, const char *what, Text *out)
{
	if (count)
		text_printf(out, "%8zu  %s\n", count, what);
}

void refile_plan_print(const Refile *refile, Text *out)
{
	const RefileCounts *counts = &refile->counts;
	const bool move = refile->options->move, sends = refile->options->allow_outgoing;

	text_printf(out, "%zu message%s\n", counts->messages, counts->messages == 1 ? "" : "s");
	for (size_t i = 0; i < counts->count; i++) {
		text_printf(out, "%8zu  %s \"", counts->items[i].messages, move ? "move to" : "copy to");
		printable_append(out, slice_of(counts->items[i].folder), FOLDER_BYTES);
		text_printf(out, "\"%s\n", counts->items[i].is_new ? " (made)" : "");
	}
	print_row(counts->staying, "lie there already, and stay", out);
	print_row(counts->discarded, move ? "discarded: taken out of the source" : "discarded: not copied",
		  out);
	print_row(counts->redirected, sends ? "redirects: to be sent" : "redirects: not sent", out);
	print_row(counts->answered,
		  sends ? "answers, refusals, notifications: to be sent"
			: "answers, refusals, notifications: not sent",
		  out);
	print_row(counts->piped, "copies for programs: not run", out);
	print_row(counts->calendars, "changes of calendars: not made", out);
	print_row(counts->withheld, "would only leave, and stay where they are", out);
	print_row(counts->failed, "the rules failed on, and stay where they are", out);
}
