/* html_text - the text that a reader of an HTML page sees, streamed
 * RFC 5173, section 5.3: ":text" may strip mark-up
 *
 * No parser: one pass, linear in the input, in a few hundred bytes of state whatever the nesting
 * (a tree builder of the real grammar took 6.9 GB for 100 KB of hostile mark-up).  Tags, comments and the
 * contents of script and style go; block elements break the line; runs of blanks become one;
 * character references become characters; blanks of any width become one, and what has no width goes.  What
 * is unfinished at the end is dropped, as browsers do. */
#ifndef MESSAGE_HTML_TEXT_H
#define MESSAGE_HTML_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/text.h"

enum {
	HTML_WORD_BYTES = 32
};

/* Zeroed: at the start of a page. */
typedef struct HtmlText {
	int state;                  /* for html_text.c alone, as all here */
	char word[HTML_WORD_BYTES]; /* the tag's name or the reference under way */
	size_t word_length;
	const char *raw_text; /* "script": until its end tag nothing is text; else NULL */
	size_t matched;       /* of a comment's end, or of that end tag */
	char quote;
	bool blank, line;  /* owed before the next character */
	bool started;      /* something was written */
	bool behind_ascii; /* and its last character was of ASCII */
	uint32_t number;   /* of the reference under way */
} HtmlText;

/* Appends to `out` what the next piece of a UTF-8 page adds to its text. */
void html_text_feed(HtmlText *html, Slice bytes, Text *out);

/* The page ends: appends a reference that lacked its semicolon. */
void html_text_end(HtmlText *html, Text *out);

#endif
