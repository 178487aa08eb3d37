#include "plan/steps.h"

#include "plan/limits.h"
#include "plan/wire.h"

const char *steps_near_text(StepNear near)
{
	static const char *const texts[STEP_NEAR_KINDS] = {
		[STEP_NEAR_CASE] = "with letters in any case",
		[STEP_NEAR_BLANKS] = "without the blanks around it",
		[STEP_NEAR_CONTAINS] = "with :contains",
		[STEP_NEAR_MATCHES] = "with :matches",
		[STEP_NEAR_RAW] = "in the field as it stands, before it is decoded",
		[STEP_NEAR_ADDRESS] = "with the test 'address'",
	};

	return texts[near];
}

/* --- writing --- */

static void put_node(const StepNode *node, Text *out)
{
	const uint32_t numbers[] = { node->script, node->line,    node->offset, node->size,
				     node->end,    node->reached, node->held };

	wire_put_byte(out, node->kind);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		wire_put_number(out, numbers[i]);
}

static void put_sight(const StepSight *sight, Text *out)
{
	wire_put_number(out, sight->node);
	wire_put_byte(out, sight->hit);
	wire_put_byte(out, sight->near);
	wire_put_bytes(out, sight->field);
	wire_put_bytes(out, sight->value);
	wire_put_number(out, sight->value_from);
	wire_put_number(out, sight->value_all);
	wire_put_byte(out, sight->has_raw);
	wire_put_bytes(out, sight->raw);
	wire_put_bytes(out, sight->key);
	wire_put_number(out, sight->key_line);
	wire_put_number(out, sight->match_from);
	wire_put_number(out, sight->match_size);
}

void steps_encode(const Steps *steps, Text *out)
{
	wire_put_number(out, steps->script_count);
	for (size_t i = 0; i < steps->script_count; i++) {
		wire_put_string(out, steps->scripts[i].name);
		wire_put_byte(out, steps->scripts[i].is_global);
	}
	wire_put_number(out, steps->node_count);
	for (size_t i = 0; i < steps->node_count; i++)
		put_node(&steps->nodes[i], out);
	wire_put_number(out, steps->sight_count);
	for (size_t i = 0; i < steps->sight_count; i++)
		put_sight(&steps->sights[i], out);
	wire_put_byte(out, steps->cut);
}

/* --- reading --- */

static uint32_t get_number(WireReader *in)
{
	return (uint32_t)wire_get_number(in, UINT32_MAX);
}

static Slice get_slice(WireReader *in)
{
	return arena_copy_slice(in->arena, wire_get_bytes(in, LIMIT_STEP_BYTES));
}

static void get_scripts(WireReader *in, Steps *steps)
{
	size_t count = wire_get_number(in, LIMIT_STEP_SCRIPTS);

	steps->scripts = arena_zeroed(in->arena, count + 1, sizeof *steps->scripts);
	for (size_t i = 0; i < count && !in->wrong; i++) {
		const char *name = wire_get_string(in, LIMIT_FOLDER_LENGTH);

		steps->scripts[i] = (StepScript){ name ? name : "", wire_get_bool(in) };
		if (!name)
			wire_wrong(in, "a script has no name");
	}
	steps->script_count = count;
}

static void get_node(WireReader *in, const Steps *steps, StepNode *node)
{
	node->kind = (StepKind)wire_get_byte(in, STEP_KINDS - 1);
	node->script = get_number(in);
	node->line = get_number(in);
	node->offset = get_number(in);
	node->size = get_number(in);
	node->end = get_number(in);
	node->reached = get_number(in);
	node->held = get_number(in);
	if (node->script >= steps->script_count || node->held > node->reached || node->end < node->offset)
		wire_wrong(in, "a step leads nowhere");
}

static void get_sight(WireReader *in, const Steps *steps, StepSight *sight)
{
	sight->node = get_number(in);
	sight->hit = wire_get_bool(in);
	sight->near = (StepNear)wire_get_byte(in, STEP_NEAR_KINDS - 1);
	sight->field = get_slice(in);
	sight->value = get_slice(in);
	sight->value_from = get_number(in);
	sight->value_all = get_number(in);
	sight->has_raw = wire_get_bool(in);
	sight->raw = get_slice(in);
	sight->key = get_slice(in);
	sight->key_line = get_number(in);
	sight->match_from = get_number(in);
	sight->match_size = get_number(in);
	if (sight->node >= steps->node_count || sight->match_from > sight->value.length ||
	    sight->match_size > sight->value.length - sight->match_from)
		wire_wrong(in, "a value leads nowhere");
}

bool steps_decode(Slice bytes, Steps *steps, Arena *arena, Failure *why)
{
	WireReader in = { .rest = bytes, .arena = arena };

	*steps = (Steps){ 0 };
	get_scripts(&in, steps);
	steps->node_count = wire_get_number(&in, LIMIT_STEP_NODES);
	steps->nodes = arena_zeroed(arena, steps->node_count + 1, sizeof *steps->nodes);
	for (size_t i = 0; i < steps->node_count && !in.wrong; i++)
		get_node(&in, steps, &steps->nodes[i]);
	steps->sight_count = wire_get_number(&in, LIMIT_STEP_SIGHTS);
	steps->sights = arena_zeroed(arena, steps->sight_count + 1, sizeof *steps->sights);
	for (size_t i = 0; i < steps->sight_count && !in.wrong; i++)
		get_sight(&in, steps, &steps->sights[i]);
	steps->cut = wire_get_bool(&in);
	if (in.rest.length)
		wire_wrong(&in, "it goes on behind its end");
	return !in.wrong || failure_retry(why, "%s", in.wrong);
}
