/* mime - the parts of a message, decoded: the table of functions of the mime module
 * RFC 2045, 2046, 2231
 *
 * The module (src/modules/mime) is a shared object, opened only when compiled rules
 * need it.  It works on any message, however broken, within its limits; what is
 * beyond a limit is one part that is not looked into. */
#ifndef MESSAGE_MIME_H
#define MESSAGE_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/slice.h"
#include "base/text.h"
#include "message/header.h"
#include "message/message.h"

enum {
	MIME_MODULE_VERSION = 2
};
#define MIME_MODULE_SYMBOL "trommel_mime_module"

/* How a part's bytes travel (RFC 2045, section 6). */
typedef enum MimeEncoding {
	MIME_IDENTITY, /* 7bit, 8bit, binary, and what nobody knows */
	MIME_BASE64,
	MIME_QUOTED_PRINTABLE,
	MIME_UUENCODE,
} MimeEncoding;

typedef struct MimePart {
	const char *type, *subtype; /* lower case; "text" and "plain" when nothing better is known */
	Slice charset;              /* empty when not given */
	MimeEncoding encoding;
	int32_t parent;      /* index of the part around it, -1 for the message itself */
	unsigned depth;      /* 0 for the message itself */
	off_t header_offset; /* in the message; header and body as they stand there */
	size_t header_size;
	off_t body_offset;
	off_t body_size;
	bool is_leaf;                         /* neither multipart nor message/rfc822 that was looked into */
	bool is_container;                    /* multipart: prologue and epilogue are its content */
	off_t prologue_size;                  /* of a container: from body_offset on */
	off_t epilogue_offset, epilogue_size; /* size 0 when there is none */
} MimePart;

typedef struct MimeTree {
	MimePart *parts; /* the message itself first, then depth first in order of appearance */
	size_t count;
	bool cut; /* a limit was met: parts are missing, the last one holds their bytes */
} MimeTree;

/* Takes decoded bytes as they come, never none; false stops the reading (that is no failure). */
typedef bool (*MimeSink)(void *self, Slice bytes);

typedef enum MimeDecode {
	MIME_DECODE_TRANSFER, /* transfer encoding undone */
	MIME_DECODE_UTF8,     /* and converted to UTF-8 when it is text */
} MimeDecode;

typedef struct MimeModule {
	unsigned version; /* MIME_MODULE_VERSION */
	/* Finds the parts; the tree lives in `arena`. */
	bool (*parse)(const Message *message, Arena *arena, MimeTree **tree, Failure *why);
	/* Streams a part's body, decoded.  Of a container: the prologue, then the epilogue, as they
	 * stand in the message. */
	bool (*read_part)(const Message *message, const MimeTree *tree, size_t part, MimeDecode how,
			  MimeSink sink, void *self, Failure *why);
	/* The index of the header fields of a part, in `arena`. */
	HeaderIndex *(*part_header)(const Message *message, const MimeTree *tree, size_t part, Arena *arena,
				    Failure *why);
	/* Appends UTF-8 `text` as i;unicode-casemap sees it (RFC 5051, 2): in title case, decomposed.  Bytes
	 * that are no UTF-8 stay.  `starts` (may be NULL) gets a byte for each byte appended: 1 where a
	 * character of `text` begins, else 0. */
	void (*casemap)(Slice text, Text *folded, Text *starts);
} MimeModule;

#endif
