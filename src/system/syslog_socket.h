/* syslog_socket - one line to the system's log, in two system calls, never waiting long
 * RFC 3164, section 4.1, as daemons read it on /dev/log
 *
 * syslog(3) would read the time zone file, connect first, and wait for ever for a daemon that does not read.
 * The time stamp is left to the daemon, which all of them supply. */
#ifndef SYSTEM_SYSLOG_SOCKET_H
#define SYSTEM_SYSLOG_SOCKET_H

#include <stdbool.h>

#include "base/text.h"

typedef struct SyslogSocket {
	const char *path; /* borrowed; /dev/log */
	int fd;           /* -1 until the first line */
	bool is_stream;
	bool is_dead; /* nobody listens: not asked again */
} SyslogSocket;

/* Sends `line` at `priority` (facility and severity, as in <syslog.h>).  Nobody is told when it cannot. */
void syslog_socket_send(SyslogSocket *socket, int priority, Slice line);

/* Opens it now, for who may make no sockets later: a daemon that may come until then included. */
void syslog_socket_open(SyslogSocket *socket);
void syslog_socket_close(SyslogSocket *socket);

#endif
