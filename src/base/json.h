/* json - RFC 8259: strings and small objects, written into a Text
 *
 * What is written is valid whatever the bytes are: those that are not UTF-8 become U+FFFD.  A
 * terminal may be shown it: controls and what turns the direction of writing are escaped. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* The bytes as a string, quotes included. */
void json_string(Text *out, Slice bytes);

/* `,"name":` - without the comma at the start of an object or array, that is after '{' or '['. */
void json_name(Text *out, const char *name);

/* The same with a value.  A NULL string is null. */
void json_field_string(Text *out, const char *name, const char *value);
void json_field_slice(Text *out, const char *name, Slice value);
void json_field_number(Text *out, const char *name, int64_t value);
void json_field_bool(Text *out, const char *name, bool value);

#endif
