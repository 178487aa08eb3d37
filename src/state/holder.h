/* holder - the process that a claim belongs to, as one line of text: "PID START MACHINE HOST"
 *
 * A claim of this machine that has outlived its process is seen at once; on another host, in another
 * container and after a restart only its lease tells. */
#ifndef STATE_HOLDER_H
#define STATE_HOLDER_H

#include <stdbool.h>

enum {
	STATE_HOLDER_BYTES = 400
};

/* Names this process; `host` is the name that its machine has for itself. */
void state_holder_name(const char *host, char holder[STATE_HOLDER_BYTES]);

/* Is the process that `holder` names certainly gone?  `mine` names the one that asks. */
bool state_holder_is_dead(const char *holder, const char *mine);

#endif
