/* confine - a process gives up everything but thinking: rlimits, Landlock, seccomp
 *
 * For the judge, before it looks at the message.  Kernels without Landlock or seccomp still get the limits.
 * What it keeps: its memory, the descriptors that are open, and reading of the iconv tables. */
#ifndef SYSTEM_CONFINE_H
#define SYSTEM_CONFINE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/failure.h"

typedef struct ConfineLimits {
	unsigned cpu_s;
	unsigned memory_mb;
	bool cpu_is_renewed; /* by the parent, with confine_renew_cpu: no hard limit but the inherited one */
} ConfineLimits;

/* The CPU time that a child was given last: zeroed at first. */
typedef struct ConfineCpu {
	unsigned long until_s; /* by its own clock */
} ConfineCpu;

/* What a kernel may lack of it, as bits. */
enum {
	CONFINE_NO_LANDLOCK = 1,
	CONFINE_NO_SECCOMP = 2,
	CONFINE_LACKS_ALL = CONFINE_NO_LANDLOCK | CONFINE_NO_SECCOMP
};

/* What a kernel has of it. */
typedef struct ConfineKernel {
	int landlock_abi; /* 0: no Landlock */
	bool has_seccomp;
} ConfineKernel;

/* The limits on CPU, memory, files, processes and core: at once after the fork.  Stricter ones that were
 * inherited stay.  At the end of the CPU time SIGXCPU comes, a second later SIGKILL. */
bool confine_limits(const ConfineLimits *limits, Failure *why);

/* In the parent: `child` has `cpu_s` seconds from now on, rounded up.  Nothing happens when it is gone. */
void confine_renew_cpu(pid_t child, unsigned cpu_s, ConfineCpu *given);

/* No capabilities (mail for root is judged too), no_new_privs, Landlock (reading of the iconv tables, nothing
 * else), seccomp (no open for writing, no socket, no exec, no fork, no signals to others, no chmod).  What
 * the kernel lacks, or refuses to this process, is left out, and named in `lacks`: mail goes on where there
 * is neither.  False when the kernel is out of something just now.  Most of what is forbidden fails with
 * EPERM or EACCES; what no library of ours would ever try (exec, ptrace, mount, other uids) ends the process
 * with SIGSYS. */
bool confine_close(unsigned *lacks, Failure *why);

/* The same on what is taken to be an older kernel: for tests. */
bool confine_close_as(const ConfineKernel *kernel, unsigned *lacks, Failure *why);

/* What this one has, as far as it is made use of: for people. */
ConfineKernel confine_kernel(void);

/* The same as confine_close would say, without closing anything. */
unsigned confine_kernel_lacks(void);

/* What is lacking, in words: "Landlock, seccomp"; NULL when nothing is. */
const char *confine_describe_lacks(unsigned lacks);

#endif
