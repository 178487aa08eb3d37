/* attacker - the program, but for a judge that the message takes over: for attack.sh
 *
 * Made of the program's own parts; the linker puts __wrap_sieve_run where they call sieve_run (--wrap), which
 * is the moment in which a judge behind its closed doors turns to the message.  The Subject says what to try
 * there:
 *
 *   ways      everything that has to fail; last words say which way was open
 *   way NAME  what has to be the end of the process
 *   doors     some of what does no harm; last words say which are open
 *   eat NAME  without end
 *   forge NAME  an answer
 *   courier   not the judge but the courier, when it begins to file: what it can reach goes into its notes
 *
 * The working directory is the recipient's home, where "decoy" is.  What is installed has nothing of this in
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "delivery/carry_out.h"
#include "delivery/judge_wire.h"
#include "plan/limits.h"
#include "sieve/sieve.h"

void __real_sieve_run(const SieveScript *script, const SieveInput *input, Plan *plan);
void __wrap_sieve_run(const SieveScript *script, const SieveInput *input, Plan *plan);
bool __real_carry_out(Carrying *carrying, Failure *why);
static bool can_send_a_datagram(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = 9 << 8, .sin_addr = { 0x0100007f } };
	bool done = fd >= 0 && connect(fd, (struct sockaddr *)&there, sizeof there) == 0;

	close(fd);
	return done;
}

/* To a daemon of another's: what listens there could be anything. */
static bool can_reach_a_daemon(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un there = { .sun_family = AF_UNIX, .sun_path = "daemon" };
	bool done = fd >= 0 && connect(fd, (struct sockaddr *)&there, sizeof there) == 0;

	close(fd);
	return done;
}

bool __wrap_carry_out(Carrying *carrying, Failure *why);

enum {
	SOCKET = 0, /* a judge's */
	ARGUMENTS = 6
};

/* Something that no attempt finds out: it is written down before there is a judge. */
static pid_t courier;

__attribute__((constructor)) static void remember_the_courier(void)
{
	courier = getpid();
}

/* ---- ways out ---- */

typedef struct Call {
	const char *name;
	long number;
	uintptr_t arguments[ARGUMENTS];
} Call;

#define P(pointer) (uintptr_t)(pointer)
#define HERE       ((uintptr_t)AT_FDCWD)
#define COURIER    0xc0c0c0c0u /* is replaced */

static char buffer[4096];
static struct rlimit no_limit = { RLIM_INFINITY, RLIM_INFINITY };
static struct iovec piece = { buffer, sizeof buffer };
static struct sock_filter allow_all[] = { { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW } };
static struct sock_fprog no_filter = { 1, allow_all };
static char *no_words[] = { NULL };
static const uint64_t ruleset[3] = { 1 };

