#include "system/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "base/panic.h"

/* In ascending order, so that each open gets the lowest number, the missing one. */
void standard_hold(int output)
{
	struct pollfd standard[3] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };
	const int modes[3] = { O_WRONLY, output, O_WRONLY };

	if (poll(standard, 3, 0) <= 0)
		return;
	for (int i = 0; i < 3; i++)
		if ((standard[i].revents & POLLNVAL) && open("/dev/null", modes[i]) != i)
			panic("descriptor %d is closed, and /dev/null cannot be opened: %s", i,
			      strerror(errno));
}
