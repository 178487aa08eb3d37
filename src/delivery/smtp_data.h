/* smtp_data - a message as it goes over the wire
 * RFC 5321, sections 2.3.8 (line ends), 4.5.2 (dots), 4.5.3.1.6 (lengths of lines)
 *
 * A line ends where ours do, at a line feed, and every end becomes CR LF; nothing else ever looks like one,
 * to whatever server.  So no message can hold the end of itself and begin another (smuggling):
 *   - CR that no LF follows, and NUL, become a blank;
 *   - a line of more than 998 bytes goes on in the next one behind a blank, which folds a header field and
 * harms no base64; no UTF-8 character is cut;
 *   - a dot in front of a line is doubled;
 *   - a last line without end gets one. */
#ifndef DELIVERY_SMTP_DATA_H
#define DELIVERY_SMTP_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/text.h"

enum {
	SMTP_LINE_MAX = 998 /* without CR LF, and without the dot that is put in front */
};

/* A zeroed one is ready for the first piece. */
typedef struct SmtpData {
	/* What is known of all that was added so far. */
	uint64_t size_bytes;   /* with CR LF, without the dots put in front: SIZE of RFC 1870 counts so */
	bool has_eight_bit;    /* somewhere there is a byte above 127 */
	bool header_is_utf8;   /* there is one in the header, and all of it is UTF-8 */
	bool header_is_broken; /* there is one in the header, and it is not */
	/* The line that is being read. */
	bool is_in_body, had_cr;
	size_t length;
	char line[SMTP_LINE_MAX];
} SmtpData;

/* Takes a piece of the message; appends the lines that are whole by now to `out`, NULL: only looks at them.
 */
void smtp_data_add(SmtpData *data, Slice piece, Text *out);

/* After the last piece: appends the rest, without the dot that ends DATA. */
void smtp_data_end(SmtpData *data, Text *out);

#endif
