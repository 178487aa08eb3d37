#include "system/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

static gid_t spool_group = NO_GROUP;
static gid_t own_group = NO_GROUP;

typedef struct Ids {
	uid_t real_uid, effective_uid, saved_uid;
	gid_t real_gid, effective_gid, saved_gid;
} Ids;

static bool read_ids(Ids *ids, Failure *why)
{
	if (getresuid(&ids->real_uid, &ids->effective_uid, &ids->saved_uid) < 0 ||
	    getresgid(&ids->real_gid, &ids->effective_gid, &ids->saved_gid) < 0)
		return failure_errno(why, "ask who this process is");
	return true;
}

/* The bare call: async-signal-safe, which glibc's is not, and right as long as there are no threads. */
static bool set_groups_bare(gid_t real, gid_t effective, gid_t saved)
{
	return syscall(SYS_setresgid, real, effective, saved) == 0;
}

bool privileges_drop_capabilities(Failure *why)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capset, &header, none) < 0)
		return failure_errno(why, "give up capabilities");
	return true;
}

static bool prove(const User *user, gid_t reserve, Failure *why)
{
	Ids now;

	if (!read_ids(&now, why))
		return false;
	if (now.real_uid != user->uid || now.effective_uid != user->uid || now.saved_uid != user->uid ||
	    now.real_gid != user->gid || now.effective_gid != user->gid || now.saved_gid != reserve)
		return failure_retry(why, "becoming '%s' left other rights than asked for", user->name);
	if (user->uid == 0)
		return true;
	if (setresuid((uid_t)-1, 0, (uid_t)-1) == 0)
		return failure_retry(why, "after becoming '%s' root's rights could be regained", user->name);
	if (user->gid != 0 && setresgid((gid_t)-1, 0, (gid_t)-1) == 0)
		return failure_retry(why, "after becoming '%s' root's group could be regained", user->name);
	return true;
}

/* Root's own mail needs no other groups; asking for them costs three times a delivery (NSS modules). */
static bool become_as_root(const User *user, gid_t reserve, Failure *why)
{
	if (user->uid != 0 && initgroups(user->name, user->gid) < 0)
		return failure_errno(why, "take on the groups of '%s'", user->name);
	if (setresgid(user->gid, user->gid, reserve) < 0)
		return failure_errno(why, "take on the group %lu of '%s'", (unsigned long)user->gid,
				     user->name);
	if (setresuid(user->uid, user->uid, user->uid) < 0)
		return failure_errno(why, "become '%s'", user->name);
	/* Leaving uid 0 clears them, unless whoever started us asked the kernel not to (securebits). */
	if (user->uid != 0 && !privileges_drop_capabilities(why))
		return false;
	return prove(user, reserve, why);
}

/* Whatever group a set-gid bit gave is kept for the spool only, and only if it is the spool's. */
static bool stay(const Ids *ids, gid_t wanted, gid_t *reserve, Failure *why)
{
	bool had_it = ids->effective_gid == wanted || ids->saved_gid == wanted;

	*reserve = wanted != NO_GROUP && had_it ? wanted : ids->real_gid;
	if (ids->effective_gid == ids->real_gid && ids->saved_gid == *reserve)
		return true;
	if (setresgid(ids->real_gid, ids->real_gid, *reserve) < 0)
		return failure_errno(why, "give up the group %lu", (unsigned long)ids->effective_gid);
	return true;
}

bool privileges_put_set_gid_aside(bool for_good, Failure *why)
{
	Ids ids;

	/* The kernel says so to whoever has other rights than his caller: no call for all others. */
	if (!getauxval(AT_SECURE))
		return true;
	if (!read_ids(&ids, why))
		return false;
	if (setresgid((gid_t)-1, ids.real_gid, for_good ? ids.real_gid : ids.saved_gid) < 0)
		return failure_errno(why, "give up the group %lu", (unsigned long)ids.effective_gid);
	return true;
}

bool privileges_become(const User *user, gid_t group, Failure *why)
{
	gid_t wanted = group == 0 ? NO_GROUP : group; /* root's group is never held in reserve */
	gid_t reserve = wanted == NO_GROUP ? user->gid : wanted;
	Ids ids;

	if (!read_ids(&ids, why))
		return false;
	if (ids.real_uid != ids.effective_uid)
		return failure_retry(why, "trommel must not be installed set-uid; chmod u-s mends it");
	if (ids.effective_uid == 0) {
		if (!become_as_root(user, reserve, why))
			return false;
		own_group = user->gid;
	} else {
		if (ids.real_uid != user->uid)
			return failure_set(why, FAILURE_REFUSED, "5.7.0",
					   "only root may deliver to '%s' from uid %lu", user->name,
					   (unsigned long)ids.real_uid);
		if (!stay(&ids, wanted, &reserve, why))
			return false;
		own_group = ids.real_gid;
	}
	spool_group = reserve == wanted ? wanted : NO_GROUP;
	return true;
}

gid_t privileges_spool_group(void)
{
	return spool_group;
}

bool privileges_raise_spool_group(void)
{
	return spool_group == NO_GROUP || set_groups_bare(NO_GROUP, spool_group, NO_GROUP);
}

void privileges_lower_spool_group(void)
{
	int saved = errno;

	if (spool_group != NO_GROUP)
		set_groups_bare(NO_GROUP, own_group, NO_GROUP);
	errno = saved;
}

bool privileges_drop_spool_group(void)
{
	if (spool_group == NO_GROUP)
		return true;
	if (!set_groups_bare(own_group, own_group, own_group))
		return false;
	spool_group = NO_GROUP;
	return true;
}
