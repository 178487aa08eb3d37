/* Behind closed doors a process can think, and nothing else. */
#include "system/confine.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#include "base/sanitized.h"
#include "base/slice.h"
#include "forked.h"
#include "system/crash_guard.h"
#include "system/landlock.h"

static char a_file[400], a_new_file[400];
static int opened;

static void require_that(bool true_it_is, const char *what)
{
	if (true_it_is)
		return;
	dprintf(2, "not so: %s (%s)\n", what, strerror(errno));
	_exit(1);
}
#define REQUIRE(it) require_that(it, #it)

/* For somebody else than root, where we are: root's rights would hide what is missing. */
static void close_the_doors(void)
{
	const ConfineLimits limits = { .cpu_s = 5, .memory_mb = 512 };
	Failure why = { 0 };
	unsigned lacks = CONFINE_LACKS_ALL;

	if (geteuid() == 0 && (setresgid(54321, 54321, 54321) < 0 || setresuid(54321, 54321, 54321) < 0))
		_exit(2);
	if (!confine_limits(&limits, &why) || !confine_close(&lacks, &why)) {
		dprintf(2, "%s", why.text);
		_exit(3);
	}
	if (lacks)
		_exit(99); /* an old kernel: nothing to be shown */
}

static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(chmod(scratch, 0777), 0);
	write_scratch("file", "0123456789", 0666);
	snprintf(a_file, sizeof a_file, "%s", in_scratch("file"));
	snprintf(a_new_file, sizeof a_new_file, "%s", in_scratch("new"));
	opened = open(a_file, O_RDONLY);
}

static void teardown(void)
{
	close(opened);
	scratch_remove();
}

static void open_files(void *with)
{
	(void)with;
	close_the_doors();
	REQUIRE(open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES);
	REQUIRE(open(a_file, O_RDONLY) < 0 && errno == EACCES);
	REQUIRE(open(a_file, O_PATH) < 0 && errno == EACCES);
	REQUIRE(open(a_file, O_RDWR) < 0 && errno == EACCES);
	REQUIRE(open(a_file, O_WRONLY | O_APPEND) < 0 && errno == EACCES);
	REQUIRE(open(a_new_file, O_WRONLY | O_CREAT, 0600) < 0 && errno == EACCES);
	REQUIRE(open(a_new_file, O_RDONLY | O_CREAT, 0600) < 0 && errno == EACCES);
	REQUIRE(open(scratch, O_TMPFILE | O_RDWR, 0600) < 0);
	REQUIRE(open("/dev/null", O_WRONLY) < 0);
	REQUIRE(open("/usr/lib", O_RDONLY | O_DIRECTORY) < 0);
	REQUIRE(syscall(SYS_openat2, AT_FDCWD, a_file, NULL, 0) < 0);
	REQUIRE(syscall(SYS_memfd_create, "x", 0) < 0);
}

static void change_files(void *with)
{
	(void)with;
	close_the_doors();
	REQUIRE(unlink(a_file) < 0);
	REQUIRE(rename(a_file, a_new_file) < 0);
	REQUIRE(link(a_file, a_new_file) < 0);
	REQUIRE(symlink(a_file, a_new_file) < 0);
	REQUIRE(mkdir(a_new_file, 0700) < 0);
	REQUIRE(mkfifo(a_new_file, 0700) < 0);
	REQUIRE(truncate(a_file, 0) < 0);
	REQUIRE(chmod(a_file, 0777) < 0);
	REQUIRE(fchmod(opened, 0777) < 0);
	REQUIRE(chown(a_file, 54321, 54321) < 0);
	REQUIRE(ftruncate(opened, 0) < 0);
	REQUIRE(utimensat(AT_FDCWD, a_file, NULL, 0) < 0);
	REQUIRE(readlink("/proc/self/exe", (char[100]){ 0 }, 100) < 0);
	REQUIRE(chdir("/") < 0);
}

