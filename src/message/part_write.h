/* part_write - the body of a MIME part that we write
 * RFC 2045, sections 2.7 to 2.9 and 6 */
#ifndef MESSAGE_PART_WRITE_H
#define MESSAGE_PART_WRITE_H

#include "base/arena.h"
#include "base/slice.h"

typedef struct PartBody {
	const char *encoding; /* for Content-Transfer-Encoding: "7bit", "quoted-printable", "base64" */
	Slice bytes;          /* in the arena */
} PartBody;

/* A text in UTF-8, or in another charset that is ASCII where it has ASCII's bytes: as it is when all of it is
 * short lines of ASCII, else encoded as it is shorter.  No line of the result begins with "--", so that it
 * ends no multipart that it is put into.  Lines end in `line_end`, "\n" or "\r\n", whatever they ended in. */
PartBody part_write_text(Slice text, const char *line_end, Arena *arena);

/* Bytes that are no text, in base64. */
PartBody part_write_bytes(Slice bytes, const char *line_end, Arena *arena);

#endif
