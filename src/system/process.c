#include "system/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

/* A file of /proc, NUL-terminated.  False when it is not there or empty. */
static bool read_small(const char *path, char *text, size_t size)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : io_read(fd, text, size - 1);

	if (got <= 0)
		return false;
	text[got] = '\0';
	return true;
}

/* proc(5): the 22nd word is the start, the third the state; they stand behind a name in brackets that may
 * have anything in it. */
bool process_look(pid_t pid, ProcessFacts *facts)
{
	char path[32], text[1024];
	const char *at;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	if (!read_small(path, text, sizeof text))
		return false;
	at = strrchr(text, ')');
	if (!at || at[1] != ' ')
		return false;
	facts->has_ended = at[2] == 'Z' || at[2] == 'X';
	for (int word = 2; at && word < 22; word++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	facts->start_ns = strtoll(at, NULL, 10) * (1000000000 / sysconf(_SC_CLK_TCK));
	return true;
}

void process_machine(char name[PROCESS_MACHINE_BYTES])
{
	char boot[64];
	struct stat namespace;

	name[0] = '\0';
	if (!read_small("/proc/sys/kernel/random/boot_id", boot, sizeof boot) ||
	    stat("/proc/self/ns/pid", &namespace) < 0)
		return;
	boot[strcspn(boot, " \n")] = '\0';
	snprintf(name, PROCESS_MACHINE_BYTES, "%.40s.%llx", boot, (unsigned long long)namespace.st_ino);
}