static void talk_to_others(void *with)
{
	pid_t parent = getppid(); /* asked before: not even that is left */
	int left;

	(void)with;
	close_the_doors();
	REQUIRE(socket(AF_UNIX, SOCK_STREAM, 0) < 0);
	REQUIRE(socket(AF_INET, SOCK_DGRAM, 0) < 0);
	REQUIRE(kill(parent, 0) < 0);
	REQUIRE(kill(parent, SIGTERM) < 0);
	REQUIRE(kill(-1, SIGTERM) < 0);
	REQUIRE(syscall(SYS_tgkill, parent, parent, SIGTERM) < 0);
	REQUIRE(fcntl(opened, F_SETOWN, parent) < 0);
	REQUIRE(ioctl(opened, FIONREAD, &left) < 0);
	REQUIRE(syscall(SYS_prlimit64, parent, RLIMIT_CPU, NULL, &(struct rlimit){ 0 }) < 0);
	REQUIRE(setpriority(PRIO_PROCESS, (id_t)parent, 19) < 0);
	REQUIRE(setpgid(0, 0) < 0);
}

static void make_processes(void *with)
{
	(void)with;
	close_the_doors();
	REQUIRE(fork() < 0);
	REQUIRE(vfork() < 0);
	REQUIRE(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0);
	REQUIRE(syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS);
}

static void run_what_was_written(void *with)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)with;
	close_the_doors();
	REQUIRE(mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0);
	REQUIRE(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		MAP_FAILED);
}

static void get_out_of_the_limits(void *with)
{
	struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY }, now;
	const int limits[] = { RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_CORE };

	(void)with;
	close_the_doors();
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		REQUIRE(setrlimit((__rlimit_resource_t)limits[i], &more) < 0);
	REQUIRE(getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_cur == 5 && now.rlim_max == 6);
	REQUIRE(getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_max == 0);
	REQUIRE(getrlimit(RLIMIT_FSIZE, &now) == 0 && now.rlim_max == 0);
	REQUIRE(getrlimit(RLIMIT_NPROC, &now) == 0 && now.rlim_max == 0);
	REQUIRE(getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_max <= 16);
	REQUIRE(IS_SANITIZED || (getrlimit(RLIMIT_AS, &now) == 0 && now.rlim_max == 512 << 20));
}

/* Whoever reads mail for root has none of root's rights but to what is his, whatever the kernel lacks. */
static void be_root(void *with)
{
	Failure why = { 0 };
	unsigned lacks;

	(void)with;
	if (geteuid() != 0)
		return;
	REQUIRE(chown(a_file, 54321, 54321) == 0 && chmod(a_file, 0600) == 0);
	REQUIRE(confine_close_as(&(ConfineKernel){ 0 }, &lacks, &why));
	REQUIRE(open(a_file, O_RDONLY) < 0 && errno == EACCES);
	REQUIRE(chown(a_file, 0, 0) < 0 && errno == EPERM);
	REQUIRE(setresuid(54321, 54321, 54321) < 0 && errno == EPERM);
}

static void (*const refused[])(void *) = {
	open_files,           change_files,          talk_to_others, make_processes,
	run_what_was_written, get_out_of_the_limits, be_root,
};

static bool skip(const Outcome *end)
{
	if (end->status == 99)
		printf("skipped: this kernel has no Landlock or no seccomp\n");
	return end->status == 99;
}

START_TEST(nothing_outside_can_be_reached)
{
	Outcome end = forked(refused[_i], NULL);

	if (!skip(&end))
		ck_assert_msg(end.status == 0, "status %d, signal %d: %s", end.status, end.signal, end.said);
	ck_assert(!exists("new"));
}
END_TEST

static void exec(void *with)
{
	(void)with;
	close_the_doors();
	execl("/bin/true", "true", NULL);
}

