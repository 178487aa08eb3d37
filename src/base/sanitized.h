/* sanitized - is this a build that AddressSanitizer watches?
 *
 * Its shadow memory is terabytes of addresses, so no limit on them can be set, and what it finds it writes to
 * standard error, which has to stay open for it. */
#ifndef BASE_SANITIZED_H
#define BASE_SANITIZED_H

#include <stdbool.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

/* How a process ends in which it found something.  Neither a delivery nor a judge ends with this by itself.
 */
enum {
	SANITIZED_EXIT = 1
};

#endif
