/* parser - from tokens to a tree
 * RFC 5228, section 8.2
 *
 * Recursive descent over the general grammar; what the words mean is bind.c's part.  After an error
 * it goes on behind the next ";" or into the next block, so that all errors of a script are found.
 * Its recursion ends at SIEVE_LIMIT_NESTING. */
#include <string.h>

#include "base/ascii.h"
#include "sieve/script.h"

static SieveNode *parse_commands(SieveCheck *check, bool in_block);
static SieveNode *parse_test(SieveCheck *check);

static void advance(SieveCheck *check)
{
	check->behind = (SieveSpan){ (uint32_t)(check->lexer.at - check->lexer.start), 1, check->lexer.line };
	sieve_lexer_next(&check->lexer, &check->token);
}

enum {
	CHUNK = 16 /* so many nodes and strings are made at a time */
};

static SieveNode *new_node(SieveCheck *check)
{
	if (!check->node_count) {
		check->nodes = arena_zeroed(check->unit->arena, CHUNK, sizeof *check->nodes);
		check->node_count = CHUNK;
	}
	check->node_count--;
	return check->nodes++;
}

static SieveString *new_string(SieveCheck *check)
{
	if (!check->string_count) {
		check->strings = arena_alloc(check->unit->arena, CHUNK * sizeof *check->strings);
		check->string_count = CHUNK;
	}
	check->string_count--;
	return check->strings++;
}

static bool is_at(const SieveCheck *check, char punctuation)
{
	return check->token.kind == SIEVE_TOKEN_PUNCTUATION && check->token.punctuation == punctuation;
}

static bool is_word(const SieveCheck *check)
{
	return check->token.kind == SIEVE_TOKEN_IDENTIFIER;
}

static bool at_end(const SieveCheck *check)
{
	return check->token.kind == SIEVE_TOKEN_END;
}

/* Where the present token stands; the end of a script is where its last one ended. */
static SieveSpan place(const SieveCheck *check)
{
	return at_end(check) && check->behind.line ? check->behind : check->token.span;
}

static bool unexpected(SieveCheck *check, const char *expected, const char *wanted)
{
	return sieve_syntax_error(check, place(check), expected, "%s, found %s", wanted,
				  sieve_token_name(check, &check->token));
}

/* The same of what the grammar lets stand here, and the command or test does not. */
static bool unfitting(SieveCheck *check, const char *expected, const char *wanted)
{
	return sieve_report(check->unit->findings, check->script,
			    &(SieveReport){ .name = "invalid", .span = place(check), .expected = expected },
			    "%s, found %s", wanted, sieve_token_name(check, &check->token));
}

/* Goes on to where a command may begin or a block stands. */
static void recover(SieveCheck *check)
{
	while (!at_end(check) && !is_at(check, '{') && !is_at(check, '}')) {
		bool end = is_at(check, ';');

		advance(check);
		if (end)
			return;
	}
}

/* ---- arguments ---- */

/* ["a", "b"]: false when it is not closed. */
static bool parse_list(SieveCheck *check, SieveStrings *list)
{
	size_t capacity = 0;

	*list = (SieveStrings){ 0 };
	do {
		advance(check);
		if (check->token.kind != SIEVE_TOKEN_STRING && !is_word(check))
			return unexpected(check, "a string", "a list has strings in it");
		if (list->count == capacity) {
			SieveString *items;

			capacity = capacity ? capacity * 2 : 4;
			items = arena_alloc(check->unit->arena, capacity * sizeof *items);
			if (list->count)
				memcpy(items, list->items, list->count * sizeof *items);
			list->items = items;
		}
		if (is_word(check))
			sieve_read_bare(check, SIEVE_STRING, true, "a list has strings in it",
					&list->items[list->count++]);
		else
			sieve_read_string(check, &check->token, &list->items[list->count++]);
		advance(check);
	} while (is_at(check, ','));
	if (!is_at(check, ']'))
		return unexpected(check, "',' or ']'", "',' or ']' is wanted behind a string of a list");
	return true;
}

