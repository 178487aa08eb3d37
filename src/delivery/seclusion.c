#include "delivery/seclusion.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/sanitized.h"
#include "delivery/user_log.h"
#include "plan/plan.h"
#include "sieve/extension.h"
#include "system/landlock.h"
#include "system/log.h"
#include "system/syscalls.h"

enum {
	/* What is filed, and nothing else. */
	FILING = 1u << ACTION_KEEP | 1u << ACTION_FILEINTO | 1u << ACTION_DISCARD,
	PLACES = 5
};

bool seclusion_suits(unsigned plans)
{
	return !(plans & ~((unsigned)FILING | SIEVE_PLANS_EDITS));
}

/* The log's dates are those of the local zone; who holds an mbox's lock is looked up in /proc. */
static int prepare(const Seclusion *seclusion)
{
	AUTO_VALUE(Text) inbox = { 0 };
	LandlockPlace places[PLACES] = { { .path = "/etc/localtime", .may_lack = true } };
	const char *root;
	size_t count = 1;

	if (store_directories(seclusion->store, &root, &inbox))
		places[count++] = (LandlockPlace){ .path = "/proc", .may_lack = true };
	places[count++] = (LandlockPlace){ .path = root, .writable = true };
	if (strcmp(root, text_string(&inbox)) != 0)
		places[count++] = (LandlockPlace){ .path = text_string(&inbox), .writable = true };
	if (seclusion->state)
		places[count++] = (LandlockPlace){ .path = seclusion->state, .writable = true };
	return landlock_prepare(places, count);
}

bool seclusion_begin(const Seclusion *seclusion, int *log_fd)
{
	/* A sanitizer looks for leaks in /proc, and writes where it was told to. */
	auto_fd int places = IS_SANITIZED ? -1 : prepare(seclusion);
	auto_fd int log = -1;

	if (places < 0)
		return false;
	if (*seclusion->log)
		log = user_log_open(seclusion->log, seclusion->owner);
	if (*seclusion->log && log < 0)
		return false;
	log_hold();
	if (!landlock_enter(places))
		return false;
	/* Of sockets Landlock knows those for TCP alone, and those since its fourth ABI. */
	syscalls_refuse_sockets();
	*log_fd = TAKE_FD(log);
	return true;
}
