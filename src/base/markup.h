/* markup - text within HTML and XML
 *
 * As element content or in a value between double quotes. */
#ifndef BASE_MARKUP_H
#define BASE_MARKUP_H

#include "base/slice.h"
#include "base/text.h"

/* Appends `text`, which is printable but for line ends, so that none of it is taken for markup. */
void markup_append(Text *out, Slice text);

#endif
