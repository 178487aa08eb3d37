/* kernel_shim - a preloaded library behind which the kernel looks like another one: for kernels.sh
 *
 * Only what confines a process is another.  What is to be, each a number:
 *
 *   KERNEL_LANDLOCK      the ABI, as a kernel that knows no newer one: attributes and bits that came later
 * are refused as that one refuses them.  0 or less: the error that every call gives KERNEL_RULE          the
 * error that adding a rule gives KERNEL_RESTRICT      the error that applying the rules gives KERNEL_SECCOMP
 * the error that setting a filter gives KERNEL_NO_NEW_PRIVS  the error that giving up new rights gives
 *   KERNEL_LOG           a directory that gets a directory CALL.ERROR for what was refused: who is refused
 *                        may write nothing any more
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAUGHT __attribute__((visibility("default")))

enum {
	CREATE_RULESET = 444,
	ADD_RULE = 445,
	RESTRICT_SELF = 446,
	VERSION = 1,
	FIRST_BYTES = 8, /* of the attributes of the first ABI */
	PAGE_BYTES = 4096
};

typedef struct Attributes {
	uint64_t fs, net, scoped;
} Attributes;

/* What each ABI understands, from the kernel's own history. */
static const struct {
	size_t bytes;
	Attributes knows;
} abis[] = {
	{ 0 },
	{ 8, { (1 << 13) - 1, 0, 0 } },
	{ 8, { (1 << 14) - 1, 0, 0 } },
	{ 8, { (1 << 15) - 1, 0, 0 } },
	{ 16, { (1 << 15) - 1, 3, 0 } },
	{ 16, { (1 << 16) - 1, 3, 0 } },
	{ 24, { (1 << 16) - 1, 3, 3 } },
	{ 24, { (1 << 16) - 1, 3, 3 } },
};

static const int newest = sizeof abis / sizeof abis[0] - 1;

/* -1 and errno, noted. */
static long refuse(const char *call, int error)
{
	const char *log = getenv("KERNEL_LOG");
	char note[PATH_MAX];

	if (log && snprintf(note, sizeof note, "%s/%s.%s", log, call, strerrorname_np(error)) < PATH_MAX)
		mkdir(note, 0700);
	errno = error;
	return -1;
}

static int number(const char *name, int otherwise)
{
	const char *value = getenv(name);

	return value && *value ? atoi(value) : otherwise;
}

/* As copy_struct_from_user: what an older kernel does not know has to be nothing. */
static int check_attributes(const char *bytes, size_t size, int abi)
{
	Attributes asked = { 0 };

	if (size < FIRST_BYTES)
		return EINVAL;
	if (size > PAGE_BYTES)
		return E2BIG;
	for (size_t i = abis[abi].bytes; i < size; i++)
		if (bytes[i])
			return E2BIG;
	memcpy(&asked, bytes, size < abis[abi].bytes ? size : abis[abi].bytes);
	if ((asked.fs & ~abis[abi].knows.fs) || (asked.net & ~abis[abi].knows.net) ||
	    (asked.scoped & ~abis[abi].knows.scoped))
		return EINVAL;
	return asked.fs || asked.net || asked.scoped ? 0 : ENOMSG;
}

/* 0: the real kernel has its way. */
static long answer_create(const void *attributes, size_t size, unsigned flags)
{
	int abi = number("KERNEL_LANDLOCK", newest), error;

	if (abi <= 0)
		return refuse("landlock_create_ruleset", -abi);
	if (flags)
		return flags == VERSION && !attributes && !size ? abi
								: refuse("landlock_create_ruleset", EINVAL);
	error = check_attributes(attributes, size, abi);
	return error ? refuse("landlock_create_ruleset", error) : 0;
}

static long answer_other(const char *call, const char *setting)
{
	int abi = number("KERNEL_LANDLOCK", newest), error = number(setting, 0);

	if (abi <= 0)
		error = -abi;
	return error ? refuse(call, error) : 0;
}

CAUGHT long syscall(long call, ...)
{
	static long (*real)(long, ...);
	long with[6], answer = 0;
	va_list rest;

	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	va_start(rest, call);
	for (size_t i = 0; i < 6; i++)
		with[i] = va_arg(rest, long);
	va_end(rest);
	if (call == CREATE_RULESET)
		answer = answer_create((const void *)with[0], (size_t)with[1], (unsigned)with[2]);
	else if (call == ADD_RULE)
		answer = answer_other("landlock_add_rule", "KERNEL_RULE");
	else if (call == RESTRICT_SELF)
		answer = answer_other("landlock_restrict_self", "KERNEL_RESTRICT");
	else if (call == SYS_seccomp && number("KERNEL_SECCOMP", 0))
		answer = refuse("seccomp", number("KERNEL_SECCOMP", 0));
	return answer ? answer : real(call, with[0], with[1], with[2], with[3], with[4], with[5]);
}

CAUGHT int prctl(int option, ...)
{
	static int (*real)(int, ...);
	unsigned long with[4];
	va_list rest;
	int error = 0;

	if (!real)
		real = (int (*)(int, ...))dlsym(RTLD_NEXT, "prctl");
	va_start(rest, option);
	for (size_t i = 0; i < 4; i++)
		with[i] = va_arg(rest, unsigned long);
	va_end(rest);
	if (option == PR_SET_SECCOMP)
		error = number("KERNEL_SECCOMP", 0);
	else if (option == PR_SET_NO_NEW_PRIVS)
		error = number("KERNEL_NO_NEW_PRIVS", 0);
	if (error)
		return (int)refuse(option == PR_SET_SECCOMP ? "seccomp" : "no_new_privs", error);
	return real(option, with[0], with[1], with[2], with[3]);
}
