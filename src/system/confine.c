#include "system/confine.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/sanitized.h"
#include "system/landlock.h"
#include "system/privileges.h"
#include "system/syscalls.h"

enum {
	/* The spool, the socket, a directory and a converter at a time. */
	DESCRIPTORS = 16
};

/* Where iconv's converters are, with what they need. */
static const char *const converter_directories[] = {
#if defined(__x86_64__)
	"/usr/lib/x86_64-linux-gnu/gconv",
#elif defined(__aarch64__)
	"/usr/lib/aarch64-linux-gnu/gconv",
#endif
	"/usr/lib64/gconv",
	"/usr/lib/gconv",
	NULL,
};

static rlim_t lesser(rlim_t a, rlim_t b)
{
	return a < b ? a : b;
}

static bool limit(int what, rlim_t soft, rlim_t hard, Failure *why)
{
	struct rlimit wanted = { soft, hard }, now;

	if (setrlimit((__rlimit_resource_t)what, &wanted) == 0)
		return true;
	/* A hard limit that we inherited is lower: then that. */
	if (getrlimit((__rlimit_resource_t)what, &now) < 0)
		return failure_errno(why, "read the limits of this process");
	wanted.rlim_max = lesser(hard, now.rlim_max);
	wanted.rlim_cur = lesser(soft, wanted.rlim_max);
	if (setrlimit((__rlimit_resource_t)what, &wanted) < 0)
		return failure_errno(why, "limit what this process may use");
	return true;
}

/* Linux lets everybody lower a limit.  A valgrind does not (it has descriptors of its own), and what is
 * measured or checked under one must not be another program: what follows the limits closes all ways to open
 * one. */
static bool limit_descriptors(Failure *why)
{
	if (limit(RLIMIT_NOFILE, DESCRIPTORS, DESCRIPTORS, why))
		return true;
	if (why->error != EPERM)
		return false;
	*why = (Failure){ 0 };
	return true;
}

bool confine_limits(const ConfineLimits *limits, Failure *why)
{
	rlim_t memory = (rlim_t)limits->memory_mb * 1024 * 1024;
	rlim_t last_s = limits->cpu_is_renewed ? RLIM_INFINITY : (rlim_t)limits->cpu_s + 1;

	return limit(RLIMIT_CPU, limits->cpu_s, last_s, why) &&
	       (IS_SANITIZED || limit(RLIMIT_AS, memory, memory, why)) && limit(RLIMIT_FSIZE, 0, 0, why) &&
	       limit(RLIMIT_NPROC, 0, 0, why) && limit_descriptors(why) && limit(RLIMIT_CORE, 0, 0, why);
}

void confine_renew_cpu(pid_t child, unsigned cpu_s, ConfineCpu *given)
{
	clockid_t clock;
	struct timespec used;
	struct rlimit now;

	if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &used) < 0 ||
	    (unsigned long)used.tv_sec + 1 + cpu_s == given->until_s ||
	    prlimit(child, RLIMIT_CPU, NULL, &now) < 0)
		return;
	given->until_s = (unsigned long)used.tv_sec + 1 + cpu_s;
	now.rlim_cur = lesser(given->until_s, now.rlim_max);
	prlimit(child, RLIMIT_CPU, &now, NULL);
}

bool confine_close_as(const ConfineKernel *kernel, unsigned *lacks, Failure *why)
{
	bool has_landlock = false, has_seccomp = false;

	/* Nobody else has any. */
	if (geteuid() == 0 && !privileges_drop_capabilities(why))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
		/* In this order: the filter lets no more rules be made. */
		if (!landlock_close(converter_directories, kernel->landlock_abi, &has_landlock, why))
			return false;
		if (kernel->has_seccomp && !syscalls_close(&has_seccomp, why))
			return false;
	}
	*lacks = (has_landlock ? 0 : CONFINE_NO_LANDLOCK) | (has_seccomp ? 0 : CONFINE_NO_SECCOMP);
	return true;
}

ConfineKernel confine_kernel(void)
{
	return (ConfineKernel){ .landlock_abi = landlock_kernel_abi(), .has_seccomp = syscalls_can_close() };
}

unsigned confine_kernel_lacks(void)
{
	const ConfineKernel kernel = confine_kernel();

	return (kernel.landlock_abi ? 0 : CONFINE_NO_LANDLOCK) |
	       (kernel.has_seccomp ? 0 : CONFINE_NO_SECCOMP);
}

const char *confine_describe_lacks(unsigned lacks)
{
	static const char *const words[] = { NULL, "Landlock", "seccomp", "Landlock, seccomp" };

	return words[lacks & CONFINE_LACKS_ALL];
}

bool confine_close(unsigned *lacks, Failure *why)
{
	return confine_close_as(&(ConfineKernel){ .landlock_abi = LANDLOCK_ABI, .has_seccomp = true }, lacks,
				why);
}
