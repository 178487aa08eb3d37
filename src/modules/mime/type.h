/* type - what a part's header says about it
 * RFC 2045, sections 5 and 6; RFC 2231: long, foreign and split parameters */
#ifndef MODULES_MIME_TYPE_H
#define MODULES_MIME_TYPE_H

#include "base/arena.h"
#include "base/slice.h"
#include "message/mime.h"

typedef struct PartType {
	const char *type, *subtype; /* lower case */
	Slice charset;              /* empty: none given */
	Slice boundary;             /* of a multipart; empty: none that can be used */
	MimeEncoding encoding;
} PartType;

/* Reads a part's header block.  `is_digest`: the part stands in a multipart/digest, where
 * message/rfc822 is what a part without a type is (RFC 2046, section 5.1.5). */
PartType part_type_read(Slice header, bool is_digest, Arena *arena);

#endif