/* Each fails, whoever tries it. */
static const Call ways[] = {
	{ "read passwd", SYS_openat, { HERE, P("/etc/passwd"), O_RDONLY } },
	{ "read a file", SYS_openat, { HERE, P("decoy"), O_RDONLY } },
	{ "hold a file", SYS_openat, { HERE, P("decoy"), O_PATH } },
	{ "list a directory", SYS_openat, { HERE, P("."), O_RDONLY | O_DIRECTORY } },
	{ "write a file", SYS_openat, { HERE, P("decoy"), O_WRONLY } },
	{ "append to a file", SYS_openat, { HERE, P("decoy"), O_RDWR | O_APPEND } },
	{ "empty a file", SYS_openat, { HERE, P("decoy"), O_RDONLY | O_TRUNC } },
	{ "make a file", SYS_openat, { HERE, P("new"), O_WRONLY | O_CREAT, 0600 } },
	{ "make a file by reading", SYS_openat, { HERE, P("new"), O_RDONLY | O_CREAT, 0600 } },
	{ "make a nameless file", SYS_openat, { HERE, P("."), O_TMPFILE | O_RDWR, 0600 } },
	{ "open own memory", SYS_openat, { HERE, P("/proc/self/mem"), O_RDWR } },
	{ "open own maps", SYS_openat, { HERE, P("/proc/self/maps"), O_RDONLY } },
	{ "open the terminal", SYS_openat, { HERE, P("/dev/tty"), O_RDWR } },
	{ "open null", SYS_openat, { HERE, P("/dev/null"), O_WRONLY } },
	{ "openat2", SYS_openat2, { HERE, P("decoy"), P(buffer), 24 } },
	{ "name_to_handle_at", SYS_name_to_handle_at, { HERE, P("decoy"), P(buffer), P(buffer), 0 } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { HERE, P(buffer), O_RDONLY } },
	{ "mkdir", SYS_mkdirat, { HERE, P("new"), 0700 } },
	{ "mknod", SYS_mknodat, { HERE, P("new"), S_IFIFO | 0600, 0 } },
	{ "symlink", SYS_symlinkat, { P("/etc/passwd"), HERE, P("new") } },
	{ "link", SYS_linkat, { HERE, P("decoy"), HERE, P("new"), 0 } },
	{ "rename", SYS_renameat2, { HERE, P("decoy"), HERE, P("new"), 0 } },
	{ "unlink", SYS_unlinkat, { HERE, P("decoy"), 0 } },
	{ "rmdir", SYS_unlinkat, { HERE, P("Maildir"), AT_REMOVEDIR } },
	{ "chmod", SYS_fchmodat, { HERE, P("decoy"), 0777 } },
	{ "fchmod", SYS_fchmod, { SOCKET, 0777 } },
	{ "chown", SYS_fchownat, { HERE, P("decoy"), 0, 0, 0 } },
	{ "truncate", SYS_truncate, { P("decoy"), 0 } },
	{ "ftruncate", SYS_ftruncate, { 1, 0 } },
	{ "utimensat", SYS_utimensat, { HERE, P("decoy"), 0, 0 } },
	{ "setxattr", SYS_setxattr, { P("decoy"), P("user.x"), P("x"), 1, 0 } },
	{ "getxattr", SYS_getxattr, { P("decoy"), P("user.x"), P(buffer), 1 } },
	{ "readlink", SYS_readlinkat, { HERE, P("/proc/self/exe"), P(buffer), 100 } },
	{ "chdir", SYS_chdir, { P("/") } },
	{ "getcwd", SYS_getcwd, { P(buffer), sizeof buffer } },
	{ "umask", SYS_umask, { 0 } },
	{ "inotify", SYS_inotify_init1, { 0 } },
	{ "fanotify", SYS_fanotify_init, { 0, 0 } },
	{ "fsopen", SYS_fsopen, { P("tmpfs"), 0 } },
	{ "open_tree", SYS_open_tree, { HERE, P("."), 0 } },
	{ "copy_file_range", SYS_copy_file_range, { 1, 0, SOCKET, 0, 1, 0 } },
	{ "sendfile", SYS_sendfile, { SOCKET, 1, 0, 1 } },
	{ "fallocate", SYS_fallocate, { 1, 0, 0, 1 } },
	{ "statfs", SYS_statfs, { P("/"), P(buffer) } },
	{ "socket inet", SYS_socket, { AF_INET, SOCK_STREAM, 0 } },
	{ "socket udp", SYS_socket, { AF_INET, SOCK_DGRAM, 0 } },
	{ "socket inet6", SYS_socket, { AF_INET6, SOCK_STREAM, 0 } },
	{ "socket unix", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 } },
	{ "socket netlink", SYS_socket, { AF_NETLINK, SOCK_RAW, 0 } },
	{ "socket packet", SYS_socket, { AF_PACKET, SOCK_RAW, 0 } },
	{ "socketpair", SYS_socketpair, { AF_UNIX, SOCK_STREAM, 0, P(buffer) } },
	{ "connect", SYS_connect, { SOCKET, P(buffer), 16 } },
	{ "bind", SYS_bind, { SOCKET, P(buffer), 16 } },
	{ "setsockopt", SYS_setsockopt, { SOCKET, SOL_SOCKET, SO_SNDBUF, P(&ruleset), 4 } },
	{ "pipe", SYS_pipe2, { P(buffer), 0 } },
	{ "clone", SYS_clone, { SIGCHLD } },
	{ "a thread", SYS_clone, { 0x00010f00 /* VM, FS, FILES, SIGHAND, THREAD */, P(buffer + 2048) } },
	{ "clone3", SYS_clone3, { P(buffer), 88 } },
	{ "signal the courier", SYS_kill, { COURIER, SIGTERM } },
	{ "look for the courier", SYS_kill, { COURIER, 0 } },
	{ "signal the group", SYS_kill, { 0, SIGTERM } },
	{ "signal everybody", SYS_kill, { P(-1), SIGTERM } },
	{ "tgkill", SYS_tgkill, { COURIER, COURIER, SIGTERM } },
	{ "tkill", SYS_tkill, { COURIER, SIGTERM } },
	{ "rt_sigqueueinfo", SYS_rt_sigqueueinfo, { COURIER, SIGTERM, P(buffer) } },
	{ "pidfd_open", SYS_pidfd_open, { COURIER, 0 } },
	{ "pidfd_send_signal", SYS_pidfd_send_signal, { SOCKET, SIGTERM, 0, 0 } },
	{ "pidfd_getfd", SYS_pidfd_getfd, { SOCKET, 0, 0 } },
	{ "process_madvise", SYS_process_madvise, { SOCKET, P(&piece), 1, 0, 0 } },
	{ "kcmp", SYS_kcmp, { COURIER, COURIER, 0, 0, 0 } },
	{ "limits of the courier", SYS_prlimit64, { COURIER, RLIMIT_CPU, 0, P(buffer) } },
	{ "higher limits", SYS_prlimit64, { 0, RLIMIT_NOFILE, P(&no_limit), 0 } },
	{ "more time", SYS_prlimit64, { 0, RLIMIT_CPU, P(&no_limit), 0 } },
	{ "files after all", SYS_prlimit64, { 0, RLIMIT_FSIZE, P(&no_limit), 0 } },
	{ "setrlimit", SYS_setrlimit, { RLIMIT_AS, P(&no_limit) } },
	{ "setpriority", SYS_setpriority, { PRIO_PROCESS, COURIER, 19 } },
	{ "sched_setaffinity", SYS_sched_setaffinity, { COURIER, 8, P(buffer) } },
	{ "sched_setscheduler", SYS_sched_setscheduler, { COURIER, 0, P(buffer) } },
	{ "setpgid", SYS_setpgid, { 0, 0 } },
	{ "setsid", SYS_setsid, { 0 } },
	{ "getppid", SYS_getppid, { 0 } },
	{ "dumpable", SYS_prctl, { PR_SET_DUMPABLE, 1 } },
	{ "keep capabilities", SYS_prctl, { PR_SET_KEEPCAPS, 1 } },
	{ "be traced by all", SYS_prctl, { 0x59616d61 /* PR_SET_PTRACER */, P(-1) } },
	{ "no end with the courier", SYS_prctl, { PR_SET_PDEATHSIG, 0 } },
	{ "another filter by prctl", SYS_prctl, { PR_SET_SECCOMP, SECCOMP_MODE_FILTER, P(&no_filter) } },
	{ "another filter", SYS_seccomp, { SECCOMP_SET_MODE_FILTER, 0, P(&no_filter) } },
	{ "a listener", SYS_seccomp, { SECCOMP_SET_MODE_FILTER, 8 /* NEW_LISTENER */, P(&no_filter) } },
	{ "another ruleset", 444 /* landlock_create_ruleset */, { P(ruleset), 8, 0 } },
	{ "TIOCSTI", SYS_ioctl, { SOCKET, TIOCSTI, P("x") } },
	{ "FIONREAD", SYS_ioctl, { SOCKET, FIONREAD, P(buffer) } },
	{ "signals by a socket", SYS_fcntl, { SOCKET, F_SETOWN, COURIER } },
	{ "async by a socket", SYS_fcntl, { SOCKET, F_SETFL, O_ASYNC } },
	{ "memfd", SYS_memfd_create, { P("x"), 0 } },
	{ "shared memory", SYS_shmget, { 0, 4096, 01600 } },
	{ "a semaphore", SYS_semget, { 0, 1, 01600 } },
	{ "a queue", SYS_msgget, { 0, 01600 } },
	{ "a named queue", SYS_mq_open, { P("x"), O_RDWR | O_CREAT, 0600, 0 } },
	{ "eventfd", SYS_eventfd2, { 0, 0 } },
	{ "epoll", SYS_epoll_create1, { 0 } },
	{ "timerfd", SYS_timerfd_create, { 1, 0 } },
	{ "a timer", SYS_timer_create, { 1, 0, P(buffer) } },
	{ "io_setup", SYS_io_setup, { 8, P(buffer) } },
	{ "vmsplice", SYS_vmsplice, { SOCKET, P(&piece), 1, 0 } },
	{ "splice", SYS_splice, { 1, 0, SOCKET, 0, 1, 0 } },
	{ "memory to run",
	  SYS_mmap,
	  { 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, P(-1) } },
	{ "run what was written", SYS_mprotect, { P(buffer), 4096, PROT_READ | PROT_EXEC } },
	{ "pkey_mprotect", SYS_pkey_mprotect, { P(buffer), 4096, PROT_READ | PROT_EXEC, P(-1) } },
	{ "mlockall", SYS_mlockall, { MCL_CURRENT } },
	{ "syslog", SYS_syslog, { 3, P(buffer), 10 } },
	{ "sethostname", SYS_sethostname, { P("x"), 1 } },
	{ "clock_settime", SYS_clock_settime, { 0, P(buffer) } },
	{ "adjtimex", SYS_adjtimex, { P(buffer) } },
	{ "reboot", SYS_reboot, { 0, 0, 0, 0 } },
	{ "swapon", SYS_swapon, { P("decoy"), 0 } },
	{ "quotactl", SYS_quotactl, { 0, 0, 0, 0 } },
	{ "acct", SYS_acct, { P("decoy") } },
