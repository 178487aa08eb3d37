/* counts - what every process executes is counted in memory that all of them share
 *
 * Linked into all programs and modules of `make coverage`, and into nothing else.  gcov writes its counts
 * when a process ends in order.  Ours are killed, end with _exit(2), have given up the right to write
 * anything, have become somebody else, or have a failure at every call in turn; a file that one of them has
 * left half written is good for no other.  So the counters, which counts.ld has put on pages of their own,
 * are mapped from a file before main: nothing needs to be done after that.  Run with TROMMEL_COUNTS=write a
 * program does nothing but write, as gcov would, what that file holds. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern char counts_begin[] __attribute__((visibility("hidden")));
extern char counts_end[] __attribute__((visibility("hidden")));
extern void __gcov_dump(void);

void __wrap___gcov_exit(void);

/* A program's or module's name and the size of its counters tell it from others: the attacker is a "trommel",
 * too. */
static void map_counts(int flags)
{
	size_t size = (size_t)(counts_end - counts_begin);
	char path[256];
	int kept = errno, fd;
	Dl_info self = { 0 };

	dladdr(counts_begin, &self);
	snprintf(path, sizeof(path), "%s/%s-%zu", COUNTS, basename(self.dli_fname ? self.dli_fname : ""),
		 size);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 && (fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)) >= 0)
		fchmod(fd, 0666);
	/* Where this fails, on purpose more often than not, that one process is not counted. */
	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
		mmap(counts_begin, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);
	if (fd >= 0)
		close(fd);
	errno = kept;
}

static void __attribute__((constructor)) begin(void)
{
	const char *wish = getenv("TROMMEL_COUNTS");

	/* To write them, gcov adds what was written before to those in memory. */
	map_counts(wish && *wish ? MAP_PRIVATE : MAP_SHARED);
	if (wish && *wish) {
		__gcov_dump();
		_exit(0);
	}
}

/* Nothing is written at the end, nor before exec and at fork, which are compiled without gcov's own versions
 * (-fno-builtin-fork, ...): those add what was written to what is in memory, and here that is everybody's. */
void __wrap___gcov_exit(void)
{
}
