/* flags - what IMAP calls a message's flags, in the spellings of Maildir and mbox
 * RFC 3501, section 2.3.2; a flag begins with a backslash, anything else is a keyword */
#ifndef MAILBOX_FLAGS_H
#define MAILBOX_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Is it a keyword that can be written into a list of words: printable ASCII, no blanks, not too long? */
bool flags_is_keyword(const char *flag);

/* Appends the Maildir letters of the flags ("FS") in ASCII order; keywords are the caller's. */
void flags_maildir(const char *const *flags, size_t count, Text *letters);

/* The flag that a Maildir letter stands for; NULL for a keyword's, or one that nobody knows. */
const char *flags_of_letter(char letter);

/* Appends "Status: RO\nX-Status: F\nX-Keywords: a b\n", each when there is something in it. */
void flags_mbox(const char *const *flags, size_t count, Text *fields);

#endif
