/* match - values against keys: what every test with a match type calls
 * RFC 5228, section 2.7
 *
 *	SieveMatch match;
 *
 *	sieve_match_begin(&match, run, node, sieve_strings(node, 1));
 *	for each value, while going on:
 *		status = sieve_match_value(&match, value);
 *	return sieve_match_end(&match, status, result);
 *
 * Keys are expanded and prepared when the first value comes, so that a test of a header that is
 * not there costs nothing. */
#ifndef SIEVE_MATCH_H
#define SIEVE_MATCH_H

#include "sieve/run.h"
#include "sieve/tree.h"

/* A value, and what comparators made of it: kept, because the next rule asks again. */
typedef struct SieveValue {
	Slice text;
	Slice folded; /* by `folded_by`; of the same length */
	const SieveComparator *folded_by;
} SieveValue;

/* A key: expanded, and what the match type's `prepare` made of it. */
typedef struct SieveKey {
	Slice text;
	void *prepared;
	bool ready; /* prepare was called */
} SieveKey;

typedef struct SieveMatch {
	SieveRun *run;
	const SieveNode *node;
	const SieveMatching *how;
	const SieveStrings *key_strings;
	SieveKey *keys; /* NULL: not yet */
	SieveKey one;
	uint64_t count;
	bool matched;
} SieveMatch;

/* The last comparison of a test with values, for whoever wants to know what it was that failed. */
typedef struct SieveCompared {
	const SieveNode *node; /* NULL: none since the last "if" began */
	const SieveStrings *keys;
	struct SieveComparedValue {
		char text[100]; /* the beginning of it */
		size_t length;
	} values[3]; /* the first of them */
	size_t count;
} SieveCompared;

void sieve_match_begin(SieveMatch *match, SieveRun *run, const SieveNode *node, const SieveStrings *keys);

/* Offers one value, which must stay where it is until the test is over.  SIEVE_OK: match->matched
 * says whether any key matched; then no more need be offered.  A :count only counts.  Anything
 * else is an error to be handed on. */
SieveStatus sieve_match_value(SieveMatch *match, Slice value);

/* The same for a value that is kept with what was made of it. */
SieveStatus sieve_match_kept(SieveMatch *match, SieveValue *value);

/* Should more be offered?  (status is OK and nothing matched yet) */
static inline bool sieve_match_open(const SieveMatch *match, SieveStatus status)
{
	return status == SIEVE_OK && !match->matched;
}

/* For a test that counts other things than its values ("string"): adds to :count alone. */
void sieve_match_count(SieveMatch *match, uint64_t more);

/* True when how many there are is all that matters: values need not be made. */
bool sieve_match_only_counts(const SieveMatch *match);

/* The keys, expanded and prepared, for tests that match on their own (body on a stream): how many
 * is match->key_strings->count. */
SieveStatus sieve_match_keys(SieveMatch *match, const SieveKey **keys);

/* Hands on `status`; if it is OK the test's result. */
SieveStatus sieve_match_end(SieveMatch *match, SieveStatus status, bool *result);

/* `value` as `comparator` sees it when it looks for equal bytes; remembered in the value.  Of the same length
 * unless the comparator has a `map`. */
Slice sieve_value_folded(SieveRun *run, SieveValue *value, const SieveComparator *comparator);

/* A text through the comparator's `map`. */
Slice sieve_mapped(SieveRun *run, Slice text, const SieveComparator *comparator);

/* <0, 0, >0: how `comparator` orders a value and a key. */
int sieve_compare(SieveRun *run, SieveValue *value, const SieveKey *key, const SieveComparator *comparator);

/* For a match type's `match`: are captures wanted at all? */
bool sieve_wants_captures(const SieveRun *run);

/* Sets ${0} to `whole` and ${1}... to `captures`; ones that took no part have NULL data.  Copies.
 * Does nothing when they are not wanted. */
void sieve_captures(SieveRun *run, Slice whole, const Slice *captures, size_t count);

#endif
