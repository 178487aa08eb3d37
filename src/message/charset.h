/* charset - from the charsets of mail to UTF-8, over iconv(3) */
#ifndef MESSAGE_CHARSET_H
#define MESSAGE_CHARSET_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/text.h"

/* Appends `bytes`, read as `charset` (any case, the aliases of real mail understood:
 * "utf8", "x-sjis", "ks_c_5601-1987", "cp-850", language suffix "*en"), to `out` as
 * valid UTF-8.  Bytes that mean nothing there become U+FFFD.  False, and nothing
 * appended, when the charset is unknown. */
bool charset_to_utf8(Slice charset, Slice bytes, Text *out);

/* Appends bytes of unknown charset: as they are if UTF-8, else as Windows-1252. */
void charset_guess_to_utf8(Slice bytes, Text *out);

#endif
