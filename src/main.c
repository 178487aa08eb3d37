/* main - a delivery, or a command that a person typed
 *
 * What an MTA calls has no subcommand: options alone, or nothing at all, mean "deliver". */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/tools.h"
#include "system/privileges.h"
#include "system/standard.h"

/* "try", "--help"; not "-f" or "--". */
static bool may_name_command(const char *argument)
{
	return argument[0] != '-' || (argument[1] == '-' && argument[2] != '\0');
}

/* "try --help" is "help try". */
static bool asks_for_help(int argc, char **argv)
{
	return argc == 3 && argv[1][0] != '-' &&
	       (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0);
}

/* False when there is no such command, or none can be had: the delivery has an answer to a word that it does
 * not expect which an MTA understands, too. */
static bool run_tool(int argc, char **argv, int *status)
{
	Failure why;
	const Tools *tools;
	const Command *command;

	/* What nobody can read was not said. */
	standard_hold(O_RDONLY);
	/* A set-gid bit is there for the spool that mail is delivered into, not for what people type. */
	if (!privileges_put_set_gid_aside(true, &why))
		return false;
	tools = tools_open(&why);
	if (!tools)
		return false;
	command = argc > 1 ? tools->find(argv[1]) : NULL;
	if (argc > 1 && !command)
		return false;
	if (command && asks_for_help(argc, argv))
		*status = tools->find("help")->run(2, (char *[]){ argv[0], argv[1], NULL });
	else
		*status = command ? command->run(argc - 1, argv + 1) : tools->overview();
	return true;
}

int main(int argc, char **argv)
{
	bool is_alone = argc == 1 && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	int status;

	if (argc > 1 && strcmp(argv[1], deliver_command.name) == 0 && !asks_for_help(argc, argv))
		return deliver_command.run(argc - 1, argv + 1);
	if ((is_alone || (argc > 1 && may_name_command(argv[1]))) && run_tool(argc, argv, &status))
		return status;
	return deliver_command.run(argc, argv);
}
