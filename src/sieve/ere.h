/* ere - POSIX extended regular expressions in the words of PCRE2
 * POSIX.1-2008, XBD 9.4 (which draft-murchison-sieve-regex asks for); where that leaves a form undefined,
 * glibc's regcomp
 *
 * What scripts are full of besides POSIX is understood as well: \d \w \s \b (inside brackets too, where
 * POSIX would see a backslash and a letter), \< \>, \1.  A "*" that repeats nothing counts for nothing, so
 * that "*@example.com" does what its writer meant, and is worth a warning.  Perl's "(?" is refused.  One
 * thing cannot be had: of several alternatives POSIX wants the one that makes the whole match longest, PCRE2
 * takes the first that matches.  It changes what is captured ("a|ab" on "ab"), never whether there is a
 * match. */
#ifndef SIEVE_ERE_H
#define SIEVE_ERE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "base/text.h"

enum {
	ERE_FOLD = 1,  /* A-Z match a-z and the other way round; other letters stand for themselves */
	ERE_ASCII = 2, /* pattern and subject have nothing else, so PCRE2 need not know UTF-8 */
};

enum {
	ERE_MAX_LITERALS = 4,
	ERE_LITERAL_BYTES = 96,
};

/* What is known of a pattern besides its translation. */
typedef struct EreInfo {
	/* Every match contains these, in this order, without overlap; lower case with ERE_FOLD.  There
	 * need not be any. */
	struct {
		unsigned char start, length;
	} literals[ERE_MAX_LITERALS];
	size_t literal_count;
	char bytes[ERE_LITERAL_BYTES]; /* what `start` counts in */
	unsigned groups;               /* how many there are to capture */
	bool repeats;                  /* something in it may come more than once: matching may take long */
	bool is_ascii;                 /* all of the pattern's bytes are */
	bool repeats_nothing;          /* a "*", "+" or "?" stands behind nothing: worth a warning */
} EreInfo;

typedef struct EreError {
	const char *text; /* "'[' without its ']'" */
	size_t offset;    /* into the pattern */
} EreError;

/* Translates `pattern`, appending to `out`; `out` may be NULL to have it only checked.  Without
 * ERE_ASCII the result wants UTF-8 mode (PCRE2_UTF).  False, and `error`, when the pattern is none. */
bool ere_translate(Slice pattern, unsigned flags, Text *out, EreInfo *info, EreError *error);

/* One of the info's literals. */
Slice ere_literal(const EreInfo *info, size_t index);

/* False when `subject` (folded when ERE_FOLD was given) lacks one of the literals, so that no match is
 * possible.  Costs much less than a match. */
bool ere_may_match(const EreInfo *info, Slice subject);

#endif
