/* notice - word to the owner of rules that have errors: a message in the inbox, once a day */
#ifndef DELIVERY_NOTICE_H
#define DELIVERY_NOTICE_H

#include "delivery/compose.h"
#include "delivery/memory.h"
#include "mailbox/store.h"

typedef struct Notice {
	Composing composing;
	Store *store;
	Memory *memory;
	const char *script;  /* its path */
	const char *errors;  /* lines */
	const char *instead; /* what happens meanwhile, a sentence */
} Notice;

/* Files it into the inbox, unless that was done within a day, or it is not known whether it was.  That it
 * cannot be filed disturbs nothing. */
void notice_file(const Notice *notice);

#endif
