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
#include "sieve/extensions/list.h"

#include "sieve/extension.h"
#include "sieve/regex.h"

static SieveRegexCase letters_of(const SieveMatching *how)
{
	if (how->comparator->map)
		return SIEVE_REGEX_UNICODE;
	return how->comparator->fold ? SIEVE_REGEX_ASCII : SIEVE_REGEX_EXACT;
}

static bool prepare(const SieveMatching *how, Slice key, Arena *arena, void **prepared, Failure *why)
{
	EreError error;

	*prepared = sieve_regex_new(arena_copy_slice(arena, key), letters_of(how), arena, &error);
	return *prepared || failure_retry(why, "bad regular expression: %s", error.text);
}

/* Checks a constant pattern and leaves what was found out with it. */
static void check_pattern(SieveCheck *check, const SieveMatching *how, SieveString *string)
{
	EreError error;
	Failure why = { 0 };
	SieveRegex *regex = sieve_regex_new(string->text, letters_of(how), sieve_check_arena(check), &error);

	if (!regex) {
		sieve_check_error(check, string->span, NULL, "bad regular expression: %s", error.text);
		return;
	}
	if (sieve_regex_info(regex)->repeats_nothing)
		sieve_check_warn(check, "repeats-nothing", string->span,
				 "any text is '.*'; a literal star is '\\\\*'",
				 "a repetition of nothing in a regular expression");
	if (sieve_check_setup(check)->strict_check && !sieve_regex_compile(regex, &why))
		sieve_check_error(check, string->span, NULL, "bad regular expression: %s", why.text);
	else
		string->prepared = regex;
}

/* The keys are the last argument of every test that takes a match type. */
static SieveArgument *keys_of(const SieveNode *node)
{
	size_t count = 0;

	while (sieve_parameters(node->verb)[count].name)
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

static SieveStatus match(SieveRun *run, const SieveMatching *how, SieveValue *value, const SieveKey *key,
			 bool *result)
{
	SieveRegex *regex = key->prepared;
	const EreInfo *info = sieve_regex_info(regex);
	SieveRegexMatch found;
	SieveStatus status;

	*result = false;
	if (info->literal_count && !how->comparator->map &&
	    !ere_may_match(info, sieve_value_folded(run, value, how->comparator)))
		return SIEVE_OK;
	status = sieve_regex_match(run, how->span, regex, value->text, &found, result);
	if (*result)
		sieve_captures(run, found.groups[0], found.groups + 1, found.count - 1);
	return status;
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
	.about = "match regular expressions",
	.document = "draft-murchison-sieve-regex",
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
