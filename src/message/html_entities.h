/* html_entities - the characters that HTML has names for
 * HTML Living Standard, section 13.5 */
#ifndef MESSAGE_HTML_ENTITIES_H
#define MESSAGE_HTML_ENTITIES_H

#include <stddef.h>

#include "base/slice.h"

/* The characters, in UTF-8, that "&name;" means; empty when it means nothing. */
Slice html_entity(Slice name);

/* How long the longest beginning of `name` is that has a meaning without a semicolon too, as in "&copy2026",
 * with its `characters`; 0 when there is none. */
size_t html_entity_prefix(Slice name, Slice *characters);

#endif
