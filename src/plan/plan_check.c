/* plan_check - could an enemy have made this plan?
 *
 * The judge has read a hostile message with rules that may be wrong; what it says is checked
 * here, in the courier, by grammar and by number, whatever the judge checked itself. */
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/address.h"
#include "plan/limits.h"
#include "plan/plan.h"

enum {
	FOLDER_PART_LENGTH = 255 /* NAME_MAX: more has no name on any disk */
};

static bool has_controls(Slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (ascii_is_control(text.data[i]))
			return true;
		/* U+0080 to U+009F, which terminals obey */
		if (text.data[i] == '\xc2' && i + 1 < text.length && (unsigned char)text.data[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static bool part_valid(const char *part, size_t length)
{
	if (length == 0 || length > FOLDER_PART_LENGTH)
		return false;
	return !(part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.')));
}

bool plan_folder_valid(Slice folder)
{
	size_t begin = 0;

	if (folder.length > LIMIT_FOLDER_LENGTH || has_controls(folder) || !utf8_valid(folder))
		return false;
	for (size_t i = 0; i < folder.length; i++) {
		if (folder.data[i] != '/')
			continue;
		if (!part_valid(folder.data + begin, i - begin))
			return false;
		begin = i + 1;
	}
	return part_valid(folder.data + begin, folder.length - begin);
}

static const char *const system_flags[] = { "\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft" };

static bool is_system_flag(Slice flag)
{
	for (size_t i = 0; i < sizeof system_flags / sizeof *system_flags; i++)
		if (ascii_equal_fold_string(flag, system_flags[i]))
			return true;
	return false;
}

bool plan_flag_valid(Slice flag)
{
	if (flag.length == 0 || flag.length > LIMIT_FLAG_LENGTH)
		return false;
	if (flag.data[0] == '\\')
		return is_system_flag(flag);
	for (size_t i = 0; i < flag.length; i++)
		if (strchr(" (){%*\"\\]", flag.data[i])) /* finds NUL too */
			return false;
	return !has_controls(flag) && utf8_valid(flag);
}

static bool check_flags(const PlanFlags *flags, Failure *why)
{
	if (flags->count > LIMIT_FLAGS)
		return failure_retry(why, "%zu flags on one copy, %d are allowed", flags->count, LIMIT_FLAGS);
	for (size_t i = 0; i < flags->count; i++)
		if (!plan_flag_valid(slice_of(flags->names[i])))
			return failure_retry(why, "a flag that is none");
	return true;
}

static bool check_action(const Action *action, Failure *why)
{
	switch (action->kind) {
	case ACTION_KEEP:
		return check_flags(&action->flags, why);
	case ACTION_FILEINTO:
		if (!plan_folder_valid(slice_of(action->folder)))
			return failure_retry(why, "a folder name that is not allowed");
		return check_flags(&action->flags, why);
	case ACTION_REDIRECT:
		if (strlen(action->address) > LIMIT_ADDRESS_LENGTH ||
		    !address_is_safe(slice_of(action->address)))
			return failure_retry(why, "an address that is not allowed");
		return true;
	case ACTION_DISCARD:
		return true;
	}
	return failure_retry(why, "an unknown action");
}

static bool check_actions(const Plan *plan, Failure *why)
{
	size_t redirects = 0;

	if (plan->count > LIMIT_ACTIONS)
		return failure_retry(why, "%zu actions, %d are allowed", plan->count, LIMIT_ACTIONS);
	for (size_t i = 0; i < plan->count; i++) {
		const Action *action = &plan->actions[i];

		if (!check_action(action, why))
			return failure_add(why, "in action %zu (line %u)", i + 1, action->line);
		redirects += action->kind == ACTION_REDIRECT;
	}
	if (redirects > LIMIT_REDIRECTS)
		return failure_retry(why, "%zu redirects, %d are allowed", redirects, LIMIT_REDIRECTS);
	return true;
}

bool plan_check(const Plan *plan, Failure *why)
{
	if (plan->outcome != PLAN_DECIDED && (plan->count || !plan->implicit_keep))
		return failure_retry(why, "rules that failed cannot act");
	/* Only an action cancels it: nothing at all would lose the message. */
	if (!plan->implicit_keep && plan->count == 0)
		return failure_retry(why, "a plan that neither keeps the message nor says why not");
	return check_flags(&plan->implicit_flags, why) && check_actions(plan, why);
}
