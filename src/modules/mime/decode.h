/* decode - a part's body as its writer meant it, streamed
 * RFC 2045, section 6 (transfer encodings); charsets through message/charset.h */
#ifndef MODULES_MIME_DECODE_H
#define MODULES_MIME_DECODE_H

#include "message/mime.h"

/* As MimeModule.read_part. */
bool decode_part(const Message *message, const MimeTree *tree, size_t part, MimeDecode how, MimeSink sink,
		 void *self, Failure *why);

#endif
