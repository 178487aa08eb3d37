#include "commands/style.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	COLUMNS_USUAL = 80 /* of a terminal that does not say */
};

static const Style plain = { "", "", "", "", "", "" };
static const Style coloured = { "\033[1m", "\033[32m", "\033[1;31m", "\033[33m", "\033[2m", "\033[0m" };

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

Style style_for(int fd)
{
	const char *terminal = getenv("TERM");
	bool is_dumb = !terminal || !*terminal || strcmp(terminal, "dumb") == 0;

	return isatty(fd) && !is_set("NO_COLOR") && !is_dumb ? coloured : plain;
}

size_t style_columns(int fd)
{
	struct winsize size;

	if (!isatty(fd))
		return SIZE_MAX;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : COLUMNS_USUAL;
}
