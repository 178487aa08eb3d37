/* host - what this machine is called */
#ifndef SYSTEM_HOST_H
#define SYSTEM_HOST_H

#include <stddef.h>
#include <sys/utsname.h>

#include "system/config.h"

enum {
	HOST_NAME_BYTES = sizeof((struct utsname){ 0 }.nodename)
};

typedef struct Host {
	char machine[HOST_NAME_BYTES]; /* its own name for itself, which is in locks; "localhost" when it
					* has none */
	const char *mail; /* the name that it has in mail: the site's setting, or NULL: the same */
} Host;

/* Asks the system.  Borrows `config`. */
Host host_find(const Config *config);

/* The name in mail; lives as long as `host` and the settings. */
const char *host_in_mail(const Host *host);

/* The system's own name alone. */
void host_machine(char name[HOST_NAME_BYTES]);

#endif
