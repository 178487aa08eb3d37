/* compose_parts - fields, texts and parts of the messages that are composed: for compose*.c alone */
#ifndef DELIVERY_COMPOSE_PARTS_H
#define DELIVERY_COMPOSE_PARTS_H

#include "base/text.h"
#include "delivery/compose.h"

/* ---- who ---- */

/* The user's own address: the one that the site knows, else the recipient's, else the user at this host. */
const char *compose_owner(const Composing *composing);

const char *compose_postmaster(const Composing *composing);

/* The address that a setting means: "sender", "recipient", "original_recipient", "user_email", "user",
 * "postmaster" or "<address>".  NULL when it is none; "sender" may be "", the null sender. */
const char *compose_address(const Composing *composing, const char *how);

/* Whom an answer goes to: the envelope sender, at this host when it has no domain.  NULL: no mail can be sent
 * there, or it is not known. */
const char *compose_answered(const Composing *composing);

/* One recipient, in the arena. */
void compose_recipient(const Composing *composing, Composed *mail, const char *address);

/* ---- fields ---- */

/* Message-ID, Date and what tells who wrote it. */
void compose_start(const Composing *composing, Text *out);

/* "Name: value": unstructured UTF-8, encoded where it must be. */
void compose_field(const Composing *composing, Text *out, const char *name, const char *value);

/* A structured field: what is ASCII is folded and nothing else, the rest becomes encoded words. */
void compose_structured(const Composing *composing, Text *out, const char *name, Slice value);

/* A list of addresses, written anew; `otherwise` in place of one that has none. */
void compose_addresses(const Composing *composing, Text *out, const char *name, const char *list,
		       const char *otherwise);

/* In-Reply-To and References, from ids that are ones. */
void compose_thread(const Composing *composing, Text *out, const Action *action);

/* ---- bodies ---- */

/* A text as a part: its Content fields, the empty line and the text, ended. */
void compose_text(Text *out, Slice text);

/* Appends `bytes` with LF line ends, no line longer than RFC 5322, 2.1.1 allows, NULs as '?'. */
void compose_lines(Text *out, Slice bytes);

/* The same for the header of a message: what is too long is folded, and a CR that ends no line is a blank, so
 * that its fields stay those that they were. */
void compose_header(Text *out, Slice header);

/* Are there bytes beyond ASCII? */
bool compose_is_8bit(Slice bytes);

/* The boundary between the parts of a multipart. */
const char *compose_boundary(const Composing *composing);

/* The fields of a multipart/report of this type, and its first boundary. */
void compose_start_report(const Composing *composing, Text *out, const char *type);

/* "Name: rfc822; address", in a field of a report; RFC 6533, 3 for what is beyond ASCII. */
void compose_report_address(Text *out, const char *name, const char *address);

/* Ends what was written so far with a boundary; `last`: the last one. */
void compose_next_part(const Composing *composing, Text *out, bool last);

/* ---- the kinds ---- */

const char *compose_vacation(const Composing *composing, const Action *action, Composed *mail);
const char *compose_reject(const Composing *composing, const Action *action, Composed *mail);
const char *compose_notify(const Composing *composing, const Action *action, Composed *mail);
const char *compose_report(const Composing *composing, const Action *action, Composed *mail);

#endif
