/* plan - making a plan, and comparing two */
#include "plan/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "plan/limits.h"
#include "plan/plan_fields.h"

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

uint32_t plan_add_image(Plan *plan, const MessagePieces *pieces)
{
	MessagePieces *image;

	if (plan->image_count == plan->image_capacity) {
		size_t capacity = plan->image_capacity ? plan->image_capacity * 2 : FIRST_ACTIONS;
		MessagePieces *images = arena_alloc(plan->arena, capacity * sizeof *images);

		if (plan->image_count)
			memcpy(images, plan->images, plan->image_count * sizeof *images);
		plan->images = images;
		plan->image_capacity = capacity;
	}
	image = &plan->images[plan->image_count++];
	image->count = pieces->count;
	image->items = arena_alloc(plan->arena, (pieces->count + 1) * sizeof *image->items);
	if (pieces->count)
		memcpy(image->items, pieces->items, pieces->count * sizeof *image->items);
	return (uint32_t)plan->image_count;
}

bool plan_cancels_keep(ActionKind kind)
{
	switch (kind) {
	case ACTION_KEEP:
	case ACTION_FILEINTO:
	case ACTION_REDIRECT:
	case ACTION_DISCARD:
	case ACTION_REJECT:
	case ACTION_PIPE:
		return true;
	default:
		return false;
	}
}

__attribute__((format(printf, 4, 0))) static void add_line(Plan *plan, const char ***lines, size_t *count,
							   const char *format, va_list arguments)
{
	char line[LIMIT_WARNING_LENGTH];

	if (*count == LIMIT_WARNINGS)
		return;
	if (!*lines)
		*lines = arena_zeroed(plan->arena, LIMIT_WARNINGS, sizeof **lines);
	vsnprintf(line, sizeof line, format, arguments);
	(*lines)[(*count)++] = arena_copy_string(plan->arena, line);
}

void plan_warn(Plan *plan, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_line(plan, &plan->warnings, &plan->warning_count, format, arguments);
	va_end(arguments);
}

void plan_note(Plan *plan, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_line(plan, &plan->notes, &plan->note_count, format, arguments);
	va_end(arguments);
}

void plan_clear(Plan *plan)
{
	plan->outcome = PLAN_DECIDED;
	plan->error = NULL;
	plan->implicit_keep = true;
	plan->implicit_flags = (PlanFlags){ 0 };
	plan->implicit_image = 0;
	plan->implicit_folder = NULL;
	plan->image_count = 0;
	plan->count = plan->carried_out = 0;
	plan->keep_carried_out = false;
	plan->note_count = 0;
	plan->idle = NULL;
	plan->decided_line = 0;
}

void plan_fail(Plan *plan, PlanOutcome outcome, const char *error)
{
	plan_clear(plan);
	plan->outcome = outcome;
	plan->error = arena_copy_string(plan->arena, error);
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

static bool same_string(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_list(const PlanList *a, const PlanList *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static bool same_field(const PlanField *field, const void *a, const void *b)
{
	switch (field->type) {
	case FIELD_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case FIELD_NUMBER:
		return *(const uint64_t *)a == *(const uint64_t *)b;
	case FIELD_UNSIGNED:
		return *(const unsigned *)a == *(const unsigned *)b;
	case FIELD_STRING:
		return same_string(*(const char *const *)a, *(const char *const *)b);
	case FIELD_FLAGS:
		return same_flags(a, b);
	case FIELD_LIST:
		return same_list(a, b);
	}
	return false;
}

/* Do pieces of original text and of literal bytes give the same version?  They are made in one way, so piece
 * by piece will do. */
static bool same_pieces(const MessagePieces *a, const MessagePieces *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const MessagePiece *left = &a->items[i], *right = &b->items[i];

		if (left->length != right->length || !left->bytes != !right->bytes)
			return false;
		if (left->bytes ? memcmp(left->bytes, right->bytes, (size_t)left->length) != 0
				: left->offset != right->offset)
			return false;
	}
	return true;
}

static bool same_image(const Plan *a, uint32_t left, const Plan *b, uint32_t right)
{
	if (!left || !right)
		return left == right;
	return same_pieces(&a->images[left - 1], &b->images[right - 1]);
}

static bool same_action(const Plan *in_a, const Action *a, const Plan *in_b, const Action *b)
{
	if (a->kind != b->kind || !same_image(in_a, a->image, in_b, b->image))
		return false;
	for (const PlanField *field = plan_fields; field->name; field++)
		if (plan_field_of(field, a->kind) && field->offset != offsetof(Action, image) &&
		    !same_field(field, plan_field(field, a), plan_field(field, b)))
			return false;
	return true;
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
	if (a->implicit_keep && (!same_flags(&a->implicit_flags, &b->implicit_flags) ||
				 !same_image(a, a->implicit_image, b, b->implicit_image) ||
				 !same_string(a->implicit_folder, b->implicit_folder)))
		return false;
	do {
		left = next_effect(a, &i);
		right = next_effect(b, &j);
		if (left && right && !same_action(a, left, b, right))
			return false;
	} while (left && right);
	return !left && !right;
}
