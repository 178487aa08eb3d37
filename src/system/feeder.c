#include "system/feeder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "system/crash_guard.h"

_Noreturn static void feed_and_leave(bool (*write_all)(void *, int, Failure *), void *self, int bytes,
				     int word)
{
	Failure why = { 0 };

	write_all(self, bytes, &why);
	(void)!write(word, &why, sizeof why); /* smaller than PIPE_BUF: at once */
	_exit(0);
}

bool feeder_start(Feeder *feeder, bool (*write_all)(void *, int, Failure *), void *self, Failure *why)
{
	int bytes[2], word[2];

	*feeder = (Feeder){ .bytes = -1, .word = -1 };
	if (pipe2(bytes, O_CLOEXEC) < 0)
		return failure_errno(why, "make a pipe");
	if (pipe2(word, O_CLOEXEC) < 0) {
		failure_errno(why, "make a pipe");
		close(bytes[0]);
		close(bytes[1]);
		return false;
	}
	feeder->process = crash_guard_fork();
	if (feeder->process == 0) {
		close(bytes[0]);
		close(word[0]);
		feed_and_leave(write_all, self, bytes[1], word[1]);
	}
	if (feeder->process < 0)
		failure_errno(why, "make a process that reads the message");
	feeder->bytes = bytes[0];
	feeder->word = word[0];
	close(bytes[1]);
	close(word[1]);
	return feeder->process > 0;
}

ssize_t feeder_read(Feeder *feeder, void *buffer, size_t size_bytes)
{
	ssize_t got;

	while ((got = read(feeder->bytes, buffer, size_bytes)) < 0 && errno == EINTR)
		;
	return got;
}

bool feeder_finish(Feeder *feeder, Failure *why)
{
	Failure word;

	if (io_read(feeder->word, &word, sizeof word) != (ssize_t)sizeof word)
		return failure_retry(why, "the process that reads the message died");
	if (word.kind == FAILURE_NONE)
		return true;
	*why = word;
	return false;
}

void feeder_clear(Feeder *feeder)
{
	if (feeder->process > 0) {
		kill(feeder->process, SIGKILL);
		while (waitpid(feeder->process, NULL, 0) < 0 && errno == EINTR)
			;
	}
	cleanup_fd(&feeder->bytes);
	cleanup_fd(&feeder->word);
	*feeder = (Feeder){ .bytes = -1, .word = -1 };
}
