/* cleanup - what a scope holds, it gives back
 *
 * `auto_fd` and `auto_free` are for the two things everybody holds; a type with
 * a destructor that accepts NULL gets `AUTO(Type)` from DEFINE_AUTO.  What is
 * handed on is handed on in sight, with TAKE. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdbool.h>

/* Closes *fd unless it is negative; errno is kept.  For auto_fd. */
void cleanup_fd(int *fd);

/* Frees *pointer; errno is kept.  For auto_free. */
void cleanup_free(void *pointer);

/* Closes *fd, which was written, and sets it to -1.  False (and errno) when the
 * close failed: quota and network file systems may speak up only now. */
bool close_checked(int *fd);

#define auto_fd   __attribute__((cleanup(cleanup_fd)))
#define auto_free __attribute__((cleanup(cleanup_free)))

/* Declares that AUTO(Type) variables are destroyed by `destroy` (a function of
 * Type *, NULL allowed) when their scope ends. */
#define DEFINE_AUTO(Type, destroy)                        \
	static inline void auto_cleanup_##Type(Type **it) \
	{                                                 \
		if (*it)                                  \
			destroy(*it);                     \
	}
#define AUTO(Type) __attribute__((cleanup(auto_cleanup_##Type))) Type *

/* The same for a struct held by value, which `clear` empties. */
#define DEFINE_AUTO_VALUE(Type, clear)                 \
	static inline void auto_clear_##Type(Type *it) \
	{                                              \
		clear(it);                             \
	}
#define AUTO_VALUE(Type) __attribute__((cleanup(auto_clear_##Type))) Type

/* Hands on what a pointer variable holds, leaving NULL behind. */
#define TAKE(it)                              \
	({                                    \
		__typeof__(it) taken_ = (it); \
		(it) = (__typeof__(it))0;     \
		taken_;                       \
	})

/* Hands on what a descriptor variable holds, leaving -1 behind. */
#define TAKE_FD(it)             \
	({                      \
		int fd_ = (it); \
		(it) = -1;      \
		fd_;            \
	})

#endif
