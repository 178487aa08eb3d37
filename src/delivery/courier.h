/* courier - the way of one message: receive, become the recipient, ask the judge, carry out its plan
 *
 * It holds every lock and descriptor, and runs no parser on the message beyond finding its fields' ends. */
#ifndef DELIVERY_COURIER_H
#define DELIVERY_COURIER_H

#include <stdbool.h>

#include "base/failure.h"
#include "delivery/request.h"
#include "system/config.h"

/* Delivers what standard input holds.  True: done, durably.  False: `why` is what the MTA is to be told, and
 * every mailbox is as it was.  Either way one line is in the log.  Standard input is read to its end unless
 * reading it failed. */
bool courier_deliver(const DeliveryRequest *request, const Config *config, Failure *why);

#endif
