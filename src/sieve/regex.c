#define PCRE2_CODE_UNIT_WIDTH 8
#include "sieve/regex.h"

#include <pcre2.h>

#include <stdint.h>

#include "base/ascii.h"

struct SieveRegex {
	Slice pattern;
	Arena *arena; /* everything about it lives there */
	EreInfo info;
	SieveRegexCase letters;
	pcre2_code *ascii, *utf8; /* NULL: not yet; for values of ASCII alone, and for others */
};

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

static uint32_t options_for(const SieveRegex *regex, bool ascii)
{
	uint32_t options = PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;

	/* Only A-Z fold (RFC 4790, 9.2): in UTF-8 mode PCRE2 would fold more, so there the
	 * translation spells both letters out. */
	options |= ascii ? PCRE2_NEVER_UTF | (regex->letters ? PCRE2_CASELESS : 0)
			 : PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	if (regex->letters == SIEVE_REGEX_UNICODE && !ascii)
		options |= PCRE2_CASELESS;
	return options | (regex->info.repeats ? PCRE2_AUTO_CALLOUT : 0);
}

static pcre2_code *compile(const SieveRegex *regex, bool ascii, Failure *why)
{
	pcre2_general_context *general = pcre2_general_context_create(allocate, leave, regex->arena);
	pcre2_compile_context *context = pcre2_compile_context_create(general);
	unsigned flags = ascii ? ERE_ASCII : regex->letters ? ERE_FOLD : 0;
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
			     options_for(regex, ascii), &number, &offset, context);
	if (!code) {
		char text[128];

		pcre2_get_error_message(number, (PCRE2_UCHAR *)text, sizeof text);
		failure_retry(why, "%s", text);
	}
	return code;
}

/* ---- patterns ---- */

SieveRegex *sieve_regex_new(Slice pattern, SieveRegexCase letters, Arena *arena, EreError *error)
{
	SieveRegex *regex = ARENA_NEW(arena, SieveRegex);

	*error = (EreError){ .text = "longer than 16 KB (limit: pattern)" };
	regex->pattern = pattern;
	regex->arena = arena;
	regex->letters = letters;
	if (pattern.length > SIEVE_LIMIT_PATTERN_BYTES ||
	    !ere_translate(pattern, letters ? ERE_FOLD : 0, NULL, &regex->info, error))
		return NULL;
	return regex;
}

bool sieve_regex_compile(SieveRegex *regex, Failure *why)
{
	if (!regex->utf8)
		regex->utf8 = compile(regex, false, why);
	return regex->utf8 != NULL;
}

const EreInfo *sieve_regex_info(const SieveRegex *regex)
{
	return &regex->info;
}

/* ---- matching ---- */

static int count_item(pcre2_callout_block *block, void *count)
{
	(void)block;
	return ++*(unsigned *)count > SIEVE_LIMIT_REGEX_ITEMS ? PCRE2_ERROR_CALLOUT : 0;
}

/* Says which limit a match met. */
static SieveStatus fail_match(SieveRun *run, SieveSpan span, const SieveRegex *regex, int error)
{
	int length = regex->pattern.length < 60 ? (int)regex->pattern.length : 60;

	switch (error) {
	case PCRE2_ERROR_CALLOUT:
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
		return sieve_fail(run, span, "the regular expression '%.*s' takes too long (limit: steps)",
				  length, regex->pattern.data);
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_NOMEMORY:
		return sieve_fail(run, span,
				  "the regular expression '%.*s' takes too much memory (limit: heap)", length,
				  regex->pattern.data);
	default:
		return sieve_fail(run, span, "the regular expression '%.*s' fails (error %d)", length,
				  regex->pattern.data, error);
	}
}

static void take_groups(Slice value, const size_t *ends, size_t count, SieveRegexMatch *match)
{
	match->count = count <= SIEVE_LIMIT_MATCH_VARIABLE ? count : SIEVE_LIMIT_MATCH_VARIABLE + 1;
	for (size_t i = 0; i < match->count; i++)
		match->groups[i] = ends[2 * i] == PCRE2_UNSET
					   ? slice(NULL, 0)
					   : slice(value.data + ends[2 * i], ends[2 * i + 1] - ends[2 * i]);
}

static int match_code(const pcre2_code *code, Slice value, SieveRegexMatch *match)
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
	if (found > 0 && match)
		take_groups(value, pcre2_get_ovector_pointer(data), pcre2_get_ovector_count(data), match);
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	return found;
}

SieveStatus sieve_regex_match(SieveRun *run, SieveSpan span, SieveRegex *regex, Slice value,
			      SieveRegexMatch *match, bool *result)
{
	bool ascii = regex->info.is_ascii && ascii_only(value);
	pcre2_code **code = ascii ? &regex->ascii : &regex->utf8;
	Failure why = { 0 };
	int found;

	*result = false;
	if (!*code)
		*code = compile(regex, ascii, &why);
	if (!*code)
		return sieve_fail(run, span, "bad regular expression: %s", why.text);
	found = match_code(*code, value, match);
	*result = found > 0;
	return found > 0 || found == PCRE2_ERROR_NOMATCH ? SIEVE_OK : fail_match(run, span, regex, found);
}
