/* tools - what people type behind "trommel": the table of functions of the tools module
 *
 * All commands but the delivery are in a shared object of their own (src/modules/tools), opened when one of
 * them is called.  What an MTA starts for every message is the delivery alone: each function of libc that a
 * program uses is looked up before main, and each table with pointers is relocated, used or not. */
#ifndef COMMANDS_TOOLS_H
#define COMMANDS_TOOLS_H

#include "base/failure.h"
#include "commands/options.h"

#define TOOLS_MODULE        "tools"
#define TOOLS_MODULE_SYMBOL "trommel_tools_module"

enum {
	TOOLS_MODULE_VERSION = 1
};

typedef struct Tools {
	unsigned version;
	/* The command with this name, or NULL. */
	const Command *(*find)(const char *name);
	/* The name of the command that was meant by `wrong`, or NULL. */
	const char *(*nearest)(const char *wrong);
	/* Says what `trommel` alone says on a terminal; returns the exit status. */
	int (*overview)(void);
} Tools;

/* The module, open from then on; NULL and `why` when it is missing, broken or of another version. */
const Tools *tools_open(Failure *why);

#endif
