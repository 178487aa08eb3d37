/* search - find a string in bytes, a line or a whole mail, quickly and in linear time
 *
 * A Searcher is made once for a needle and asked as often as needed; making one costs next
 * to nothing, so it pays for a single short line too.  Time is linear in what is
 * searched whatever the bytes are: nobody can write a mail and a rule that take minutes. */
#ifndef BASE_SEARCH_H
#define BASE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/slice.h"

/* Two places in the needle whose bytes are looked for first, 16 at a time. */
typedef struct SearchProbe {
	size_t offset;
	unsigned char byte; /* folded */
	unsigned char bits; /* set in what is searched before it is compared: 0x20 folds letters */
} SearchProbe;

typedef struct Searcher {
	Slice needle;
	bool fold;
	SearchProbe first, second;
} Searcher;

/* Makes `searcher` look for `needle`, which it borrows.  `fold`: A-Z equal a-z, as
 * i;ascii-casemap has it. */
void search_init(Searcher *searcher, Slice needle, bool fold);

/* The offset of the needle's first occurrence in `text`, or -1.  An empty one is at 0. */
ssize_t search_find(const Searcher *searcher, Slice text);

/* Text that comes in pieces; remembers the end of the last one, where a needle may begin. */
typedef struct SearchStream {
	const Searcher *searcher;
	char *seam; /* 2 * (needle - 1) bytes; NULL when the needle has less than two */
	size_t kept;
	bool found;
} SearchStream;

/* Begins a text in which `searcher` (borrowed) looks for its needle. */
void search_stream_init(SearchStream *stream, const Searcher *searcher);

/* Takes the next piece.  True when the needle was found, in this piece or before it. */
bool search_stream_feed(SearchStream *stream, Slice piece);

/* Begins another text. */
void search_stream_reset(SearchStream *stream);

void search_stream_clear(SearchStream *stream);

DEFINE_AUTO_VALUE(SearchStream, search_stream_clear)

#endif
