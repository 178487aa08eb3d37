/* part_text - the text of a part, as rules see it
 * RFC 5173, section 5.3; RFC 5703, section 7 */
#ifndef SIEVE_PART_TEXT_H
#define SIEVE_PART_TEXT_H

#include "message/mime.h"
#include "sieve/run.h"

/* Streams the text of a text part: decoded, in UTF-8, a page of HTML reduced to what a reader sees. */
bool sieve_read_text(const SieveRun *run, const MimeTree *tree, size_t part, MimeSink sink, void *self,
		     Failure *why);

/* Can what the part says be had: has it no parts of its own, and are its encoding and, of a text, its charset
 * known? */
SieveStatus sieve_is_readable(SieveRun *run, SieveSpan span, const MimeTree *tree, size_t part, bool *result);

/* Ends lines in CR LF, as strings in scripts have them, on the way to another sink. */
typedef struct SieveLines {
	MimeSink sink;
	void *self;
	Text text;
	char last;
} SieveLines;

/* A MimeSink with a SieveLines for its `self`, whose text is to be cleared behind the last piece. */
bool sieve_take_lines(void *self, Slice bytes);

#endif
