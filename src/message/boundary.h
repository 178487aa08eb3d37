/* boundary - a line that does not occur in a message, to put it into a multipart
 * RFC 2046, section 5.1.1 */
#ifndef MESSAGE_BOUNDARY_H
#define MESSAGE_BOUNDARY_H

#include "base/text.h"
#include "message/message.h"

/* Appends a boundary that nothing in the message begins with, behind "--"; the same one for the same message.
 * `*has_8bit`: there are bytes that are no ASCII in it.  Reads the message once, unless it was written to be
 * in the way; then a few times. */
bool boundary_choose(const Message *message, Text *boundary, bool *has_8bit, Failure *why);

#endif
