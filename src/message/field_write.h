/* field_write - a header field of ours, as it goes onto the wire
 * RFC 5322, sections 2.1.1 (line lengths) and 2.2.3 (folding); RFC 2047 */
#ifndef MESSAGE_FIELD_WRITE_H
#define MESSAGE_FIELD_WRITE_H

#include "base/arena.h"
#include "base/slice.h"

/* "Name: value" with its line end: an unstructured UTF-8 `value` is encoded where it must be, and only there,
 * and folded in front of blanks so that lines stay below 78 columns where that is possible and below 998
 * always.  CR, LF and NUL in the value become blanks, so that no value becomes two fields.  Unfolded and
 * decoded it is the value again.  Of a list of mailboxes in a field that holds addresses (address_is_field)
 * only the names are encoded.  `line_end` is "\n" or "\r\n". */
Slice field_write(const char *name, Slice value, const char *line_end, Arena *arena);

/* Folds "Name: value" of a structured `value`, which is encoded as it must be already, in front of blanks. */
Slice field_write_folded(const char *name, Slice value, const char *line_end, Arena *arena);

#endif
