/* Any file of tests is told of from its begin to its end, each block once, and what it does stays in its
 * scratch directory (commands/testbed.h). */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "commands/testbed.h"
#include "system/crash_guard.h"

enum {
	OPEN_DIRECTORIES = 16
};

/* A file may set where programs are and run them: not here.  libFuzzer itself does not fork. */
pid_t fork(void)
{
	errno = EAGAIN;
	return -1;
}

/* ---- what is told ---- */

typedef struct Told {
	bool in_block, ended;
} Told;

static void hear(void *self, TestEvent event, uint32_t line, Slice text)
{
	Told *told = self;

	(void)line;
	LAW(!told->ended, "event %d behind the end", (int)event);
	LAW(text.data != NULL);
	switch (event) {
	case TEST_BEGINS:
		LAW(!told->in_block);
		told->in_block = true;
		break;
	case TEST_PASSED:
		LAW(told->in_block);
		told->in_block = false;
		break;
	case TEST_FAILED:
		told->in_block = false;
		break;
	case TEST_FILE_FAILED:
	case TEST_SHOWN:
		break;
	case TEST_CRASHED:
		LAW(false, "nothing has crashed");
		break;
	case TEST_ENDED:
		told->ended = true;
		break;
	}
}

/* ---- its scratch directory ---- */

static char scratch[200];

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	return place->level > 0 ? remove(path) : 0;
}

static void empty_scratch(void)
{
	nftw(scratch, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}

static void remove_scratch(void)
{
	empty_scratch();
	rmdir(scratch);
}

static void make_scratch(void)
{
	const char *where = getenv("TMPDIR");

	if (*scratch)
		return;
	snprintf(scratch, sizeof scratch, "%s/fuzz-svtest.XXXXXX", where ? where : "/tmp");
	LAW(mkdtemp(scratch) != NULL, "%s: %s", scratch, strerror(errno));
	atexit(remove_scratch);
}

/* What is written beside the scratch directory would be seen here. */
static void write_file(Slice bytes, char *path, size_t size)
{
	auto_fd int fd = -1;

	snprintf(path, size, "%s/file.svtest", scratch);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	LAW(fd >= 0 && io_write(fd, bytes.data, bytes.length));
}

static void fuzz(Slice input)
{
	AUTO_VALUE(Config) config = { 0 };
	User user = { .name = "user", .uid = geteuid(), .gid = getegid(), .home = scratch };
	const TestbedOptions options = { .scratch = scratch, .config = &config, .user = &user };
	Told told = { 0 };
	const TestListener listener = { hear, &told };
	char path[300];

	make_scratch();
	config_init(&config);
	write_file(input, path, sizeof path);
	testbed_run(path, &options, &listener);
	LAW(told.ended);
	empty_scratch();
}
