/* boot - which start of this machine a time belongs to
 *
 * /proc/sys/kernel/random/boot_id would say so exactly, for three system calls on every delivery; the two
 * clocks of the vDSO cost none. */
#include "mailbox/boot.h"

#include <time.h>

enum {
	TOLERANCE_S = 2, /* between the two readings of the clocks, and slewing */
};

static int64_t read_clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t boot_clock_ns(void)
{
	return read_clock_ns(CLOCK_BOOTTIME);
}

int64_t boot_time_s(void)
{
	return (read_clock_ns(CLOCK_REALTIME) - read_clock_ns(CLOCK_BOOTTIME)) / 1000000000;
}

bool boot_is_this_one(int64_t noted_time_s, int64_t noted_clock_ns)
{
	int64_t drift = boot_time_s() - noted_time_s;

	return drift >= -TOLERANCE_S && drift <= TOLERANCE_S && boot_clock_ns() >= noted_clock_ns;
}
