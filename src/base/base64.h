/* base64 - bytes as letters
 * RFC 4648, section 4 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/slice.h"
#include "base/text.h"

/* Appends the letters for `bytes`, padded, in one line. */
void base64_append(Slice bytes, Text *out);

#endif
