/* casemap - text as the comparator i;unicode-casemap sees it
 * RFC 5051, section 2 */
#ifndef MODULES_MIME_CASEMAP_H
#define MODULES_MIME_CASEMAP_H

#include "base/slice.h"
#include "base/text.h"

/* MimeModule's `casemap`. */
void casemap(Slice text, Text *folded, Text *starts);

#endif
