/* crash_guard - every way out is a known one
 *
 * Exim bounces mail when its command dies of a signal, Postfix bounces it after 1000 s: so every
 * deadly signal, stack overflow included, and our own deadline run the undo list and leave with 75. */
#ifndef SYSTEM_CRASH_GUARD_H
#define SYSTEM_CRASH_GUARD_H

/* Installs the handlers (on a stack of their own), ignores SIGPIPE and SIGXFSZ, hooks panic, opens missing
 * descriptors 0-2 on /dev/null, closes the inherited ones above, sets umask 077 and unblocks all signals. */
void crash_guard_install(void);

/* Ends the process with 75 after `seconds`, undoing first.  An alarm that the caller had set sooner stays. */
void crash_guard_deadline(unsigned seconds);

/* Back to the defaults, no deadline, no hook: for a forked child. */
void crash_guard_remove(void);

#endif
