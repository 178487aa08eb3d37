/* reject - what "reject" and "ereject" have in common
 * RFC 5429 */
#ifndef SIEVE_REJECT_H
#define SIEVE_REJECT_H

#include "sieve/run.h"

/* Refuses the message with the reason that is the command's argument; `in_protocol`: rather than by mail. */
SieveStatus sieve_reject(SieveRun *run, const SieveNode *node, bool in_protocol);

#endif
