/* mbox_quote - turn the bytes of a message into those of an mbox record, piece by piece
 *
 * What passes unchanged is passed on in place; nothing is copied here. */
#ifndef MAILBOX_MBOX_QUOTE_H
#define MAILBOX_MBOX_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* Takes the next bytes of the record.  They are borrowed until mbox_quote_feed returns.  False
 * ends the feeding. */
typedef bool MboxQuoteSink(void *self, Slice bytes);

typedef struct MboxQuote {
	MboxQuoteSink *sink;
	void *self;
	Slice fields; /* put at the end of the header */
	bool mboxo;
	/* Where we are: */
	bool in_body;       /* behind the empty line */
	bool inside_line;   /* not at a line's start */
	bool dropping;      /* in a field that is left out */
	bool only_brackets; /* what went out of this line so far is nothing but ">" */
	bool written;       /* anything went out at all */
	char last;          /* the last byte that did */
} MboxQuote;

/* Ready for the first byte of a message. */
void mbox_quote_start(MboxQuote *quote, bool mboxo, Slice fields, MboxQuoteSink *sink, void *self);

enum {
	MBOX_QUOTE_HOLD = 64, /* a feed leaves at most this many bytes for the next */
};

/* Feeds bytes; `*taken` says how many were used: the rest comes again, with more behind it.  With `final` all
 * are used, and what must follow a message's last byte is added.  False when the sink said so. */
bool mbox_quote_feed(MboxQuote *quote, Slice bytes, bool final, size_t *taken);

#endif
