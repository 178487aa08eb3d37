#include "delivery/user_store.h"

#include <string.h>

static bool has_lock(const char *locks, const char *name)
{
	const char *found = strstr(locks, name);
	size_t length = strlen(name);

	return found && (found == locks || found[-1] == ' ') && (!found[length] || found[length] == ' ');
}

StoreSettings user_store_settings(const Config *config, const User *user, const char *hostname,
				  const char *machine)
{
	return (StoreSettings){
		.location = config->mail_location,
		.user = user->name,
		.home = user->home,
		.uid = user->uid,
		.gid = user->gid,
		.hostname = hostname,
		.machine = machine,
		.mboxo = strcmp(config->mbox_format, "mboxo") == 0,
		.lock_dotlock = has_lock(config->mbox_locks, "dotlock"),
		.lock_fcntl = has_lock(config->mbox_locks, "fcntl"),
		.lock_flock = has_lock(config->mbox_locks, "flock"),
		.dotlock_required = config->mbox_dotlock_required,
		.lock_timeout_s = config->lock_timeout_s,
		.lock_stale_s = config->lock_stale_s,
		.subscribe_created = config->subscribe_created,
		.special_use = config->special_use,
	};
}
