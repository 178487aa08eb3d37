#include "system/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/panic.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#define OUR_ARCH 0 /* no filter */
#endif

/* What malloc, stdio, iconv, PCRE2, GMime and GLib need once they are loaded, and what the sanitizers do. */
static const int allowed[] = {
	SYS_read,           SYS_readv,
	SYS_pread64,        SYS_preadv,
	SYS_write,          SYS_writev,
	SYS_lseek,          SYS_close,
	SYS_fstat,          SYS_recvfrom,
	SYS_recvmsg,        SYS_sendto,
	SYS_sendmsg,        SYS_ppoll,
	SYS_shutdown,       SYS_brk,
	SYS_munmap,         SYS_mremap,
	SYS_madvise,        SYS_futex,
	SYS_newfstatat,     SYS_statx,
	SYS_getdents64,     SYS_dup,
	SYS_dup3,           SYS_clock_gettime,
	SYS_clock_getres,   SYS_gettimeofday,
	SYS_nanosleep,      SYS_clock_nanosleep,
	SYS_getrandom,      SYS_rt_sigaction,
	SYS_rt_sigprocmask, SYS_rt_sigreturn,
	SYS_sigaltstack,    SYS_restart_syscall,
	SYS_getpid,         SYS_gettid,
	SYS_getuid,         SYS_geteuid,
	SYS_getgid,         SYS_getegid,
	SYS_sched_yield,    SYS_sched_getaffinity,
	SYS_getrusage,      SYS_uname,
	SYS_sysinfo,        SYS_set_robust_list,
	SYS_exit,           SYS_exit_group,
#if defined(__x86_64__)
	SYS_poll,           SYS_stat,
	SYS_lstat,          SYS_dup2,
	SYS_time,           SYS_getrlimit,
#endif
};

/* Nobody here would try these by accident: the judge has been taken over. */
static const int deadly[] = {
	SYS_execve,     SYS_execveat,  SYS_ptrace,          SYS_process_vm_readv, SYS_process_vm_writev,
	SYS_mount,      SYS_umount2,   SYS_pivot_root,      SYS_chroot,           SYS_unshare,
	SYS_setns,      SYS_bpf,       SYS_perf_event_open, SYS_userfaultfd,      SYS_io_uring_setup,
	SYS_keyctl,     SYS_add_key,   SYS_request_key,     SYS_init_module,      SYS_finit_module,
	SYS_kexec_load, SYS_setuid,    SYS_setgid,          SYS_setreuid,         SYS_setregid,
	SYS_setresuid,  SYS_setresgid, SYS_setgroups,       SYS_capset,           SYS_personality,
};

/* What a call gets without a look at its arguments. */
typedef enum Verdict {
	REFUSED, /* EPERM: what is named nowhere */
	ALLOWED,
	DEADLY,
	/* Told apart from EPERM, because somebody looks at it. */
	NO_ACCESS,
	NO_TERMINAL,
	UNKNOWN,
	VERDICTS
} Verdict;

static const uint32_t verdicts[VERDICTS] = {
	[REFUSED] = SECCOMP_RET_ERRNO | EPERM,      [ALLOWED] = SECCOMP_RET_ALLOW,
	[DEADLY] = SECCOMP_RET_KILL_PROCESS,        [NO_ACCESS] = SECCOMP_RET_ERRNO | EACCES,
	[NO_TERMINAL] = SECCOMP_RET_ERRNO | ENOTTY, [UNKNOWN] = SECCOMP_RET_ERRNO | ENOSYS,
};

static const struct {
	int call;
	Verdict verdict;
} refused[] = {
	{ SYS_readlinkat, NO_ACCESS }, { SYS_faccessat, NO_ACCESS }, { SYS_ioctl, NO_TERMINAL },
	{ SYS_openat2, UNKNOWN },      { SYS_clone3, UNKNOWN },      { SYS_faccessat2, UNKNOWN },
#if defined(__x86_64__)
	{ SYS_open, NO_ACCESS },       { SYS_access, NO_ACCESS },    { SYS_readlink, NO_ACCESS },
#endif
};

typedef enum Test {
	BITS_CLEAR,   /* none of the bits */
	BITS_NOT_ALL, /* not all of the bits */
	ONE_OF,
	THIS_PROCESS
} Test;

typedef struct Condition {
	int call, argument;
	Test test;
	Verdict otherwise;
	unsigned count;
	uint32_t values[5];
} Condition;

