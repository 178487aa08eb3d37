/* variables - names bound to places while a script is compiled, values kept while it runs
 * RFC 5229, section 3; RFC 6609, section 3.4 (which script sees which)
 *
 * A name is looked up once, at compile time; at run time a variable is a number.  The syntax
 * belongs to extensions/variables.c. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "sieve/script.h"
#include "sieve/trace.h"

/* ---- while compiling ---- */

static bool is_identifier(Slice name)
{
	if (!name.length || !(ascii_is_alpha(name.data[0]) || name.data[0] == '_'))
		return false;
	for (size_t i = 1; i < name.length; i++)
		if (!ascii_is_alnum(name.data[i]) && name.data[i] != '_')
			return false;
	return true;
}

static bool is_digits(Slice name)
{
	for (size_t i = 0; i < name.length; i++)
		if (!ascii_is_digit(name.data[i]))
			return false;
	return name.length > 0;
}

bool sieve_variable_syntax(Slice name)
{
	bool first = true;

	for (;;) {
		const char *dot = name.length ? memchr(name.data, '.', name.length) : NULL;
		Slice part = dot ? slice(name.data, (size_t)(dot - name.data)) : name;

		if (!is_identifier(part) && !(is_digits(part) && (!first || !dot)))
			return false;
		if (!dot)
			return true;
		name = slice_from(name, part.length + 1);
		first = false;
	}
}

static bool bind_match(SieveCheck *check, Slice name, SieveSpan span, bool to_be_set, SievePiece *variable)
{
	unsigned index = 0;

	if (to_be_set)
		return sieve_check_error(check, span, NULL, "'%.*s' is a match variable and cannot be set",
					 (int)name.length, name.data);
	for (size_t i = 0; i < name.length && index <= SIEVE_LIMIT_MATCH_VARIABLE; i++)
		index = index * 10 + (unsigned)(name.data[i] - '0');
	if (index > SIEVE_LIMIT_MATCH_VARIABLE)
		return sieve_check_error(check, span, NULL,
					 "match variables go up to ${%d} (limit: match variables)",
					 SIEVE_LIMIT_MATCH_VARIABLE);
	*variable = (SievePiece){ .kind = SIEVE_PIECE_MATCH, .index = index };
	return true;
}

static bool too_many(SieveCheck *check, SieveSpan span)
{
	return sieve_check_error(check, span, NULL, "more than %d variables (limit: variables)",
				 SIEVE_LIMIT_VARIABLES);
}

/* The script's own variable `name`, or NULL when there are too many. */
static SieveLocal *local(SieveCheck *check, Slice name, SieveSpan span, uint32_t *index)
{
	SieveScript *script = check->script;
	int32_t symbol = sieve_symbol(&script->symbols, name, SIEVE_LIMIT_VARIABLES, check->unit->arena);

	if (symbol == SIEVE_NO_SYMBOL) {
		too_many(check, span);
		return NULL;
	}
	if ((size_t)symbol >= script->local_capacity) {
		size_t capacity = script->local_capacity ? script->local_capacity * 2 : 16;
		SieveLocal *locals = arena_zeroed(check->unit->arena, capacity, sizeof *locals);

		if (script->local_capacity)
			memcpy(locals, script->locals, script->local_capacity * sizeof *locals);
		script->locals = locals;
		script->local_capacity = capacity;
	}
	*index = (uint32_t)symbol;
	return &script->locals[symbol];
}

bool sieve_bind_global(SieveCheck *check, Slice name, SieveSpan span, uint32_t *index)
{
	int32_t symbol = sieve_symbol(&check->unit->globals, name, SIEVE_LIMIT_VARIABLES, check->unit->arena);

	if (symbol == SIEVE_NO_SYMBOL)
		return too_many(check, span);
	*index = (uint32_t)symbol;
	return true;
}

static bool check_length(SieveCheck *check, Slice name, SieveSpan span)
{
	if (name.length <= SIEVE_LIMIT_VARIABLE_NAME)
		return true;
	return sieve_check_error(check, span, NULL,
				 "a variable's name has at most %d letters (limit: variable name)",
				 SIEVE_LIMIT_VARIABLE_NAME);
}

