/* printable - bytes from strangers made fit for one line of a log, a terminal or a report */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/* Appends `bytes` as one line of valid UTF-8: whatever is not, control characters (CR, LF and escape
 * sequences among them) and characters that turn the direction of writing become '?'.  More than
 * `limit_bytes` are cut, between characters, and "..." says so. */
void printable_append(Text *out, Slice bytes, size_t limit_bytes);

/* The same as a string in `arena`. */
const char *printable_copy(Slice bytes, size_t limit_bytes, Arena *arena);

/* Does a character above ASCII leave a terminal and the direction of writing alone? */
bool printable_is_harmless(uint32_t c);

#endif
