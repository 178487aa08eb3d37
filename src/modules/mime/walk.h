/* walk - find the parts of a message
 * RFC 2046, section 5; what is broken is read the way most readers show it */
#ifndef MODULES_MIME_WALK_H
#define MODULES_MIME_WALK_H

#include "message/mime.h"

/* As MimeModule.parse. */
bool walk_parse(const Message *message, Arena *arena, MimeTree **tree, Failure *why);

#endif
