/* parameters - a structured field of MIME: its value, and the parameters behind it
 * RFC 2045, section 5.1; RFC 2231 (values in pieces, in other charsets, with percent signs)
 *
 * Reading is loose, as mail readers are: a value without quotes may have blanks in it, encoded words of RFC
 * 2047 are decoded though they may not stand here, one broken parameter hides no other, and a parameter
 * that is given twice, as "filename" and "filename*", is there twice.  Linear, but for a sort. */
#ifndef MESSAGE_PARAMETERS_H
#define MESSAGE_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

typedef struct Parameter {
	Slice name;  /* as it is written, without what RFC 2231 adds: "filename" */
	Slice value; /* in UTF-8, without line ends and NULs; quotes removed, blanks kept */
} Parameter;

typedef struct Parameters {
	Slice value; /* "text/html", "attachment": without comments and blanks; empty when there is none */
	Slice type, subtype; /* of a value with a "/" in it; both empty when it has not this form */
	Parameter *items;    /* in the order of the field */
	size_t count;        /* at most LIMIT_PARAMETERS (message/limits.h) */
} Parameters;

/* Reads an unfolded value.  What is not borrowed from it lives in `arena`. */
Parameters parameters_read(Slice field, Arena *arena);

#endif
