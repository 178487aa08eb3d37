/* regex - regular expressions, bounded: translated when read, compiled by PCRE2 when first used
 *
 * A match that takes too long is an error of the script and not "no match": else a sender could choose which
 * rules are passed over. */
#ifndef SIEVE_REGEX_H
#define SIEVE_REGEX_H

#include "sieve/ere.h"
#include "sieve/limits.h"
#include "sieve/run.h"

typedef struct SieveRegex SieveRegex;

/* How letters are compared. */
typedef enum SieveRegexCase {
	SIEVE_REGEX_EXACT,
	SIEVE_REGEX_ASCII,   /* A-Z match a-z */
	SIEVE_REGEX_UNICODE, /* every letter matches its other case */
} SieveRegexCase;

/* Reads and checks `pattern` (borrowed), an extended regular expression as ere.h says; in `arena`.  NULL and
 * `error` when it is none. */
SieveRegex *sieve_regex_new(Slice pattern, SieveRegexCase letters, Arena *arena, EreError *error);

/* Compiles it now rather than when it is first used, to find what PCRE2 alone minds.  False and `why`, of
 * which the text counts. */
bool sieve_regex_compile(SieveRegex *regex, Failure *why);

/* What is known of it. */
const EreInfo *sieve_regex_info(const SieveRegex *regex);

/* What a match found: the whole, then the groups; one that took no part has NULL data. */
typedef struct SieveRegexMatch {
	Slice groups[SIEVE_LIMIT_MATCH_VARIABLE + 1];
	size_t count;
} SieveRegexMatch;

/* Does it match anywhere in `value`?  `match` may be NULL.  A limit is a run-time error at `span`. */
SieveStatus sieve_regex_match(SieveRun *run, SieveSpan span, SieveRegex *regex, Slice value,
			      SieveRegexMatch *match, bool *result);

#endif