void sieve_declare_global(SieveCheck *check, Slice name, SieveSpan span)
{
	uint32_t index;
	SieveLocal *it;

	if (!is_identifier(name)) {
		sieve_check_error(check, span, NULL, "'%.*s' is no name for a variable",
				  (int)utf8_cut(name, 64).length, name.data);
		return;
	}
	if (!check_length(check, name, span))
		return;
	it = local(check, name, span, &index);
	if (!it)
		return;
	if (it->set_at.line && !it->is_global)
		sieve_check_error(check, span, NULL, "'%.*s' was set before it is declared global",
				  (int)name.length, name.data);
	it->is_global = sieve_bind_global(check, name, span, &it->global);
}

static bool is_in_space(Slice name, const char *space)
{
	size_t length = strlen(space);

	return name.length > length && name.data[length] == '.' &&
	       ascii_equal_fold(slice(name.data, length), slice(space, length));
}

/* The namespace that begins `name`, in a required extension or in one that is only there. */
static const SieveNamespace *find_space(SieveCheck *check, Slice name, SieveSpan span)
{
	const SieveUnit *unit = check->unit;

	for (size_t i = 0; i < unit->extension_count; i++)
		for (const SieveNamespace *space = unit->extensions[i]->namespaces; space && space->name;
		     space++)
			if (is_in_space(name, space->name)) {
				sieve_use(check, unit->extensions[i], span, "", slice_of(space->name));
				return space;
			}
	return NULL;
}

static bool bind_in_space(SieveCheck *check, Slice name, SieveSpan span, bool to_be_set, SievePiece *variable)
{
	const SieveNamespace *space = find_space(check, name, span);
	Slice rest;

	if (!space)
		return sieve_check_error(check, span, NULL, "nothing is known of variables '%.*s'",
					 (int)utf8_cut(name, 64).length, name.data);
	rest = slice_from(name, strlen(space->name) + 1);
	*variable = (SievePiece){ .kind = SIEVE_PIECE_SPACE, .space = space, .text = rest };
	return space->check(check, rest, span, to_be_set, variable);
}

bool sieve_check_variable(SieveCheck *check, Slice name, SieveSpan span, bool to_be_set, SievePiece *variable)
{
	uint32_t index;
	SieveLocal *it;

	if (!sieve_variable_syntax(name))
		return sieve_check_error(check, span, NULL, "'%.*s' is no name for a variable",
					 (int)utf8_cut(name, 64).length, name.data);
	if (is_digits(name))
		return bind_match(check, name, span, to_be_set, variable);
	if (memchr(name.data, '.', name.length))
		return bind_in_space(check, name, span, to_be_set, variable);
	if (!check_length(check, name, span))
		return false;
	it = local(check, name, span, &index);
	if (!it)
		return false;
	if (to_be_set ? !it->set_at.line : !it->read_at.line)
		*(to_be_set ? &it->set_at : &it->read_at) = span;
	*variable = (SievePiece){ .kind = it->is_global ? SIEVE_PIECE_GLOBAL : SIEVE_PIECE_LOCAL,
				  .index = it->is_global ? it->global : index };
	return true;
}

/* Two of one rank exclude each other (4.1). */
const SieveModifier **sieve_check_modifiers(SieveCheck *check, const SieveNode *node)
{
	const SieveModifier **ranked;
	size_t count = 0;

	for (const SieveTagUse *use = node->tags; use; use = use->next)
		count++;
	ranked = arena_zeroed(sieve_check_arena(check), count + 1, sizeof(SieveModifier *));
	count = 0;
	for (const SieveTagUse *use = node->tags; use; use = use->next) {
		size_t place = count++;

		if (!use->modifier) {
			count--;
			continue;
		}
		for (; place && ranked[place - 1]->rank <= use->modifier->rank; place--) {
			if (ranked[place - 1]->rank == use->modifier->rank &&
			    ranked[place - 1] != use->modifier)
				sieve_check_error(check, use->span, NULL, "':%s' cannot go with ':%s'",
						  use->modifier->name, ranked[place - 1]->name);
			ranked[place] = ranked[place - 1];
		}
		ranked[place] = use->modifier;
	}
	return ranked;
}

/* ---- while running ---- */

/* Where a variable's value is kept; NULL for what cannot be set. */
static Text *place_of(SieveRun *run, const SievePiece *variable)
{
	SieveFrame *frame = run->frame;

	if (variable->kind == SIEVE_PIECE_LOCAL) {
		if (!frame->locals)
			frame->locals = memory_zeroed(frame->script->symbols.count, sizeof(Text));
		return &frame->locals[variable->index];
	}
	if (variable->kind == SIEVE_PIECE_GLOBAL) {
		if (!run->globals)
			run->globals = memory_zeroed(run->main->unit->globals.count, sizeof(Text));
		return &run->globals[variable->index];
	}
	return NULL;
}

