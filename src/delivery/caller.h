/* caller - who sent this message to whom, as the MTA told us
 *
 * Options come first, then the environment that the MTA set, then the lines that it put in front
 * of the message.  Postfix writes "_" for every odd character in the environment, so where a line
 * in front says the same but for those characters, the line is believed.
 * RFC 5321, sections 4.1.1 and 4.4; RFC 5233 for the detail. */
#ifndef DELIVERY_CALLER_H
#define DELIVERY_CALLER_H

#include "base/arena.h"
#include "delivery/request.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/message.h"

/* Fills in the envelope (strings in `arena` or borrowed from the request and environment).
 * `delimiter`: the characters that may begin a detail.  user and home are the caller's. */
void caller_envelope(Envelope *envelope, const DeliveryRequest *request, const Message *message,
		     const HeaderIndex *header, const char *delimiter, Arena *arena);

/* True when the caller is Exim, which puts a From_ line before and a newline behind a piped message. */
bool caller_is_exim(void);

#endif
