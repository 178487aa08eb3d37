/* complete - completions for shells, from the table of commands */
#ifndef COMMANDS_COMPLETE_H
#define COMMANDS_COMPLETE_H

#include <stdbool.h>

#include "base/text.h"

/* What `shell` (bash, zsh or fish) reads; `topics` are the words, each behind a blank, that help takes beside
 * the names of commands.  False when there is no such shell. */
bool complete_write(const char *shell, const char *topics, Text *out);

#endif
