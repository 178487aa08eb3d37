/* versions - the message as it came and as the rules edited it, ready to be stored or sent
 *
 * An action names a version by its number: 0 as it came, else one of the plan's images. */
#ifndef DELIVERY_VERSIONS_H
#define DELIVERY_VERSIONS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/failure.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/message.h"
#include "plan/plan.h"
#include "system/config.h"

typedef struct Version {
	const Message *message;
	const HeaderIndex *header;
	MessageImage image; /* as it is stored: with our trace lines in front */
	Message edited;     /* what `message` points to, unless it is as it came */
} Version;

typedef struct Versions {
	Version *items;
	size_t count;
} Versions;

/* Makes those of `plan`, which has passed plan_check; `message`, its `header` and the plan must live as long
 * as they do.  In `arena`, but for what versions_clear frees. */
bool versions_make(Versions *versions, const Config *config, const Envelope *envelope, const Message *message,
		   const HeaderIndex *header, const Plan *plan, Arena *arena, Failure *why);

/* Zeroed ones are fine too. */
void versions_clear(Versions *versions);

DEFINE_AUTO_VALUE(Versions, versions_clear)

#endif
