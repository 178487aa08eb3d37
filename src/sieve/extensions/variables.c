/* variables - "${name}" in strings, "set" with its modifiers, the test "string"
 * RFC 5229 */
#include "sieve/extensions/list.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "sieve/script.h"

/* ---- "${name}" ---- */

static void add_piece(SieveCheck *check, SieveString *string, size_t *capacity, SievePiece piece)
{
	if (string->piece_count == *capacity) {
		SievePiece *pieces;

		*capacity = *capacity ? *capacity * 2 : 4;
		pieces = arena_alloc(sieve_check_arena(check), *capacity * sizeof *pieces);
		if (string->piece_count)
			memcpy(pieces, string->pieces, string->piece_count * sizeof *pieces);
		string->pieces = pieces;
	}
	string->pieces[string->piece_count++] = piece;
}

/* The name of the reference at `at` ("${"), without what is around it; false when it is none. */
static bool reference_at(Slice text, size_t at, Slice *name)
{
	size_t end = at + 2;

	if (text.data[at] != '$' || end >= text.length || text.data[at + 1] != '{')
		return false;
	while (end < text.length &&
	       (ascii_is_alnum(text.data[end]) || text.data[end] == '_' || text.data[end] == '.'))
		end++;
	*name = slice(text.data + at + 2, end - at - 2);
	return end < text.length && text.data[end] == '}' && sieve_variable_syntax(*name);
}

static void split(SieveCheck *check, SieveSpan span, SieveString *string)
{
	Slice text = string->text, name;
	size_t capacity = 0, from = 0, at = 0;

	while (at < text.length) {
		const char *dollar = memchr(text.data + at, '$', text.length - at);
		SievePiece piece;

		at = dollar ? (size_t)(dollar - text.data) : text.length;
		if (at == text.length)
			break;
		if (!reference_at(text, at, &name)) {
			at++;
			continue;
		}
		if (at > from)
			add_piece(check, string, &capacity,
				  (SievePiece){ .kind = SIEVE_PIECE_TEXT,
						.text = slice(text.data + from, at - from) });
		if (sieve_check_variable(check, name, span, false, &piece))
			add_piece(check, string, &capacity, piece);
		at += name.length + 3;
		from = at;
	}
	if (string->pieces && from < text.length)
		add_piece(check, string, &capacity,
			  (SievePiece){ .kind = SIEVE_PIECE_TEXT, .text = slice_from(text, from) });
}

/* ---- set ---- */

static SieveStatus change_case(SieveRun *run, Slice in, char (*change)(char), size_t letters, Slice *out)
{
	char *copy = arena_copy_bytes(run->arena, in.data, in.length);

	for (size_t i = 0; i < in.length && i < letters; i++)
		copy[i] = change(copy[i]);
	*out = slice(copy, in.length);
	return SIEVE_OK;
}

static SieveStatus lower(SieveRun *run, Slice in, Slice *out)
{
	return change_case(run, in, ascii_lower, in.length, out);
}

static SieveStatus upper(SieveRun *run, Slice in, Slice *out)
{
	return change_case(run, in, ascii_upper, in.length, out);
}

static SieveStatus lowerfirst(SieveRun *run, Slice in, Slice *out)
{
	return change_case(run, in, ascii_lower, 1, out);
}

static SieveStatus upperfirst(SieveRun *run, Slice in, Slice *out)
{
	return change_case(run, in, ascii_upper, 1, out);
}

static SieveStatus quotewildcard(SieveRun *run, Slice in, Slice *out)
{
	char *quoted = arena_alloc(run->arena, in.length * 2 + 1);
	size_t length = 0;

	for (size_t i = 0; i < in.length; i++) {
		/* A value that would be cut is cut here, so that no back-slash is parted from its star. */
		if (length + 2 > sieve_variable_bytes(run))
			break;
		if (in.data[i] == '*' || in.data[i] == '?' || in.data[i] == '\\')
			quoted[length++] = '\\';
		quoted[length++] = in.data[i];
	}
	*out = slice(quoted, length);
	return SIEVE_OK;
}

static SieveStatus length_of(SieveRun *run, Slice in, Slice *out)
{
	*out = slice_of(arena_printf(run->arena, "%zu", utf8_length(in)));
	return SIEVE_OK;
}

static const SieveModifier modifiers[] = {
	{ "length", 10, length_of },
	{ "lower", 40, lower },
	{ "lowerfirst", 30, lowerfirst },
	{ "quotewildcard", 20, quotewildcard },
	{ "upper", 40, upper },
	{ "upperfirst", 30, upperfirst },
	{ 0 },
};

/* What "set" needs when it runs. */
typedef struct SetPlan {
	SievePiece variable;
	const SieveModifier **modifiers; /* the highest rank first; ends with NULL */
} SetPlan;

static void check_set(SieveCheck *check, SieveNode *node)
{
	const SieveString *name = sieve_string(node, 0), *value = sieve_string(node, 1);
	SetPlan *plan = ARENA_NEW(sieve_check_arena(check), SetPlan);

	sieve_check_variable(check, name->text, name->span, true, &plan->variable);
	plan->modifiers = sieve_check_modifiers(check, node);
	node->data = plan;
	if (sieve_is_constant(value) && value->text.length > SIEVE_LIMIT_VARIABLE_BYTES)
		sieve_check_error(check, value->span, NULL,
				  "a variable holds at most %d bytes (limit: variable bytes)",
				  SIEVE_LIMIT_VARIABLE_BYTES);
}

static SieveStatus set(SieveRun *run, const SieveNode *node)
{
	const SetPlan *plan = node->data;
	Slice value;
	SieveStatus status = sieve_expand(run, sieve_string(node, 1), &value);

	if (status == SIEVE_OK)
		status = sieve_modify(run, plan->modifiers, &value);
	if (status == SIEVE_OK)
		sieve_variable_set(run, &plan->variable, value);
	return status;
}

/* ---- string ---- */

static SieveStatus string(SieveRun *run, const SieveNode *node, bool *result)
{
	const SieveStrings *sources = sieve_strings(node, 0);
	SieveStatus status = SIEVE_OK;
	SieveMatch match;

	sieve_match_begin(&match, run, node, sieve_strings(node, 1));
	for (size_t i = 0; i < sources->count && sieve_match_open(&match, status); i++) {
		Slice value;

		status = sieve_expand(run, &sources->items[i], &value);
		/* An empty string counts 0 (section 5). */
		if (status == SIEVE_OK && sieve_match_only_counts(&match))
			sieve_match_count(&match, value.length > 0);
		else if (status == SIEVE_OK)
			status = sieve_match_value(&match, value);
	}
	return sieve_match_end(&match, status, result);
}

static const SieveVerb commands[] = {
	{ .name = "set",
	  .parameters = SIEVE_PARAMETERS({ "name", SIEVE_STRING, .constant = true },
					 { "value", SIEVE_STRING }),
	  .takes = SIEVE_TAKES_MODIFIERS,
	  .check = check_set,
	  .act = set },
	{ 0 },
};

static const SieveVerb tests[] = {
	{ .name = "string",
	  .parameters = SIEVE_PARAMETERS({ "source", SIEVE_STRING_LIST }, { "keys", SIEVE_STRING_LIST }),
	  .takes = SIEVE_TAKES_MATCH,
	  .test = string },
	{ 0 },
};

const SieveExtension sieve_ext_variables = {
	.capability = "variables",
	.about = "remember texts, and put them in",
	.document = "RFC 5229",
	.no_ihave = true,
	.commands = commands,
	.tests = tests,
	.modifiers = modifiers,
	.split = split,
};
