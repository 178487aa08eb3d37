/* boot - which start of this machine a time belongs to */
#ifndef MAILBOX_BOOT_H
#define MAILBOX_BOOT_H

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds since the machine started. */
int64_t boot_clock_ns(void);

/* When the machine started, in seconds since 1970. */
int64_t boot_time_s(void);

/* Was a process that noted boot_time_s and boot_clock_ns started since the machine was?  False in
 * doubt (the clock was set in between). */
bool boot_is_this_one(int64_t noted_time_s, int64_t noted_clock_ns);

#endif
