/* bare - words that stand where strings belong, without quotes
 * RFC 5228, section 2.4.2: strings stand between quotes
 *
 * `fileinto Junk;` has one mistake, and what to do is clear.  Such a word is read as the string that it was
 * meant to be, so that nothing else on its line is wrong because of it.  It may have in it what no name has:
 * "alice@example.org", "Lists/news". */
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "sieve/mend.h"
#include "sieve/script.h"

enum {
	SHOWN_BYTES = 64 /* of a word, in texts */
};

static bool is_in_word(const char *at, const char *end)
{
	if ((unsigned char)*at <= ' ' || ascii_is_control(*at) || strchr("\"[](){},;#", *at))
		return false;
	return *at != '/' || end - at == 1 || at[1] != '*';
}

static const char *word_end(const char *at, const char *end)
{
	while (at < end && is_in_word(at, end))
		at++;
	return at;
}

static bool is_command(const SieveCheck *check, Slice word)
{
	return sieve_names_of_kind(&check->names, SIEVE_NAME_COMMAND, word, sieve_name_hash(word)) != NULL;
}

/* The end of the words that follow on the same line, when all are of one string: `Buy now`. */
static const char *words_end(const SieveCheck *check, const char *at, const char *end)
{
	for (;;) {
		const char *from = at, *to;

		while (from < end && (*from == ' ' || *from == '\t'))
			from++;
		to = word_end(from, end);
		if (to == from || *from == ':' || is_command(check, slice(from, (size_t)(to - from))))
			return at;
		at = to;
	}
}

static bool is_variable(const SieveCheck *check, Slice word)
{
	const SieveSymbols *symbols = &check->script->symbols;

	if (!check->script->has_variables)
		return false;
	for (uint32_t i = 0; i < symbols->count; i++)
		if (ascii_equal_fold(symbols->names[i], word))
			return true;
	return false;
}

static Slice extend(SieveCheck *check, bool is_last)
{
	SieveLexer *lexer = &check->lexer;
	const char *from = check->token.text.data;

	lexer->at = word_end(lexer->at, lexer->end);
	if (is_last)
		lexer->at = words_end(check, lexer->at, lexer->end);
	return slice(from, (size_t)(lexer->at - from));
}

/* What to do about it.  Quotes are offered as a change where there is one place for them. */
static void advise(SieveCheck *check, Slice word, SieveReport *report, SieveChange *change)
{
	Arena *arena = check->unit->arena;
	Slice shown = utf8_cut(word, SHOWN_BYTES);

	if (is_variable(check, word)) {
		report->suggestion = arena_printf(arena, "write \"${%.*s}\" for the variable, in quotes",
						  (int)shown.length, shown.data);
		return;
	}
	report->suggestion = arena_printf(arena, "write \"%.*s\", in quotes", (int)shown.length, shown.data);
	if (memchr(word.data, ' ', word.length) || memchr(word.data, '\t', word.length) ||
	    memchr(word.data, '\\', word.length) || !utf8_valid(word))
		return;
	*change = (SieveChange){ report->span.offset, report->span.length,
				 arena_printf(arena, "\"%.*s\"", (int)word.length, word.data) };
	report->changes = change;
	report->change_count = 1;
}

void sieve_read_bare(SieveCheck *check, SieveType wanted, bool is_last, const char *wants,
		     SieveString *string)
{
	SieveSpan span = check->token.span;
	Slice word = extend(check, is_last), shown = utf8_cut(word, SHOWN_BYTES);
	SieveReport report = { .name = "syntax", .is_syntax = true, .expected = sieve_type_name(wanted) };
	SieveChange change;

	report.span = (SieveSpan){ span.offset, (uint32_t)word.length, span.line };
	*string = (SieveString){ .text = word, .span = report.span };
	if (wanted != SIEVE_NUMBER && check->unit->findings->count < SIEVE_LIMIT_FINDINGS)
		advise(check, word, &report, &change);
	sieve_report(check->unit->findings, check->script, &report, "%s, found '%.*s'", wants,
		     (int)shown.length, shown.data);
}

bool sieve_is_bare(SieveCheck *check, const SieveVerb *verb, size_t given)
{
	const SieveToken *token = &check->token;
	bool same_line = token->span.line == check->behind.line;

	/* Where an unknown command is no error, a word behind it is its test, on whatever line. */
	if (!verb)
		return (same_line || check->script->defers) && !sieve_names_verb(check, token);
	if (sieve_names_tag(check, verb, token) && same_line && !is_command(check, token->text))
		return true;
	return given < sieve_parameters_wanted(verb) && (same_line || !sieve_names_verb(check, token));
}

void sieve_report_bare_tag(SieveCheck *check, bool is_first)
{
	Slice word = check->token.text;
	SieveSpan span = check->token.span;
	SieveChange change = { span.offset, 0, ":" };
	SieveReport report = { .name = "syntax", .is_syntax = true, .span = span, .expected = "a tag" };

	report.suggestion = arena_printf(check->unit->arena, "write ':%.*s'%s", (int)word.length, word.data,
					 is_first ? "" : " in front of the other arguments");
	report.changes = &change;
	report.change_count = is_first;
	sieve_report(check->unit->findings, check->script, &report, "a tag begins with ':', found '%.*s'",
		     (int)word.length, word.data);
}
