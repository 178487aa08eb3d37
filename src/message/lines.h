/* lines - bytes whose lines are to end otherwise than they do: how much larger CR LF makes them, and making
 * it so */
#ifndef MESSAGE_LINES_H
#define MESSAGE_LINES_H

#include <stddef.h>

#include "base/slice.h"
#include "base/text.h"

/* The line feeds in `bytes` that no carriage return precedes; `*previous` is the byte before
 * them (0 at the beginning), and becomes the last of them. */
size_t lines_bare_feeds(Slice bytes, char *previous);

/* Appends `bytes` with `end` for each end of a line, LF or CR LF; `*previous` as above: a carriage return at
 * the end of one piece belongs to the line feed that begins the next.  It is held back, so that the last
 * piece is followed by lines_convert_end. */
void lines_convert(Slice bytes, Slice end, char *previous, Text *out);
void lines_convert_end(char *previous, Text *out);

#endif
