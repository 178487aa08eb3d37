/* crash_guard - every way out is a known one
 *
 * Exim bounces mail when its command dies of a signal, Postfix bounces it after 1000 s: so every
 * deadly signal, stack overflow included, and our own deadline run the undo list and leave with 75.
 * A signal that only somebody who does not know us would send (SIGUSR1, real-time ones, ...), and SIGPIPE
 * and SIGXFSZ, whose system call fails by itself, are blocked instead: they cannot end a delivery. */
#ifndef SYSTEM_CRASH_GUARD_H
#define SYSTEM_CRASH_GUARD_H

#include <sys/types.h>

/* Installs the handlers (on a stack of their own), hooks panic, opens missing descriptors 0-2 on
 * /dev/null (such that reading from 0 fails: a missing message is not an empty one), closes the
 * inherited ones above, sets umask 077, unblocks every signal that it handles. */
void crash_guard_install(void);

/* What is done last, behind the undoing, when a bug of ours ends the process: a fault, a panic, the limit on
 * CPU time, a deadline that came while we were busy and not waiting.  It must be async-signal-safe, and may
 * fault itself.  One at a time; crash_guard_remove forgets it. */
void crash_guard_on_fault(void (*last)(void));

/* Ends the process with 75 after `seconds`, undoing first.  An alarm that the caller had set sooner stays. */
void crash_guard_deadline(unsigned seconds);

/* fork(2), and in the child crash_guard_remove and undo_forget before any signal can be heard there.  From
 * then on SIGCHLD is not ignored here, whatever was inherited: how the child ended can be asked. */
pid_t crash_guard_fork(void);

/* Signals are deadly again, no hook, nothing blocked: for a forked child. */
void crash_guard_remove(void);

#endif