/* A number, string or list.  False on a syntax error. */
static bool parse_argument(SieveCheck *check, SieveArgument *argument)
{
	argument->span = check->token.span;
	if (check->token.kind == SIEVE_TOKEN_NUMBER) {
		argument->type = SIEVE_NUMBER;
		argument->number = check->token.number;
	} else if (check->token.kind == SIEVE_TOKEN_STRING) {
		argument->type = SIEVE_STRING;
		argument->strings.items = new_string(check);
		argument->strings.count = 1;
		sieve_read_string(check, &check->token, argument->strings.items);
	} else {
		argument->type = SIEVE_STRING_LIST;
		if (!parse_list(check, &argument->strings))
			return false;
		if (check->token.span.line == argument->span.line)
			argument->span.length = check->token.span.offset + check->token.span.length -
						argument->span.offset;
	}
	advance(check);
	return true;
}

static bool is_argument(const SieveCheck *check)
{
	return check->token.kind == SIEVE_TOKEN_STRING || check->token.kind == SIEVE_TOKEN_NUMBER ||
	       is_at(check, '[');
}

/* A word that lacks its quotes, or its colon; it is read as what it was meant to be. */
static void parse_bare(SieveCheck *check, SieveBinding *binding)
{
	const SieveVerb *verb = binding->verb;
	SieveArgument *argument;
	SieveType type;
	const char *wants;

	binding->doubtful = true;
	if (verb && sieve_names_tag(check, verb, &check->token)) {
		sieve_report_bare_tag(check, !binding->count);
	} else if (verb) { /* which wants more than there are, so that there is a place for it */
		argument = &binding->arguments[binding->count];
		*argument = (SieveArgument){ .type = SIEVE_STRING, .strings = { new_string(check), 1 } };
		wants = sieve_wanted_text(check, verb, binding->count, &type);
		sieve_read_bare(check, type, ++binding->count == sieve_parameters_wanted(verb), wants,
				argument->strings.items);
		argument->span = argument->strings.items->span;
	}
	advance(check);
}

/* The same of a tag's value. */
static void parse_bare_value(SieveCheck *check, const SieveToken *tag, SieveType type)
{
	SieveString string;

	sieve_read_bare(check, type, false,
			arena_printf(check->unit->arena, "':%.*s' wants %s behind it", (int)tag->text.length,
				     tag->text.data, sieve_type_name(type)),
			&string);
	advance(check);
}

static bool parse_tag(SieveCheck *check, SieveBinding *binding)
{
	SieveToken token = check->token;
	SieveArgument value = { 0 };
	SieveTagFound found;

	advance(check);
	if (!binding->verb)
		return true;
	if (binding->count && !binding->doubtful)
		sieve_check_error(check, token.span, NULL, "tags stand before the other arguments");
	if (!sieve_bind_tag(check, binding, &token, &found)) {
		binding->doubtful = true;
		return true;
	}
	if (found.value != SIEVE_NOTHING) {
		if (is_word(check) && check->token.span.line == check->behind.line) {
			binding->doubtful = true;
			parse_bare_value(check, &token, found.value);
			return true;
		}
		if (!is_argument(check)) {
			binding->doubtful = true;
			sieve_check_error(check, check->token.span, NULL,
					  "':%.*s' wants %s behind it, found %s", (int)token.text.length,
					  token.text.data, sieve_type_name(found.value),
					  sieve_token_name(check, &check->token));
			return true;
		}
		if (!parse_argument(check, &value))
			return false;
	}
	sieve_bind_tag_value(check, binding, &found, &value);
	return true;
}

/* A word behind "if" is its test. */
static bool is_bare(SieveCheck *check, const SieveBinding *binding)
{
	if (!is_word(check) ||
	    (binding->verb && binding->verb->takes & (SIEVE_TAKES_TEST | SIEVE_TAKES_TESTS)))
		return false;
	return sieve_is_bare(check, binding->verb, binding->count);
}

