/* refile_plan - what would be done, counted and shown before it is */
#include <inttypes.h>

#include "base/printable.h"
#include "commands/refile.h"

enum {
	FOLDER_BYTES = 200
};

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
		tally_add(&counts->folders, slice_of(fate.copies[i].folder ? fate.copies[i].folder : "INBOX"),
			  0);
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

static void print_folder(const Refile *refile, const TallyItem *folder, Text *out)
{
	Failure ignored;
	bool exists = true;

	(void)store_folder_exists(refile->store, folder->name, &exists, &ignored);
	text_printf(out, "%8" PRIu64 "  %s \"", folder->count, refile->options->move ? "move to" : "copy to");
	printable_append(out, slice_of(folder->name), FOLDER_BYTES);
	text_printf(out, "\"%s\n", exists ? "" : " (made)");
}

void refile_plan_print(const Refile *refile, Text *out)
{
	const RefileCounts *counts = &refile->counts;
	const bool move = refile->options->move, sends = refile->options->allow_outgoing;

	text_printf(out, "%zu message%s\n", counts->messages, counts->messages == 1 ? "" : "s");
	for (size_t i = 0; i < counts->folders.count; i++)
		print_folder(refile, &counts->folders.items[i], out);
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
