/* plan_check - could an enemy have made this plan?
 *
 * The judge has read a hostile message with rules that may be wrong; what it says is checked
 * here, in the courier, by grammar and by number, whatever the judge checked itself. */
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "plan/limits.h"
#include "plan/plan.h"
#include "plan/plan_fields.h"

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

bool plan_report_type_valid(Slice type)
{
	for (size_t i = 0; i < type.length; i++)
		if (type.data[i] <= ' ' || type.data[i] > '~' || strchr("()<>@,;:\\\"/[]?=", type.data[i]))
			return false;
	return type.length > 0 && type.length <= LIMIT_FLAG_LENGTH;
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

static bool check_string(const PlanField *field, const Action *action, const char *value, Failure *why)
{
	if (!value)
		return !(field->wanted >> action->kind & 1) ||
		       failure_retry(why, "%s is missing", field->name);
	if (strlen(value) > field->limit || (field->valid && !field->valid(slice_of(value))))
		return failure_retry(why, "%s that is not allowed", field->name);
	return true;
}

static bool check_list(const PlanField *field, const PlanList *list, Failure *why)
{
	if (list->count > LIMIT_ARGUMENTS)
		return failure_retry(why, "%zu of '%s', %d are allowed", list->count, field->name,
				     LIMIT_ARGUMENTS);
	for (size_t i = 0; i < list->count; i++)
		if (strlen(list->items[i]) > field->limit || !field->valid(slice_of(list->items[i])))
			return failure_retry(why, "%s that are not allowed", field->name);
	return true;
}

static bool check_field(const PlanField *field, const Action *action, Failure *why)
{
	const void *member = plan_field(field, action);

	switch (field->type) {
	case FIELD_BOOL:
		return true;
	case FIELD_NUMBER:
		return *(const uint64_t *)member <= field->limit ||
		       failure_retry(why, "%s that is too large", field->name);
	case FIELD_UNSIGNED:
		return *(const unsigned *)member <= field->limit ||
		       failure_retry(why, "%s that is too large", field->name);
	case FIELD_STRING:
		return check_string(field, action, *(const char *const *)member, why);
	case FIELD_FLAGS:
		return check_flags(member, why);
	case FIELD_LIST:
		return check_list(field, member, why);
	}
	return false;
}

static bool check_action(const Plan *plan, const Action *action, Failure *why)
{
	if (action->kind >= ACTION_KINDS)
		return failure_retry(why, "an unknown action");
	for (const PlanField *field = plan_fields; field->name; field++)
		if (plan_field_of(field, action->kind) && !check_field(field, action, why))
			return false;
	if (action->image > plan->image_count)
		return failure_retry(why, "a version of the message that there is not");
	return true;
}

/* What is stored for a UID is locked while it is changed, so that a second change would wait for the first.
 */
static bool is_changed_twice(const Plan *plan, size_t index)
{
	const Action *action = &plan->actions[index];

	for (size_t i = 0; i < index; i++)
		if (action->kind == ACTION_CALENDAR && plan->actions[i].kind == ACTION_CALENDAR &&
		    strcmp(plan->actions[i].handle, action->handle) == 0)
			return true;
	return false;
}

static bool check_actions(const Plan *plan, Failure *why)
{
	size_t redirects = 0;

	if (plan->count > LIMIT_ACTIONS)
		return failure_retry(why, "%zu actions, %d are allowed", plan->count, LIMIT_ACTIONS);
	for (size_t i = 0; i < plan->count; i++) {
		const Action *action = &plan->actions[i];

		if (!check_action(plan, action, why))
			return failure_add(why, "in action %zu (line %u)", i + 1, action->line);
		if (is_changed_twice(plan, i))
			return failure_retry(why, "two changes of one calendar object");
		redirects += action->kind == ACTION_REDIRECT;
	}
	if (redirects > LIMIT_REDIRECTS)
		return failure_retry(why, "%zu redirects, %d are allowed", redirects, LIMIT_REDIRECTS);
	return true;
}

/* Every byte of the message once at most, in order: whatever a judge says, a version is no larger than the
 * message and what was sent along with the plan. */
bool plan_image_check(const MessagePieces *image, off_t message_bytes, Failure *why)
{
	off_t from = 0;

	if (image->count > LIMIT_PIECES)
		return failure_retry(why, "a version of %zu pieces, %d are allowed", image->count,
				     LIMIT_PIECES);
	for (size_t i = 0; i < image->count; i++) {
		const MessagePiece *piece = &image->items[i];

		if (piece->length < 0)
			return failure_retry(why, "a piece of less than nothing");
		if (piece->bytes)
			continue;
		if (piece->offset < from || piece->length > message_bytes ||
		    piece->offset > message_bytes - piece->length)
			return failure_retry(why, "a piece that the message does not have");
		from = piece->offset + piece->length;
	}
	return true;
}

static bool check_images(const Plan *plan, off_t message_bytes, Failure *why)
{
	if (plan->image_count > LIMIT_IMAGES)
		return failure_retry(why, "%zu versions of the message, %d are allowed", plan->image_count,
				     LIMIT_IMAGES);
	for (size_t i = 0; i < plan->image_count; i++)
		if (!plan_image_check(&plan->images[i], message_bytes, why))
			return failure_add(why, "in version %zu", i + 1);
	return true;
}

static bool check_implicit(const Plan *plan, Failure *why)
{
	if (plan->implicit_image > plan->image_count)
		return failure_retry(why, "a version of the message that there is not");
	if (plan->implicit_folder && !plan_folder_valid(slice_of(plan->implicit_folder)))
		return failure_retry(why, "a folder name that is not allowed");
	return check_flags(&plan->implicit_flags, why);
}

/* Does something happen to the message that makes up for the keep? */
static bool says_how(const Plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan_cancels_keep(plan->actions[i].kind) && !plan->actions[i].copy)
			return true;
	return false;
}

bool plan_check(const Plan *plan, off_t message_bytes, Failure *why)
{
	if (plan->outcome != PLAN_DECIDED &&
	    (plan->count || !plan->implicit_keep || plan->implicit_image || plan->implicit_folder))
		return failure_retry(why, "rules that failed cannot act");
	/* Only an action cancels it: nothing at all would lose the message. */
	if (!plan->implicit_keep && !says_how(plan))
		return failure_retry(why, "a plan that neither keeps the message nor says why not");
	return check_implicit(plan, why) && check_images(plan, message_bytes, why) &&
	       check_actions(plan, why);
}
