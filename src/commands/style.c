#include "commands/style.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