static void trace(void *with)
{
	(void)with;
	close_the_doors();
	ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static void regain(void *with)
{
	(void)with;
	close_the_doors();
	syscall(SYS_setresuid, 0, 0, 0);
}

static void (*const deadly[])(void *) = { exec, trace, regain };

START_TEST(what_only_an_attacker_would_try_is_the_end)
{
	Outcome end = forked(deadly[_i], NULL);

	if (!skip(&end))
		ck_assert_msg(end.signal == SIGSYS, "status %d: %s", end.status, end.said);
}
END_TEST

/* A letter of each in its own charset; the converters are loaded behind the doors. */
static const struct {
	const char *charset;
	Slice bytes;
	const char *utf8;
} letters[] = {
	{ "ISO-8859-15", SLICE("\xA4"), "\xE2\x82\xAC" },
	{ "WINDOWS-1251", SLICE("\xC6"), "\xD0\x96" },
	{ "EUC-JP", SLICE("\xC6\xFC"), "\xE6\x97\xA5" },
	{ "ISO-2022-JP", SLICE("\x1B$BF|\x1B(B"), "\xE6\x97\xA5" },
	{ "SHIFT_JIS", SLICE("\x93\xFA"), "\xE6\x97\xA5" },
	{ "GB18030", SLICE("\xC8\xD5"), "\xE6\x97\xA5" },
	{ "BIG5", SLICE("\xA4\xE9"), "\xE6\x97\xA5" },
	{ "EUC-KR", SLICE("\xC0\xCF"), "\xEC\x9D\xBC" },
	{ "ISO-2022-KR", SLICE("\x1B$)C\x0E@O\x0F"), "\xEC\x9D\xBC" },
};

static void convert(const char *charset, Slice bytes, const char *utf8)
{
	char out[32] = { 0 }, *to = out, *from = (char *)(uintptr_t)bytes.data;
	size_t left = bytes.length, room = sizeof out - 1;
	iconv_t converter = iconv_open("UTF-8", charset);

	if (converter == (iconv_t)-1) {
		dprintf(2, "no %s: %s\n", charset, strerror(errno));
		_exit(1);
	}
	REQUIRE(iconv(converter, &from, &left, &to, &room) != (size_t)-1);
	REQUIRE(strcmp(out, utf8) == 0);
	iconv_close(converter);
}

static void think(void *with)
{
	char bytes[11] = { 0 };
	time_t now = 1000000000;
	struct tm local;
	int ends[2];

	(void)with;
	tzset();
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	close_the_doors();
	REQUIRE(pread(opened, bytes, 10, 0) == 10 && strcmp(bytes, "0123456789") == 0);
	REQUIRE(lseek(opened, 0, SEEK_END) == 10);
	for (size_t size = 1; size < 64 << 20; size *= 4) {
		char *memory = malloc(size);

		REQUIRE(memory != NULL);
		memset(memory, 1, size);
		free(realloc(memory, size * 2));
	}
	REQUIRE(send(ends[0], "x", 1, MSG_NOSIGNAL) == 1 && recv(ends[1], bytes, 1, 0) == 1);
	REQUIRE(write(ends[0], "x", 1) == 1 && read(ends[1], bytes, 1) == 1);
	REQUIRE(localtime_r(&now, &local) && time(NULL) > now);
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		convert(letters[i].charset, letters[i].bytes, letters[i].utf8);
	dprintf(2, "%.1f", 1.5);
}

START_TEST(thinking_goes_on)
{
	Outcome end = forked(think, NULL);

	if (!skip(&end))
		ck_assert_msg(end.status == 0 && strcmp(end.said, "1.5") == 0, "status %d, signal %d: %s",
			      end.status, end.signal, end.said);
}
END_TEST

static void abort_inside(void *with)
{
	(void)with;
	close_the_doors();
	abort();
}

static void crash_inside(void *with)
{
	(void)with;
	crash_guard_install();
	crash_guard_remove();
	close_the_doors();
	raise(SIGSEGV);
	_exit(0);
}

static void compute_without_end(void *with)
{
	const ConfineLimits limits = { .cpu_s = 1, .memory_mb = 512 };
	Failure why = { 0 };

	(void)with;
	if (!confine_limits(&limits, &why))
		_exit(3);
	for (volatile unsigned i = 0;; i++)
		;
}

static void leave_by_write(void *with)
{
	const ConfineLimits limits = { .cpu_s = 1, .memory_mb = 512 };
	Failure why = { 0 };
	int fd = open(a_file, O_WRONLY);

	(void)with;
	if (!confine_limits(&limits, &why))
		_exit(3);
	(void)!write(fd, "x", 1);
	_exit(0);
}

static const struct {
	void (*story)(void *);
	int signal;
} ends[] = {
	{ abort_inside, SIGABRT },
	{ crash_inside, SIGSEGV },
	{ compute_without_end, SIGXCPU },
	{ leave_by_write, SIGXFSZ },
};

START_TEST(the_end_shows_its_reason)
{
	Outcome end = forked(ends[_i].story, NULL);

	if (!skip(&end))
		ck_assert_msg(end.signal == ends[_i].signal, "status %d, signal %d: %s", end.status,
			      end.signal, end.said);
}
END_TEST

static void use_much_memory(void *with)
{
	const ConfineLimits limits = { .cpu_s = 5, .memory_mb = 100 };
	Failure why = { 0 };

	(void)with;
	if (!confine_limits(&limits, &why))
		_exit(3);
	_exit(malloc(200 << 20) ? 1 : 0);
}

START_TEST(memory_has_an_end)
{
	if (IS_SANITIZED) {
		printf("skipped: a sanitizer reserves more memory than any limit allows\n");
		return;
	}
	ck_assert_int_eq(forked(use_much_memory, NULL).status, 0);
}
END_TEST

static void have_stricter_limits(void *with)
{
	const ConfineLimits limits = { .cpu_s = 5, .memory_mb = 100 };
	struct rlimit strict = { 2, 2 }, now;
	Failure why = { 0 };

	(void)with;
	if (geteuid() == 0 && setresuid(54321, 54321, 54321) < 0)
		_exit(2);
	REQUIRE(setrlimit(RLIMIT_CPU, &strict) == 0);
	REQUIRE(confine_limits(&limits, &why));
	REQUIRE(getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_cur == 2 && now.rlim_max == 2);
}

START_TEST(stricter_limits_stay)
{
	Outcome end = forked(have_stricter_limits, NULL);

	ck_assert_msg(end.status == 0, "%s", end.said);
}
END_TEST

/* Landlock does not know modes. */
static bool filter_refuses(void)
{
	return fchmod(opened, 0666) < 0;
}

/* Bit 0: Landlock refused; bit 1: seccomp refused; above: what is said to be lacking. */
static void close_as(void *with)
{
	Failure why = { 0 };
	unsigned lacks;

	if (!confine_close_as(with, &lacks, &why))
		_exit(3);
	_exit((int)lacks << 2 | (open(a_file, O_RDONLY) < 0) | (filter_refuses() << 1));
}

static const struct {
	ConfineKernel kernel;
	int outcome;
} kernels[] = {
	{ { 0, false }, CONFINE_LACKS_ALL << 2 },
	{ { 0, true }, 2 | CONFINE_NO_LANDLOCK << 2 },
	{ { 1, false }, 1 | CONFINE_NO_SECCOMP << 2 },
	{ { 1, true }, 3 },
	{ { 2, true }, 3 },
	{ { 3, true }, 3 },
	{ { 4, true }, 3 },
	{ { 5, true }, 3 },
	{ { LANDLOCK_ABI, true }, 3 },
};

START_TEST(what_a_kernel_lacks_is_left_out)
{
	ConfineKernel kernel = kernels[_i].kernel, here = { LANDLOCK_ABI, true };

	if (forked(close_as, &here).status != 3)
		printf("skipped: this kernel lacks Landlock or seccomp itself\n");
	else
		ck_assert_int_eq(forked(close_as, &kernel).status, kernels[_i].outcome);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("confine");
	TCase *doors = tcase_create("doors");

	tcase_add_checked_fixture(doors, setup, teardown);
	tcase_add_loop_test(doors, nothing_outside_can_be_reached, 0, sizeof refused / sizeof refused[0]);
	tcase_add_loop_test(doors, what_only_an_attacker_would_try_is_the_end, 0,
			    sizeof deadly / sizeof deadly[0]);
	tcase_add_test(doors, thinking_goes_on);
	tcase_add_loop_test(doors, the_end_shows_its_reason, 0, sizeof ends / sizeof ends[0]);
	tcase_add_test(doors, memory_has_an_end);
	tcase_add_test(doors, stricter_limits_stay);
	tcase_add_loop_test(doors, what_a_kernel_lacks_is_left_out, 0, sizeof kernels / sizeof kernels[0]);
	suite_add_tcase(suite, doors);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
