/* settings - what the subcommands that a person types share: -c and -o, scripts by name */
#ifndef COMMANDS_SETTINGS_H
#define COMMANDS_SETTINGS_H

#include "base/text.h"
#include "commands/options.h"
#include "system/config.h"

/* Reads the configuration file `file` (NULL: the usual one, which may be missing), then every "-o KEY=VALUE"
 * in argv, parsed with the command's own options: the file comes first, wherever its option stands. */
bool settings_read(int argc, char **argv, const Command *command, const char *file, Config *config,
		   Failure *why);

/* The same without any file: only what the command line sets differs from the built-in defaults. */
bool settings_read_options(int argc, char **argv, const Command *command, Config *config, Failure *why);

/* Reads the script called `name`, or standard input for "-".  Its own rights are the caller's, so who else
 * could have written it is his affair. */
bool settings_read_script(const char *name, Text *source, Failure *why);

#endif