#if defined(__x86_64__)
	{ "fork", SYS_fork, { 0 } },
	{ "vfork", SYS_vfork, { 0 } },
	{ "open", SYS_open, { P("decoy"), O_RDONLY } },
	{ "creat", SYS_creat, { P("new"), 0600 } },
	{ "unlink, the old call", SYS_unlink, { P("decoy") } },
	{ "chmod, the old call", SYS_chmod, { P("decoy"), 0777 } },
	{ "iopl", SYS_iopl, { 3 } },
	{ "modify_ldt", SYS_modify_ldt, { 0, P(buffer), 16 } },
#endif
};

/* Each is the end. */
static const Call ends[] = {
	{ "exec", SYS_execve, { P("/bin/true"), P(no_words), P(no_words) } },
	{ "execveat", SYS_execveat, { HERE, P("/bin/true"), P(no_words), P(no_words), 0 } },
	{ "trace", SYS_ptrace, { PTRACE_ATTACH, COURIER } },
	{ "peek", SYS_process_vm_readv, { COURIER, P(&piece), 1, P(&piece), 1, 0 } },
	{ "poke", SYS_process_vm_writev, { COURIER, P(&piece), 1, P(&piece), 1, 0 } },
	{ "mount", SYS_mount, { P("none"), P("."), P("tmpfs") } },
	{ "umount", SYS_umount2, { P("/proc"), 0 } },
	{ "chroot", SYS_chroot, { P(".") } },
	{ "unshare", SYS_unshare, { 0x10000000 /* NEWUSER */ } },
	{ "setns", SYS_setns, { SOCKET, 0 } },
	{ "bpf", SYS_bpf, { 0, P(buffer), 48 } },
	{ "perf", SYS_perf_event_open, { P(buffer), 0, P(-1), P(-1), 0 } },
	{ "userfaultfd", SYS_userfaultfd, { 0 } },
	{ "io_uring", SYS_io_uring_setup, { 1, P(buffer) } },
	{ "keyctl", SYS_keyctl, { 0, P(-3) } },
	{ "add_key", SYS_add_key, { P("user"), P("x"), P("x"), 1, P(-3) } },
	{ "module", SYS_init_module, { P(buffer), 1, P("") } },
	{ "setuid", SYS_setuid, { 0 } },
	{ "personality", SYS_personality, { 0x0400000 /* READ_IMPLIES_EXEC */ } },
#if defined(__x86_64__)
	{ "x32", SYS_getpid + 0x40000000, { 0 } },
#endif
};