/* Allowed when the argument passes the test. */
static const Condition conditions[] = {
	/* With O_CREAT or O_TMPFILE even reading would make a file; O_DIRECTORY is half of O_TMPFILE.
	 * Landlock has nothing to say about O_PATH. */
	{ SYS_openat,
	  2,
	  BITS_CLEAR,
	  NO_ACCESS,
	  1,
	  { O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_PATH | (O_TMPFILE & ~O_DIRECTORY) } },
	/* What was written is never run: no library does, and PCRE2's JIT is not used. */
	{ SYS_mmap, 2, BITS_NOT_ALL, REFUSED, 1, { PROT_WRITE | PROT_EXEC } },
	{ SYS_mprotect, 2, BITS_CLEAR, REFUSED, 1, { PROT_EXEC } },
	/* Not F_SETOWN, which makes the kernel send signals for us. */
	{ SYS_fcntl, 1, ONE_OF, REFUSED, 5, { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL } },
	{ SYS_prlimit64, 0, ONE_OF, REFUSED, 1, { 0 } }, /* our own, which can only be lowered */
	/* abort(3), and a crash guard that steps aside. */
	{ SYS_kill, 0, THIS_PROCESS, REFUSED, 0, { 0 } },
	{ SYS_tgkill, 0, THIS_PROCESS, REFUSED, 0, { 0 } },
};

enum {
	COUNT_ALLOWED = sizeof allowed / sizeof allowed[0],
	COUNT_DEADLY = sizeof deadly / sizeof deadly[0],
	COUNT_REFUSED = sizeof refused / sizeof refused[0],
	COUNT_CONDITIONS = sizeof conditions / sizeof conditions[0],
	/* What may be said of a call: a verdict, or that a condition decides. */
	OUTCOMES = VERDICTS + COUNT_CONDITIONS,
	/* Above the numbers of all calls that are named here. */
	CALLS_END = 512,
	/* x86_64 has a second set of numbers for the same calls, from this bit on. */
	SECOND_SET = 0x40000000,
	STEPS_MAX = 512
};

/* Calls from this one on, to the next run, have one outcome. */
typedef struct Run {
	uint32_t first;
	unsigned outcome;
} Run;

/* Written from its end: steps jump forward only, so where they go is there already.  Kernels translate a
 * filter step by step for each process, and go through it for every number there is to find those that are
 * always allowed: a search tree of calls is half as many steps as a list of them, and a tenth of the way. */
typedef struct Filter {
	struct sock_filter steps[STEPS_MAX];
	unsigned first;
	unsigned outcome[OUTCOMES]; /* the step where each begins */
} Filter;

/* -- Steps; each function returns where its first one is ------------------------------------------------ */

static unsigned add(Filter *filter, unsigned code, uint32_t value)
{
	BUG_IF(filter->first == 0);
	filter->steps[--filter->first] = (struct sock_filter){ (uint16_t)code, 0, 0, value };
	return filter->first;
}

