/* from_line - the lines between the messages of an mbox
 * RFC 4155, appendix A
 *
 *	From alice@example.org  Thu Jan  1 12:00:00 2026
 *
 * Text can look like one, where a program did not quote it, and real ones come in odd forms, so there are
 * degrees. */
#ifndef MAILBOX_FROM_LINE_H
#define MAILBOX_FROM_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

typedef enum FromLineKind {
	FROM_LINE_NONE, /* no "From " in front, or nothing that looks like a time behind it */
	FROM_LINE_ODD,  /* a time of day, and no whole date */
	FROM_LINE_FULL  /* day of the week, month, time and year */
} FromLineKind;

/* What one says; slices of the line. */
typedef struct FromLine {
	FromLineKind kind;
	Slice sender;
	bool has_date;
	int64_t date; /* seconds since 1970; without a zone it is UTC, as RFC 4155 has it */
} FromLine;

/* Reads `line`, with or without its end. */
FromLine from_line_read(Slice line);

/* The kind alone, which is less work. */
FromLineKind from_line_kind(Slice line);

/* May `bytes` go on behind a From_ line: with a header field, an empty line, or ">From "? */
bool from_line_header_follows(Slice bytes);

#endif
