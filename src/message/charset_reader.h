/* charset_reader - from the charsets of mail to UTF-8, piece by piece
 *
 * For bodies, which may be larger than memory: a character that lies across two pieces and
 * the shifts of stateful charsets (ISO-2022-JP) survive.  What comes out is always valid UTF-8. */
#ifndef MESSAGE_CHARSET_READER_H
#define MESSAGE_CHARSET_READER_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/slice.h"
#include "base/text.h"

typedef struct CharsetReader CharsetReader;

/* A reader of `charset`, with the aliases that charset.h knows, owned by the caller; never NULL.
 * Without a charset, or with one nobody knows, bytes that are UTF-8 are taken for that, others
 * for Windows-1252. */
CharsetReader *charset_reader_new(Slice charset);

/* Converts the next piece.  The result is `bytes` itself where that was plain ASCII, which is the usual case,
 * else what was appended to `out`; borrowed.  `is_last` ends the text; bytes that mean nothing become U+FFFD.
 */
Slice charset_read(CharsetReader *reader, Slice bytes, bool is_last, Text *out);

void charset_reader_free(CharsetReader *reader);

DEFINE_AUTO(CharsetReader, charset_reader_free)

#endif
