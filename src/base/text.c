#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/panic.h"

void text_clear(Text *text)
{
	free(text->data);
	*text = (Text){ 0 };
}

void text_reset(Text *text)
{
	text_truncate(text, 0);
}

void text_truncate(Text *text, size_t length)
{
	BUG_IF(length > text->length);
	text->length = length;
	if (text->data)
		text->data[length] = '\0';
}

char *text_reserve(Text *text, size_t extra)
{
	size_t wanted;

	BUG_IF(__builtin_add_overflow(text->length, extra + 1, &wanted));
	if (wanted > text->capacity) {
		size_t capacity = text->capacity ? text->capacity : 64;

		while (capacity < wanted)
			capacity += capacity / 2 + 64;
		text->data = memory_resize(text->data, capacity, 1);
		text->capacity = capacity;
	}
	return text->data + text->length;
}

void text_append(Text *text, const char *bytes, size_t length)
{
	char *end = text_reserve(text, length);

	if (length)
		memcpy(end, bytes, length);
	end[length] = '\0';
	text->length += length;
}

void text_append_string(Text *text, const char *string)
{
	text_append(text, string, strlen(string));
}

void text_append_slice(Text *text, Slice bytes)
{
	text_append(text, bytes.data, bytes.length);
}

void text_append_char(Text *text, char c)
{
	text_append(text, &c, 1);
}

void text_append_quoted(Text *text, Slice bytes)
{
	text_append_char(text, '"');
	for (size_t i = 0; i < bytes.length; i++) {
		if (bytes.data[i] == '"' || bytes.data[i] == '\\')
			text_append_char(text, '\\');
		text_append_char(text, bytes.data[i]);
	}
	text_append_char(text, '"');
}

void text_printf(Text *text, const char *format, ...)
{
	va_list arguments, again;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	BUG_IF(length < 0);
	vsnprintf(text_reserve(text, (size_t)length), (size_t)length + 1, format, again);
	va_end(again);
	text->length += (size_t)length;
}

const char *text_string(const Text *text)
{
	return text->data ? text->data : "";
}

char *text_take(Text *text)
{
	text_append(text, "", 0);
	char *bytes = text->data;

	*text = (Text){ 0 };
	return bytes;
}
