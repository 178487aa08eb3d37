#include "delivery/includes.h"

#include "base/io.h"
#include "plan/plan.h"
#include "sieve/limits.h"
#include "system/trust.h"

static SieveLoad read_script(const char *path, uid_t owner, Text *source, Failure *why)
{
	auto_fd int fd = -1;

	switch (trusted_open(path, owner, &fd, why)) {
	case TRUST_OK:
		return io_read_file(fd, path, SIEVE_LIMIT_SCRIPT_BYTES, source, why) ? SIEVE_LOADED
										     : SIEVE_UNREADABLE;
	case TRUST_ABSENT:
		return SIEVE_ABSENT;
	case TRUST_REFUSED:
		return SIEVE_REFUSED;
	case TRUST_UNREADABLE:
		break;
	}
	return SIEVE_UNREADABLE;
}

SieveLoad includes_load(void *self, SievePlace place, const char *name, Text *source, Failure *why)
{
	const Includes *includes = self;
	const char *dir = place == SIEVE_GLOBAL ? includes->global_dir : includes->personal_dir;
	AUTO_VALUE(Text) path = { 0 };

	/* What may be a folder may be a script: nothing that leads out of its directory. */
	if (!plan_folder_valid(slice_of(name))) {
		failure_retry(why, "a script cannot have this name");
		return SIEVE_REFUSED;
	}
	if (!dir)
		return SIEVE_ABSENT;
	text_printf(&path, "%s/%s.sieve", dir, name);
	return read_script(text_string(&path), includes->owner, source, why);
}