static long make(const Call *call)
{
	uintptr_t with[ARGUMENTS];

	for (size_t i = 0; i < ARGUMENTS; i++)
		with[i] = call->arguments[i] == COURIER ? (uintptr_t)courier : call->arguments[i];
	return syscall(call->number, with[0], with[1], with[2], with[3], with[4], with[5]);
}

/* Is there more to write to than the socket? */
static bool can_write(void)
{
	for (int fd = 1; fd < 1024; fd++)
		if (write(fd, "x", 1) >= 0)
			return true;
	return false;
}

_Noreturn static void say(const char *text)
{
	frame_send(SOCKET, FRAME_GAVE_UP, slice_of(text));
	_exit(0);
}

static void try_all_ways(void)
{
	static char text[400];
	size_t length = 0;

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (make(&ways[i]) >= 0)
			length += (size_t)snprintf(text + length, sizeof text / 2 - length, "%s, ",
						   ways[i].name);
	if (can_write())
		length += (size_t)snprintf(text + length, 20, "a descriptor, ");
	if (length)
		snprintf(text + length, sizeof text - length, "are open");
	else
		snprintf(text, sizeof text, "no way is open");
	say(text);
}

/* What does no harm where it is open, and on which kernel it is. */
static bool bind_a_port(void)
{
	const struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool done = fd >= 0 && bind(fd, (const struct sockaddr *)&any, sizeof any) == 0;

	close(fd);
	return done;
}

