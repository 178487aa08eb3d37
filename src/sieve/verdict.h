/* verdict - what a scanner for spam or viruses wrote into the header, on the scale that tests use
 * RFC 5235, section 3.1
 *
 * Which header, and what its numbers or words mean, are settings: PREFIX_status_header ("Name" or "Name:
 * pattern", of which the first group counts), PREFIX_status_type (score, strlen or text),
 * PREFIX_score_max_value or PREFIX_score_max_header (what counts as full), and PREFIX_text_value ("1=clean;
 * 10=spam"). */
#ifndef SIEVE_VERDICT_H
#define SIEVE_VERDICT_H

#include "sieve/run.h"

typedef struct Verdict {
	bool tested;  /* the header is there and can be understood */
	double ratio; /* 0, nothing was found, to 1 */
} Verdict;

/* Looks at the settings whose names begin with `prefix`; a text value of `full` is the worst there is.  A bad
 * pattern in a setting is a run-time error at `span`. */
SieveStatus sieve_verdict(SieveRun *run, SieveSpan span, const char *prefix, unsigned full, Verdict *verdict);

/* The test of a verdict on a scale from `least` (tested and clean) to `most`. */
SieveStatus sieve_verdict_match(SieveRun *run, const SieveNode *node, const Verdict *verdict, unsigned least,
				unsigned most, bool *result);

#endif
