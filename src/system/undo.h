/* undo - what must be taken back if this process ends now
 *
 * Whatever exists only until the delivery is safe is on this list while it exists: a
 * draft in tmp/, a dotlock, the old length of an mbox, a child.  The crash guard runs
 * it from the handler of every deadly signal, so it is fixed memory and running it
 * uses unlinkat, ftruncate and kill alone (and stat calls and setresgid where asked).  One list
 * for the process (a global, with the log the only one we have). */
#ifndef SYSTEM_UNDO_H
#define SYSTEM_UNDO_H

#include <stdbool.h>
#include <sys/types.h>

/* A place on the list; 0 is none. */
typedef int Undo;

/* Registers the file `name` (copied, below 1024 bytes) below the directory `dir_fd` (which must
 * stay open; or AT_FDCWD with an absolute path) for removal.  With `group` not (gid_t)-1 the
 * removal is done under that effective group (a dotlock in /var/mail).  A list that is full ends
 * the process as a bug of ours: it has room for every action that a plan may hold. */
Undo undo_add_unlink(int dir_fd, const char *name, gid_t group);

/* From now on the file is only removed while that name stands for this very file: for a name that
 * others could have given to a file of theirs. */
void undo_only_file(Undo entry, dev_t device, ino_t inode);

/* From now on the entry counts only while the file that is open as `lock_fd` still has the name `lock` below
 * `dir_fd` (all three must stay as long as the entry does): what a lock protected is not ours any more when
 * somebody took the lock for abandoned, and neither is the lock. */
void undo_only_while_locked(Undo entry, int dir_fd, const char *lock, int lock_fd);

/* Registers that the open file is to be cut back to `length_bytes`. */
Undo undo_add_truncate(int fd, off_t length_bytes);

/* Registers a process group to be killed. */
Undo undo_add_kill(pid_t group);

/* Strikes an entry off: it is safe, or was taken back in the ordinary way.  0 is fine. */
void undo_strike(Undo *entry);

/* Takes everything back, newest first.  Async-signal-safe.  Nothing is on the list after. */
void undo_run(void);

/* Forgets everything without taking it back: for a forked child. */
void undo_forget(void);

/* Between making a thing and registering it, a deadly signal from outside is only noted; it acts
 * when the last hold is released.  Costs no system call, nests, and a process that leaves while it
 * holds has simply not heard: so hold from the commit to the exit. */
void undo_hold_signals(void);
void undo_release_signals(void);

/* The same for what may take long, such as to hand a message over: the deadline is heard all the same. */
void undo_hold_all_but_deadline(void);
void undo_release_all_but_deadline(void);

/* For the crash guard's handler: true when signals are held, and `signal` was noted for later. */
bool undo_signal_waits(int signal);

#endif
