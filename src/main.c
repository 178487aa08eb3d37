/* main - the command table, nothing else
 *
 * What an MTA calls has no subcommand: options alone, or nothing at all, mean "deliver". */
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "system/privileges.h"

const Command *const commands[] = {
	&deliver_command, &check_command, &fmt_command,     &try_command,   &grep_command,   &split_command,
	&refile_command,  &undo_command,  &test_command,    &state_command, &config_command, &doctor_command,
	&report_command,  &help_command,  &version_command, NULL,
};

static int run(const Command *command, int argc, char **argv)
{
	Failure why;

	/* A set-gid bit is there for the spool that mail is delivered into, not for what people type. */
	if (command != &deliver_command && !privileges_put_set_gid_aside(true, &why))
		return 2;
	return command->run(argc, argv);
}

int main(int argc, char **argv)
{
	const Command *command;

	if (argc == 1 && isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		return command_overview();
	command = argc > 1 ? command_find(argv[1]) : NULL;
	return command ? run(command, argc - 1, argv + 1) : deliver_command.run(argc, argv);
}
