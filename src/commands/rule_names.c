#include "commands/rule_names.h"

#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/printable.h"
#include "sieve/lexer.h"

enum {
	NAME_BYTES = 200
};

static const char *printable(Slice bytes, Arena *arena)
{
	AUTO_VALUE(Text) safe = { 0 };

	printable_append(&safe, ascii_trim(bytes), NAME_BYTES);
	return arena_copy_string(arena, text_string(&safe));
}

/* ---- names in comments ---- */

/* Letters that are none of base64's are passed over. */
static void decode(Slice letters, Text *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned count = 0;

	for (size_t i = 0; i < letters.length; i++) {
		const char *at = letters.data[i] ? strchr(alphabet, letters.data[i]) : NULL;

		if (!at)
			continue;
		bits = bits << 6 | (uint32_t)(at - alphabet);
		if (++count % 4 != 1)
			text_append_char(out, (char)(bits >> (6 - 2 * ((count - 1) % 4))));
	}
}

static void take_name(void *self, Slice name, Slice value, bool is_string)
{
	if (is_string && slice_equal(name, SLICE("Name"))) {
		text_reset(self);
		text_append_slice(self, value);
	}
}

static Slice between(Slice text, const char *before, const char *behind)
{
	const char *start = memmem(text.data, text.length, before, strlen(before));
	const char *end;

	if (!start)
		return SLICE("");
	start += strlen(before);
	end = memmem(start, (size_t)(text.data + text.length - start), behind, strlen(behind));
	return end ? slice(start, (size_t)(end - start)) : SLICE("");
}

/* The last line of the comment that has words in it. */
static Slice last_words(Slice comment)
{
	Slice found = SLICE("");

	while (comment.length) {
		const char *end = memchr(comment.data, '\n', comment.length);
		const size_t length = end ? (size_t)(end - comment.data) : comment.length;
		Slice line = slice(comment.data, length);

		while (line.length && memchr("#/*- \t\r=", *line.data, 8))
			line = slice_from(line, 1);
		while (line.length && memchr("#/*- \t\r=", line.data[line.length - 1], 8))
			line.length--;
		if (line.length)
			found = line;
		comment = slice_from(comment, length + 1);
	}
	return found;
}

/* Every line is one of comment, or empty; what stands behind a command in its own line is not in it. */
static const char *name_in(Slice comment, Arena *arena)
{
	AUTO_VALUE(Text) object = { 0 };
	AUTO_VALUE(Text) named = { 0 };
	Slice found = between(comment, "rule:[", "]");

	if (found.length)
		return printable(found, arena);
	found = between(comment, "BEGIN:HEADER", "END:HEADER");
	if (found.length) {
		decode(found, &object);
		(void)json_read_object(text_slice(&object), take_name, &named);
		if (named.length)
			return printable(text_slice(&named), arena);
	}
	found = last_words(comment);
	return found.length ? printable(found, arena) : NULL;
}

/* ---- the rules ---- */

/* What stands at the end of a line belongs to it, not to the rule behind. */
static Slice comment_before(const char *end_of_last, const char *start, bool is_first)
{
	Slice gap = slice(end_of_last, (size_t)(start - end_of_last));
	const char *line_end = gap.length ? memchr(gap.data, '\n', gap.length) : NULL;

	if (is_first)
		return gap;
	return line_end ? slice_from(gap, (size_t)(line_end - gap.data) + 1) : SLICE("");
}

static Slice rest_of_line(const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', (size_t)(end - at));

	return slice(at, (size_t)((stop ? stop : end) - at));
}

static void no_report(void *self, SieveSpan span, const char *text, bool is_stray)
{
	(void)self, (void)span, (void)text, (void)is_stray;
}

static void add(RuleNames *rules, size_t *capacity, RuleName rule, Arena *arena)
{
	if (rules->count == *capacity) {
		RuleName *items = arena_zeroed(arena, *capacity ? 2 * *capacity : 16, sizeof *items);

		if (rules->count)
			memcpy(items, rules->items, rules->count * sizeof *items);
		rules->items = items;
		*capacity = *capacity ? 2 * *capacity : 16;
	}
	rules->items[rules->count++] = rule;
}

static bool is_word(const SieveToken *token, const char *word)
{
	return token->text.length == strlen(word) &&
	       strncasecmp(token->text.data, word, token->text.length) == 0;
}

RuleNames rule_names_read(Slice script, Arena *arena)
{
	SieveLexer lexer = { .arena = arena, .report = no_report };
	const char *behind = script.data; /* the last token at the top */
	bool is_start = true, is_first = true;
	size_t depth = 0, capacity = 0;
	RuleNames rules = { 0 };
	SieveToken token;

	sieve_lexer_start(&lexer, script);
	for (sieve_lexer_next(&lexer, &token); token.kind != SIEVE_TOKEN_END;
	     sieve_lexer_next(&lexer, &token)) {
		const char *start = script.data + token.span.offset;

		if (depth == 0 && is_start && token.kind == SIEVE_TOKEN_IDENTIFIER &&
		    !is_word(&token, "require")) {
			const char *text = printable(rest_of_line(start, lexer.end), arena);
			const char *name = name_in(comment_before(behind, start, is_first), arena);

			add(&rules, &capacity, (RuleName){ token.span.line, name ? name : text, text },
			    arena);
		}
		is_start = token.kind == SIEVE_TOKEN_PUNCTUATION &&
			   (token.punctuation == ';' || token.punctuation == '}');
		if (token.kind == SIEVE_TOKEN_PUNCTUATION && token.punctuation == '{')
			depth++;
		if (token.kind == SIEVE_TOKEN_PUNCTUATION && token.punctuation == '}' && depth)
			depth--;
		behind = lexer.at;
		is_first = false;
	}
	return rules;
}

const RuleName *rule_names_find(const RuleNames *rules, uint32_t line)
{
	size_t low = 0, high = rules->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (rules->items[middle].line <= line)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &rules->items[low - 1] : NULL;
}
