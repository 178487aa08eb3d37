/* undo - what must be taken back if this process ends now
 *
 * Whatever exists only until the delivery is safe is on this list while it exists: a
 * draft in tmp/, a dotlock, the old length of an mbox, a child.  The crash guard runs
 * it from the handler of every deadly signal, so it is fixed memory and running it
 * uses unlinkat, ftruncate and kill alone.  One list for the process (a global, with the log
 * the only one we have). */
#ifndef SYSTEM_UNDO_H
#define SYSTEM_UNDO_H

#include <sys/types.h>

/* A place on the list; 0 is none. */
typedef int Undo;

/* Registers the file `name` (copied) below the directory `dir_fd` (which must stay open; or
 * AT_FDCWD with an absolute path) for removal.  With `group` not (gid_t)-1 the removal is
 * done under that effective group (a dotlock in /var/mail). */
Undo undo_add_unlink(int dir_fd, const char *name, gid_t group);

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

/* Signals are held back between making a thing and registering it. */
void undo_hold_signals(void);
void undo_release_signals(void);

#endif
