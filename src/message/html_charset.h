/* html_charset - the charset that an HTML page says it is in
 * HTML Living Standard, section 13.2.3.2: looked for where MIME gives none */
#ifndef MESSAGE_HTML_CHARSET_H
#define MESSAGE_HTML_CHARSET_H

#include "base/slice.h"

/* What `page`, or its beginning, says in a byte order mark or a <meta> among its first 1,024 bytes; empty
 * when it says nothing.  Borrowed from it, or constant. */
Slice html_charset(Slice page);

#endif