static bool parse_arguments(SieveCheck *check, SieveBinding *binding)
{
	const SieveFindings *findings = check->unit->findings;
	const size_t errors = findings->errors;

	for (;;) {
		if (check->token.kind == SIEVE_TOKEN_TAG) {
			if (!parse_tag(check, binding))
				return false;
		} else if (is_argument(check)) {
			size_t last = SIEVE_LIMIT_POSITIONAL;
			size_t place = binding->count < last ? binding->count : last;

			if (!parse_argument(check, &binding->arguments[place]))
				return false;
			binding->count++;
		} else if (is_bare(check, binding)) {
			parse_bare(check, binding);
		} else {
			binding->doubtful |= findings->errors != errors;
			binding->end = at_end(check) ? place(check) : check->token.span;
			return true;
		}
	}
}

/* ---- tests ---- */

static bool too_deep(SieveCheck *check, unsigned depth, const char *what)
{
	if (depth < SIEVE_LIMIT_NESTING)
		return false;
	sieve_syntax_error(check, check->token.span, NULL, "%s are nested more than %d deep (limit: nesting)",
			   what, SIEVE_LIMIT_NESTING);
	return true;
}

/* (test, test): the parenthesis is the present token. */
static bool parse_test_list(SieveCheck *check, SieveNode **last)
{
	do {
		advance(check);
		*last = parse_test(check);
		if (!*last)
			return false;
		last = &(*last)->next;
	} while (is_at(check, ','));
	if (!is_at(check, ')'))
		return unexpected(check, "',' or ')'", "',' or ')' is wanted behind a test of a list");
	advance(check);
	return true;
}

/* What stands behind the arguments: a test, a list of tests, or neither. */
static bool parse_tests(SieveCheck *check, SieveBinding *binding)
{
	SieveNode *node = binding->node;
	unsigned takes = binding->verb ? binding->verb->takes : SIEVE_TAKES_TESTS | SIEVE_TAKES_TEST;

	if (is_at(check, '(')) {
		if (!(takes & SIEVE_TAKES_TESTS))
			sieve_check_error(check, check->token.span,
					  takes & SIEVE_TAKES_TEST ? "write 'allof' or 'anyof' in front of it"
								   : NULL,
					  "'%s' takes %s", binding->verb->name,
					  takes & SIEVE_TAKES_TEST ? "one test, not a list" : "no tests");
		return parse_test_list(check, &node->tests);
	}
	if (!binding->verb) {
		/* An unknown word may be either; only a word that is a test is taken as one. */
		if (is_word(check) &&
		    sieve_names_of_kind(&check->names, SIEVE_NAME_TEST, check->token.text, check->token.hash))
			return (node->tests = parse_test(check)) != NULL;
		return true;
	}
	if (takes & SIEVE_TAKES_TEST) {
		if (!is_word(check))
			return unfitting(check, "a test", "a test is wanted here");
		return (node->tests = parse_test(check)) != NULL;
	}
	if (takes & SIEVE_TAKES_TESTS) {
		unfitting(check, "a list of tests", "a list of tests in parentheses is wanted here");
		if (!is_word(check))
			return false;
		return (node->tests = parse_test(check)) != NULL;
	}
	return true;
}

/* Under "ihave" what a node needs and what is wrong with it is its own, not its parent's. */
typedef struct Deferral {
	const char *text;
	const SieveExtension **missing;
	size_t count;
} Deferral;

static Deferral begin_deferral(SieveCheck *check)
{
	Deferral outer = { check->deferred, check->missing, check->missing_count };

	check->deferred = NULL;
	check->missing = NULL;
	check->missing_count = 0;
	return outer;
}

static void end_deferral(SieveCheck *check, SieveNode *node, Deferral outer)
{
	if (check->deferred)
		sieve_bind_deferred(node, check->deferred);
	node->missing = check->missing;
	check->deferred = outer.text;
	check->missing = outer.missing;
	check->missing_count = outer.count;
}

/* What the lexer found since there were `from` findings stands within a command or test. */
static void note_spoilt(SieveCheck *check, size_t from)
{
	SieveFindings *findings = check->unit->findings;

	for (size_t i = from; i < findings->count; i++)
		findings->items[i].spoils = findings->items[i].is_stray;
}

