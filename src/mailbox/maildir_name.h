/* maildir_name - names that no other delivery uses
 * Maildir's rules: seconds, a delivery id, the host; then what saves readers a look into the file: S= (bytes)
 * and W= (bytes with CR LF line ends) */
#ifndef MAILBOX_MAILDIR_NAME_H
#define MAILBOX_MAILDIR_NAME_H

#include "base/text.h"
#include "message/message.h"

/* Writes "secs.M<usec>P<pid>Q<count>.host": another one at each call. */
void maildir_name_unique(const char *hostname, Text *name);

/* Adds ",S=...,W=..." */
void maildir_name_add_size(const ImageSize *size, Text *name);

#endif
