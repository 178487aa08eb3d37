/* endpoint - where a server that takes mail listens, written as a URI
 * RFC 3986 for its host and port */
#ifndef SYSTEM_ENDPOINT_H
#define SYSTEM_ENDPOINT_H

#include <stdbool.h>
#include <sys/un.h>

#include "base/slice.h"

enum {
	ENDPOINT_HOST_MAX = 255, /* bytes of a domain name (RFC 5321, 4.5.3.1.2) */
	ENDPOINT_PATH_MAX = sizeof((struct sockaddr_un *)0)->sun_path - 1,
};

typedef enum EndpointProtocol {
	ENDPOINT_SMTP,
	ENDPOINT_LMTP,
} EndpointProtocol;

typedef struct Endpoint {
	EndpointProtocol protocol;
	char host[ENDPOINT_HOST_MAX + 1]; /* a name or an address without brackets; "": a socket in the file
					   * system */
	char port[6];
	char path[ENDPOINT_PATH_MAX + 1]; /* of that socket */
} Endpoint;

/* What endpoint_parse reads, for "wants ...". */
#define ENDPOINT_WANTED "smtp://host[:port], lmtp://host[:port] or lmtp:///path/of/socket"

/* Reads "smtp://host[:port]" (port 25), "lmtp://host[:port]" (port 24) or "lmtp:///path".  An IPv6 address
 * stands in brackets.  False when it is none of these. */
bool endpoint_parse(Slice uri, Endpoint *endpoint);

#endif
