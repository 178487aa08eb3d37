/* count - how many instructions the children of a program execute in user space
 *
 * Steps through them one by one, so that nothing has to be written by those that are counted: a confined one
 * could not, which is why callgrind cannot count it.  The program itself runs freely.  Slow, and exact but
 * for "rep" instructions, which count once for each turn.
 *
 * count FILE PROGRAM ARGUMENT... writes the number to FILE and ends with the program's status. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void start(char **argv)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	execvp(argv[0], argv);
	_exit(127);
}

/* Is this stop a step, or the beginning of a child, rather than a signal that is the program's own? */
static int is_ours(int status)
{
	return WSTOPSIG(status) == SIGTRAP || WSTOPSIG(status) == SIGSTOP || status >> 16;
}

static unsigned long long follow(pid_t first, int *result)
{
	const long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	unsigned long long steps = 0;
	int status;
	pid_t pid;

	waitpid(first, &status, 0);
	ptrace(PTRACE_SETOPTIONS, first, NULL, options);
	ptrace(PTRACE_CONT, first, NULL, NULL);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid < 0)
			continue;
		if (!WIFSTOPPED(status)) {
			if (pid == first)
				*result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			continue;
		}
		if (pid != first && WSTOPSIG(status) == SIGTRAP && !(status >> 16))
			steps++;
		ptrace(pid == first ? PTRACE_CONT : PTRACE_SINGLESTEP, pid, NULL,
		       is_ours(status) ? 0L : (long)WSTOPSIG(status));
	}
	return steps;
}

int main(int argc, char **argv)
{
	int result = 127;
	FILE *out;
	pid_t pid;

	if (argc < 3 || !(out = fopen(argv[1], "we")))
		return 127;
	pid = fork();
	if (pid == 0)
		start(argv + 2);
	fprintf(out, "%llu\n", follow(pid, &result));
	return fclose(out) == 0 ? result : 127;
}