static bool have_a_child(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child > 0 && kill(child, SIGKILL) == 0;
}

static bool write_into_the_decoy(void)
{
	int fd = open("decoy", O_WRONLY | O_APPEND | O_CLOEXEC);
	bool done;

	signal(SIGXFSZ, SIG_IGN);
	done = fd >= 0 && write(fd, "x", 1) == 1;
	close(fd);
	return done;
}

static bool hold_many_files(void)
{
	return fcntl(SOCKET, F_DUPFD, 16) >= 0;
}

static bool have_much_memory(void)
{
	return mmap(NULL, 1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool read_the_decoy(void)
{
	char byte;
	int fd = open("decoy", O_RDONLY | O_CLOEXEC);
	bool done = fd >= 0 && read(fd, &byte, 1) == 1;

	close(fd);
	return done;
}

static bool cut_the_decoy(void)
{
	return truncate("decoy", (off_t)strlen("treasure\n")) == 0;
}

static bool change_the_mode(void)
{
	return chmod("decoy", 0600) == 0;
}

static bool make_a_directory(void)
{
	return mkdir("made", 0700) == 0 && rmdir("made") == 0;
}

static bool look_for_the_courier(void)
{
	return kill(courier, 0) == 0;
}

static const struct {
	const char *name;
	bool (*is_open)(void);
} doors[] = {
	{ "reading", read_the_decoy },       { "writing", write_into_the_decoy },
	{ "cutting", cut_the_decoy },        { "modes", change_the_mode },
	{ "making", make_a_directory },      { "sockets", bind_a_port },
	{ "signals", look_for_the_courier }, { "children", have_a_child },
	{ "files", hold_many_files },        { "memory", have_much_memory },
};

static void try_the_doors(void)
{
	AUTO_VALUE(Text) text = { 0 };

	text_append_string(&text, "open doors:");
	for (size_t i = 0; i < sizeof doors / sizeof doors[0]; i++)
		if (doors[i].is_open())
			text_printf(&text, " %s", doors[i].name);
	if (can_write())
		text_append_string(&text, " descriptors");
	say(text_string(&text));
}

static void try_the_end(const char *name)
{
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (strcmp(ends[i].name, name) == 0)
			make(&ends[i]);
	say("it lives");
}

/* ---- eating ---- */

static volatile unsigned long turns;

static void eat(const char *what)
{
	unsigned held = 0;

	if (strcmp(what, "descriptors") == 0) {
		while (dup(SOCKET) >= 0)
			held++;
		say(held < 16 ? "it holds a few descriptors" : "it holds many descriptors");
	}
	for (;;) {
		if (strcmp(what, "memory") == 0)
			memset(memory_new(1 << 20), 1, 1 << 20);
		else if (strcmp(what, "time") == 0)
			turns++;
		else if (strcmp(what, "patience") == 0)
			nanosleep(&(struct timespec){ 1, 0 }, NULL);
		else
			say("it does not know how");
	}
}

/* ---- forged answers ---- */

static Plan *forged;

static void send_forged(void)
{
	AUTO_VALUE(Text) bytes = { 0 };

	plan_encode(forged, &bytes);
	frame_send(SOCKET, FRAME_PLAN, text_slice(&bytes));
}

static void file_into(const char *folder)
{
	plan_add(forged, ACTION_FILEINTO)->folder = folder;
	forged->implicit_keep = false;
	send_forged();
}

static void folder_up(void)
{
	file_into("../../x");
}

static void folder_absolute(void)
{
	file_into("/etc/x");
}

static void folder_long(void)
{
	char *name = memory_zeroed(1, 1 << 20);

	memset(name, 'x', (1 << 20) - 1);
	file_into(name);
}

/* "a", a NUL, "b". */
static void folder_nul(void)
{
	AUTO_VALUE(Text) bytes = { 0 };
	char *at;

	plan_add(forged, ACTION_FILEINTO)->folder = "aQQQb";
	forged->implicit_keep = false;
	plan_encode(forged, &bytes);
	at = memmem(bytes.data, bytes.length, "aQQQb", 5);
	if (at)
		at[2] = '\0';
	frame_send(SOCKET, FRAME_PLAN, text_slice(&bytes));
}

static void too_many_actions(void)
{
	for (int i = 0; i < LIMIT_ACTIONS + 1; i++)
		plan_add(forged, ACTION_FILEINTO)->folder = "x";
	send_forged();
}

/* The count of actions ends an empty plan. */
static void million_actions(void)
{
	AUTO_VALUE(Text) bytes = { 0 };

	plan_encode(forged, &bytes);
	text_truncate(&bytes, bytes.length - 4);
	text_append(&bytes, "\x40\x42\x0f\0", 4);
	frame_send(SOCKET, FRAME_PLAN, text_slice(&bytes));
}

static void redirect_lines(void)
{
	plan_add(forged, ACTION_REDIRECT)->address = "a@b.example\nBcc: c@d.example";
	send_forged();
}

static Action *answer(void)
{
	Action *action = plan_add(forged, ACTION_VACATION);

	action->address = "alice@example.org";
	action->text = "Away.";
	action->handle = "x";
	action->seconds = 60;
	return action;
}

static void subject_lines(void)
{
	answer()->subject = "Away\nBcc: c@d.example";
	send_forged();
}

static void from_lines(void)
{
	answer()->from = "bob@example.net\r\nBcc: c@d.example";
	send_forged();
}

/* A version of the message with bytes from behind its end. */
static void image_beyond(void)
{
	MessagePiece pieces = { .offset = 0, .length = 1 << 30 };

	plan_add(forged, ACTION_KEEP)->image = plan_add_image(
		forged, &(MessagePieces){ .items = &pieces, .count = 1 });
	send_forged();
}

static void image_missing(void)
{
	plan_add(forged, ACTION_KEEP)->image = 7;
	send_forged();
}

static void flags_bad(void)
{
	static const char *names[] = { "a/../b c" };

	plan_add(forged, ACTION_KEEP)->flags = (PlanFlags){ true, names, 1 };
	send_forged();
}

static void lost(void)
{
	forged->implicit_keep = false;
	send_forged();
}

static void bytes(const char *from, size_t length)
{
	io_write(SOCKET, from, length);
}

static void length_lies(void)
{
	bytes("P\x00\x00\x10\x00short", 10);
}

static void length_beyond(void)
{
	bytes("P\xff\xff\xff\xff", 5);
	nanosleep(&(struct timespec){ 60, 0 }, NULL);
}

static void cut_header(void)
{
	bytes("P\x00", 2);
}

static void garbage(void)
{
	for (unsigned i = 0; i < sizeof buffer; i++)
		buffer[i] = (char)(i * 37 + 11);
	bytes(buffer, sizeof buffer);
}

static void answer_first(void)
{
	bytes("A\x01\x00\x00\x00"
	      "1",
	      6);
}

static void compiled_again(void)
{
	frame_send_compiled(SOCKET, ~0U);
	plan_add(forged, ACTION_DISCARD);
	send_forged();
}

static void lacks_later(void)
{
	frame_send_lacks(SOCKET, ~0U);
	send_forged();
}

static void ask(const Question *question)
{
	AUTO_VALUE(Text) asked = { 0 };

	question_encode(question, &asked);
	if (!frame_send(SOCKET, FRAME_ASK, text_slice(&asked)))
		_exit(0);
}

static void ask_list(void)
{
	AUTO_VALUE(Text) told = { 0 };

	ask(&(Question){ ASK_LIST, { SLICE("friends"), SLICE("x") }, 2 });
	frame_read_answer(SOCKET, &told);
}

static void ask_seen(void)
{
	AUTO_VALUE(Text) told = { 0 };

	ask(&(Question){ ASK_SEEN, { SLICE("x") }, 1 });
	frame_read_answer(SOCKET, &told);
}

static void questions(void)
{
	AUTO_VALUE(Text) told = { 0 };

	do
		ask(&(Question){ ASK_FOLDER, { SLICE("Lists") }, 1 });
	while (frame_read_answer(SOCKET, &told));
}

static void questions_unheard(void)
{
	for (;;)
		ask(&(Question){ ASK_FOLDER, { SLICE("Lists") }, 1 });
}

static void question_long(void)
{
	AUTO_VALUE(Text) told = { 0 };
	char *name = memory_zeroed(1, 3 << 20);

	memset(name, 'x', 3 << 20);
	ask(&(Question){ ASK_LIST, { SLICE("friends"), slice(name, 3 << 20) }, 2 });
	frame_read_answer(SOCKET, &told);
}

/* What is told of it has its limits. */
static void words_long(void)
{
	char *words = memory_zeroed(1, 8 << 20);

	memset(words, 'x', (8 << 20) - 1);
	plan_fail(forged, PLAN_RUN_ERROR, words);
	send_forged();
}

static void program(void)
{
	AUTO_VALUE(Text) told = { 0 };

	ask(&(Question){ ASK_PROGRAM, { SLICE("execute"), SLICE("spy"), SLICE("-") }, 3 });
	frame_read_answer(SOCKET, &told);
	say("a program was run");
}

static void redirect(void)
{
	plan_add(forged, ACTION_REDIRECT)->address = "mallory@example.com";
	send_forged();
}

static void discard(void)
{
	plan_add(forged, ACTION_DISCARD);
	forged->implicit_keep = false;
	send_forged();
}

static void another(void)
{
	MessagePiece pieces = { .bytes = "Subject: another\n\n", .length = 18 };

	plan_add(forged, ACTION_KEEP)->image = plan_add_image(
		forged, &(MessagePieces){ .items = &pieces, .count = 1 });
	send_forged();
}

static void later(void)
{
	plan_fail(forged, PLAN_RETRY, "come back tomorrow");
	send_forged();
}

/* A descriptor for the courier, who is to hold it. */
static void descriptor(void)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec text = { "Z", 1 };
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	sendmsg(SOCKET, &message, 0);
	nanosleep(&(struct timespec){ 60, 0 }, NULL);
}

static const struct {
	const char *name;
	void (*forge)(void);
} forgeries[] = {
	{ "folder-up", folder_up },
	{ "folder-absolute", folder_absolute },
	{ "folder-long", folder_long },
	{ "folder-nul", folder_nul },
	{ "too-many-actions", too_many_actions },
	{ "million-actions", million_actions },
	{ "redirect-lines", redirect_lines },
	{ "subject-lines", subject_lines },
	{ "from-lines", from_lines },
	{ "image-beyond", image_beyond },
	{ "image-missing", image_missing },
	{ "flags-bad", flags_bad },
	{ "lost", lost },
	{ "length-lies", length_lies },
	{ "length-beyond", length_beyond },
	{ "cut-header", cut_header },
	{ "garbage", garbage },
	{ "answer-first", answer_first },
	{ "compiled-again", compiled_again },
	{ "lacks-later", lacks_later },
	{ "ask-list", ask_list },
	{ "ask-seen", ask_seen },
	{ "questions", questions },
	{ "questions-unheard", questions_unheard },
	{ "question-long", question_long },
	{ "words-long", words_long },
	{ "program", program },
	{ "redirect", redirect },
	{ "discard", discard },
	{ "another", another },
	{ "later", later },
	{ "descriptor", descriptor },
};

static void forge(const char *name, Plan *plan)
{
	forged = plan;
	for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++)
		if (strcmp(forgeries[i].name, name) == 0) {
			forgeries[i].forge();
			_exit(0);
		}
	say("it does not know how");
}

