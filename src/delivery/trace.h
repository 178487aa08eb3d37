/* trace - the lines that the last delivery puts in front, and the loops they show
 * RFC 5321, sections 4.4 (Return-Path: one, the first line) and 6.3 (loops) */
#ifndef DELIVERY_TRACE_H
#define DELIVERY_TRACE_H

#include <stdbool.h>

#include "base/text.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/message.h"
#include "system/config.h"

/* Writes what is stored in place of the header block: our trace lines, then the block without the
 * Return-Path lines that they replace, then the empty line as it came.  Every other byte is kept. */
void trace_make_head(const Config *config, const Envelope *envelope, const Message *message,
		     const HeaderIndex *header, Text *head);

/* The same for a message that goes on to another host: no Return-Path, which is for the last one to write
 * (RFC 5321, 4.4). */
void trace_make_head_to_pass_on(const Message *message, const HeaderIndex *header, Text *head);

/* Has this message been delivered to this recipient before (Delivered-To, RFC 5321's word is "trace")? */
bool trace_delivered_before(const HeaderIndex *header, const char *recipient, Arena *arena);

/* The mark that redirect leaves: the name of the field, and whether this recipient's is there already. */
#define TRACE_REDIRECT_FIELD "X-Sieve-Redirected-From"
bool trace_redirected_before(const HeaderIndex *header, const char *recipient, Arena *arena);

/* Does the field say how the message reached us this time, rather than what it is?  An MTA writes these anew
 * each time it tries. */
bool trace_is_of_one_try(const HeaderField *field);

/* How many MTAs the message has passed: its Received fields. */
unsigned trace_hops(const HeaderIndex *header);

#endif
