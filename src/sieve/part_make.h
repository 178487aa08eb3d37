/* part_make - headers and bodies for parts that rules replace
 * RFC 5703, sections 5 and 6; RFC 6558 */
#ifndef SIEVE_PART_MAKE_H
#define SIEVE_PART_MAKE_H

#include "message/mime.h"
#include "sieve/parts.h"
#include "sieve/run.h"

/* A part to be: its fields of MIME, whole lines, and its body. */
typedef struct SieveEntity {
	Slice fields; /* those that begin with "Content-" */
	Slice others; /* what else stands in its header */
	Slice body;
} SieveEntity;

/* text/plain in UTF-8, encoded as it has to be. */
SieveEntity sieve_make_text(SieveRun *run, Slice text);

/* "Content-..." and MIME-Version (RFC 2045, 3): what says how a body is to be read. */
bool sieve_is_mime_field(Slice name);

/* Appends the fields of `header` that `drops` does not name; each ends its line. */
void sieve_copy_fields(SieveRun *run, const HeaderIndex *header, bool (*drops)(Slice name), Text *out);

/* Is the part the beginning of a message, the one that rules look at or one in it?  Then its header is
 * more than MIME's. */
bool sieve_is_message(const MimeTree *tree, size_t part);

/* The bytes of the part that `entity` becomes.  Of a message the fields that are none of MIME's stay:
 * `header` is its own, or what has become of it. */
Slice sieve_join_part(SieveRun *run, const SieveEntity *entity);
Slice sieve_join_message(SieveRun *run, Slice fields, const SieveEntity *entity);

#endif