static unsigned add_load(Filter *filter, size_t offset)
{
	return add(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static unsigned add_jump(Filter *filter, unsigned comparison, uint32_t value, unsigned if_true,
			 unsigned if_false)
{
	unsigned next = filter->first, step = add(filter, BPF_JMP | BPF_K | comparison, value);

	BUG_IF(if_true - next > UINT8_MAX || if_false - next > UINT8_MAX);
	filter->steps[step].jt = (uint8_t)(if_true - next);
	filter->steps[step].jf = (uint8_t)(if_false - next);
	return step;
}

/* The lower half of an argument: every one that is tested is an int to the kernel.  (Both machines are
 * little-endian.) */
static unsigned add_condition(Filter *filter, const Condition *it)
{
	unsigned yes = filter->outcome[ALLOWED], no = filter->outcome[it->otherwise], next = no;

	switch (it->test) {
	case BITS_CLEAR:
		add_jump(filter, BPF_JSET, it->values[0], no, yes);
		break;
	case BITS_NOT_ALL:
		add_jump(filter, BPF_JEQ, it->values[0], no, yes);
		add(filter, BPF_ALU | BPF_AND | BPF_K, it->values[0]);
		break;
	case ONE_OF:
		for (unsigned i = it->count; i > 0; i--)
			next = add_jump(filter, BPF_JEQ, it->values[i - 1], yes, next);
		break;
	case THIS_PROCESS:
		add_jump(filter, BPF_JEQ, (uint32_t)getpid(), yes, no);
		break;
	}
	return add_load(filter,
			offsetof(struct seccomp_data, args) + (size_t)it->argument * sizeof(uint64_t));
}

static void add_outcomes(Filter *filter)
{
	for (size_t i = 0; i < VERDICTS; i++)
		filter->outcome[i] = add(filter, BPF_RET | BPF_K, verdicts[i]);
	for (size_t i = 0; i < COUNT_CONDITIONS; i++)
		filter->outcome[VERDICTS + i] = add_condition(filter, &conditions[i]);
}

static unsigned add_search(Filter *filter, const Run *runs, size_t count)
{
	size_t half = count / 2;
	unsigned above, below;

	if (count == 1)
		return filter->outcome[runs[0].outcome];
	above = add_search(filter, runs + half, count - half);
	below = add_search(filter, runs, half);
	return add_jump(filter, BPF_JGE, runs[half].first, above, below);
}

/* Calls of other sets get `other`. */
static void add_head(Filter *filter, unsigned search, unsigned other)
{
	unsigned ours;

	add_jump(filter, BPF_JGE, SECOND_SET, other, search);
	ours = add_load(filter, offsetof(struct seccomp_data, nr));
	add_jump(filter, BPF_JEQ, OUR_ARCH, ours, other);
	add_load(filter, offsetof(struct seccomp_data, arch));
}

/* -- Calls --------------------------------------------------------------------------------------------- */

static void set_outcome(uint8_t *outcome_of, int call, unsigned outcome)
{
	/* One table speaks of each; what is above the last is refused. */
	BUG_IF(call >= CALLS_END - 1 || outcome_of[call] != REFUSED);
	outcome_of[call] = (uint8_t)outcome;
}

static void find_outcomes(uint8_t *outcome_of)
{
	for (size_t i = 0; i < COUNT_ALLOWED; i++)
		set_outcome(outcome_of, allowed[i], ALLOWED);
	for (size_t i = 0; i < COUNT_DEADLY; i++)
		set_outcome(outcome_of, deadly[i], DEADLY);
	for (size_t i = 0; i < COUNT_REFUSED; i++)
		set_outcome(outcome_of, refused[i].call, refused[i].verdict);
	for (size_t i = 0; i < COUNT_CONDITIONS; i++)
		set_outcome(outcome_of, conditions[i].call, VERDICTS + (unsigned)i);
}

static size_t find_runs(const uint8_t *outcome_of, Run *runs)
{
	size_t count = 0;

	for (uint32_t call = 0; call < CALLS_END; call++)
		if (call == 0 || outcome_of[call] != outcome_of[call - 1])
			runs[count++] = (Run){ call, outcome_of[call] };
	return count;
}

static void build(Filter *filter)
{
	uint8_t outcome_of[CALLS_END] = { 0 };
	Run runs[CALLS_END];
	size_t count;

	find_outcomes(outcome_of);
	count = find_runs(outcome_of, runs);
	filter->first = STEPS_MAX;
	add_outcomes(filter);
	add_head(filter, add_search(filter, runs, count), filter->outcome[DEADLY]);
}

static bool install(Filter *filter)
{
	const struct sock_fprog program = { (unsigned short)(STEPS_MAX - filter->first),
					    filter->steps + filter->first };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

bool syscalls_close(bool *done, Failure *why)
{
	Filter filter;

	*done = false;
	if (OUR_ARCH == 0)
		return true;
	build(&filter);
	*done = install(&filter);
	return *done || errno != ENOMEM || failure_errno(why, "refuse system calls with seccomp");
}

bool syscalls_can_close(void)
{
	const uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return OUR_ARCH != 0 && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* Few steps, since a courier makes more calls than a judge.  A ring (io_uring) makes sockets, too. */
bool syscalls_refuse_sockets(void)
{
	static const int calls[] = {
		SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_io_uring_setup,
	};
	Filter filter;
	unsigned refuse, next;

	if (OUR_ARCH == 0)
		return false;
	filter.first = STEPS_MAX;
	refuse = add(&filter, BPF_RET | BPF_K, verdicts[REFUSED]);
	next = add(&filter, BPF_RET | BPF_K, verdicts[ALLOWED]);
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		next = add_jump(&filter, BPF_JEQ, (uint32_t)calls[i], refuse, next);
	add_head(&filter, next, refuse);
	return install(&filter);
}
