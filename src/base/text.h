/* text - bytes that grow: the only way strings are built here
 *
 * A zeroed Text is empty and ready.  `data` is NUL-terminated as soon as anything
 * was appended; text_string gives a C string always. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/slice.h"

typedef struct Text {
	char *data;
	size_t length, capacity;
} Text;

/* Frees the bytes; the Text is empty and ready again. */
void text_clear(Text *text);

/* Forgets the bytes but keeps the memory for what comes. */
void text_reset(Text *text);

/* Cuts the text to `length` bytes, which must not be more than it has. */
void text_truncate(Text *text, size_t length);

void text_append(Text *text, const char *bytes, size_t length);
void text_append_string(Text *text, const char *string);
void text_append_slice(Text *text, Slice bytes);
void text_append_char(Text *text, char c);

/* Appends `bytes` between double quotes, with a backslash in front of each quote and backslash. */
void text_append_quoted(Text *text, Slice bytes);
void text_printf(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for `extra` more bytes and returns where they go; the caller adds to
 * `length` what it wrote. */
char *text_reserve(Text *text, size_t extra);

/* The text as a C string, "" when empty; borrowed until the next change. */
const char *text_string(const Text *text);

static inline Slice text_slice(const Text *text)
{
	return slice(text->data ? text->data : "", text->length);
}

/* Hands the bytes to the caller (freed with free()), NUL-terminated, never NULL;
 * the Text is empty and ready again. */
char *text_take(Text *text);

DEFINE_AUTO_VALUE(Text, text_clear)

#endif
