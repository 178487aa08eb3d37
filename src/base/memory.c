#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/panic.h"

static void *or_panic(void *pointer, size_t size)
{
	if (!pointer)
		panic("out of memory (%zu bytes wanted)", size);
	return pointer;
}

void *memory_new(size_t size_bytes)
{
	return or_panic(malloc(size_bytes ? size_bytes : 1), size_bytes);
}

void *memory_zeroed(size_t count, size_t size_bytes)
{
	return or_panic(calloc(count ? count : 1, size_bytes), count);
}

void *memory_resize(void *old, size_t count, size_t size_bytes)
{
	return or_panic(reallocarray(old, count ? count : 1, size_bytes), count);
}

char *memory_copy_string(const char *string)
{
	return memory_copy_bytes(string, strlen(string));
}

char *memory_copy_bytes(const char *bytes, size_t length)
{
	char *copy = memory_new(length + 1);

	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}
