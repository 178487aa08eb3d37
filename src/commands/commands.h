/* commands - what a user types after "trommel"
 *
 * One file per subcommand: argv becomes calls, results become text and an exit status.
 * Every function gets argv from the subcommand's own name on (argv[0]) and returns the exit
 * status: delivery's are 0, 75, 77, 67, 64; of all others 0 good, 1 findings, 2 could not run.
 * The table of them stands in main.c. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

int command_check(int argc, char **argv);
int command_config(int argc, char **argv);
int command_deliver(int argc, char **argv);
int command_help(int argc, char **argv);
int command_state(int argc, char **argv);
int command_try(int argc, char **argv);
int command_test(int argc, char **argv);
int command_version(int argc, char **argv);

typedef struct Command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary; /* one line for `trommel help`; NULL: not listed */
} Command;

/* The table, ending in a NULL name. */
extern const Command commands[];

#endif