unsigned sieve_variable_bytes(const SieveRun *run)
{
	return sieve_limit(run->main->unit->setup.variable_bytes_max, SIEVE_LIMIT_VARIABLE_BYTES);
}

void sieve_variable_set(SieveRun *run, const SievePiece *variable, Slice value)
{
	Text *text = place_of(run, variable);

	if (!text)
		return;
	text_reset(text);
	text_append_slice(text, utf8_cut(value, sieve_variable_bytes(run)));
}

SieveStatus sieve_modify(SieveRun *run, const SieveModifier *const *modifiers, Slice *value)
{
	SieveStatus status = SIEVE_OK;

	for (; *modifiers && status == SIEVE_OK; modifiers++)
		status = (*modifiers)->modify(run, *value, value);
	return status;
}

static Slice captured(const SieveFrame *frame, uint32_t index)
{
	if (index >= frame->capture_count)
		return SLICE("");
	return slice(frame->captured.data + frame->captures[index].offset, frame->captures[index].length);
}

/* A piece's value, which may be changed by the next set. */
static SieveStatus piece_value(SieveRun *run, const SievePiece *piece, Slice *value)
{
	switch (piece->kind) {
	case SIEVE_PIECE_TEXT:
		*value = piece->text;
		break;
	case SIEVE_PIECE_MATCH:
		*value = captured(run->frame, piece->index);
		break;
	case SIEVE_PIECE_SPACE:
		return piece->space->get(run, piece->text, value);
	default:
		*value = text_slice(place_of(run, piece));
	}
	return SIEVE_OK;
}

Slice sieve_variable_get(SieveRun *run, const SievePiece *variable)
{
	Slice value;

	return piece_value(run, variable, &value) == SIEVE_OK ? value : SLICE("");
}

SieveStatus sieve_expand_pieces(SieveRun *run, const SieveString *string, Slice *value)
{
	Slice *parts = arena_alloc(run->arena, string->piece_count * sizeof *parts);
	SieveStatus status;
	size_t length = 0;
	char *bytes;

	for (uint32_t i = 0; i < string->piece_count; i++) {
		status = piece_value(run, &string->pieces[i], &parts[i]);
		if (status != SIEVE_OK)
			return status;
		length += parts[i].length;
		if (length > SIEVE_LIMIT_STRING_BYTES)
			return sieve_fail(run, string->span,
					  "with its variables this string is longer than %d bytes (limit: "
					  "string bytes)",
					  SIEVE_LIMIT_STRING_BYTES);
	}
	status = sieve_check_memory(run, string->span);
	if (status != SIEVE_OK)
		return status;
	bytes = arena_alloc(run->arena, length + 1);
	*value = slice(bytes, length);
	for (uint32_t i = 0; i < string->piece_count; i++) {
		memcpy(bytes, parts[i].data, parts[i].length);
		bytes += parts[i].length;
	}
	*bytes = '\0';
	return SIEVE_OK;
}

bool sieve_wants_captures(const SieveRun *run)
{
	return run->frame->script->has_variables && !run->captures_off;
}

void sieve_captures(SieveRun *run, Slice whole, const Slice *captures, size_t count)
{
	SieveFrame *frame = run->frame;

	if (run->trace)
		sieve_trace_whole(run, whole);
	if (!sieve_wants_captures(run))
		return;
	if (count > SIEVE_LIMIT_MATCH_VARIABLE)
		count = SIEVE_LIMIT_MATCH_VARIABLE;
	text_reset(&frame->captured);
	text_append_slice(&frame->captured, whole);
	frame->captures[0] = (struct SieveCapture){ 0, whole.length };
	for (size_t i = 0; i < count; i++) {
		const char *data = captures[i].data;
		struct SieveCapture *it = &frame->captures[i + 1];

		*it = (struct SieveCapture){ frame->captured.length, data ? captures[i].length : 0 };
		if (data >= whole.data && data + it->length <= whole.data + whole.length)
			it->offset = (size_t)(data - whole.data);
		else
			text_append(&frame->captured, data, it->length);
	}
	frame->capture_count = count + 1;
}

void sieve_frame_clear(SieveFrame *frame)
{
	for (uint32_t i = 0; frame->locals && i < frame->script->symbols.count; i++)
		text_clear(&frame->locals[i]);
	free(frame->locals);
	text_clear(&frame->captured);
}
