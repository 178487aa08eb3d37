/* charset - from the charsets of mail to UTF-8, over iconv(3)
 * RFC 2978 (names), RFC 2231 section 5 (language suffix), RFC 1428 ("unknown-8bit")
 *
 * UTF-8, US-ASCII and Windows-1252 (which ISO-8859-1 means in mail) are read here and
 * cost no iconv.  The others need its converters, which it opens for reading when they
 * are first asked for: a confined process must be allowed to. */
#ifndef MESSAGE_CHARSET_H
#define MESSAGE_CHARSET_H

#include <iconv.h>
#include <stdbool.h>

#include "base/slice.h"
#include "base/text.h"

/* Appends `bytes`, read as `charset` (any case, the aliases of real mail understood:
 * "utf8", "x-sjis", "ks_c_5601-1987", "cp-850", language suffix "*en"), to `out` as
 * valid UTF-8.  Bytes that mean nothing there become U+FFFD.  False, and nothing
 * appended, when the charset is unknown. */
bool charset_to_utf8(Slice charset, Slice bytes, Text *out);

/* True when charset_to_utf8 would not refuse `charset`. */
bool charset_is_known(Slice charset);

/* True when the two names mean the same charset. */
bool charset_same(Slice a, Slice b);

/* What a charset's name comes down to. */
typedef enum CharsetKind {
	CHARSET_UNKNOWN,
	CHARSET_GUESS, /* ASCII, and who knows what above it */
	CHARSET_UTF8,
	CHARSET_WINDOWS_1252,
	CHARSET_ICONV,
} CharsetKind;

/* For text that comes in pieces (charset_reader.h), of which `first` is the first: what
 * `charset` is, and for CHARSET_ICONV the converter, to be given to iconv_close. */
CharsetKind charset_open(Slice charset, Slice first, iconv_t *converter);

/* Appends bytes of unknown charset: as they are if UTF-8, else as Windows-1252. */
void charset_guess_to_utf8(Slice bytes, Text *out);

#endif
