/* floor - the least that a durable Maildir delivery can be: the measure of the others
 *
 * Reads a message, writes it to tmp/, flushes it, links it into new/, flushes the directory.  No rules, no
 * locks, no name that is unique beyond this process.  floor MAILDIR <MESSAGE */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void need(int condition)
{
	if (!condition)
		_exit(75);
}

static void copy(int from, int to)
{
	static char buffer[65536];
	ssize_t got;

	while ((got = read(from, buffer, sizeof buffer)) > 0)
		need(write(to, buffer, (size_t)got) == got);
	need(got == 0);
}

int main(int argc, char **argv)
{
	char draft[32], final[32];
	int new, fd;

	need(argc == 2 && chdir(argv[1]) == 0);
	snprintf(draft, sizeof draft, "tmp/%d", (int)getpid());
	snprintf(final, sizeof final, "new/%d", (int)getpid());
	new = open("new", O_RDONLY | O_DIRECTORY);
	fd = open(draft, O_WRONLY | O_CREAT | O_EXCL, 0600);
	need(new >= 0 && fd >= 0);
	copy(STDIN_FILENO, fd);
	need(fsync(fd) == 0 && close(fd) == 0);
	need(link(draft, final) == 0 && fsync(new) == 0);
	unlink(draft);
	return 0;
}
