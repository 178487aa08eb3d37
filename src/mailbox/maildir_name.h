/* maildir_name - names of messages in a Maildir, never used twice
 *
 *	1767268800.M271828P4711Q1.host,S=2048,W=2101:2,FSa
 *
 * seconds, microseconds, process, deliveries by this process before; size on disk and with CR LF line ends,
 *which saves readers a look; then flags, in cur/ only. */
#ifndef MAILBOX_MAILDIR_NAME_H
#define MAILBOX_MAILDIR_NAME_H

#include "base/text.h"
#include "message/message.h"

/* Appends "1767268800.M271828P4711.host"; "/" and ":" of the host are written as \057 and \072. */
void maildir_name_unique(const char *hostname, Text *name);

/* Appends ",S=2048,W=2101". */
void maildir_name_sizes(const ImageSize *size, Text *name);

#endif
