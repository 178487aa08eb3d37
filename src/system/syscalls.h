/* syscalls - which system calls are left: a seccomp filter made from a table
 *
 * For a judge an allow-list: what is not on it is refused; for a courier sockets alone are.  x86_64 and
 * aarch64; elsewhere there is none. */
#ifndef SYSTEM_SYSCALLS_H
#define SYSTEM_SYSCALLS_H

#include <stdbool.h>

#include "base/failure.h"

/* Refuses, from now on and for good, everything but memory, what is open, opening for reading, the time and
 * our own end.  `done` says whether that was so: not when the kernel has no such filter, or there is none for
 * this machine.  False only when the system is out of something. */
bool syscalls_close(bool *done, Failure *why);

/* Whether it could, now. */
bool syscalls_can_close(void);

/* Refuses this process, which has set no_new_privs, to make sockets and to connect or bind those that it has.
 * What is connected stays, and datagrams still go where they are sent.  False: everything is as it was. */
bool syscalls_refuse_sockets(void);

#endif
