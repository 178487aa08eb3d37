/* mutf7 - modified UTF-7: how folder names stand on disk
 * RFC 3501, section 5.1.3 */
#ifndef MAILBOX_MUTF7_H
#define MAILBOX_MUTF7_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/text.h"

/* Appends `name`, which is UTF-8, in modified UTF-7.  False when it is not well-formed; `out` then holds a
 * part of it. */
bool mutf7_encode(Slice name, Text *out);

/* The other way.  False for anything the encoder would not have written, so that every name has
 * one spelling. */
bool mutf7_decode(Slice encoded, Text *out);

#endif
