#include "commands/settings.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "sieve/limits.h"

bool settings_read_options(int argc, char **argv, const Command *command, Config *config, Failure *why)
{
	int option;

	optind = 1;
	while ((option = options_next_silently(command, argc, argv)) != -1)
		if (option == 'o' && !config_set(config, optarg, why))
			return false;
	return true;
}

bool settings_read(int argc, char **argv, const Command *command, const char *file, Config *config,
		   Failure *why)
{
	return config_read(config, file ? file : CONFIG_PATH, file != NULL, why) &&
	       settings_read_options(argc, argv, command, config, why);
}

bool settings_read_script(const char *name, Text *source, Failure *why)
{
	auto_fd int fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO)
						: open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return failure_errno(why, "read '%s'", name);
	/* One byte more than a script may have: that it is too long is for the compiler to say. */
	if (io_read_file(fd, name, SIEVE_LIMIT_SCRIPT_BYTES + 1, source, why))
		return true;
	return source->length > SIEVE_LIMIT_SCRIPT_BYTES
		       ? failure_retry(why, "'%s' is longer than %d bytes, which no script may be", name,
				       SIEVE_LIMIT_SCRIPT_BYTES)
		       : false;
}
