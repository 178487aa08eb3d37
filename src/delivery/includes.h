/* includes - where included scripts come from: a directory of the user's, one of the site's
 * RFC 6609, section 3.2: ":personal" and ":global" */
#ifndef DELIVERY_INCLUDES_H
#define DELIVERY_INCLUDES_H

#include <sys/types.h>

#include "sieve/sieve.h"

/* Directories, as the process that reads sees them; NULL: no script is there. */
typedef struct Includes {
	const char *personal_dir, *global_dir;
	uid_t owner; /* of the personal ones; the site's are root's (or his, when he tries things out) */
} Includes;

/* SieveSetup.load: reads DIRECTORY/NAME.sieve.  A name with a part that is empty, "." or "..", or with
 * controls, is refused; so is a file that anybody but the owner and root could have written. */
SieveLoad includes_load(void *self, SievePlace place, const char *name, Text *source, Failure *why);

#endif
