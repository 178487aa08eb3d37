/* dovecot_files - what Dovecot notes of folders, for reading
 *
 * "dovecot-uidlist" in a Maildir has the folder's id in its first line; "dovecot-attributes" beside the inbox
 * (its setting mail_attribute_dict = file:...) has annotations (RFC 5464) under the id of their folder, those
 * of the server under the inbox's. */
#ifndef MAILBOX_DOVECOT_FILES_H
#define MAILBOX_DOVECOT_FILES_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/text.h"

/* The id in a uidlist that begins with these bytes; empty when it has none. */
Slice dovecot_uidlist_id(Slice beginning);

/* What an annotation ("/private/..." or "/shared/...") is called in the dictionary. */
void dovecot_attribute_key(Slice id, const char *entry, bool of_server, Text *key);

/* Appends the dictionary's value for `key`; false when it has none. */
bool dovecot_attribute_find(Slice dictionary, Slice key, Text *value);

#endif