/* Name, arguments and tests of a command or test.  False on a syntax error. */
static bool parse_node(SieveCheck *check, SieveNameKind kind, SieveNode *node)
{
	SieveBinding binding; /* of its arguments only those that are given are ever looked at */
	Deferral outer = begin_deferral(check);
	size_t findings = check->unit->findings->count;
	bool good;

	binding.node = node;
	binding.count = 0;
	binding.doubtful = false;
	node->span = check->token.span;
	binding.verb = node->verb = sieve_bind_verb(check, kind, &check->token);
	advance(check);
	good = parse_arguments(check, &binding) && parse_tests(check, &binding);
	note_spoilt(check, findings);
	if (good && binding.verb)
		sieve_bind_node(check, &binding);
	end_deferral(check, node, outer);
	return good;
}

static SieveNode *parse_test(SieveCheck *check)
{
	SieveNode *node = new_node(check);
	bool good;

	if (!is_word(check)) {
		unexpected(check, "a test", "a test is wanted here");
		return NULL;
	}
	if (too_deep(check, check->tests, "tests"))
		return NULL;
	check->tests++;
	good = parse_node(check, SIEVE_NAME_TEST, node);
	check->tests--;
	return good ? node : NULL;
}

/* ---- commands ---- */

/* Passes over a block that is too deep to look at. */
static void skip_block(SieveCheck *check)
{
	unsigned open = 0;

	do {
		open += is_at(check, '{');
		open -= is_at(check, '}');
		advance(check);
	} while (open && !at_end(check));
}

static SieveNode *parse_block(SieveCheck *check)
{
	SieveSpan start = check->token.span;
	SieveNode *first;

	if (too_deep(check, check->blocks, "blocks")) {
		skip_block(check);
		return NULL;
	}
	check->blocks++;
	advance(check);
	first = parse_commands(check, true);
	check->blocks--;
	if (at_end(check))
		sieve_syntax_error(check, start, "'}'", "this '{' is never closed");
	else
		advance(check);
	return first;
}

static bool is_else_if(const SieveCheck *check, const SieveNode *node)
{
	return is_word(check) && node->verb && strcmp(node->verb->name, "else") == 0 &&
	       ascii_equal_fold(check->token.text, SLICE("if"));
}

static void tell_else_if(SieveCheck *check, const SieveNode *node)
{
	SieveSpan last = check->token.span;
	const char *gap = check->script->source.data + node->span.offset + node->span.length;
	/* No comment goes with it. */
	bool is_blank = strspn(gap, " \t\r\n") == last.offset - node->span.offset - node->span.length;
	SieveChange change = { node->span.offset, last.offset + last.length - node->span.offset, "elsif" };

	sieve_report(check->unit->findings, check->script,
		     &(SieveReport){ .name = "syntax",
				     .is_syntax = true,
				     .span = last,
				     .expected = "a block",
				     .suggestion = "write 'elsif'",
				     .changes = &change,
				     .change_count = is_blank },
		     "'else' has a block behind it, found 'if'");
}

/* "and" and "or" between tests. */
static bool tell_operator(SieveCheck *check)
{
	static const struct {
		const char *word, *suggestion;
	} operators[] = {
		{ "and", "'allof (TEST, TEST)' is true when all of its tests are" },
		{ "or", "'anyof (TEST, TEST)' is true when one of its tests is" },
	};
	Slice word = check->token.text;

	for (size_t i = 0; is_word(check) && i < sizeof operators / sizeof *operators; i++) {
		if (!ascii_equal_fold(word, slice_of(operators[i].word)))
			continue;
		sieve_report(check->unit->findings, check->script,
			     &(SieveReport){ .name = "syntax",
					     .is_syntax = true,
					     .span = check->token.span,
					     .expected = "a block",
					     .suggestion = operators[i].suggestion },
			     "'%s' means nothing here", operators[i].word);
		return true;
	}
	return false;
}

