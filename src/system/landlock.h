/* landlock - the file system, the network and other processes put out of reach: landlock(7)
 *
 * By bare system calls and our own constants, as Debian 12's headers know only the second of its ABIs. */
#ifndef SYSTEM_LANDLOCK_H
#define SYSTEM_LANDLOCK_H

#include <stdbool.h>

#include "base/failure.h"

/* The newest ABI that is made use of. */
enum {
	LANDLOCK_ABI = 6
};

/* Leaves this process (which has set no_new_privs) nothing but reading below the first of the directories
 * `readable` (ends with NULL) that exists and what it has open, as far as the kernel's ABI and `abi` (at most
 * LANDLOCK_ABI) go. `done` says whether there was any Landlock.  False only when the system is out of
 * something. */
bool landlock_close(const char *const *readable, int abi, bool *done, Failure *why);

/* The kernel's ABI, at most LANDLOCK_ABI; 0 when it has none. */
int landlock_kernel_abi(void);

#endif
