/* commands - what a user types after "trommel"
 *
 * One file per subcommand: argv becomes calls, results become text and an exit status.
 * Every function gets argv from the subcommand's own name on (argv[0]) and returns the exit
 * status: delivery's are 0, 75, 77, 67, 64; of all others 0 good, 1 findings, 2 could not run.
 * Each exports its row (options.h); the table of them is modules/tools. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "commands/options.h"

extern const Command check_command;
extern const Command config_command;
extern const Command deliver_command;
extern const Command doctor_command;
extern const Command fmt_command;
extern const Command grep_command;
extern const Command help_command;
extern const Command refile_command;
extern const Command report_command;
extern const Command split_command;
extern const Command state_command;
extern const Command test_command;
extern const Command try_command;
extern const Command undo_command;
extern const Command version_command;

/* The table, in the order in which people are told of them, ending in NULL. */
extern const Command *const commands[];

/* The one with this name, or NULL. */
const Command *command_find(const char *name);

/* The name of the one that was meant by `wrong`, or NULL. */
const char *command_nearest(const char *wrong);

/* What `trommel` alone says on a terminal. */
int command_overview(void);

#endif
