/* sending_internal - what the files sending*.c share */
#ifndef DELIVERY_SENDING_INTERNAL_H
#define DELIVERY_SENDING_INTERNAL_H

#include "delivery/redirect.h"
#include "delivery/sending.h"

/* Finds everything in the plan that leaves. */
void sendings_collect(Sendings *sendings);

/* Has the message kept in place of it, with a note: "not `what`, kept instead: `why`". */
void sending_keep_instead(Sendings *sendings, Sending *sending, const char *what, const char *why);

/* "redirected to bob@example.com", in the arena. */
const char *sending_redirected_to(const Sendings *sendings, const Sending *sending);

/* All that a redirect of this delivery needs; borrows it. */
Redirection sending_redirection(const Carrying *carrying);

#endif
