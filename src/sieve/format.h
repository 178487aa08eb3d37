/* format - a script as it is best read
 * RFC 5228, section 8.2: the grammar that is laid out
 *
 * Only blanks, line ends and the case of names change, and a '#' comment before a ',' or ';' goes behind it.
 * Strings stay as they were written, byte for byte, and so does every comment but for blanks at its end. */
#ifndef SIEVE_FORMAT_H
#define SIEVE_FORMAT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

/* Appends `source`, laid out, to `out`: what is written means the same, and laid out again it stays as it is.
 * False, with nothing appended, for what is no script by the grammar; sieve_compile says what is wrong. */
bool sieve_format(Slice source, Arena *arena, Text *out);

#endif
