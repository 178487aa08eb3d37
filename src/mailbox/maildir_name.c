#include "mailbox/maildir_name.h"

#include <time.h>
#include <unistd.h>

/* "/" and ":" mean something in a Maildir, "," begins our sizes. */
static void add_host(const char *hostname, Text *name)
{
	for (const char *c = *hostname ? hostname : "localhost"; *c; c++)
		if (*c == '/' || *c == ':' || *c == ',')
			text_printf(name, "\\%03o", (unsigned)(unsigned char)*c);
		else
			text_append_char(name, *c);
}

void maildir_name_unique(const char *hostname, Text *name)
{
	static unsigned count;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	text_printf(name, "%lld.M%06ldP%ldQ%u.", (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
		    ++count);
	add_host(hostname, name);
}

void maildir_name_add_size(const ImageSize *size, Text *name)
{
	text_printf(name, ",S=%lld,W=%lld", (long long)size->bytes, (long long)size->crlf_bytes);
}
