#include "sieve/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "plan/limits.h"
#include "sieve/glob.h"
#include "sieve/script.h"

enum {
	SHOWN_BYTES = 240, /* of a value */
	BEFORE_BYTES = 60, /* of it in front of what fitted */
	KEY_BYTES = 160,
	/* For near misses: longer values and more keys are not tried. */
	TRIED_BYTES = 4096,
	TRIED_KEYS = 64,
	SIGHTS_OF_MISS = 3, /* values that are taken down of a test that does not hold */
	ALL_BYTES = 2 * 1024 * 1024
};

/* Where a node is among the steps. */
typedef struct Place {
	const SieveNode *node;
	uint32_t index;
} Place;

struct SieveTrace {
	Arena *arena;
	Steps steps;
	Place *places; /* in the order of the addresses */
	size_t node_capacity, sight_capacity;
	const HeaderField *field; /* what is offered next comes from it */
	const SieveNode *test;    /* the one whose values were taken down last, */
	size_t test_sights;       /* so many of them */
	Slice whole;              /* what a pattern fitted */
	size_t bytes;             /* of all sights */
};

/* --- the nodes of the scripts --- */

static void *grown(Arena *arena, const void *old, size_t count, size_t *capacity, size_t size_bytes)
{
	void *items;

	*capacity = *capacity ? *capacity * 2 : 64;
	items = arena_alloc(arena, *capacity * size_bytes);
	if (count)
		memcpy(items, old, count * size_bytes);
	return items;
}

/* Where the last of what an argument is written as ends. */
static uint32_t end_of_argument(const SieveArgument *argument)
{
	return argument->span.offset + argument->span.length;
}

