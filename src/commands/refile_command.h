/* refile_command - what `trommel undo` needs of `trommel refile` */
#ifndef COMMANDS_REFILE_COMMAND_H
#define COMMANDS_REFILE_COMMAND_H

#include "mailbox/store.h"
#include "system/config.h"
#include "system/users.h"

/* The mail at `into` (NULL: the user's own), for filing in bulk. */
Store *refile_open_store(const Config *config, const User *user, const char *into, Failure *why);

#endif
