/* arena - memory that is given back all at once
 *
 * For what lives as long as one message or one script.  Nothing in it is freed
 * singly; what is in it needs no owner. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/slice.h"

typedef struct Arena Arena;

/* A new, empty arena, owned by the caller. */
Arena *arena_new(void);

/* Frees the arena and all that is in it. */
void arena_free(Arena *arena);

/* `size_bytes` of memory, aligned for any type, not cleared; never NULL. */
void *arena_alloc(Arena *arena, size_t size_bytes) __attribute__((returns_nonnull));

/* The same, cleared, for `count` items. */
void *arena_zeroed(Arena *arena, size_t count, size_t size_bytes) __attribute__((returns_nonnull));

#define ARENA_NEW(arena, Type) ((Type *)arena_zeroed((arena), 1, sizeof(Type)))

/* NUL-terminated copies. */
char *arena_copy_bytes(Arena *arena, const char *bytes, size_t length);
char *arena_copy_string(Arena *arena, const char *string);
Slice arena_copy_slice(Arena *arena, Slice bytes);
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* How many bytes were asked for so far: what limits are checked against. */
size_t arena_used(const Arena *arena);

DEFINE_AUTO(Arena, arena_free)

#endif
