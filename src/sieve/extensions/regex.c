/* regex - match values with regular expressions
 * draft-murchison-sieve-regex-07, which asks for POSIX extended ones (ere.h says what else is
 * understood); the modifier ":quoteregex" of draft-ietf-sieve-regex
 *
 * The draft's table makes "." stop at line ends, and "^" and "$" match at those of each line.
 *
 * A pattern is translated when the script is compiled, which finds its mistakes, and compiled
 * by PCRE2 only when it meets a value that has all the literal text which the pattern cannot
 * match without: of a hundred rules for robots' addresses none is, usually.  A match that
 * takes too long is an error of the script and not "no match": else a sender could choose
 * which rules are passed over. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdint.h>

#include "sieve/ere.h"
#include "sieve/extensions/list.h"

#include "sieve/extension.h"

typedef struct Regex {
	Slice pattern;
	Arena *arena; /* everything about it lives there */
	EreInfo info;
	pcre2_code *ascii, *utf8; /* NULL: not yet; for values of ASCII alone, and for others */
	bool unicode;             /* case does not matter in any script */
} Regex;

static bool folds(const SieveMatching *how)
{
	return how->comparator->fold || how->comparator->map;
}

/* ---- PCRE2 with an arena ---- */

static void *allocate(size_t size, void *arena)
{
	return arena_alloc(arena, size);
}

static void leave(void *memory, void *arena)
{
	(void)memory;
	(void)arena;
}

static uint32_t options_for(const Regex *regex, bool fold, bool ascii)
{
	uint32_t options = PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;

	/* Only A-Z fold (RFC 4790, 9.2): in UTF-8 mode PCRE2 would fold more, so there the
	 * translation spells both letters out. */
	options |= ascii ? PCRE2_NEVER_UTF | (fold ? PCRE2_CASELESS : 0)
			 : PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	if (regex->unicode && !ascii)
		options |= PCRE2_CASELESS;
	return options | (regex->info.repeats ? PCRE2_AUTO_CALLOUT : 0);
}

static pcre2_code *compile(const Regex *regex, bool fold, bool ascii, Failure *why)
{
	pcre2_general_context *general = pcre2_general_context_create(allocate, leave, regex->arena);
	pcre2_compile_context *context = pcre2_compile_context_create(general);
	unsigned flags = ascii ? ERE_ASCII : fold ? ERE_FOLD : 0;
	AUTO_VALUE(Text) translated = { 0 };
	EreInfo info;
	EreError error;
	pcre2_code *code;
	int number;
	size_t offset;

	if (!ere_translate(regex->pattern, flags, &translated, &info, &error)) {
		failure_retry(why, "%s", error.text);
		return NULL;
	}
	pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
	code = pcre2_compile((PCRE2_SPTR)text_string(&translated), translated.length,
			     options_for(regex, fold, ascii), &number, &offset, context);
	if (!code) {
		char text[128];

		pcre2_get_error_message(number, (PCRE2_UCHAR *)text, sizeof text);
		failure_retry(why, "%s", text);
	}
	return code;
}

/* ---- patterns ---- */

/* A pattern read and checked, in `arena`; NULL and `error` when it is none. */
static Regex *read_pattern(Slice pattern, const SieveMatching *how, Arena *arena, EreError *error)
{
	Regex *regex = ARENA_NEW(arena, Regex);

	*error = (EreError){ .text = "longer than 16 KB" };
	regex->pattern = pattern;
	regex->arena = arena;
	regex->unicode = how->comparator->map != NULL;
	if (pattern.length > SIEVE_LIMIT_PATTERN_BYTES ||
	    !ere_translate(pattern, folds(how) ? ERE_FOLD : 0, NULL, &regex->info, error))
		return NULL;
	return regex;
}

static bool prepare(const SieveMatching *how, Slice key, Arena *arena, void **prepared, Failure *why)
{
	EreError error;

	*prepared = read_pattern(arena_copy_slice(arena, key), how, arena, &error);
	return *prepared || failure_retry(why, "bad regular expression: %s", error.text);
}

/* Checks a constant pattern and leaves what was found out with it. */
static void check_pattern(SieveCheck *check, const SieveMatching *how, SieveString *string)
{
	EreError error;
	Failure why = { 0 };
	Regex *regex = read_pattern(string->text, how, sieve_check_arena(check), &error);

	if (!regex) {
		sieve_check_error(check, string->span, NULL, "bad regular expression: %s", error.text);
		return;
	}
	if (regex->info.repeats_nothing)
		sieve_check_warn(check, string->span, "any text is '.*'; a literal star is '\\\\*'",
				 "a repetition of nothing in a regular expression");
	if (sieve_check_setup(check)->strict_check && !compile(regex, folds(how), false, &why))
		sieve_check_error(check, string->span, NULL, "bad regular expression: %s", why.text);
	else
		string->prepared = regex;
}

/* The keys are the last argument of every test that takes a match type. */
static SieveArgument *keys_of(const SieveNode *node)
{
	size_t count = 0;

	while (node->verb->parameters[count].name)
		count++;
	return count ? &node->arguments[count - 1] : NULL;
}