/* ---- the message has its way ---- */

void __wrap_sieve_run(const SieveScript *script, const SieveInput *input, Plan *plan)
{
	const HeaderField *field = header_find(input->header, SLICE("subject"));
	const Slice subject = field ? header_unfold(field, plan->arena) : SLICE("");
	const char *order = arena_copy_bytes(plan->arena, subject.data, subject.length);

	if (strcmp(order, "ways") == 0)
		try_all_ways();
	else if (strcmp(order, "doors") == 0)
		try_the_doors();
	else if (strncmp(order, "way ", 4) == 0)
		try_the_end(order + 4);
	else if (strncmp(order, "eat ", 4) == 0)
		eat(order + 4);
	else if (strncmp(order, "forge ", 6) == 0)
		forge(order + 6, plan);
	else
		__real_sieve_run(script, input, plan);
}

/* ---- a courier ---- */

static bool can_read(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool done = fd >= 0 && read(fd, &byte, 1) >= 0;

	close(fd);
	return done;
}

static bool can_make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool done = fd >= 0 && write(fd, "x", 1) == 1;

	close(fd);
	return done && unlink(path) == 0;
}

static bool can_run_a_program(void)
{
	pid_t child = fork();
	int status = 1;

	if (child == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

/* A file that was written where it may be, moved to where a shell would read it. */
static bool can_move_out(void)
{
	int fd = open("Maildir/tmp/moved", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool done = fd >= 0 && rename("Maildir/tmp/moved", ".profile") == 0;

	close(fd);
	unlink(done ? ".profile" : "Maildir/tmp/moved");
	return done;
}

bool __wrap_carry_out(Carrying *carrying, Failure *why)
{
	const HeaderField *field = header_find(carrying->header, SLICE("subject"));
	Text *notes = &carrying->notes;

	if (!field || !slice_equal(header_unfold(field, carrying->arena), SLICE("courier")))
		return __real_carry_out(carrying, why);
	text_append_string(notes, "the courier can:");
	text_append_string(notes, can_read("/etc/passwd") ? " read-system" : "");
	text_append_string(notes, can_read("decoy") ? " read-home" : "");
	text_append_string(notes, can_read(".ssh/id") ? " read-key" : "");
	text_append_string(notes, can_read(".sieve") ? " read-rules" : "");
	text_append_string(notes, can_make(".ssh/authorized_keys") ? " make-key" : "");
	text_append_string(notes, can_make("made") ? " make-home" : "");
	text_append_string(notes, can_make("/tmp/made.by.a.courier") ? " make-tmp" : "");
	text_append_string(notes, cut_the_decoy() ? " cut" : "");
	text_append_string(notes, write_into_the_decoy() ? " write" : "");
	text_append_string(notes, can_move_out() ? " move-out" : "");
	text_append_string(notes, can_run_a_program() ? " run" : "");
	text_append_string(notes, bind_a_port() ? " tcp" : "");
	text_append_string(notes, can_send_a_datagram() ? " udp" : "");
	text_append_string(notes, can_reach_a_daemon() ? " unix" : "");
	text_append_string(notes, can_make("Maildir/tmp/made") ? " make-mail" : "");
	text_append_string(notes, can_make(".local/state/trommel/made") ? " make-state" : "");
	text_append_string(notes, ".\n");
	return __real_carry_out(carrying, why);
}
