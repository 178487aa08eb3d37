/* limits - how large a script and what it does may be
 *
 * Everything a script's author or, through a script, a sender could make endless ends here.
 * Whoever meets a limit says its name in the error. */
#ifndef SIEVE_LIMITS_H
#define SIEVE_LIMITS_H

enum {
	/* 5,000 rules are 450 KB; nobody writes more by hand. */
	SIEVE_LIMIT_SCRIPT_BYTES = 1024 * 1024,
	/* Blocks within blocks and tests within tests: what bounds our recursion.  RFC 5228, 2.10.5
	 * asks for 15 of each. */
	SIEVE_LIMIT_NESTING = 32,
	/* Findings that are kept: a binary file taken for a script has one a line. */
	SIEVE_LIMIT_FINDINGS = 100,
	/* RFC 6609, 3.1 asks for 3; real ones take 2. */
	SIEVE_LIMIT_INCLUDE_DEPTH = 10,
	/* Scripts that one compilation loads, and include commands that one run carries out: ten
	 * scripts that include the next a thousand times would never end otherwise. */
	SIEVE_LIMIT_INCLUDES = 255,
	/* RFC 5229, section 6 asks for 128 variables, names of 32 and values of 4,000 characters.
	 * Bytes: of UTF-8 the values hold at least 4,096 characters. */
	SIEVE_LIMIT_VARIABLES = 1024,
	SIEVE_LIMIT_VARIABLE_NAME = 64,
	SIEVE_LIMIT_VARIABLE_BYTES = 16 * 1024,
	/* ${0} to ${32}; RFC 5229 asks for 9.  Wildcards beyond match but are not kept. */
	SIEVE_LIMIT_MATCH_VARIABLE = 32,
	/* One string with its variables put in. */
	SIEVE_LIMIT_STRING_BYTES = 1024 * 1024,
	/* Edits of one message: a filter makes some ten. */
	SIEVE_LIMIT_EDITS = 2000,
	/* A part that is converted, decoded; all of it is held in memory, several times. */
	SIEVE_LIMIT_CONVERTED_BYTES = 16 * 1024 * 1024,
	/* How often one message is enclosed: each time it is read for a boundary, and nests two parts deeper.
	 */
	SIEVE_LIMIT_ENCLOSURES = 16,
	/* Parts that loops come by, all of them together: loops within loops over a message that nests deeply
	 * would take for ever. */
	SIEVE_LIMIT_ITERATIONS = 10000,
	/* All the memory that one run takes: below the judge's own limit, so that the script's
	 * owner gets a sentence and not a signal. */
	SIEVE_LIMIT_RUN_BYTES = 128 * 1024 * 1024,
	/* Positional arguments that a command or test can have. */
	SIEVE_LIMIT_POSITIONAL = 4,
	/* Messages sent on, unless redirect_max says otherwise. */
	SIEVE_DEFAULT_REDIRECTS = 4,
	/* A text of the body as a whole, for all match types but :contains; a novel is below 1 MB. */
	SIEVE_LIMIT_TEXT_BYTES = 4 * 1024 * 1024,
	/* All such texts of one run: with their folded copies half of what the judge may have. */
	SIEVE_LIMIT_ALL_TEXTS_BYTES = 16 * 1024 * 1024,
	/* Longer regular expressions are none that somebody wrote. */
	SIEVE_LIMIT_PATTERN_BYTES = 16 * 1024,
	/* Backtracking points from one start position; a real pattern needs some hundred. */
	SIEVE_LIMIT_REGEX_MATCHES = 100000,
	/* PCRE2 counts those anew for each position, and not all; so the items of the pattern that it
	 * passes are counted as well.  About 0.1 seconds. */
	SIEVE_LIMIT_REGEX_ITEMS = 500000,
	/* PCRE2's own limit is 20 GB. */
	SIEVE_LIMIT_REGEX_HEAP_KB = 10 * 1024,
};

#endif
