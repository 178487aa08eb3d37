/* log_line - a delivery as the log has it: what system/log.c wrote, read back */
#ifndef COMMANDS_LOG_LINE_H
#define COMMANDS_LOG_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

typedef struct LogLine {
	const char *day;           /* "2026-11-24"; "" when the line has none */
	const char *user, *script; /* "" when there is none */
	uint32_t line;             /* of the script; 0: none */
	const char *folder;        /* "Lists, Work" */
	const char *result;        /* "stored", ... */
	uint64_t size_bytes, duration_us;
} LogLine;

/* Reads a line of the JSON log or of syslog (RFC 3164's dates, which have no year, are of the twelve months
 * before `now`; or RFC 3339's).  False when it tells of no delivery.  Strings are in `arena`. */
bool log_line_read(Slice line, int64_t now, Arena *arena, LogLine *read);

#endif
