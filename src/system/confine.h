/* confine - a process gives up everything but thinking: rlimits, Landlock, seccomp
 *
 * For the judge, before it looks at the message.  Kernels without Landlock or seccomp still get the limits.
 */
#ifndef SYSTEM_CONFINE_H
#define SYSTEM_CONFINE_H

#include <stdbool.h>

#include "base/failure.h"

typedef struct ConfineLimits {
	unsigned cpu_s;
	unsigned memory_mb;
} ConfineLimits;

/* The limits on CPU, memory, files, processes and core: at once after the fork.  */
bool confine_limits(const ConfineLimits *limits, Failure *why);

/* no_new_privs, Landlock (reading of the iconv tables, nothing else), seccomp (no open for writing, no
 * socket, no exec, no fork, no signals to others, no chmod).  What the kernel lacks is left out; `full` says
 * whether everything was there. */
bool confine_close(bool *full, Failure *why);

#endif
