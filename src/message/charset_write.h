/* charset_write - from UTF-8 to the charsets of mail, over iconv(3) */
#ifndef MESSAGE_CHARSET_WRITE_H
#define MESSAGE_CHARSET_WRITE_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/text.h"

/* Appends `utf8` in `charset`, by a name that IANA knows, to `out`; what has no place there becomes
 * `replacement`, or "?" when that has none either.  False, and nothing appended, when the charset is unknown.
 */
bool charset_from_utf8(Slice charset, Slice utf8, Slice replacement, Text *out);

#endif
