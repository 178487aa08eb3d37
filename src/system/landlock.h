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

/* Something in the file system that stays within reach, with all that is below it. */
typedef struct LandlockPlace {
	const char *path;
	bool writable; /* a directory: files and directories may be made, written, moved and removed there */
	bool may_lack; /* it need not be there */
} LandlockPlace;

/* A descriptor that stands for the places, for landlock_enter; or -1 where one is not there, the kernel has
 * no Landlock that lets files move between directories (before the second ABI none did, and a Maildir lives
 * by that), or anything fails. */
int landlock_prepare(const LandlockPlace *places, size_t count);

/* Leaves this process nothing but those places and what it has open: no other file, no program, no TCP.
 * Sets no_new_privs.  False: everything is as it was, but for that. */
bool landlock_enter(int prepared);

/* The kernel's ABI, at most LANDLOCK_ABI; 0 when it has none. */
int landlock_kernel_abi(void);

#endif
