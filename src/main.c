/* main - the command table, nothing else
 *
 * What an MTA calls has no subcommand: options alone, or nothing at all, mean "deliver". */
#include <string.h>

#include "commands/commands.h"
#include "system/privileges.h"

const Command commands[] = {
	{ "deliver", command_deliver, "deliver standard input; what an MTA calls (the default)" },
	{ "check", command_check, "find the mistakes in Sieve scripts" },
	{ "try", command_try, "say what rules would do with saved messages; no effect" },
	{ "test", command_test, "run tests of rules, written in Sieve" },
	{ "state", command_state, "show and forget what is remembered between messages" },
	{ "config", command_config, "show the settings in force and where each came from" },
	{ "help", command_help, "explain a command or a topic" },
	{ "--help", command_help, NULL },
	{ "--version", command_version, NULL },
	{ NULL, NULL, NULL },
};

static int run(const Command *command, int argc, char **argv)
{
	Failure why;

	/* A set-gid bit is there for the spool that mail is delivered into, not for what people type. */
	if (command->run != command_deliver && !privileges_put_set_gid_aside(true, &why))
		return 2;
	return command->run(argc, argv);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		for (const Command *command = commands; command->name; command++)
			if (strcmp(argv[1], command->name) == 0)
				return run(command, argc - 1, argv + 1);
	return command_deliver(argc, argv);
}
