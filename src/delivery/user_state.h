/* user_state - the state of a recipient, as the settings have it */
#ifndef DELIVERY_USER_STATE_H
#define DELIVERY_USER_STATE_H

#include "base/arena.h"
#include "state/state.h"
#include "system/config.h"
#include "system/users.h"

/* How the state of `user` is opened; its directory is NULL where the site wants none. */
StateSettings user_state_settings(const Config *config, const User *user, const char *machine, Arena *arena);

/* Opens the state of `user`, whose rights this process has; `machine` is the system's own name for itself.
 * NULL and `why`: see state_open. */
State *user_state_open(const Config *config, const User *user, const char *machine, Arena *arena,
		       Failure *why);

#endif
