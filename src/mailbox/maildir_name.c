/* maildir_name - names of messages in a Maildir, never used twice */
#include "mailbox/maildir_name.h"

#include <time.h>
#include <unistd.h>

#include "base/ascii.h"

enum {
	HOST_MAX = 120, /* leaves room for the rest in the 255 bytes of a name */
};

static void append_host(const char *hostname, Text *name)
{
	size_t start = name->length;

	for (const char *c = hostname; *c && name->length - start < HOST_MAX; c++) {
		if (*c == '/' || *c == ':' || *c == ',')
			text_printf(name, "\\%03o", (unsigned)*c);
		else
			text_append_char(name, ascii_is_control(*c) || *c == ' ' ? '_' : *c);
	}
	if (name->length == start)
		text_append_string(name, "localhost");
}

void maildir_name_unique(const char *hostname, Text *name)
{
	static unsigned count; /* two names within a microsecond */
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	text_printf(name, "%lld.M%ldP%ld", (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid());
	if (count++)
		text_printf(name, "Q%u", count - 1);
	text_append_char(name, '.');
	append_host(hostname, name);
}

void maildir_name_sizes(const ImageSize *size, Text *name)
{
	text_printf(name, ",S=%lld,W=%lld", (long long)size->bytes, (long long)size->crlf_bytes);
}
