/* feeder - what a function writes, read piece by piece
 *
 * The function runs in a process of its own that fills a pipe, so what it writes takes no memory and no disk
 * however much it is.  Its word that it wrote all comes on a second pipe: half is never taken for the whole.
 * A feeder whose reader is gone ends by SIGPIPE. */
#ifndef SYSTEM_FEEDER_H
#define SYSTEM_FEEDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/failure.h"

typedef struct Feeder {
	pid_t process;
	int bytes, word; /* the pipes' ends */
} Feeder;

/* Starts a process that calls `write`, which reads files with pread: their positions are shared. */
bool feeder_start(Feeder *feeder, bool (*write)(void *self, int fd, Failure *why), void *self, Failure *why);

/* Reads up to `size_bytes`, waiting for some.  Returns how many, 0 at the end, or -1 and errno. */
ssize_t feeder_read(Feeder *feeder, void *buffer, size_t size_bytes);

/* After the end: true when `write` said that this was all; else its failure. */
bool feeder_finish(Feeder *feeder, Failure *why);

/* Ends the process if it still runs. */
void feeder_clear(Feeder *feeder);

DEFINE_AUTO_VALUE(Feeder, feeder_clear)

#endif
