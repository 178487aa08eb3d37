/* address_write - addresses as they stand in a header field of ours, and on the wire
 * RFC 5322, section 3.4; RFC 2047, section 5 (3) */
#ifndef MESSAGE_ADDRESS_WRITE_H
#define MESSAGE_ADDRESS_WRITE_H

#include "base/arena.h"
#include "base/text.h"
#include "message/address.h"

/* Local part and domain as an addr-spec: quoted where it must be.  NULL when it is none that mail can be sent
 * to (address_is_safe). */
const char *address_spec(const Address *address, Arena *arena);

/* An address as an MTA's options and variables have it, in the form of a field: quoted where it must be. What
 * is no address stays as it is. */
const char *address_in_field(const char *address, Arena *arena);

/* Appends `"Name" <local@domain>` to what is to be the value of a field: the name decoded, then quoted or
 * encoded where it must be.  False, and nothing appended, when the address is none to send mail to. */
bool address_write(const Address *address, Text *value, Arena *arena);

/* Appends those of `list`, an address list as rules have it, that mail can be sent to; how many they are. */
size_t address_write_list(Slice list, Text *value, Arena *arena);

/* Is `list` an address list (one at least) in which nothing but addresses to send mail to stands? */
bool address_list_is_safe(Slice list, Arena *arena);

/* The same without groups: what RFC 5322 calls a mailbox-list. */
bool address_list_is_mailboxes(Slice list, Arena *arena);

#endif
