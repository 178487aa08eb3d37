/* What a judge may tell of the way that rules took: any bytes are refused with a reason, or lead nowhere but
 * into what was sent, and written and read again they are the same. */
#include "fuzz.h"

#include "plan/limits.h"
#include "plan/steps.h"

enum {
	SCRIPTS_MAX = 4,
	NODES_MAX = 8,
	SIGHTS_MAX = 6
};

/* ---- steps from choices ---- */

static uint32_t choose_number(FuzzChoices *choices)
{
	static const uint32_t numbers[] = { 0, 1, 2, 127, 128, 65536, UINT32_MAX };

	return numbers[fuzz_choose(choices, sizeof numbers / sizeof *numbers)];
}

static void choose_node(FuzzChoices *choices, const Steps *steps, StepNode *node)
{
	node->kind = (StepKind)fuzz_choose(choices, STEP_KINDS);
	node->script = (uint32_t)fuzz_choose(choices, steps->script_count);
	node->line = choose_number(choices);
	node->end = choose_number(choices);
	node->offset = node->end / 2;
	node->size = choose_number(choices);
	node->reached = choose_number(choices);
	node->held = node->reached / 2;
}

static void choose_sight(FuzzChoices *choices, const Steps *steps, StepSight *sight)
{
	sight->node = (uint32_t)fuzz_choose(choices, steps->node_count);
	sight->hit = fuzz_choose(choices, 2);
	sight->near = (StepNear)fuzz_choose(choices, STEP_NEAR_KINDS);
	sight->field = fuzz_bytes(choices, 10);
	sight->value = fuzz_bytes(choices, 40);
	sight->value_from = choose_number(choices);
	sight->value_all = choose_number(choices);
	sight->has_raw = fuzz_choose(choices, 2);
	sight->raw = fuzz_bytes(choices, 10);
	sight->key = fuzz_bytes(choices, 10);
	sight->key_line = choose_number(choices);
	sight->match_from = (uint32_t)fuzz_choose(choices, sight->value.length + 1);
	sight->match_size = (uint32_t)fuzz_choose(choices, sight->value.length - sight->match_from + 1);
}

/* Every sight needs a node, and every node a script. */
static Steps choose_steps(FuzzChoices *choices, Arena *arena)
{
	Steps steps = { .script_count = 1 + fuzz_choose(choices, SCRIPTS_MAX),
			.node_count = 1 + fuzz_choose(choices, NODES_MAX),
			.sight_count = fuzz_choose(choices, SIGHTS_MAX),
			.cut = fuzz_choose(choices, 2) };

	steps.scripts = arena_zeroed(arena, steps.script_count, sizeof *steps.scripts);
	steps.nodes = arena_zeroed(arena, steps.node_count, sizeof *steps.nodes);
	steps.sights = arena_zeroed(arena, steps.sight_count + 1, sizeof *steps.sights);
	for (size_t i = 0; i < steps.script_count; i++)
		steps.scripts[i] = (StepScript){ fuzz_choose(choices, 2) ? "included" : "",
						 fuzz_choose(choices, 2) };
	for (size_t i = 0; i < steps.node_count; i++)
		choose_node(choices, &steps, &steps.nodes[i]);
	for (size_t i = 0; i < steps.sight_count; i++)
		choose_sight(choices, &steps, &steps.sights[i]);
	return steps;
}

/* ---- the laws ---- */

static void look_at(const Steps *steps)
{
	LAW(steps->script_count <= LIMIT_STEP_SCRIPTS && steps->node_count <= LIMIT_STEP_NODES);
	LAW(steps->sight_count <= LIMIT_STEP_SIGHTS);
	for (size_t i = 0; i < steps->script_count; i++)
		LAW(steps->scripts[i].name != NULL);
	for (size_t i = 0; i < steps->node_count; i++) {
		LAW(steps->nodes[i].kind < STEP_KINDS && steps->nodes[i].script < steps->script_count);
		LAW(steps->nodes[i].held <= steps->nodes[i].reached);
	}
	for (size_t i = 0; i < steps->sight_count; i++) {
		const StepSight *sight = &steps->sights[i];

		LAW(sight->node < steps->node_count && sight->near < STEP_NEAR_KINDS);
		LAW(sight->near == STEP_NOT_NEAR || steps_near_text(sight->near));
		LAW((size_t)sight->match_from + sight->match_size <= sight->value.length);
		LAW(sight->value.length <= LIMIT_STEP_BYTES && sight->key.length <= LIMIT_STEP_BYTES);
	}
}

/* Any bytes: those that are steps are the only ones that say them. */
static void receive(Slice bytes)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) again = { 0 };
	Steps steps;
	Failure why = { 0 };

	if (!steps_decode(bytes, &steps, arena, &why)) {
		LAW(*why.text);
		return;
	}
	look_at(&steps);
	steps_encode(&steps, &again);
	LAW_SAME(text_slice(&again), bytes);
}

static void send(const Steps *steps, Text *wire)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) again = { 0 };
	Steps read;
	Failure why = { 0 };

	steps_encode(steps, wire);
	LAW(steps_decode(text_slice(wire), &read, arena, &why), "%s", why.text);
	look_at(&read);
	steps_encode(&read, &again);
	LAW_SAME(text_slice(&again), text_slice(wire));
}

static void fuzz(Slice input)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) wire = { 0 };
	FuzzChoices choices = { input };
	Steps steps;

	if (fuzz_choose(&choices, 2) == 0) {
		receive(choices.rest);
		return;
	}
	steps = choose_steps(&choices, arena);
	send(&steps, &wire);
	while (wire.length && choices.rest.length) {
		size_t at = fuzz_choose(&choices, wire.length);

		wire.data[at] = (char)(wire.data[at] ^ (char)fuzz_choose(&choices, 256));
	}
	receive(text_slice(&wire));
}
