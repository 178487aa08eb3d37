/* deliver - standard input becomes a stored message: what an MTA calls */
#include "commands/commands.h"

int command_deliver(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 75;
}
