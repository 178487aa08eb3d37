/* words - RFC 2047 encoded words to UTF-8
 *
 * Adjacent words are joined without the blank between them, and their bytes before
 * they are converted, so that a character split over two words survives.  A
 * word that cannot be decoded (unknown charset, broken coding) stays as it stands.
 * Raw 8-bit bytes that are not UTF-8 are read as Windows-1252, so that the result is
 * always valid UTF-8. */
#ifndef MESSAGE_WORDS_H
#define MESSAGE_WORDS_H

#include "base/arena.h"
#include "base/slice.h"

/* Decodes an unfolded value.  Returns `value` itself when it is plain ASCII without
 * words (the usual case costs one scan). */
Slice words_decode(Slice value, Arena *arena);

/* Encodes UTF-8 `text` as encoded words where it needs them (not plain printable
 * ASCII), each at most 75 characters, folded with CR-less newline and blank.
 * `used` is how many columns the line has already (the name and colon). */
Slice words_encode(Slice text, size_t used, Arena *arena);

#endif
