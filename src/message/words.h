/* words - RFC 2047 encoded words to UTF-8
 * RFC 2047; RFC 2231, section 5 (language suffix of the charset)
 *
 * Adjacent words are joined without the blank between them, and their bytes before
 * they are converted, so that a character split over two words survives.  A
 * word that cannot be decoded (unknown charset, base64 of nothing) stays as it stands.
 * Raw 8-bit bytes that are not UTF-8 are read as Windows-1252, so that the result is
 * always valid UTF-8.
 *
 * Reading is loose, as mail readers are: a word counts also amid other text, within quotes,
 * with blanks in it, or longer than 75 characters; base64 may hold foreign characters and
 * paddings in the middle.  What a reader shows is what a filter must see.
 *
 * CR, LF and NUL that were encoded become blanks: no decoded text can smuggle
 * in a line.  (Raw NULs and CRs stay; there are no raw LFs in an unfolded value.) */
#ifndef MESSAGE_WORDS_H
#define MESSAGE_WORDS_H

#include "base/arena.h"
#include "base/slice.h"

/* Decodes an unfolded value.  Returns `value` itself when it is plain ASCII without
 * words (the usual case costs one scan). */
Slice words_decode(Slice value, Arena *arena);

/* How long the encoded word is that `text` begins with, if there is one without blanks
 * in it; else 0. */
size_t words_length(Slice text);

/* Encodes UTF-8 `text` as encoded words where it needs them (not plain printable
 * ASCII), each at most 75 characters, folded with CR-less newline and blank.
 * `used` is how many columns the line has already (the name and colon).  CR, LF and
 * NUL become blanks. */
Slice words_encode(Slice text, size_t used, Arena *arena);

/* The same for a phrase, such as the name before an address (RFC 2047, section 5 (3)): as it is when all of
 * it are atoms, in quotes when it is ASCII, else encoded as a whole. */
Slice words_encode_phrase(Slice text, size_t used, Arena *arena);

#endif
