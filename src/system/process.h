/* process - what tells a process from all others, those that had its number before it too */
#ifndef SYSTEM_PROCESS_H
#define SYSTEM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	PROCESS_MACHINE_BYTES = 64
};

typedef struct ProcessFacts {
	int64_t start_ns; /* when it was started, since the machine was */
	bool has_ended;   /* nobody has asked for its exit status yet, that is all that is left of it */
} ProcessFacts;

/* Looks at a process.  False: there is none, or it cannot be seen. */
bool process_look(pid_t pid, ProcessFacts *facts);

/* Names the place where a number is a process: this start of this machine and the namespace that we are in
 * ("" when that cannot be seen).  Where the names are alike, a number means the same process or none. */
void process_machine(char name[PROCESS_MACHINE_BYTES]);

#endif
