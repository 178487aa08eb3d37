/* redirect - hand a message on to another address
 * RFC 5228, sections 4.2 and 10 (loops); RFC 5321, section 6.3 */
#ifndef DELIVERY_REDIRECT_H
#define DELIVERY_REDIRECT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/failure.h"
#include "delivery/submit.h"
#include "delivery/versions.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/message.h"
#include "plan/plan.h"
#include "system/config.h"

typedef struct Redirection {
	const Config *config;
	const Envelope *envelope;
	const HeaderIndex *header; /* of the message as it came: what the rules made of it may hide a loop */
	Arena *arena;
	Submitter submitter; /* who takes it; zeroed: sendmail(1) */
} Redirection;

/* Why this redirect must not happen (a loop, our own address, too many hops), or NULL.  The message is
 * then kept instead. */
const char *redirect_guard(const Redirection *redirection, const Action *action);

/* Submits a version of the message as `action` wants.  That it was not taken is a reason to try again: the
 * MTA still has the message, and nothing local has become visible yet. */
bool redirect_send(const Redirection *redirection, const Action *action, const Version *version,
		   Failure *why);

#endif
