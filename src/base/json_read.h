/* json_read - the members of one object, without a tree of it (RFC 8259) */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <stdbool.h>

#include "base/text.h"

/* Hears of a member of the object: a string without its escapes, or a number, a word, an array or an object
 * as it stands. `name` and `value` are borrowed during the call. */
typedef void (*JsonMember)(void *self, Slice name, Slice value, bool is_string);

/* Reads the object that `bytes` begin with.  False when they are none, or it does not end; members that came
 * before were told. */
bool json_read_object(Slice bytes, JsonMember member, void *self);

#endif
