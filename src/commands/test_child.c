#include "commands/test_child.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/panic.h"
#include "base/sanitized.h"
#include "base/text.h"
#include "plan/limits.h"

enum {
	/* Of one event: a name, a reason, a printed message. */
	EVENT_TEXT_MAX = 128 * 1024,
	MEMORY_MB = 2048,
	OPEN_DIRECTORIES = 16
};

/* An event on its way through the pipe; its text follows. */
typedef struct EventHead {
	uint32_t event, line, length;
} EventHead;

/* ---- in the child ---- */

static void send_event(void *self, TestEvent event, uint32_t line, Slice text)
{
	const int *pipe = self;
	EventHead head = { event, line, 0 };
	struct iovec pieces[] = { { &head, sizeof head }, { NULL, 0 } };

	if (text.length > EVENT_TEXT_MAX)
		text.length = EVENT_TEXT_MAX;
	head.length = (uint32_t)text.length;
	pieces[1] = (struct iovec){ (void *)(size_t)text.data, text.length };
	if (!io_write_vector(*pipe, pieces, 2))
		_exit(2); /* nobody is left to hear it */
}

static void set_limit(int resource, rlim_t most)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) != 0 || limit.rlim_max < most)
		return;
	limit.rlim_cur = limit.rlim_max = most;
	setrlimit((__rlimit_resource_t)resource, &limit);
}

_Noreturn static void be_the_child(const char *file, const char *scratch, const TestChildOptions *options,
				   int pipe)
{
	const TestbedOptions bed = { .scratch = scratch, .config = options->config, .user = options->user };
	const TestListener listener = { send_event, &pipe };

	setpgid(0, 0);
	set_limit(RLIMIT_CPU, options->timeout_s);
	set_limit(RLIMIT_CORE, 0);
	if (!IS_SANITIZED)
		set_limit(RLIMIT_AS, (rlim_t)MEMORY_MB * 1024 * 1024);
	testbed_run(file, &bed, &listener);
	fflush(stdout);
	_exit(0);
}

/* ---- in the parent ---- */

typedef struct Hearing {
	int pipe;
	const TestListener *listener;
	int64_t deadline_ms;
	bool ended;
} Hearing;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads exactly so much before the deadline; false at the pipe's end too. */
static bool hear_bytes(const Hearing *hearing, void *buffer, size_t length)
{
	char *at = buffer;

	while (length) {
		struct pollfd wait = { .fd = hearing->pipe, .events = POLLIN };
		int64_t left = hearing->deadline_ms - now_ms();
		ssize_t got;

		if (left <= 0)
			return false;
		if (poll(&wait, 1, (int)left) < 0 && errno != EINTR)
			return false;
		if (!wait.revents)
			continue;
		got = read(hearing->pipe, at, length);
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		if (got > 0) {
			at += got;
			length -= (size_t)got;
		}
	}
	return true;
}

static bool hear_event(Hearing *hearing)
{
	AUTO_VALUE(Text) text = { 0 };
	EventHead head;

	if (!hear_bytes(hearing, &head, sizeof head) || head.length > EVENT_TEXT_MAX ||
	    head.event > TEST_ENDED ||
	    !hear_bytes(hearing, text_reserve(&text, head.length + 1), head.length))
		return false;
	text.length = head.length;
	text.data[text.length] = '\0';
	hearing->ended = head.event == TEST_ENDED;
	if (!hearing->ended)
		hearing->listener->hear(hearing->listener->self, head.event, head.line, text_slice(&text));
	return !hearing->ended;
}

static void tell_end(const Hearing *hearing, int status, const TestChildOptions *options)
{
	const TestListener *listener = hearing->listener;
	char text[200];

	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU))
		snprintf(text, sizeof text, "stopped after %u seconds", options->timeout_s);
	else if (WIFSIGNALED(status))
		snprintf(text, sizeof text, "the engine crashed: signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(text, sizeof text, "the engine ended with status %d", WEXITSTATUS(status));
	if (!hearing->ended || status != 0)
		listener->hear(listener->self, TEST_CRASHED, 0, slice_of(text));
	listener->hear(listener->self, TEST_ENDED, 0, SLICE(""));
}

static void see_to_end(pid_t child, Hearing *hearing, const TestChildOptions *options)
{
	int status = 0;

	while (hear_event(hearing))
		continue;
	/* One that has told its end gets a moment to leave; its own children get none. */
	if (!hearing->ended)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	kill(-child, SIGKILL);
	tell_end(hearing, status, options);
}

/* ---- the scratch directory ---- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *position)
{
	(void)status;
	(void)type;
	(void)position;
	(void)remove(path);
	return 0;
}

static void remove_tree(const char *path)
{
	nftw(path, remove_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}

/* A directory of its own; "KEEP/3-lists" when it is to stay.  It is a home, so its path begins with "/". */
static char *make_scratch(const char *file, unsigned number, const TestChildOptions *options, Arena *arena,
			  Failure *why)
{
	const char *name = strrchr(file, '/'), *temporary = getenv("TMPDIR");
	char *path;

	name = name ? name + 1 : file;
	if (options->keep) {
		auto_free char *here = *options->keep == '/' ? NULL : getcwd(NULL, 0);

		path = arena_printf(arena, "%s%s%s/%u-%.*s", here ? here : "", here ? "/" : "", options->keep,
				    number, (int)strcspn(name, "."), name);
		if (mkdir(path, 0700) == 0)
			return path;
		failure_errno(why, "make the directory '%s'", path);
		return NULL;
	}
	if (!temporary || *temporary != '/')
		temporary = "/tmp";
	path = arena_printf(arena, "%s/trommel-test.XXXXXX", temporary);
	if (mkdtemp(path))
		return path;
	failure_errno(why, "make a directory in '%s'", temporary);
	return NULL;
}

bool test_child_run(const char *file, unsigned number, const TestChildOptions *options,
		    const TestListener *listener, Failure *why)
{
	AUTO(Arena) arena = arena_new();
	char *scratch = make_scratch(file, number, options, arena, why);
	auto_fd int read_end = -1, write_end = -1;
	Hearing hearing = { .listener = listener };
	int ends[2];
	pid_t child;

	if (!scratch)
		return false;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return failure_errno(why, "make a pipe");
	read_end = ends[0];
	write_end = ends[1];
	fflush(stdout);
	child = fork();
	if (child < 0)
		return failure_errno(why, "start a process");
	if (child == 0)
		be_the_child(file, scratch, options, write_end);
	cleanup_fd(&write_end);
	write_end = -1;
	hearing.pipe = read_end;
	hearing.deadline_ms = now_ms() + (int64_t)options->timeout_s * 1000;
	see_to_end(child, &hearing, options);
	if (!options->keep)
		remove_tree(scratch);
	return true;
}
