/* cost - what one run of a program costs
 *
 * A launcher as small as can be: what the caller of fork() weighs is counted as the child's memory.
 * cost FILE PROGRAM ARGUMENT... writes "status wall_us cpu_us memory_kb" to FILE; the memory is that of the
 * largest process. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long microseconds(struct timeval time)
{
	return time.tv_sec * 1000000L + time.tv_usec;
}

int main(int argc, char **argv)
{
	struct timespec began, ended;
	struct rusage usage;
	int status = 0;
	FILE *out;
	pid_t pid;

	if (argc < 3 || !(out = fopen(argv[1], "we")))
		return 127;
	clock_gettime(CLOCK_MONOTONIC, &began);
	pid = vfork();
	if (pid == 0) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return 127;
	clock_gettime(CLOCK_MONOTONIC, &ended);
	fprintf(out, "%d %ld %ld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		(ended.tv_sec - began.tv_sec) * 1000000L + (ended.tv_nsec - began.tv_nsec) / 1000,
		microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss);
	return fclose(out) == 0 ? 0 : 127;
}
