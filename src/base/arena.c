#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/panic.h"

enum {
	FIRST_BLOCK = 4096,
	LARGEST_BLOCK = 256 * 1024
};

typedef struct Block {
	struct Block *next;
	size_t size, used;
	alignas(max_align_t) char bytes[];
} Block;

struct Arena {
	Block *blocks; /* the newest first: the one with room */
	size_t used;
};

Arena *arena_new(void)
{
	return memory_zeroed(1, sizeof(Arena));
}

void arena_free(Arena *arena)
{
	if (!arena)
		return;
	for (Block *block = arena->blocks; block;) {
		Block *next = block->next;

		free(block);
		block = next;
	}
	free(arena);
}

static Block *add_block(Arena *arena, size_t at_least)
{
	size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK - sizeof(Block);
	Block *block;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < at_least)
		size = at_least;
	block = memory_new(sizeof *block + size);
	block->size = size;
	block->used = 0;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_alloc(Arena *arena, size_t size_bytes)
{
	Block *block = arena->blocks;
	size_t rounded = (size_bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	void *result;

	BUG_IF(rounded < size_bytes);
	if (!block || block->size - block->used < rounded)
		block = add_block(arena, rounded);
	result = block->bytes + block->used;
	block->used += rounded;
	arena->used += rounded;
	return result;
}

void *arena_zeroed(Arena *arena, size_t count, size_t size_bytes)
{
	size_t total;
	void *result;

	BUG_IF(__builtin_mul_overflow(count, size_bytes, &total));
	result = arena_alloc(arena, total);
	memset(result, 0, total);
	return result;
}

char *arena_copy_bytes(Arena *arena, const char *bytes, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *arena_copy_string(Arena *arena, const char *string)
{
	return arena_copy_bytes(arena, string, strlen(string));
}

Slice arena_copy_slice(Arena *arena, Slice bytes)
{
	return slice(arena_copy_bytes(arena, bytes.data, bytes.length), bytes.length);
}

char *arena_printf(Arena *arena, const char *format, ...)
{
	va_list arguments, again;
	int length;
	char *result;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	BUG_IF(length < 0);
	result = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(result, (size_t)length + 1, format, again);
	va_end(again);
	return result;
}

size_t arena_used(const Arena *arena)
{
	return arena->used;
}
