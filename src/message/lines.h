/* lines - how much larger bytes become when every line ends in CR LF */
#ifndef MESSAGE_LINES_H
#define MESSAGE_LINES_H

#include <stddef.h>

#include "base/slice.h"

/* The line feeds in `bytes` that no carriage return precedes; `*previous` is the byte before
 * them (0 at the beginning), and becomes the last of them. */
size_t lines_bare_feeds(Slice bytes, char *previous);

#endif
