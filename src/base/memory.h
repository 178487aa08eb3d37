/* memory - allocation that succeeds, or ends the process as "try again"
 *
 * No caller handles a NULL that it could do nothing about.  Sizes that a message
 * decides are checked against a limit before they come here. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* As malloc, calloc, realloc, strdup and strndup; never NULL; freed with free(). */
void *memory_new(size_t size_bytes) __attribute__((malloc, returns_nonnull));
void *memory_zeroed(size_t count, size_t size_bytes) __attribute__((malloc, returns_nonnull));
void *memory_resize(void *old, size_t count, size_t size_bytes) __attribute__((returns_nonnull));
char *memory_copy_string(const char *string) __attribute__((malloc, returns_nonnull));
char *memory_copy_bytes(const char *bytes, size_t length) __attribute__((malloc, returns_nonnull));

/* Makes room for one more item in a growing array: doubles `*capacity` when
 * `count` has reached it. */
#define MEMORY_GROW(array, count, capacity)                                            \
	do {                                                                           \
		if ((count) == (capacity)) {                                           \
			(capacity) = (capacity) ? (capacity)*2 : 8;                    \
			(array) = memory_resize((array), (capacity), sizeof *(array)); \
		}                                                                      \
	} while (0)

#endif