static void check_patterns(SieveCheck *check, SieveNode *node, SieveMatching *how)
{
	SieveArgument *keys = keys_of(node);

	if (!keys || keys->type == SIEVE_NOTHING)
		return;
	for (size_t i = 0; i < keys->strings.count; i++)
		if (sieve_is_constant(&keys->strings.items[i]))
			check_pattern(check, how, &keys->strings.items[i]);
}

/* ---- matching ---- */

static int count_item(pcre2_callout_block *block, void *count)
{
	(void)block;
	return ++*(unsigned *)count > SIEVE_LIMIT_REGEX_ITEMS ? PCRE2_ERROR_CALLOUT : 0;
}

static bool is_ascii(Slice text)
{
	unsigned char all = 0;

	for (size_t i = 0; i < text.length; i++)
		all |= (unsigned char)text.data[i];
	return all < 128;
}

static void hand_on_captures(SieveRun *run, Slice value, const size_t *ends, size_t count)
{
	Slice captures[SIEVE_LIMIT_MATCH_VARIABLE];
	Slice whole = slice(value.data + ends[0], ends[1] - ends[0]);

	if (count > SIEVE_LIMIT_MATCH_VARIABLE)
		count = SIEVE_LIMIT_MATCH_VARIABLE;
	for (size_t i = 0; i < count; i++) {
		const size_t *pair = ends + 2 * (i + 1);

		captures[i] = pair[0] == PCRE2_UNSET ? slice(NULL, 0)
						     : slice(value.data + pair[0], pair[1] - pair[0]);
	}
	sieve_captures(run, whole, captures, count);
}

/* Says which limit a match met. */
static SieveStatus fail_match(SieveRun *run, const SieveMatching *how, const Regex *regex, int error)
{
	int length = regex->pattern.length < 60 ? (int)regex->pattern.length : 60;

	switch (error) {
	case PCRE2_ERROR_CALLOUT:
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
		return sieve_fail(run, how->span,
				  "the regular expression '%.*s' takes too long (limit: steps)", length,
				  regex->pattern.data);
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_NOMEMORY:
		return sieve_fail(run, how->span,
				  "the regular expression '%.*s' takes too much memory (limit: heap)", length,
				  regex->pattern.data);
	default:
		return sieve_fail(run, how->span, "the regular expression '%.*s' fails (error %d)", length,
				  regex->pattern.data, error);
	}
}

static SieveStatus match_code(SieveRun *run, const SieveMatching *how, const Regex *regex,
			      const pcre2_code *code, Slice value, bool *result)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	unsigned items = 0;
	int found = PCRE2_ERROR_NOMEMORY;

	if (context && data) {
		pcre2_set_match_limit(context, SIEVE_LIMIT_REGEX_MATCHES);
		pcre2_set_depth_limit(context, SIEVE_LIMIT_REGEX_MATCHES);
		pcre2_set_heap_limit(context, SIEVE_LIMIT_REGEX_HEAP_KB);
		pcre2_set_callout(context, count_item, &items);
		found = pcre2_match(code, (PCRE2_SPTR)value.data, value.length, 0, 0, data, context);
	}
	if (found > 0 && sieve_wants_captures(run))
		hand_on_captures(run, value, pcre2_get_ovector_pointer(data),
				 pcre2_get_ovector_count(data) - 1);
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	*result = found > 0;
	return found > 0 || found == PCRE2_ERROR_NOMATCH ? SIEVE_OK : fail_match(run, how, regex, found);
}

static SieveStatus match(SieveRun *run, const SieveMatching *how, SieveValue *value, const SieveKey *key,
			 bool *result)
{
	Regex *regex = key->prepared;
	Failure why = { 0 };
	bool ascii;
	pcre2_code **code;

	*result = false;
	if (regex->info.literal_count && !how->comparator->map &&
	    !ere_may_match(&regex->info, sieve_value_folded(run, value, how->comparator)))
		return SIEVE_OK;
	ascii = regex->info.is_ascii && is_ascii(value->text);
	code = ascii ? &regex->ascii : &regex->utf8;
	if (!*code)
		*code = compile(regex, folds(how), ascii, &why);
	if (!*code)
		return sieve_fail(run, how->span, "bad regular expression: %s", why.text);
	return match_code(run, how, regex, *code, value->text, result);
}

/* ---- :quoteregex ---- */

/* A backslash before every character that means something. */
static SieveStatus quote(SieveRun *run, Slice in, Slice *out)
{
	static const char special[] = "\\^$.[]|()?*+{}";
	char *quoted = arena_alloc(run->arena, in.length * 2 + 1);
	size_t length = 0;

	for (size_t i = 0; i < in.length; i++) {
		if (memchr(special, in.data[i], sizeof special - 1))
			quoted[length++] = '\\';
		quoted[length++] = in.data[i];
	}
	quoted[length] = '\0';
	*out = slice(quoted, length);
	return SIEVE_OK;
}

const SieveExtension sieve_ext_regex = {
	.capability = "regex",
	.match_types =
		(const SieveMatchType[]){
			{
				.name = "regex",
				.needs = SIEVE_CAN_SUBSTRING,
				.check = check_patterns,
				.prepare = prepare,
				.match = match,
			},
			{ 0 },
		},
	.modifiers =
		(const SieveModifier[]){
			{ .name = "quoteregex", .rank = 20, .modify = quote },
			{ 0 },
		},
};
