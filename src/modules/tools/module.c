/* module - the table of commands, and the one thing that the tools module shows */
#include "commands/commands.h"
#include "commands/tools.h"

const Command *const commands[] = {
	&deliver_command, &check_command, &fmt_command,     &try_command,   &grep_command,   &split_command,
	&refile_command,  &undo_command,  &test_command,    &state_command, &config_command, &doctor_command,
	&report_command,  &help_command,  &version_command, NULL,
};

__attribute__((visibility("default"))) const Tools trommel_tools_module = {
	.version = TOOLS_MODULE_VERSION,
	.find = command_find,
	.nearest = command_nearest,
	.overview = command_overview,
};