/* There is none; or something that has no place stands before it. */
static void miss_block(SieveCheck *check, SieveNode *node)
{
	static const char wanted[] = "a block in '{' and '}' is wanted here";

	if (is_at(check, ';')) {
		unfitting(check, "a block", wanted);
		advance(check);
		return;
	}
	if (is_else_if(check, node))
		tell_else_if(check, node);
	else if (!tell_operator(check))
		unexpected(check, "a block", wanted);
	if (is_word(check) && sieve_names_verb(check, &check->token))
		return;
	recover(check);
	if (is_at(check, '{'))
		node->block = parse_block(check);
}

static void parse_end(SieveCheck *check, const SieveVerb *verb, SieveNode *node)
{
	if (is_at(check, '{')) {
		if (verb && !(verb->takes & SIEVE_TAKES_BLOCK))
			sieve_check_error(check, check->token.span, NULL,
					  "'%s' takes no block; ';' is wanted", verb->name);
		if (verb && verb->block)
			verb->block(check, node, true);
		node->block = parse_block(check);
		if (verb && verb->block)
			verb->block(check, node, false);
		return;
	}
	if (verb && (verb->takes & SIEVE_TAKES_BLOCK)) {
		miss_block(check, node);
	} else if (is_at(check, ';')) {
		advance(check);
	} else {
		/* Nearly always forgotten: what follows is the next command. */
		sieve_syntax_error(check, check->behind, "';'", "';' is missing here");
		if (!is_word(check))
			recover(check);
	}
}

/* One command.  It is returned even when there is something wrong with it. */
static SieveNode *parse_command(SieveCheck *check)
{
	SieveNode *node = new_node(check);
	const SieveVerb *verb;

	if (!parse_node(check, SIEVE_NAME_COMMAND, node)) {
		recover(check);
		if (is_at(check, '{'))
			node->block = parse_block(check);
		return node;
	}
	verb = node->verb;
	if (verb != &sieve_deferred_verb) {
		parse_end(check, verb, node);
	} else if (is_at(check, '{')) {
		node->block = parse_block(check);
	} else if (is_at(check, ';')) {
		advance(check);
	} else {
		sieve_syntax_error(check, check->behind, "';'", "';' is missing here");
	}
	return node;
}

/* Hangs a node on the end of its list or, as an "else", on the "if" before it. */
static void link_command(SieveCheck *check, SieveNode *node, SieveNode **previous, SieveNode ***last)
{
	const SieveVerb *verb = node->verb;

	if (verb && verb->follows) {
		const SieveVerb *before = *previous ? (*previous)->verb : NULL;

		/* Behind what was not understood it may be right. */
		if (before && sieve_names_listed(verb->follows, before->name))
			(*previous)->otherwise = node;
		else if (!*previous || (before && before != &sieve_deferred_verb))
			sieve_check_error(check, node->span, node->tests ? "write 'if'" : NULL,
					  "'%s' has no '%.*s' before it", verb->name,
					  (int)strcspn(verb->follows, " "), verb->follows);
		*previous = node;
		return;
	}
	**last = node;
	*last = &node->next;
	*previous = node;
}

static SieveNode *parse_commands(SieveCheck *check, bool in_block)
{
	SieveNode *first = NULL, **last = &first, *previous = NULL;

	while (!at_end(check)) {
		if (is_at(check, '}') && in_block)
			break;
		if (is_word(check)) {
			link_command(check, parse_command(check), &previous, &last);
			continue;
		}
		if (is_at(check, '}'))
			sieve_syntax_error(check, check->token.span, "a command",
					   "this '}' closes nothing: there is no open '{'");
		else
			unexpected(check, "a command", "a command is wanted here");
		if (is_at(check, ';') || is_at(check, '}'))
			advance(check);
		else if (is_at(check, '{'))
			parse_block(check);
		else
			recover(check);
	}
	return first;
}

void sieve_parse(SieveCheck *check)
{
	advance(check);
	check->script->first = parse_commands(check, false);
}
