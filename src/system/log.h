/* log - syslog, JSON lines for machines, and one line per delivery
 *
 * Nothing below delivery/ logs; it returns a reason.  What comes from a message is made
 * printable and cut before it is written. */
#ifndef SYSTEM_LOG_H
#define SYSTEM_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/slice.h"

typedef enum LogLevel {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO
} LogLevel;

/* Where to: a syslog facility name ("" for no syslog) and a JSON-lines file ("" for none; opened now, with
 * the rights of now, O_APPEND; a symbolic link, or a file with a second name, is refused).  Whatever
 * goes wrong here or below is said in the other log, if there is one, and is no failure of the delivery. */
void log_open(const char *facility, const char *json_path);
void log_close(void);

/* Opens what else is opened with the first line, for who will not be able to then. */
void log_hold(void);

/* Where the syslog daemon listens, instead of /dev/log; borrowed.  For tests. */
void log_set_syslog_socket(const char *path);

/* One line.  What is in it may come from anybody. */
void log_line(LogLevel level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What became of one delivery. */
typedef struct LogDelivery {
	const char *user;
	Slice message_id;
	off_t size_bytes;
	const char *sender, *recipient;
	const char *script;     /* the rules' file; NULL when there are none */
	uint32_t line;          /* the line that decided; 0: none */
	const char *unconfined; /* what the kernel lacked to confine the rules; NULL: nothing */
	const char *folder;     /* where it went: "INBOX", "Lists, Work", "redirect a@b"; */
	const char *dotlock;    /* "refused": the directory of an mbox did not let us make one; or NULL */
	uint64_t duration_us;
	const char *result; /* "stored", "discarded", "deferred", "refused" */
	const char *reason; /* text of a failure, or NULL */
	int status;         /* the exit status */
} LogDelivery;

/* One line in both logs: `key=value, ...` and a JSON object with a time (RFC 3339, UTC). */
void log_delivery(const LogDelivery *delivery);

#endif
