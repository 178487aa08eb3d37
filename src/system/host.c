#include "system/host.h"

#include <stdio.h>

void host_machine(char name[HOST_NAME_BYTES])
{
	struct utsname system;

	snprintf(name, HOST_NAME_BYTES, "%s",
		 uname(&system) == 0 && *system.nodename ? system.nodename : "localhost");
}

Host host_find(const Config *config)
{
	Host host = { .mail = *config->hostname ? config->hostname : NULL };

	host_machine(host.machine);
	return host;
}

const char *host_in_mail(const Host *host)
{
	return host->mail ? host->mail : host->machine;
}
