#include "system/endpoint.h"

#include <arpa/inet.h>

#include "base/ascii.h"

enum {
	PORT_MOST = 65535
};

/* RFC 2033, section 5: LMTP is never spoken on port 25; 24 is "any private mail system" of IANA's list. */
static const struct {
	const char *prefix, *port;
	EndpointProtocol protocol;
	bool has_sockets;
} schemes[] = {
	{ "smtp://", "25", ENDPOINT_SMTP, false },
	{ "lmtp://", "24", ENDPOINT_LMTP, true },
};

static bool copy(Slice text, char *to, size_t most)
{
	if (text.length > most)
		return false;
	memcpy(to, text.data, text.length);
	to[text.length] = '\0';
	return true;
}

static bool read_port(Slice digits, Endpoint *endpoint)
{
	uint64_t port;

	return ascii_read_number(digits, PORT_MOST, &port) && port > 0 &&
	       copy(digits, endpoint->port, sizeof endpoint->port - 1);
}

static bool read_address(Slice literal, Endpoint *endpoint)
{
	struct in6_addr address;

	return copy(literal, endpoint->host, ENDPOINT_HOST_MAX) &&
	       inet_pton(AF_INET6, endpoint->host, &address) == 1;
}

static bool read_name(Slice name, Endpoint *endpoint)
{
	if (!name.length || name.data[0] == '-' || name.data[0] == '.')
		return false;
	for (size_t i = 0; i < name.length; i++)
		if (!ascii_is_alnum(name.data[i]) && !strchr("-._", name.data[i]))
			return false;
	return copy(name, endpoint->host, ENDPOINT_HOST_MAX);
}

/* How long the host is that `text` begins with, brackets included. */
static size_t host_length(Slice text)
{
	const char *end;

	if (text.length && text.data[0] == '[') {
		end = memchr(text.data, ']', text.length);
		return end ? (size_t)(end - text.data) + 1 : text.length;
	}
	end = memchr(text.data, ':', text.length);
	return end ? (size_t)(end - text.data) : text.length;
}

static bool read_host(Slice text, Endpoint *endpoint)
{
	Slice host = slice(text.data, host_length(text)), rest = slice_from(text, host.length);

	if (rest.length && (rest.data[0] != ':' || !read_port(slice_from(rest, 1), endpoint)))
		return false;
	if (host.length > 2 && host.data[0] == '[' && host.data[host.length - 1] == ']')
		return read_address(slice(host.data + 1, host.length - 2), endpoint);
	return read_name(host, endpoint);
}

static bool read_path(Slice path, Endpoint *endpoint)
{
	return path.length > 1 && !memchr(path.data, '\0', path.length) &&
	       copy(path, endpoint->path, ENDPOINT_PATH_MAX);
}

bool endpoint_parse(Slice uri, Endpoint *endpoint)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		Endpoint read = { .protocol = schemes[i].protocol };
		Slice rest;

		if (!ascii_starts_with_fold(uri, schemes[i].prefix))
			continue;
		rest = slice_from(uri, strlen(schemes[i].prefix));
		copy(slice_of(schemes[i].port), read.port, sizeof read.port - 1);
		if (schemes[i].has_sockets && rest.length && rest.data[0] == '/' ? !read_path(rest, &read)
										 : !read_host(rest, &read))
			return false;
		*endpoint = read;
		return true;
	}
	return false;
}
