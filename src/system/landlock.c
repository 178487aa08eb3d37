#include "system/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/* The numbers are the same on every architecture. */
enum {
	CALL_CREATE_RULESET = 444,
	CALL_ADD_RULE = 445,
	CALL_RESTRICT_SELF = 446,
	CREATE_VERSION = 1,
	RULE_PATH_BENEATH = 1
};

static const uint64_t READ_FILE = 1ULL << 2, READ_DIR = 1ULL << 3;

typedef struct Ruleset {
	uint64_t handled_fs, handled_net, scoped;
} Ruleset;

typedef struct PathRule {
	uint64_t allowed;
	int32_t directory;
} __attribute__((packed)) PathRule;

/* What each ABI brought; an attribute of none before it. */
static const struct {
	int abi;
	Ruleset brings;
} history[] = {
	{ 1, { .handled_fs = (1ULL << 13) - 1 } }, /* execute, write, read, make, remove */
	{ 2, { .handled_fs = 1ULL << 13 } },       /* refer */
	{ 3, { .handled_fs = 1ULL << 14 } },       /* truncate */
	{ 4, { .handled_net = 3 } },               /* TCP bind and connect */
	{ 5, { .handled_fs = 1ULL << 15 } },       /* ioctl on devices */
	{ 6, { .scoped = 3 } },                    /* abstract Unix sockets, signals */
};

int landlock_kernel_abi(void)
{
	long abi = syscall(CALL_CREATE_RULESET, NULL, 0, CREATE_VERSION);

	if (abi < 0)
		return 0;
	return abi < LANDLOCK_ABI ? (int)abi : LANDLOCK_ABI;
}

static int create(int abi)
{
	Ruleset all = { 0 };

	for (size_t i = 0; i < sizeof history / sizeof history[0]; i++)
		if (history[i].abi <= abi) {
			all.handled_fs |= history[i].brings.handled_fs;
			all.handled_net |= history[i].brings.handled_net;
			all.scoped |= history[i].brings.scoped;
		}
	return (int)syscall(CALL_CREATE_RULESET, &all, sizeof all, 0);
}

/* The newest first: on a kernel of its age that saves asking.  O_CLOEXEC is implied. */
static int create_newest(int abi)
{
	int ruleset = create(abi), known;

	if (ruleset >= 0 || (errno != EINVAL && errno != E2BIG))
		return ruleset;
	known = landlock_kernel_abi();
	return known > 0 ? create(known < abi ? known : abi) : -1;
}

/* Without any of them there is nothing to read: no hole, and no harm to the converters that are built in. */
static bool allow_reading(int ruleset, const char *const *paths)
{
	auto_fd int directory = -1;
	PathRule rule = { .allowed = READ_FILE | READ_DIR };

	for (; *paths && directory < 0; paths++)
		directory = open(*paths, O_PATH | O_DIRECTORY | O_CLOEXEC);
	rule.directory = directory;
	return directory < 0 || syscall(CALL_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
}

static bool is_shortage(int error)
{
	return error == ENOMEM || error == EMFILE || error == ENFILE;
}

bool landlock_close(const char *const *readable, int abi, bool *done, Failure *why)
{
	auto_fd int ruleset = abi > 0 ? create_newest(abi) : -1;
	bool closed = abi > 0 && ruleset >= 0 && allow_reading(ruleset, readable) &&
		      syscall(CALL_RESTRICT_SELF, ruleset, 0) == 0;

	if (abi > 0 && !closed && is_shortage(errno))
		return failure_errno(why, "close the file system with Landlock");
	*done = closed;
	return true;
}
