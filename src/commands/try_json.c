/* try_json - an object for each message, one a line */
#include "commands/try.h"

#include "base/json.h"

static const char *const outcomes[] = {
	[PLAN_DECIDED] = "decided",
	[PLAN_NO_COMPILE] = "errors",
	[PLAN_RUN_ERROR] = "failed",
	[PLAN_RETRY] = "later",
};

static void put_strings(Text *out, const char *name, const char *const *strings, size_t count)
{
	json_name(out, name);
	text_append_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		text_append_string(out, i ? "," : "");
		json_string(out, slice_of(strings[i]));
	}
	text_append_char(out, ']');
}

static void put_if_given(Text *out, const char *name, const char *value)
{
	if (value)
		json_field_string(out, name, value);
}

static void put_action(Text *out, const Action *action)
{
	AUTO_VALUE(Text) words = { 0 };

	plan_describe_action(action, &words);
	text_append_char(out, '{');
	json_field_string(out, "action", plan_action_name(action->kind));
	json_field_slice(out, "text", text_slice(&words));
	json_field_number(out, "line", action->line);
	if (action->script && *action->script)
		json_field_string(out, "script", action->script);
	put_if_given(out, "folder", action->folder);
	put_if_given(out, "address", action->address);
	put_if_given(out, "program", action->program);
	json_field_bool(out, "copy", action->copy);
	if (action->flags.count)
		put_strings(out, "flags", action->flags.names, action->flags.count);
	text_append_char(out, '}');
}

static void put_lines(Text *out, const Steps *steps)
{
	uint32_t last = 0;

	json_name(out, "taken");
	text_append_char(out, '[');
	for (size_t i = 0; i < steps->node_count; i++) {
		const StepNode *node = &steps->nodes[i];

		if (node->script || node->kind == STEP_TEST || !node->held || node->line == last)
			continue;
		text_printf(out, "%s%u", last ? "," : "", node->line);
		last = node->line;
	}
	text_append_char(out, ']');
}

static void put_sight(Text *out, const Steps *steps, const StepSight *sight)
{
	const StepNode *node = &steps->nodes[sight->node];

	text_append_char(out, '{');
	json_field_number(out, "line", node->line);
	if (*steps->scripts[node->script].name)
		json_field_string(out, "script", steps->scripts[node->script].name);
	if (sight->field.length)
		json_field_slice(out, "field", sight->field);
	json_field_slice(out, "value", sight->value);
	if (sight->has_raw)
		json_field_slice(out, "raw", sight->raw);
	json_field_bool(out, "hit", sight->hit);
	if (sight->hit || sight->near)
		json_field_slice(out, "key", sight->key);
	if (sight->hit)
		json_field_slice(out, "matched",
				 slice(sight->value.data + sight->match_from, sight->match_size));
	put_if_given(out, "near", steps_near_text(sight->near));
	text_append_char(out, '}');
}

static void put_steps(Text *out, const Steps *steps)
{
	put_lines(out, steps);
	json_name(out, "values");
	text_append_char(out, '[');
	for (size_t i = 0; i < steps->sight_count; i++) {
		text_append_string(out, i ? "," : "");
		put_sight(out, steps, &steps->sights[i]);
	}
	text_append_char(out, ']');
}

static void put_message(Text *out, const Tried *it)
{
	json_field_string(out, "name", it->name);
	if (*it->folder)
		json_field_string(out, "folder", it->folder);
	json_field_string(out, "id", it->message_id);
	json_field_string(out, "from", it->from);
	json_field_string(out, "subject", it->subject);
	json_field_string(out, "sender", it->sender);
	json_field_string(out, "recipient", it->recipient);
	json_field_number(out, "now", it->now);
}

void try_json(const Tried *it, const Plan *plan, Text *out)
{
	AUTO_VALUE(Text) words = { 0 };
	Plan without = *plan;

	text_append_char(out, '{');
	put_message(out, it);
	json_field_string(out, "outcome", outcomes[plan->outcome]);
	if (plan->outcome == PLAN_NO_COMPILE)
		without.error = NULL; /* the lines about it stand in "error" */
	try_outcome(&without, &words);
	json_field_slice(out, "text", text_slice(&words));
	put_if_given(out, "error", plan->error);
	json_name(out, "actions");
	text_append_char(out, '[');
	for (size_t i = 0; i < plan->count; i++) {
		text_append_string(out, i ? "," : "");
		put_action(out, &plan->actions[i]);
	}
	text_append_char(out, ']');
	json_field_bool(out, "implicit_keep", plan->implicit_keep);
	if (plan->warning_count)
		put_strings(out, "warnings", plan->warnings, plan->warning_count);
	if (plan->note_count)
		put_strings(out, "notes", plan->notes, plan->note_count);
	if (plan->steps)
		put_steps(out, plan->steps);
	text_append_string(out, "}\n");
}
