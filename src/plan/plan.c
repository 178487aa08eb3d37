/* plan - making a plan, and comparing two */
#include "plan/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "plan/limits.h"

enum {
	FIRST_ACTIONS = 4 /* a real script takes one or two */
};

Plan *plan_new(Arena *arena)
{
	Plan *plan = ARENA_NEW(arena, Plan);

	plan->implicit_keep = true;
	plan->arena = arena;
	return plan;
}

static void make_room(Plan *plan)
{
	size_t capacity = plan->capacity ? plan->capacity * 2 : FIRST_ACTIONS;
	Action *actions = arena_alloc(plan->arena, capacity * sizeof *actions);

	if (plan->count)
		memcpy(actions, plan->actions, plan->count * sizeof *actions);
	plan->actions = actions;
	plan->capacity = capacity;
}

Action *plan_add(Plan *plan, ActionKind kind)
{
	Action *action;

	if (plan->count == plan->capacity)
		make_room(plan);
	action = &plan->actions[plan->count++];
	*action = (Action){ .kind = kind, .script = "" };
	return action;
}

void plan_warn(Plan *plan, const char *format, ...)
{
	char line[LIMIT_WARNING_LENGTH];
	va_list arguments;

	if (plan->warning_count == LIMIT_WARNINGS)
		return;
	if (!plan->warnings)
		plan->warnings = arena_zeroed(plan->arena, LIMIT_WARNINGS, sizeof *plan->warnings);
	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	plan->warnings[plan->warning_count++] = arena_copy_string(plan->arena, line);
}

void plan_fail(Plan *plan, PlanOutcome outcome, const char *error)
{
	plan->outcome = outcome;
	plan->error = arena_copy_string(plan->arena, error);
	plan->implicit_keep = true;
	plan->implicit_flags = (PlanFlags){ 0 };
	plan->count = 0;
	plan->decided_line = 0;
}

static bool has_flag(const PlanFlags *flags, const char *name)
{
	for (size_t i = 0; i < flags->count; i++)
		if (ascii_strings_equal_fold(flags->names[i], name))
			return true;
	return false;
}

/* Neither holds a name twice, so counts and one direction decide. */
static bool same_flags(const PlanFlags *a, const PlanFlags *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!has_flag(b, a->names[i]))
			return false;
	return true;
}

static bool same_action(const Action *a, const Action *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case ACTION_KEEP:
		return same_flags(&a->flags, &b->flags);
	case ACTION_FILEINTO:
		return strcmp(a->folder, b->folder) == 0 && a->create == b->create &&
		       same_flags(&a->flags, &b->flags);
	case ACTION_REDIRECT:
		return strcmp(a->address, b->address) == 0;
	case ACTION_DISCARD:
		return true;
	}
	return false;
}

/* The first action from `*at` on that does something, or NULL. */
static const Action *next_effect(const Plan *plan, size_t *at)
{
	while (*at < plan->count) {
		const Action *action = &plan->actions[(*at)++];

		if (action->kind != ACTION_DISCARD)
			return action;
	}
	return NULL;
}

bool plan_equal(const Plan *a, const Plan *b)
{
	const Action *left, *right;
	size_t i = 0, j = 0;

	if (a->outcome != b->outcome || a->implicit_keep != b->implicit_keep)
		return false;
	if (a->implicit_keep && !same_flags(&a->implicit_flags, &b->implicit_flags))
		return false;
	do {
		left = next_effect(a, &i);
		right = next_effect(b, &j);
		if (left && right && !same_action(left, right))
			return false;
	} while (left && right);
	return !left && !right;
}
