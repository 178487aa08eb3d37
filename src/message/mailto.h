/* mailto - what a mailto URI says of the message that it stands for
 * RFC 6068; RFC 5436, section 2.7 (fields that it must not set)
 *
 * Read strictly: what is not exactly a mailto URI fails, because nobody is there who could look at the
 * message before it leaves. */
#ifndef MESSAGE_MAILTO_H
#define MESSAGE_MAILTO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/slice.h"

typedef enum MailtoKind {
	MAILTO_TO,
	MAILTO_CC,
	MAILTO_BCC
} MailtoKind;

typedef struct MailtoRecipient {
	MailtoKind kind;
	const char *address; /* an addr-spec that mail can be sent to */
} MailtoRecipient;

/* A header field; its value is UTF-8 on one line. */
typedef struct MailtoField {
	const char *name;
	Slice value;
} MailtoField;

typedef struct Mailto {
	MailtoRecipient *recipients; /* each address once, whatever its case behind the "@" */
	size_t recipient_count;
	Slice subject, body; /* NULL data: not given */
	MailtoField *fields; /* the others, without those that a URI must not set */
	size_t field_count;
} Mailto;

/* True when both are one mailbox as far as we can tell: whether case matters in a local part is for the far
 * side to say (RFC 5321, 2.4). */
bool mailto_same_address(const char *a, const char *b);

/* Reads `rest`, which stands behind "mailto:", into `arena`.  False and `why` (only its text is used): what
 * is wrong with it.  No recipient at all is allowed. */
bool mailto_parse(Slice rest, Mailto *mailto, Arena *arena, Failure *why);

#endif
