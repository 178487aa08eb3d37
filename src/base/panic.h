/* panic - the end of a process that cannot go on: a bug of ours, or no memory
 *
 * The mail must wait for the fix, so the end is always "try again" (75) unless
 * the process is one that a person runs by hand.  What has to be taken back first
 * is not known down here: the crash guard registers a hook for it. */
#ifndef BASE_PANIC_H
#define BASE_PANIC_H

/* Writes one line "4.3.0 text" to standard error, calls the hook, and leaves with
 * the panic status.  Never returns, never allocates. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What panic calls before it leaves, with its text; NULL for nothing. */
void panic_set_hook(void (*hook)(const char *text));

/* The status panic leaves with: 75 until told otherwise. */
void panic_set_status(int status);

/* A state that our own code must never reach. */
#define BUG_IF(condition)                                                                    \
	do {                                                                                 \
		if (__builtin_expect(!!(condition), 0))                                      \
			panic("bug in trommel: %s (%s:%d)", #condition, __FILE__, __LINE__); \
	} while (0)

#endif
