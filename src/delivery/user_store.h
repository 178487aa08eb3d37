/* user_store - the mail of a recipient, as the settings have it */
#ifndef DELIVERY_USER_STORE_H
#define DELIVERY_USER_STORE_H

#include "mailbox/store.h"
#include "system/config.h"
#include "system/users.h"

/* How the mail of `user` is opened; `hostname` is this host's name in mail, `machine` the system's own. */
StoreSettings user_store_settings(const Config *config, const User *user, const char *hostname,
				  const char *machine);

#endif
