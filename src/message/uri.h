/* uri - the syntax of URIs: which characters, where the scheme ends, what stands behind percent signs
 * RFC 3986 */
#ifndef MESSAGE_URI_H
#define MESSAGE_URI_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/text.h"

/* The scheme before the first colon (section 3.1) and what follows it.  False when there is none, or when
 * `uri` holds what no URI may: blanks, controls, bytes beyond ASCII, a "%" without two digits (section 2). */
bool uri_split(Slice uri, Slice *scheme, Slice *rest);

/* unreserved of section 2.3 */
bool uri_is_unreserved(char c);

/* Are all characters unreserved, percent-encoded, or among `others`? */
bool uri_is_made_of(Slice text, const char *others);

/* `text` with what is percent-encoded decoded, which may be any bytes. */
Slice uri_decode(Slice text, Arena *arena);

/* Appends one octet, percent-encoded unless it is unreserved. */
void uri_encode(char c, Text *out);

#endif
