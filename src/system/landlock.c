#include "system/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
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

static const uint64_t WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_DIR = 1 << 3, REMOVE_DIR = 1 << 4,
		      REMOVE_FILE = 1 << 5, MAKE_DIR = 1 << 7, MAKE_REGULAR = 1 << 8, REFER = 1 << 13,
		      TRUNCATE = 1 << 14;
/* Who is outside may be signalled all the same: a courier ends its judge. */
static const uint64_t SCOPED_SIGNALS = 1 << 1;

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

static Ruleset all_of(int abi)
{
	Ruleset all = { 0 };

	for (size_t i = 0; i < sizeof history / sizeof history[0]; i++)
		if (history[i].abi <= abi) {
			all.handled_fs |= history[i].brings.handled_fs;
			all.handled_net |= history[i].brings.handled_net;
			all.scoped |= history[i].brings.scoped;
		}
	return all;
}

static int create(int abi, uint64_t unscoped)
{
	Ruleset wanted = all_of(abi);

	wanted.scoped &= ~unscoped;
	return (int)syscall(CALL_CREATE_RULESET, &wanted, sizeof wanted, 0);
}

/* The newest first: on a kernel of its age that saves asking.  `*abi` becomes what it is.  O_CLOEXEC is
 * implied. */
static int create_newest(int *abi, uint64_t unscoped)
{
	int ruleset = create(*abi, unscoped), known;

	if (ruleset >= 0 || (errno != EINVAL && errno != E2BIG))
		return ruleset;
	known = landlock_kernel_abi();
	if (known <= 0)
		return -1;
	*abi = known < *abi ? known : *abi;
	return create(*abi, unscoped);
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
	auto_fd int ruleset = abi > 0 ? create_newest(&abi, 0) : -1;
	bool closed = abi > 0 && ruleset >= 0 && allow_reading(ruleset, readable) &&
		      syscall(CALL_RESTRICT_SELF, ruleset, 0) == 0;

	if (abi > 0 && !closed && is_shortage(errno))
		return failure_errno(why, "close the file system with Landlock");
	*done = closed;
	return true;
}

/* ---- with places that stay ---- */

static bool add_place(int ruleset, int abi, const LandlockPlace *place)
{
	const uint64_t writing = WRITE_FILE | READ_DIR | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REGULAR |
				 REFER | TRUNCATE;
	auto_fd int fd = open(place->path, O_PATH | O_CLOEXEC | (place->writable ? O_DIRECTORY : 0));
	PathRule rule = { .allowed = READ_FILE | (place->writable ? writing : 0), .directory = fd };

	rule.allowed &= all_of(abi).handled_fs;
	if (fd < 0)
		return place->may_lack && errno == ENOENT;
	return syscall(CALL_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
}

int landlock_prepare(const LandlockPlace *places, size_t count)
{
	int abi = LANDLOCK_ABI;
	auto_fd int ruleset = create_newest(&abi, SCOPED_SIGNALS);

	if (ruleset < 0 || !(all_of(abi).handled_fs & REFER))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (!add_place(ruleset, abi, &places[i]))
			return -1;
	return TAKE_FD(ruleset);
}

bool landlock_enter(int prepared)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(CALL_RESTRICT_SELF, prepared, 0) == 0;
}