static uint32_t later(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t end_of_nodes(const SieveNode *first);

/* Where the node's own text ends, its block not counted. */
static uint32_t end_of_node(const SieveNode *node)
{
	uint32_t end = node->span.offset + node->span.length;

	for (const SieveParameter *parameter = sieve_parameters(node->verb); parameter->name; parameter++) {
		const SieveArgument *argument = &node->arguments[parameter - sieve_parameters(node->verb)];

		if (argument->type == SIEVE_STRING || argument->type == SIEVE_STRING_LIST)
			for (size_t i = 0; i < argument->strings.count; i++)
				end = later(end, argument->strings.items[i].span.offset +
							 argument->strings.items[i].span.length);
		if (argument->type != SIEVE_NOTHING)
			end = later(end, end_of_argument(argument));
	}
	for (const SieveTagUse *use = node->tags; use; use = use->next) {
		end = later(end, use->span.offset + use->span.length);
		if (use->value.type != SIEVE_NOTHING)
			end = later(end, end_of_argument(&use->value));
	}
	return later(end, end_of_nodes(node->tests));
}

static uint32_t end_of_nodes(const SieveNode *first)
{
	uint32_t end = 0;

	for (; first; first = first->next)
		end = later(end, end_of_node(first));
	return end;
}

static void add_node(SieveTrace *trace, const SieveNode *node, StepKind kind, uint32_t script)
{
	Steps *steps = &trace->steps;
	size_t capacity = trace->node_capacity;

	if (steps->node_count == LIMIT_STEP_NODES)
		return;
	if (steps->node_count == capacity) {
		steps->nodes = grown(trace->arena, steps->nodes, capacity, &trace->node_capacity,
				     sizeof *steps->nodes);
		trace->places = grown(trace->arena, trace->places, capacity, &capacity, sizeof(Place));
	}
	trace->places[steps->node_count] = (Place){ node, (uint32_t)steps->node_count };
	steps->nodes[steps->node_count++] = (StepNode){ .kind = kind,
							.script = script,
							.line = node->span.line,
							.offset = node->span.offset,
							.size = node->span.length,
							.end = end_of_node(node) };
}

static void add_tests(SieveTrace *trace, const SieveNode *first, uint32_t script)
{
	for (; first; first = first->next) {
		add_node(trace, first, STEP_TEST, script);
		add_tests(trace, first->tests, script);
	}
}

static void add_commands(SieveTrace *trace, const SieveNode *first, uint32_t script);

bool sieve_is_branch(const SieveNode *node)
{
	return strcmp(node->verb->name, "if") == 0;
}

/* One command, and the elsif and else behind an if. */
static void add_command(SieveTrace *trace, const SieveNode *node, uint32_t script)
{
	bool is_branch = sieve_is_branch(node);

	for (; node; node = node->otherwise) {
		add_node(trace, node, is_branch ? STEP_BRANCH : STEP_COMMAND, script);
		add_tests(trace, node->tests, script);
		add_commands(trace, node->block, script);
	}
}

static void add_commands(SieveTrace *trace, const SieveNode *first, uint32_t script)
{
	for (; first; first = first->next)
		add_command(trace, first, script);
}

static int compare_places(const void *a, const void *b)
{
	const Place *first = a, *second = b;

	return first->node < second->node ? -1 : first->node > second->node;
}

static int compare_node(const void *wanted, const void *place)
{
	const SieveNode *node = ((const Place *)place)->node;

	return (const SieveNode *)wanted < node ? -1 : (const SieveNode *)wanted > node;
}

SieveTrace *sieve_trace_new(const SieveScript *script, Arena *arena)
{
	const SieveUnit *unit = script->unit;
	SieveTrace *trace = ARENA_NEW(arena, SieveTrace);
	Steps *steps = &trace->steps;

	trace->arena = arena;
	steps->scripts = arena_zeroed(arena, unit->script_count + 1, sizeof *steps->scripts);
	for (size_t i = 0; i < unit->script_count && i < LIMIT_STEP_SCRIPTS; i++) {
		const SieveScript *it = unit->scripts[i];

		steps->scripts[steps->script_count++] = (StepScript){ it->called ? it->called : "",
								      it->place == SIEVE_GLOBAL };
		if (it->load == SIEVE_LOADED && !it->broken)
			add_commands(trace, it->first, (uint32_t)i);
	}
	if (steps->node_count)
		qsort(trace->places, steps->node_count, sizeof *trace->places, compare_places);
	return trace;
}

const Steps *sieve_trace_steps(const SieveTrace *trace)
{
	return &trace->steps;
}

static StepNode *find_node(SieveTrace *trace, const SieveNode *node)
{
	const Place *place = trace->steps.node_count ? bsearch(node, trace->places, trace->steps.node_count,
							       sizeof *trace->places, compare_node)
						     : NULL;

	return place ? &trace->steps.nodes[place->index] : NULL;
}

void sieve_trace_node(SieveRun *run, const SieveNode *node, bool held)
{
	StepNode *it = find_node(run->trace, node);

	if (!it)
		return;
	it->reached += it->reached < UINT32_MAX;
	it->held += held && it->held < it->reached;
	run->trace->field = NULL;
	run->trace->test = NULL;
}

void sieve_trace_field(SieveRun *run, const HeaderField *field)
{
	run->trace->field = field;
}

void sieve_trace_whole(SieveRun *run, Slice whole)
{
	run->trace->whole = whole;
}

/* --- near misses --- */

/* A value and a key as they are to be compared: copies, as somebody could have written them. */
typedef struct Attempt {
	Slice value, key;
	Arena *arena;
} Attempt;

static Slice folded(Slice text, Arena *arena)
{
	char *copy = arena_alloc(arena, text.length + 1);

	ascii_fold(text.data, text.length, copy);
	return slice(copy, text.length);
}

/* Blanks at the ends are gone, one is left of several. */
static Slice squeezed(Slice text, Arena *arena)
{
	char *copy = arena_alloc(arena, text.length + 1);
	size_t length = 0;

	text = ascii_trim(text);
	for (size_t i = 0; i < text.length; i++)
		if (!ascii_is_space(text.data[i]))
			copy[length++] = text.data[i];
		else if (!ascii_is_space(text.data[i - 1]))
			copy[length++] = ' ';
	return slice(copy, length);
}

static bool holds(Slice value, Slice key)
{
	return key.length && memmem(value.data, value.length, key.data, key.length) != NULL;
}

static bool globs(const Attempt *it)
{
	size_t count;

	return sieve_glob_match(sieve_glob_new(it->key, it->arena), it->value, NULL, 0, &count);
}

/* As the test's match type does it, on what both have been made. */
static bool fits(const char *type, const Attempt *it)
{
	if (strcmp(type, "is") == 0)
		return slice_equal(it->value, it->key);
	if (strcmp(type, "contains") == 0)
		return holds(it->value, it->key);
	return strcmp(type, "matches") == 0 && globs(it);
}

static bool has_wildcard(Slice key)
{
	return memchr(key.data, '*', key.length) || memchr(key.data, '?', key.length);
}

/* `value` in brackets or alone in a list: the test "address" would find it. */
static bool is_address_in(Slice value, Slice key, const SieveMatch *match)
{
	return strcmp(match->node->verb->name, "header") == 0 && memchr(key.data, '@', key.length) &&
	       holds(value, key);
}

/* Why the key does not fit, when it nearly does. */
static StepNear look_near(const SieveMatch *match, Slice value, Slice raw, Slice key, Arena *arena)
{
	const char *type = match->how->type->name;
	const Attempt cased = { folded(value, arena), folded(key, arena), arena };
	const Attempt blank = { squeezed(cased.value, arena), squeezed(cased.key, arena), arena };
	const Attempt undecoded = { folded(raw, arena), cased.key, arena };

	if (fits(type, &cased))
		return STEP_NEAR_CASE;
	if (fits(type, &blank))
		return STEP_NEAR_BLANKS;
	if (raw.length && fits(type, &undecoded))
		return STEP_NEAR_RAW;
	if (strcmp(type, "is") == 0 && is_address_in(cased.value, cased.key, match))
		return STEP_NEAR_ADDRESS;
	if (strcmp(type, "contains") != 0 && holds(cased.value, cased.key))
		return STEP_NEAR_CONTAINS;
	if (strcmp(type, "matches") != 0 && has_wildcard(cased.key) && globs(&cased))
		return STEP_NEAR_MATCHES;
	return STEP_NOT_NEAR;
}

static bool has_plain_type(const SieveMatch *match)
{
	static const char *const types[] = { "is", "contains", "matches" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(match->how->type->name, types[i]) == 0)
			return true;
	return false;
}

/* The first key that is near, if any is. */
static void find_near(const SieveMatch *match, Slice value, Slice raw, StepSight *sight)
{
	AUTO(Arena) arena = NULL;

	if (!has_plain_type(match) || !match->keys || value.length > TRIED_BYTES || raw.length > TRIED_BYTES)
		return;
	arena = arena_new();
	for (size_t i = 0; i < match->key_strings->count && i < TRIED_KEYS && !sight->near; i++) {
		Slice key = match->keys[i].text;

		if (key.length > TRIED_BYTES)
			continue;
		sight->near = look_near(match, value, raw, key, arena);
		if (!sight->near)
			continue;
		sight->key = key;
		sight->key_line = match->key_strings->items[i].span.line;
	}
}

/* --- values --- */

/* What fitted, in the value. */
static Slice find_match(const SieveMatch *match, SieveValue *value, const SieveKey *key)
{
	const Slice *wanted = key->prepared;
	Slice whole = match->run->trace->whole;
	const char *at;

	if (whole.data && whole.data >= value->text.data &&
	    whole.data + whole.length <= value->text.data + value->text.length)
		return whole;
	if (strcmp(match->how->type->name, "contains") != 0 || match->how->comparator->map || !wanted)
		return value->text;
	at = memmem(value->folded_by == match->how->comparator ? value->folded.data : value->text.data,
		    value->text.length, wanted->data, wanted->length);
	if (!at)
		return value->text;
	at = value->text.data +
	     (at - (value->folded_by == match->how->comparator ? value->folded.data : value->text.data));
	return slice(at, wanted->length);
}

/* The piece of `value` that is shown: around what fitted. */
static void cut_value(StepSight *sight, Slice value, Slice match)
{
	size_t from = match.data ? (size_t)(match.data - value.data) : 0, start = 0;

	if (value.length > SHOWN_BYTES && from > BEFORE_BYTES)
		start = from - BEFORE_BYTES;
	while (start && start < value.length && ((unsigned char)value.data[start] & 0xc0) == 0x80)
		start--;
	sight->value = utf8_cut(slice_from(value, start), SHOWN_BYTES);
	sight->value_from = (uint32_t)start;
	sight->value_all = (uint32_t)value.length;
	if (!match.data)
		return;
	sight->match_from = (uint32_t)(from - start);
	if (sight->match_from > sight->value.length)
		sight->match_from = (uint32_t)sight->value.length;
	sight->match_size = (uint32_t)(sight->value.length - sight->match_from < match.length
					       ? sight->value.length - sight->match_from
					       : match.length);
}

/* Keeps it; what it points to may be gone before the run ends. */
static void add_sight(SieveTrace *trace, const StepSight *sight)
{
	Steps *steps = &trace->steps;
	size_t bytes = sight->value.length + sight->raw.length + sight->key.length + sight->field.length;
	StepSight *it;

	if (steps->sight_count == LIMIT_STEP_SIGHTS || trace->bytes + bytes > ALL_BYTES) {
		steps->cut = true;
		return;
	}
	if (steps->sight_count == trace->sight_capacity)
		steps->sights = grown(trace->arena, steps->sights, steps->sight_count, &trace->sight_capacity,
				      sizeof *steps->sights);
	it = &steps->sights[steps->sight_count++];
	*it = *sight;
	it->field = arena_copy_slice(trace->arena, sight->field);
	it->value = arena_copy_slice(trace->arena, sight->value);
	it->raw = arena_copy_slice(trace->arena, sight->raw);
	it->key = arena_copy_slice(trace->arena, sight->key);
	trace->bytes += bytes;
}

static Slice raw_of(SieveMatch *match, Slice value)
{
	Slice raw;

	if (!match->run->trace->field)
		return slice("", 0);
	raw = sieve_field_raw(match->run, match->run->trace->field);
	return slice_equal(raw, value) ? slice("", 0) : raw;
}

void sieve_trace_value(SieveMatch *match, SieveValue *value, size_t fitted)
{
	SieveTrace *trace = match->run->trace;
	const StepNode *node = find_node(trace, match->node);
	Slice raw = raw_of(match, value->text);
	StepSight sight = { .field = trace->field ? trace->field->name : slice("", 0),
			    .key = slice("", 0),
			    .raw = utf8_cut(raw, SHOWN_BYTES),
			    .has_raw = raw.length > 0 };
	Slice found = { 0 };

	if (match->node != trace->test)
		trace->test_sights = 0;
	trace->test = match->node;
	sight.hit = fitted < match->key_strings->count;
	if (sight.hit) {
		sight.key = match->keys[fitted].text;
		sight.key_line = match->key_strings->items[fitted].span.line;
		found = find_match(match, value, &match->keys[fitted]);
	} else {
		find_near(match, value->text, raw, &sight);
	}
	trace->whole = (Slice){ 0 };
	if (!node || (!sight.hit && !sight.near && trace->test_sights >= SIGHTS_OF_MISS))
		return;
	trace->test_sights++;
	sight.node = (uint32_t)(node - trace->steps.nodes);
	sight.key = utf8_cut(sight.key, KEY_BYTES);
	sight.field = utf8_cut(sight.field, KEY_BYTES);
	cut_value(&sight, value->text, found);
	add_sight(trace, &sight);
}
