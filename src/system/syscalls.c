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

typedef enum Test {
	BITS_CLEAR,   /* none of the bits */
	BITS_NOT_ALL, /* not all of the bits */
	EQUAL
} Test;

/* Allowed when the argument passes the test. */
static const struct {
	int call, argument;
	Test test;
	uint32_t value;
} conditional[] = {
	/* With O_CREAT or O_TMPFILE even reading would make a file; O_DIRECTORY is half of O_TMPFILE. */
	{ SYS_openat, 2, BITS_CLEAR, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY) },
	/* What was written is never run: no library does, and PCRE2's JIT is not used. */
	{ SYS_mmap, 2, BITS_NOT_ALL, PROT_WRITE | PROT_EXEC },
	{ SYS_mprotect, 2, BITS_CLEAR, PROT_EXEC },
	/* Not F_SETOWN, which makes the kernel send signals for us. */
	{ SYS_fcntl, 1, EQUAL, F_DUPFD },
	{ SYS_fcntl, 1, EQUAL, F_DUPFD_CLOEXEC },
	{ SYS_fcntl, 1, EQUAL, F_GETFD },
	{ SYS_fcntl, 1, EQUAL, F_SETFD },
	{ SYS_fcntl, 1, EQUAL, F_GETFL },
	{ SYS_prlimit64, 0, EQUAL, 0 }, /* our own, which can only be lowered */
};

/* Told apart from EPERM, because somebody looks at it. */
static const struct {
	int call;
	uint16_t error;
} refused[] = {
	{ SYS_openat, EACCES },     { SYS_readlinkat, EACCES }, { SYS_faccessat, EACCES },
	{ SYS_ioctl, ENOTTY },      { SYS_openat2, ENOSYS },    { SYS_clone3, ENOSYS },
	{ SYS_faccessat2, ENOSYS },
#if defined(__x86_64__)
	{ SYS_open, EACCES },       { SYS_access, EACCES },     { SYS_readlink, EACCES },
#endif
};

enum {
	COUNT_ALLOWED = sizeof allowed / sizeof allowed[0],
	COUNT_DEADLY = sizeof deadly / sizeof deadly[0],
	COUNT_CONDITIONAL = sizeof conditional / sizeof conditional[0],
	COUNT_REFUSED = sizeof refused / sizeof refused[0],
	/* Head and tail; 2 for a plain rule, 6 for one with a condition. */
	STEPS_MAX = 16 + 2 * (COUNT_ALLOWED + COUNT_DEADLY + COUNT_REFUSED) + 6 * (COUNT_CONDITIONAL + 2)
};

typedef struct Filter {
	struct sock_filter steps[STEPS_MAX];
	unsigned short count;
} Filter;

static void add(Filter *filter, unsigned code, uint32_t value, uint8_t if_true, uint8_t if_false)
{
	BUG_IF(filter->count == STEPS_MAX);
	filter->steps[filter->count++] = (struct sock_filter){ (uint16_t)code, if_true, if_false, value };
}

static void add_load(Filter *filter, size_t offset)
{
	add(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void add_verdict(Filter *filter, uint32_t verdict)
{
	add(filter, BPF_RET | BPF_K, verdict, 0, 0);
}

static void add_plain(Filter *filter, int call, uint32_t verdict)
{
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1);
	add_verdict(filter, verdict);
}

/* The lower half of an argument: every one that is tested is an int to the kernel.  (Both machines are
 * little-endian.) */
static void add_conditional(Filter *filter, int call, int argument, Test test, uint32_t value)
{
	size_t offset = offsetof(struct seccomp_data, args) + (size_t)argument * sizeof(uint64_t);

	add(filter, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 5);
	add_load(filter, offset);
	add(filter, BPF_ALU | BPF_AND | BPF_K, test == EQUAL ? ~0U : value, 0, 0);
	/* Over the verdict when the test fails. */
	if (test == BITS_NOT_ALL)
		add(filter, BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
	else
		add(filter, BPF_JMP | BPF_JEQ | BPF_K, test == EQUAL ? value : 0, 0, 1);
	add_verdict(filter, SECCOMP_RET_ALLOW);
	add_load(filter, offsetof(struct seccomp_data, nr));
}

static void add_head(Filter *filter)
{
	add_load(filter, offsetof(struct seccomp_data, arch));
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0);
	add_verdict(filter, SECCOMP_RET_KILL_PROCESS);
	add_load(filter, offsetof(struct seccomp_data, nr));
	/* x86_64 has a second set of numbers for the same calls, from this bit on. */
	add(filter, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
	add_verdict(filter, SECCOMP_RET_KILL_PROCESS);
}

static void build(Filter *filter)
{
	uint32_t self = (uint32_t)getpid();

	add_head(filter);
	for (size_t i = 0; i < COUNT_ALLOWED; i++)
		add_plain(filter, allowed[i], SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < COUNT_CONDITIONAL; i++)
		add_conditional(filter, conditional[i].call, conditional[i].argument, conditional[i].test,
				conditional[i].value);
	/* abort(3), and a crash guard that steps aside. */
	add_conditional(filter, SYS_kill, 0, EQUAL, self);
	add_conditional(filter, SYS_tgkill, 0, EQUAL, self);
	for (size_t i = 0; i < COUNT_DEADLY; i++)
		add_plain(filter, deadly[i], SECCOMP_RET_KILL_PROCESS);
	for (size_t i = 0; i < COUNT_REFUSED; i++)
		add_plain(filter, refused[i].call, SECCOMP_RET_ERRNO | refused[i].error);
	add_verdict(filter, SECCOMP_RET_ERRNO | EPERM);
}

bool syscalls_close(void)
{
	Filter filter;
	struct sock_fprog program;

	if (OUR_ARCH == 0)
		return false;
	filter.count = 0;
	build(&filter);
	program = (struct sock_fprog){ filter.count, filter.steps };
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

bool syscalls_can_close(void)
{
	const uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return OUR_ARCH != 0 && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}
