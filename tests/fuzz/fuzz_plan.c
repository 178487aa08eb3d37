/* What a judge may send: any bytes are refused, or are a plan that can be checked, printed, written and read
 * again as the same; and a plan made of any fields arrives as it was sent.
 *
 * The first byte says which: even, and the rest are the bytes that a forger sends; odd, and they choose the
 * members of actions from the table that plan/ itself goes by. */
#include "fuzz.h"

#include "base/utf8.h"
#include "plan/limits.h"
#include "plan/plan.h"
#include "plan/plan_fields.h"
#include "plan/world.h"

enum {
	MESSAGE_BYTES = 1000,
	ACTIONS_MAX = 12,
	LIST_MAX = 4
};

/* ---- a plan from choices ---- */

/* Strings that are right somewhere, and any others. */
static const char *choose_string(FuzzChoices *choices, Arena *arena)
{
	static const char *const strings[] = {
		"INBOX",
		"Lists/Work",
		"../x",
		"ann@example.org",
		"mailto:ann@example.org",
		"\\Seen",
		"work",
		"abuse",
		"program",
		"Subject line",
		"NEVER",
		"2026-01-01T00:00:00Z",
	};
	size_t known = sizeof strings / sizeof *strings, chosen = fuzz_choose(choices, known + 2);
	Slice bytes;

	if (chosen == 0)
		return NULL;
	if (chosen <= known)
		return strings[chosen - 1];
	bytes = fuzz_bytes(choices, 40);
	return arena_copy_bytes(arena, bytes.data, strnlen(bytes.data, bytes.length));
}

static void choose_list(FuzzChoices *choices, Arena *arena, PlanList *list)
{
	size_t count = fuzz_choose(choices, LIST_MAX + 1);

	list->items = arena_zeroed(arena, count + 1, sizeof *list->items);
	for (; list->count < count; list->count++) {
		const char *item = choose_string(choices, arena);

		list->items[list->count] = item ? item : "";
	}
}

static void choose_flags(FuzzChoices *choices, Arena *arena, PlanFlags *flags)
{
	PlanList list = { 0 };

	choose_list(choices, arena, &list);
	*flags = (PlanFlags){ .set = list.count || fuzz_choose(choices, 2),
			      .names = list.items,
			      .count = list.count };
}

static void choose_field(FuzzChoices *choices, Arena *arena, const PlanField *field, void *member)
{
	switch (field->type) {
	case FIELD_BOOL:
		*(bool *)member = fuzz_choose(choices, 2);
		break;
	case FIELD_NUMBER:
		*(uint64_t *)member = fuzz_choose(choices, (size_t)field->limit);
		break;
	case FIELD_UNSIGNED:
		*(unsigned *)member = (unsigned)fuzz_choose(choices, (size_t)field->limit + 1);
		break;
	case FIELD_STRING:
		*(const char **)member = choose_string(choices, arena);
		break;
	case FIELD_FLAGS:
		choose_flags(choices, arena, member);
		break;
	case FIELD_LIST:
		choose_list(choices, arena, member);
		break;
	}
}

static void choose_image(FuzzChoices *choices, Plan *plan)
{
	MessagePiece items[LIST_MAX];
	MessagePieces pieces = { items, fuzz_choose(choices, LIST_MAX + 1) };

	for (size_t i = 0; i < pieces.count; i++) {
		Slice bytes = fuzz_bytes(choices, 20);

		if (fuzz_choose(choices, 2))
			items[i] = (MessagePiece){ bytes.data, 0, (off_t)bytes.length };
		else
			items[i] = (MessagePiece){ NULL, (off_t)fuzz_choose(choices, MESSAGE_BYTES),
						   (off_t)bytes.length };
	}
	plan_add_image(plan, &pieces);
}

static Plan *choose_plan(FuzzChoices *choices, Arena *arena)
{
	Plan *plan = plan_new(arena);
	size_t images = fuzz_choose(choices, LIST_MAX), actions = fuzz_choose(choices, ACTIONS_MAX);

	plan->implicit_keep = !fuzz_rarely(choices, 2);
	plan->decided_line = (uint32_t)fuzz_choose(choices, 70000);
	plan->implicit_image = (uint32_t)fuzz_choose(choices, images + 1);
	if (fuzz_rarely(choices, 4))
		plan->implicit_folder = choose_string(choices, arena);
	if (fuzz_rarely(choices, 4))
		choose_flags(choices, arena, &plan->implicit_flags);
	if (fuzz_rarely(choices, 4))
		plan_warn(plan, "%s", "warned");
	for (size_t i = 0; i < images; i++)
		choose_image(choices, plan);
	for (size_t i = 0; i < actions; i++) {
		Action *action = plan_add(plan, (ActionKind)fuzz_choose(choices, ACTION_KINDS));

		action->copy = fuzz_choose(choices, 2);
		action->line = (uint32_t)i;
		for (const PlanField *field = plan_fields; field->name; field++)
			if (plan_field_of(field, action->kind))
				choose_field(choices, arena, field, (char *)action + field->offset);
	}
	return plan;
}

/* ---- the laws ---- */

static bool may_arrive(const Plan *plan)
{
	Failure why = { 0 };

	return plan_check(plan, MESSAGE_BYTES, &why);
}

static void look_at_printed(const Plan *plan)
{
	AUTO_VALUE(Text) printed = { 0 };

	plan_print(plan, &printed);
	LAW(printed.length > 0 && printed.data[printed.length - 1] == '\n');
}

/* Written and read it is the same plan, in the same bytes. */
static void send(const Plan *plan, Text *wire)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) again = { 0 };
	Plan *read = plan_new(arena);
	Failure why = { 0 };

	plan_encode(plan, wire);
	LAW(plan_decode(text_slice(wire), read, &why), "%s", why.text);
	LAW(may_arrive(plan) == may_arrive(read));
	LAW(!may_arrive(plan) || plan_equal(plan, read));
	plan_encode(read, &again);
	LAW_SAME(text_slice(&again), text_slice(wire));
}

static void receive(Slice bytes)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) wire = { 0 };
	Plan *plan = plan_new(arena);
	Failure why = { 0 };

	if (!plan_decode(bytes, plan, &why)) {
		LAW(*why.text);
		return;
	}
	if (may_arrive(plan))
		look_at_printed(plan);
	send(plan, &wire);
}

/* An image or a question by themselves. */
static void receive_others(Slice bytes)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) again = { 0 };
	MessagePieces image = { 0 };
	Question question = { 0 };
	Failure why = { 0 };

	if (plan_image_decode(bytes, MESSAGE_BYTES, arena, &image, &why)) {
		plan_image_encode(&image, &again);
		LAW_SAME(text_slice(&again), bytes);
	}
	text_reset(&again);
	if (question_decode(bytes, &question, &why)) {
		question_encode(&question, &again);
		LAW_SAME(text_slice(&again), bytes);
	}
}

/* A sound plan of which the forger has changed some bytes. */
static void forge(FuzzChoices *choices, Text *wire)
{
	while (wire->length && choices->rest.length) {
		size_t at = fuzz_choose(choices, wire->length);

		wire->data[at] = (char)(wire->data[at] ^ (char)fuzz_choose(choices, 256));
	}
	receive(text_slice(wire));
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) wire = { 0 };
	FuzzChoices choices = { input };

	if (fuzz_choose(&choices, 2) == 0) {
		receive(choices.rest);
		receive_others(choices.rest);
		return;
	}
	send(choose_plan(&choices, arena), &wire);
	forge(&choices, &wire);
}
