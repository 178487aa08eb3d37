/* main - the command table, nothing else
 *
 * What an MTA calls has no subcommand: options alone, or nothing at all, mean "deliver". */
#include <string.h>

#include "commands/commands.h"

const Command commands[] = {
	{ "deliver", command_deliver, "deliver standard input; what an MTA calls (the default)" },
	{ "check", command_check, "find the mistakes in Sieve scripts" },
	{ "try", command_try, "say what rules would do with saved messages; no effect" },
	{ "test", command_test, "run tests of rules, written in Sieve" },
	{ "config", command_config, "show the settings in force and where each came from" },
	{ "help", command_help, "explain a command or a topic" },
	{ "--help", command_help, NULL },
	{ "--version", command_version, NULL },
	{ NULL, NULL, NULL },
};

int main(int argc, char **argv)
{
	if (argc > 1)
		for (const Command *command = commands; command->name; command++)
			if (strcmp(argv[1], command->name) == 0)
				return command->run(argc - 1, argv + 1);
	return command_deliver(argc, argv);
}
