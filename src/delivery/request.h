/* request - what a delivery was asked to do: argv and environment, before the message is seen */
#ifndef DELIVERY_REQUEST_H
#define DELIVERY_REQUEST_H

#include <stdbool.h>

/* Everything is borrowed from argv or the environment; NULL means not given. */
typedef struct DeliveryRequest {
	const char *user;      /* -d */
	const char *sender;    /* -f; "" is the null sender */
	const char *address;   /* -a with an @: the original recipient */
	const char *detail;    /* -a without one */
	const char *recipient; /* -r */
	const char *folder;    /* -m: where the implicit keep goes */
	const char *script;    /* -s */
} DeliveryRequest;

#endif
