/* address - the addresses of a header field or an envelope
 * RFC 5322 section 3.4 and 4.4, RFC 6532 (UTF-8), and what real mail has besides
 *
 * Every list gives what can be had of it: one broken address hides no other. */
#ifndef MESSAGE_ADDRESS_H
#define MESSAGE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

typedef struct Address {
	Slice name;       /* display name, unquoted, not decoded; may be empty */
	Slice local_part; /* quotes and comments removed */
	Slice domain;     /* without comments and blanks; empty when there is none */
	Slice text;       /* local_part@domain (or local_part alone) as one string; for an
			   * invalid one the text as it stood, trimmed */
	bool valid;       /* it has a local part and, behind an @, a domain */
} Address;

typedef struct AddressList {
	Address *items;
	size_t count;
	bool cut; /* there were more than LIMIT_ADDRESSES */
} AddressList;

/* Reads an unfolded value (not RFC 2047 decoded).  Groups give their members; an
 * empty group gives nothing. */
AddressList address_parse_list(Slice value, Arena *arena);

/* Reads an envelope address: `<a@b>`, `a@b`, `<>` and ""; source routes dropped.
 * "" has empty parts and is valid; so is a local part without domain, which local
 * delivery knows.  False when it is no address. */
bool address_parse_envelope(Slice value, Address *address, Arena *arena);

/* True for exactly one addr-spec with a domain, of RFC 5321 syntax, without display name,
 * line breaks or controls: what may stand behind "redirect" or in argv. */
bool address_is_safe(Slice text);

/* The same where a name may stand in front, `Ann <ann@example.org>` (RFC 5228, 2.4.2.3: sieve-address,
 * without routes and groups); the addr-spec into `*spec`, which is part of `text`. */
bool address_read_named(Slice text, Slice *spec);

/* The header fields that hold addresses, in small letters; ends with NULL. */
extern const char *const address_fields[];

bool address_is_field(Slice name);

#endif
